"""A process for each peer, number of threads and flags, which keeps still while others work."""

import importlib
import multiprocessing
import os
import time
from multiprocessing.connection import Connection
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.cases import Case
from benchmarks.configurations import Configuration
from benchmarks.problem import Problem, Work, problem_of, rows_of
from pellucid.arrays import Array


class Worker:
    """The caller's end of such a process. It can hold several works, each by its configuration."""

    def __init__(self, module: str, threads: int, flags: str, cores: int) -> None:
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(other, module, threads, flags, cores), daemon=True
        )
        self._process.start()
        other.close()

    def prepare(self, case: Case, configuration: Configuration) -> None:
        """Make the work from the first weights; works of another case are forgotten."""
        self._ask("prepare", case, configuration)

    def seconds(self, configuration: Configuration) -> float:
        """Do the next stretch, and return how long it took."""
        found: float = self._ask("seconds", configuration)
        return found

    def result(self, configuration: Configuration) -> list[Array]:
        """Return the weights by now; of predictions, those."""
        found: list[Array] = self._ask("result", configuration)
        return found

    def forget(self) -> None:
        """Free what the last case needed."""
        self._ask("forget")

    def end(self) -> None:
        """End the process."""
        self._pipe.send(None)
        self._process.join()

    def _ask(self, *words: Any) -> Any:
        self._pipe.send(words)
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def serve(pipe: Connection, module: str, threads: int, flags: str, cores: int) -> None:
    """Answer until there is nothing more to do."""
    os.environ["XLA_FLAGS"] = flags
    if hasattr(os, "sched_setaffinity"):  # the only thing that holds XLA to one thread
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])
    desk = _Desk(importlib.import_module(f"benchmarks.peers.{module}"))
    threadpool_limits(threads)  # of the BLAS that NumPy and SciPy bring
    while (words := pipe.recv()) is not None:
        try:
            pipe.send(getattr(desk, words[0])(*words[1:]))
        except Exception as problem:  # told where it can be seen
            pipe.send(RuntimeError(f"{module}: {problem!r}"))


class _Desk:
    """What a worker has before it."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self.forget()

    def forget(self) -> None:
        self._problem: Problem | None = None
        self._works: dict[Configuration, Work] = {}
        self._stretches: dict[Configuration, int] = {}

    def prepare(self, case: Case, configuration: Configuration) -> None:
        if self._problem is None or self._problem.case != case:
            self.forget()
            self._problem = problem_of(case)
        self._works[configuration] = self._module.prepare(self._problem, configuration)
        self._stretches[configuration] = 0

    def seconds(self, configuration: Configuration) -> float:
        rows = rows_of(self._problem.case, self._stretches[configuration])
        self._stretches[configuration] += 1
        begun = time.perf_counter()
        self._works[configuration].advance(rows)
        return time.perf_counter() - begun

    def result(self, configuration: Configuration) -> list[Array]:
        return self._works[configuration].result()
