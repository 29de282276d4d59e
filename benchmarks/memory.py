"""How much memory training takes beyond the data, and whether that grows with the examples."""

import importlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.cases import ROWS, Case
from benchmarks.configurations import PEERS, Configuration
from benchmarks.problem import Problem, problem_of

CASE = Case((784, 100, 10), 32, "SGD", "mnist", 25, {})
WAYS = {"pellucid": "", "numpy": "", "sklearn": "", "torch": "in place", "jax": "scan"}
STRETCHES = 10
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Grown:
    """By how many MB a process grew at most while it trained, for a number of examples."""

    title: str
    megabytes: dict[int, float]


def measured() -> list[Grown]:
    """Return it for each peer, with the examples of MNIST once and twice; on Linux only."""
    if not _STATUS.exists():
        return []
    sizes = (ROWS, 2 * ROWS)
    return [
        Grown(
            PEERS[name].title,
            {n: _alone(Configuration(PEERS[name].module, way, 2), n) for n in sizes},
        )
        for name, way in WAYS.items()
    ]


def _alone(configuration: Configuration, n: int) -> float:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(growth, configuration, n).result()


def growth(configuration: Configuration, n: int) -> float:
    """Train for a while on n examples; return the peak above what was resident before, in MB.

    Before: the library, and the data as this peer takes them.
    """
    module = importlib.import_module(f"benchmarks.peers.{configuration.module}")
    once = problem_of(CASE)
    twice = n // ROWS
    problem = Problem(CASE, np.tile(once.X, (twice, 1)), np.tile(once.Y, twice), once.weights)
    if configuration.module != "ours":
        _ = problem.floats  # calculated now, and kept
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    work = module.prepare(problem, configuration)
    rows = np.random.default_rng(0).permutation(n)
    for batches in rows[: STRETCHES * CASE.steps * CASE.batch].reshape(
        STRETCHES, CASE.steps, CASE.batch
    ):
        work.advance(batches)
    return _resident("VmHWM") - before


def _resident(entry: str) -> float:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    (found,) = (line.split()[1] for line in lines if line.startswith(entry))
    return int(found) * 1024 / 1e6
