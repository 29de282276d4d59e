"""Read CSV files beside pandas, pyarrow and polars, and write it into docs/benchmarks.md.

    make bench-reading                                       # everything: some minutes
    .venv/bin/python -m benchmarks.reading mnist --rounds 3   # some files, printed only

Each file is read by everybody in turn, each time anew, into whatever that library holds tables in.
Before, what they read is compared. The machine has to have nothing else to do.
"""

import argparse
import importlib.metadata
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.report import write
from pellucid.arrays import Array
from pellucid.data.csv_file import read_csv
from pellucid.data.sources import load_data
from pellucid.data.table import Table

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
MARK = "bench-reading"
ROUNDS = 7
OURS = "Pellucid"
Readers = dict[str, Callable[[], Any]]


def pixels(path: Path) -> None:
    """Write MNIST's training part: 60,000 rows of a label and 784 pixels, with a header."""
    train = load_data("mnist").train
    rows = np.column_stack([train.Y, train.X]).astype(np.uint8)
    names = ["label", *(f"{r}x{c}" for r in range(1, 29) for c in range(1, 29))]
    _save(path, names, (",".join(map(str, row)) for row in rows.tolist()))


def decimals(path: Path) -> None:
    """Write 100,000 rows of 20 numbers of 15 digits."""
    X = np.random.default_rng(0).normal(size=(100_000, 20))
    lines = (",".join(f"{x:.15g}" for x in row) for row in X.tolist())
    _save(path, [f"x{j}" for j in range(20)], lines)


def words(path: Path) -> None:
    """Write 200,000 rows of 8 texts, of which one is different in each row, and 2 numbers."""
    random = np.random.default_rng(0)
    codes = random.integers(0, [5, 10, 40, 40, 200, 1000, 5000], size=(200_000, 7)).tolist()
    ages = random.integers(17, 90, 200_000).tolist()
    lines = (
        ",".join(
            [f"person {i}", *(f"category {j}-{c}" for j, c in enumerate(row)), str(age), "1.5"]
        )
        for i, (row, age) in enumerate(zip(codes, ages, strict=True))
    )
    _save(path, ["name", *"abcdefg", "age", "size"], lines)


FILES: dict[str, Callable[[Path], None]] = {"mnist": pixels, "decimals": decimals, "words": words}


def _save(path: Path, names: list[str], lines: Any) -> None:
    with path.open("w") as file:
        file.write(",".join(names) + "\n")
        file.writelines(f"{line}\n" for line in lines)


def readers(path: Path) -> Readers:
    """Return who reads a file, and how."""
    import pandas as pd
    import polars as pl
    from pyarrow import csv

    return {
        OURS: lambda: read_csv(path, keep=False)[0],
        "pandas, engine pyarrow": lambda: pd.read_csv(path, engine="pyarrow"),
        "the same, dtype_backend pyarrow": lambda: pd.read_csv(
            path, engine="pyarrow", dtype_backend="pyarrow"
        ),
        "pyarrow": lambda: csv.read_csv(path),
        "polars": lambda: pl.read_csv(path),
    }


def seconds(all_of_them: Readers, rounds: int) -> dict[str, list[float]]:
    """Let everybody read, in turn; once before it counts."""
    for read in all_of_them.values():
        read()
    found: dict[str, list[float]] = {who: [] for who in all_of_them}
    for _ in range(rounds):
        for who, read in all_of_them.items():
            begun = time.perf_counter()
            table = read()
            found[who].append(time.perf_counter() - begun)
            del table
    return found


def check(table: Table, theirs: Any) -> None:
    """Compare a table of ours with a frame of pandas'.

    Raises
    ------
    AssertionError
        Somebody read something else.
    """
    assert list(theirs.columns) == list(table.names), "other names"
    for name in table.names:
        ours, other = table.column(name), theirs[name].to_numpy()
        mine: Array = ours if isinstance(ours, np.ndarray) else ours.texts()
        assert np.array_equal(mine, other), f"{name}: other cells"


def again(path: Path, rounds: int) -> float:
    """Return how long a process takes from its start to its end, with a table that was kept."""
    code = "import sys, pathlib; from pellucid.data.csv_file import read_csv; " + (
        "print(len(read_csv(pathlib.Path(sys.argv[1]))[0]))"
    )
    found = []
    for _ in range(1 + rounds):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True)
        found.append(time.perf_counter() - begun)
    return median(found[1:])


def line(name: str, size: int, found: dict[str, list[float]], second: float) -> str:
    """Return a file's row of the page: ratios are of rounds."""
    ours = found[OURS]
    ratios = [
        np.divide(times, ours).round(2).tolist() for who, times in found.items() if who != OURS
    ]
    cells = [
        f"{name}, {size / 1e6:.0f} MB",
        f"{median(ours):.3f} s",
        *(f"{median(r):.1f} ({min(r):.1f} to {max(r):.1f})" for r in ratios),
        f"{second:.2f} s",
    ]
    return f"| {' | '.join(cells)} |"


def heading(rounds: int, peers: list[str]) -> str:
    """Say what the numbers are and with what they were measured."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("pandas", "pyarrow", "polars")
    )
    return (
        "Pellucid's column is the time of a reading without its cache; those of its peers say how\n"
        f"many times as long they took: medians of {rounds} rounds in turn, least and greatest in\n"
        "brackets. *Again* is a whole process, from the start of Python to its end, that reads a\n"
        f"file whose table is kept.\n\n{versions}.\n\n"
        f"| file | Pellucid | {' | '.join(peers)} | again |\n|{'---|' * (len(peers) + 3)}"
    )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help=", ".join(FILES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    texts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in given.files or FILES:
            path = Path(folder) / f"{name}.csv"
            FILES[name](path)
            all_of_them = readers(path)
            check(all_of_them[OURS](), all_of_them["pandas, engine pyarrow"]())
            found = seconds(all_of_them, given.rounds)
            if not texts:
                texts.append(heading(given.rounds, [who for who in all_of_them if who != OURS]))
                print(texts[0], flush=True)
            second = again(path, given.rounds)
            texts.append(line(name, path.stat().st_size, found, second))
            print(texts[-1], flush=True)
    if not given.files and given.rounds >= ROUNDS:
        write(PAGE, "\n".join(texts), MARK)


if __name__ == "__main__":
    main()
