"""How a case is measured: the best way of each peer is found, checked, and timed in turn."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.cases import Case
from benchmarks.configurations import OURS, YARDSTICK, Configuration, configurations
from benchmarks.peers.sgemm import GFLOP
from benchmarks.worker import Worker
from pellucid.arrays import Array

PASSES = 2  # over the ways of a peer, to find the best one
HOPELESS = 1.5  # times the best: not tried again
PAUSE = 0.3  # s, in which the threads of the one before go to sleep: some spin for 0.2 s
CLOSE = 3e-3  # how far apart weights may be, of the way they have gone; predictions, of themselves


@dataclass(frozen=True)
class Measured:
    """A case with the time of each round, in µs a step, and the way that was taken, of each peer.

    `first` is how many seconds the first stretch took longer than later ones: compiling.
    """

    case: Case
    threads: int
    microseconds: dict[str, list[float]]
    chosen: dict[str, Configuration]
    first: dict[str, float]

    def ratios(self, peer: str) -> list[float]:
        """How many times as long as Pellucid a peer took, round by round."""
        pairs = zip(self.microseconds[peer], self.microseconds[OURS], strict=True)
        return [theirs / ours for theirs, ours in pairs]

    def shares(self) -> list[float]:
        """Pellucid's part of the rate of a large product, round by round."""
        pairs = zip(self.microseconds[YARDSTICK], self.microseconds[OURS], strict=True)
        return [self.case.gflop / ours / (GFLOP / product) for product, ours in pairs]


class Workshop:
    """The workers, begun when they are first needed, for so many cores."""

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self._workers: dict[tuple[str, int, str], Worker] = {}

    def worker(self, c: Configuration) -> Worker:
        """Return the process that runs this configuration."""
        key = (c.module, c.threads, c.flags)
        if key not in self._workers:
            self._workers[key] = Worker(*key, self.cores)
        return self._workers[key]

    def forget(self) -> None:
        """Free what the last case needed."""
        for worker in self._workers.values():
            worker.forget()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers.values():
            worker.end()


def measure(case: Case, rounds: int, shop: Workshop, tell: Callable[[str], None]) -> Measured:
    """Return what one case takes."""
    chosen, first = {}, {}
    for peer, ways in configurations(case, shop.cores).items():
        chosen[peer], first[peer] = _best(case, ways, shop, tell)
    shop.forget()
    check(case, chosen, shop)
    for configuration in chosen.values():
        worker = shop.worker(configuration)
        worker.prepare(case, configuration)
        worker.seconds(configuration)
    times: dict[str, list[float]] = {peer: [] for peer in chosen}
    for i in range(rounds):
        for peer in _turned(list(chosen), i):
            time.sleep(PAUSE)
            seconds = shop.worker(chosen[peer]).seconds(chosen[peer])
            steps = 1 if peer == YARDSTICK else case.steps
            times[peer].append(1e6 * seconds / steps)
    shop.forget()
    return Measured(case, shop.cores, times, chosen, first)


def _best(
    case: Case, ways: list[Configuration], shop: Workshop, tell: Callable[[str], None]
) -> tuple[Configuration, float]:
    """Return the quickest way, and how much longer its first stretch took."""
    first, least = {}, dict.fromkeys(ways, math.inf)
    for way in ways:
        shop.worker(way).prepare(case, way)
        first[way] = shop.worker(way).seconds(way)
    hopeful = ways if len(ways) > 1 else []
    for _ in range(PASSES):
        for way in hopeful:
            time.sleep(PAUSE)
            least[way] = min(least[way], shop.worker(way).seconds(way))
        hopeful = [way for way in hopeful if least[way] < HOPELESS * min(least.values())]
    for way, seconds in least.items():
        if math.isfinite(seconds):
            tell(f"  {way.module}, {way}: {1e6 * seconds / case.steps:.4g} µs")
    best = min(ways, key=least.__getitem__)
    return best, max(0.0, first[best] - least[best])


def _turned(names: list[str], i: int) -> list[str]:
    i %= len(names)
    return names[i:] + names[:i]


def check(case: Case, chosen: dict[str, Configuration], shop: Workshop) -> None:
    """Let all do the same few steps, or predictions, and compare what comes out.

    Raises
    ------
    AssertionError
        Somebody has other data, weights, batches or losses than the rest.
    """
    few = replace(case, steps=math.gcd(case.steps, 60))
    found = {}
    for peer, configuration in chosen.items():
        if peer != YARDSTICK:
            worker = shop.worker(configuration)
            worker.prepare(few, configuration)
            before = worker.result(configuration)
            worker.seconds(configuration)
            found[peer] = (before, worker.result(configuration))
    begun, ours = found.pop(OURS)
    for peer, (before, after) in found.items():
        elsewhere = case.trains and apart(before, begun) > 0
        assert not elsewhere, f"{case.name}: {peer} begins elsewhere"
        way = apart(ours, begun if case.trains else [0 * array for array in ours])
        far = apart(after, ours) / way
        assert far < CLOSE, f"{case.name}: {peer} ends elsewhere, by {far:.1e}"


def apart(some: list[Array], others: list[Array]) -> float:
    """Return the distance between two lists of arrays, taken as vectors."""
    pairs = zip(some, others, strict=True)
    return math.hypot(*(float(np.linalg.norm(a.reshape(b.shape) - b)) for a, b in pairs))


def spread(numbers: list[float]) -> tuple[float, float, float]:
    """Return the median, the least and the greatest."""
    return statistics.median(numbers), min(numbers), max(numbers)
