"""Measure ``pellucid train TABLE --target COLUMN`` beside scikit-learn, into docs/benchmarks.md.

    make bench-tables                                       # gathers six tables, then runs: minutes
    .venv/bin/python -m benchmarks.tables FOLDER german --seeds 2   # some, printed only

The command is given nothing but the file and the column to predict. Scikit-learn has a pipeline of
the usual kind, whose network was tuned by hand for each table, on other splits than these. Each
seed is another split into four fifths and one, the same for both.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from benchmarks.report import write

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
MARK = "bench-tables"
SEEDS = 5
FIRST = 200  # seed of a split; both sides were tuned on those of 0 to 199
COMMAND = "import sys; sys.argv[0] = 'pellucid'; from pellucid.cli.main import main; main()"


class Table(NamedTuple):
    """A table: the column to predict, and what scikit-learn's network was tuned to."""

    target: str
    settings: dict[str, Any]
    logarithms: bool = False  # of the numbers, before they are scaled
    numbers: bool = False  # whether a number is predicted


TABLES = {
    "adult": Table(
        "income-per-year", {"hidden_layer_sizes": (32,), "early_stopping": True, "alpha": 0.01}
    ),
    "diamonds": Table(
        "price",
        {"hidden_layer_sizes": (64, 64, 64), "early_stopping": True, "alpha": 0.01},
        numbers=True,
    ),
    "spam": Table("type", {"hidden_layer_sizes": (200, 100), "alpha": 1}, logarithms=True),
    "letter": Table("letter", {"hidden_layer_sizes": (256, 128), "max_iter": 60}),
    "shuttle": Table("Class", {"max_iter": 100, "alpha": 1e-5}),
    "german": Table("credit", {"alpha": 3}),
}


class Found(NamedTuple):
    """What both scored, and how long they took."""

    ours: list[float]
    theirs: list[float]
    our_seconds: list[float]
    their_seconds: list[float]


def main() -> None:
    """Measure the tables that are asked for; write all of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where benchmarks.gather_tables put the tables")
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    asked = parser.parse_args()
    lines = [*HEAD]
    for name in asked.names or TABLES:
        lines.append(row(name, measured(asked.folder, name, asked.seeds)))
        print(lines[-1], flush=True)
    if not asked.names:
        write(PAGE, "\n".join(lines), MARK)


HEAD = (
    "Accuracy (of diamonds R²) on the fifth left out: means, and the difference over the same "
    "splits with its 95 % interval. Seconds are medians: of the whole command, and of `fit` alone.",
    "",
    "| table | rows × columns | Pellucid | scikit-learn | difference | command | fit |",
    "|---|---|---|---|---|---|---|",
)


def row(name: str, found: tuple[tuple[int, int], Found]) -> str:
    """Return a line of the table."""
    (n, d), f = found
    differences = [a - b for a, b in zip(f.ours, f.theirs, strict=True)]
    half = student.ppf(0.975, len(differences) - 1) * stdev(differences) / len(differences) ** 0.5
    difference = f"{mean(differences):+.4f} ± {half:.4f}".replace("-", "−")
    return (
        f"| {name} | {n:,} × {d} | {mean(f.ours):.4f} | {mean(f.theirs):.4f} | {difference} | "
        f"{median(f.our_seconds):.1f} s | {median(f.their_seconds):.1f} s |"
    )


def measured(folder: Path, name: str, seeds: int) -> tuple[tuple[int, int], Found]:
    """Return the table's shape, and what came out at each seed."""
    table = TABLES[name]
    frame = pd.read_csv(folder / f"{name}.csv", na_values="?")
    found = Found([], [], [], [])
    lines = (folder / f"{name}.csv").read_text().splitlines()
    for seed in range(seeds):
        strata = None if table.numbers else frame[table.target]
        train, test = train_test_split(
            np.arange(len(frame)), test_size=0.2, random_state=FIRST + seed, stratify=strata
        )
        score, seconds = by_command(table, lines, train, test, seed)
        found.ours.append(score)
        found.our_seconds.append(seconds)
        score, seconds = by_pipeline(table, frame.iloc[train], frame.iloc[test], seed)
        found.theirs.append(score)
        found.their_seconds.append(seconds)
    return frame.shape, found


def by_command(
    table: Table, lines: list[str], train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[float, float]:
    """Train on lines of the file as they stand."""
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("train", train), ("test", test)):
            text = "\n".join([lines[0], *(lines[i + 1] for i in rows)])
            Path(folder, f"{name}.csv").write_text(text + "\n")
        words = ["train", "train.csv", "--target", table.target, "--test", "test.csv"]
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words, "--seed", str(seed), "--json"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - begun
    figures = json.loads(done.stdout)
    return figures["test.r2" if table.numbers else "test.accuracy"], seconds


def by_pipeline(
    table: Table, train: pd.DataFrame, test: pd.DataFrame, seed: int
) -> tuple[float, float]:
    """Fit the pipeline."""
    inputs = [name for name in train if name != table.target]
    numbers = [name for name in inputs if train[name].dtype.kind in "if"]
    texts = [name for name in inputs if name not in numbers]
    scaled = [FunctionTransformer(np.log1p)] if table.logarithms else []
    columns = ColumnTransformer(
        [
            ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
            ("numbers", make_pipeline(SimpleImputer(), *scaled, StandardScaler()), numbers),
        ]
    )
    if table.numbers:
        network = MLPRegressor(random_state=seed, **table.settings)
        model = make_pipeline(
            columns, TransformedTargetRegressor(network, transformer=StandardScaler())
        )
    else:
        model = make_pipeline(columns, MLPClassifier(random_state=seed, **table.settings))
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged after so many epochs
        model.fit(train[inputs], train[table.target])
    seconds = time.perf_counter() - begun
    return model.score(test[inputs], test[table.target]), seconds


if __name__ == "__main__":
    main()
