"""Repeat what books and papers report, and lay our figures beside theirs in RESULTS.md.

    .venv/bin/python experiments/run.py                        # all experiments
    .venv/bin/python experiments/run.py nielsen-1 --seeds 1    # some, with fewer seeds

An experiment is a file beside this one: ``[experiment]`` says what it is, ``[[figure]]`` what it
is measured by, ``[data]`` on what, and ``[network]`` and ``[recipe]`` hold the entries of the
command line's configuration files. Where it has variants, each is an experiment of its own, whose
entries go before those of the file. What was run is kept in results.json.
"""

import argparse
import multiprocessing
import re
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import results
from task import carry_out

HERE = Path(__file__).parent


def main() -> None:
    """Run what the command line asks for, keep each result as it comes, and write the table."""
    experiments = read(HERE)
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(experiments))
    parser.add_argument("--seeds", type=int, help="how many; by default as each experiment says")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at the same time")
    parser.add_argument("--table", action="store_true", help="run nothing, write the table anew")
    given = parser.parse_args()
    if unknown := set(given.names) - set(experiments):
        parser.error(f"no {', '.join(sorted(unknown))}; there are {', '.join(experiments)}")
    chosen = {name: experiments[name] for name in given.names or experiments}
    begun = time.perf_counter()
    kept = results.read(HERE / "results.json", experiments)
    (HERE / "RESULTS.md").write_text(results.table(experiments, kept), encoding="utf-8")
    for name, number, found in carried_out({} if given.table else chosen, given.seeds, given.jobs):
        kept[name]["seeds"][str(number)] = found
        results.write(HERE / "results.json", kept)
        (HERE / "RESULTS.md").write_text(results.table(experiments, kept), encoding="utf-8")
        pairs = zip(experiments[name]["figure"], found["figures"], strict=True)
        values = ", ".join(results.shown(f["value"], figure) for figure, f in pairs)
        ended = f"({found['reason']}, {found['seconds']:.1f} s)"
        print(f"{name}, seed {number}: {values} {ended}", flush=True)
    print(f"{time.perf_counter() - begun:.0f} s in all; see {HERE / 'RESULTS.md'}")


def read(folder: Path) -> dict[str, Any]:
    """Return every experiment by its name, those with a smaller number first."""
    found = {}
    for path in sorted(folder.glob("*.toml"), key=_by_number):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for variant in tables.pop("variant", [{}]):
            name, title = variant.pop("name", ""), variant.pop("title", "")
            merged = tables | {
                key: value if key == "figure" else tables[key] | value
                for key, value in variant.items()
            }
            titles = filter(None, (merged["experiment"]["title"], title))
            merged["experiment"] = merged["experiment"] | {"title": ", ".join(titles)}
            found["-".join(filter(None, (path.stem, name)))] = merged
    return found


def carried_out(
    chosen: dict[str, Any], seeds: int | None, jobs: int
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield name, number and result of every run, in the order they end."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        waiting = {
            pool.submit(carry_out, experiment, number, jobs): (name, number)
            for name, experiment in chosen.items()
            for number in range(seeds or experiment["experiment"]["seeds"])
        }
        for future in as_completed(waiting):
            yield *waiting[future], future.result()


def _by_number(path: Path) -> list[Any]:
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.stem)]


if __name__ == "__main__":
    main()
