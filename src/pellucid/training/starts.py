"""Several networks from different seeds, trained at the same time; the best of them is kept."""

import math
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import replace

import numpy as np

from pellucid.engines.native import default_threads
from pellucid.engines.one_thread import one_thread
from pellucid.errors import DivergedError
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import SEEDS
from pellucid.plan.state import first_state
from pellucid.training.history import History, Start
from pellucid.training.interrupts import interruptible
from pellucid.training.run import Run


class Starts:
    """A run and others like it from further seeds. Iterate to carry them out.

    Each run is given out when it is over; each has one thread, and so many run at the same time
    as the first may use. Whoever leaves early, as by Ctrl-C, stops all of them.

    Attributes
    ----------
    runs : list of Run
        In the order of their seeds.
    """

    def __init__(self, first: Run) -> None:
        self.runs = [first, *(_again(first, j) for j in range(1, first.plan.recipe.starts))]

    def __iter__(self) -> Generator[Run]:
        workers = min(len(self.runs), self.runs[0].threads or default_threads())
        with one_thread(), ThreadPoolExecutor(workers) as pool:
            try:
                with interruptible(np.zeros(1, np.int32)):  # so that no run is begun and lost
                    working = {pool.submit(_carry_out, run): run for run in self.runs}
                for future in as_completed(working):
                    future.result()
                    yield working[future]
            finally:  # those at work finish their step, those waiting do none
                for run in self.runs:
                    run.stop()

    @property
    def best(self) -> Run:
        """The best run so far."""
        return min(self.runs, key=_judged)

    def keep_best(self) -> History:
        """Bring the best weights into the network of the first run; tell of all runs.

        Raises
        ------
        DivergedError
            All of them diverged.
        """
        best, first = self.best, self.runs[0]
        if not math.isfinite(_judged(best)):
            raise DivergedError(f"each of {len(self.runs)} starts: {first.history.sentence}.")
        first.network.parameters[...] = best.network.parameters
        first.network.buffers[...] = best.network.buffers
        starts = tuple(_summary(run, kept=run is best) for run in self.runs)
        return replace(best.history, starts=starts)


def several(first: Run) -> History:
    """Carry out all of a run's starts and keep the best network; see ``Starts``."""
    starts = Starts(first)
    with closing(iter(starts)) as over:
        for _ in over:
            pass
    return starts.keep_best()


def _again(first: Run, j: int) -> Run:
    """The same run with other first weights and another order."""
    recipe = replace(first.plan.recipe, seed=(first.plan.recipe.seed + j) % SEEDS)
    network = first.network.redrawn(recipe.seed)
    if np.array_equal(network.parameters, first.network.parameters):  # it was drawn from this seed
        network = first.network.redrawn((recipe.seed + recipe.starts) % SEEDS)
    plan = compile_plan(network.architecture, recipe, len(first.examples))
    state = first_state(plan, network.parameters.copy(), network.buffers.copy())
    state.skips_zeros, state.window = first.state.skips_zeros, first.state.window
    return first.like(network, plan, state)


def _carry_out(run: Run) -> None:
    for _ in run:
        pass


def _judged(run: Run) -> float:
    """By what the starts are compared, the lower the better; infinite where there is nothing."""
    reason = run.history.reason
    if reason in ("diverged", "") or (reason == "asked" and run.state.step == 0):
        return math.inf
    judged = run.state.best.judged if run.state.best is not None else run.judge()
    return judged if math.isfinite(judged) else math.inf


def _summary(run: Run, *, kept: bool) -> Start:
    best = run.state.best
    if run.validation is not None and best is not None:  # of the weights that are kept
        record = run.state.history[best.epoch - 1]
        cost, score = record.validation_cost, record.validation_score
    else:
        cost, score = run.cost(run.examples if run.validation is None else run.validation)
    seed, reason = run.plan.recipe.seed, run.history.reason
    seconds = run.state.seconds
    return Start(seed, _judged(run), cost, score, run.state.epoch, reason, seconds, kept)
