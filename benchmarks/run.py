"""Measure Pellucid beside its peers, and write what came out into docs/benchmarks.md.

    make bench                                            # everything: a quarter of an hour
    .venv/bin/python -m benchmarks.run 784-30-10 predict  # cases with one of these in their names

Some cases, or fewer rounds, are printed only. The machine has to have nothing else to do.
"""

import argparse
import time
from pathlib import Path

from benchmarks import memory, report
from benchmarks.cases import CASES, Case
from benchmarks.timing import Measured, Workshop, measure
from pellucid.engines.native import default_threads

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
ROUNDS = 5


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(c.name for c in CASES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int, help="only with so many; by default 2 and 1")
    given = parser.parse_args()
    cases = [case for case in CASES if any(text in case.name for text in given.cases or [""])]
    if not cases:
        parser.error(f"no such case; there are {', '.join(case.name for case in CASES)}")
    everything = not given.cases and not given.threads and given.rounds >= ROUNDS
    usual = [2, 1] if default_threads() > 1 else [1]
    threads = [given.threads] if given.threads else usual
    begun = time.perf_counter()
    tables = [measured(cases, n, given.rounds) for n in threads]
    texts = [report.times(table) for table in tables]
    if everything:
        texts.append(report.memory(memory.measured()))
    text = "\n".join([report.heading(given.rounds), *texts])
    print(text)
    print(f"{time.perf_counter() - begun:.0f} s in all")
    if everything:
        report.write(PAGE, text)


def measured(cases: list[Case], threads: int, rounds: int) -> list[Measured]:
    """Measure all cases with at most so many threads, telling how it goes."""
    shop, found = Workshop(threads), []
    try:
        for case in cases:
            print(f"{case.name}, at most {threads} threads", flush=True)
            found.append(measure(case, rounds, shop, tell=lambda text: print(text, flush=True)))
            print(report.in_a_line(found[-1]), flush=True)
    finally:
        shop.close()
    return found


if __name__ == "__main__":
    main()
