"""Examples that come in windows: rows that stay in files, and rows that are new in each epoch.

A ``WindowedSession`` stands around the session of any engine and shows it one window of examples
after the other; the next one is read, and distorted, while the engine is at work with this one.
"""

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread

import numpy as np

from pellucid.arrays import Array, Inputs
from pellucid.engines.engine import Engine, Session, Stretch
from pellucid.engines.native import default_threads
from pellucid.equations.augmenting import distorted
from pellucid.errors import RecipeError, UnsupportedError
from pellucid.plan.examples import Examples
from pellucid.plan.order import order, window_of
from pellucid.plan.plan import Plan
from pellucid.plan.state import State
from pellucid.rows import StoredRows

LOOK = 0.05  # seconds between looks at the stop flag, while a window is waited for


def open_session(
    engine: Engine, plan: Plan, state: State, examples: Examples, threads: int | None = None
) -> Session:
    """Open a session; where rows stay in files, or are distorted, one that goes by windows.

    Raises
    ------
    RecipeError
        What needs all rows at once: a solver, or a batch of all examples.
    UnsupportedError
        Something in the plan that the engine does not have.
    """
    if not needs_windows(plan, examples):
        return engine.open(plan, state, examples, threads)
    _check(plan, examples)
    stored = isinstance(examples.X, StoredRows)
    here = examples.take(slice(0, 0)) if stored else examples
    windows = Windows(plan, examples, state.window or window_of(plan, examples.X), threads)
    return WindowedSession(engine.open(plan, state, here, threads), windows, here)


def needs_windows(plan: Plan, examples: Examples) -> bool:
    """Return whether rows stay in files, or are distorted anew in each epoch."""
    return isinstance(examples.X, StoredRows) or plan.recipe.augment is not None


@dataclass(frozen=True)
class Windows:
    """An epoch's examples in its order, some steps at a time.

    Parameters
    ----------
    size : int
        Examples in a window: whole batches.
    threads : int, optional
        At most so many to distort with; by default one for each core.
    """

    plan: Plan
    examples: Examples
    size: int
    threads: int | None = None

    @property
    def steps(self) -> int:
        """How many steps a window is for."""
        return self.size // self.plan.batch_size

    def at(self, epoch: int, first: int) -> Examples:
        """Return the examples of the window that begins with step `first` of an epoch."""
        plan, examples = self.plan, self.examples
        begin = first * plan.batch_size
        end = min(begin + self.size, plan.n_examples)
        rows = order(plan, examples.X, self.size, epoch, begin, end)
        X = examples.X[rows]
        if plan.recipe.augment is not None:
            seed, threads = plan.recipe.seed, self.threads or default_threads()
            X = distorted(plan.recipe.augment, X, rows, seed, epoch, threads=threads)
        weights = None if examples.weights is None else examples.weights[rows]
        return Examples(X, examples.Y[rows], weights)


class WindowedSession:
    """A run in an engine's hands, which sees one window of its examples at a time.

    Parameters
    ----------
    session : Session
        Of any engine.
    windows : Windows
    examples : Examples
        Those that the engine has besides: all, or none where rows stay in files.
    """

    def __init__(self, session: Session, windows: Windows, examples: Examples) -> None:
        self._inner, self._windows, self._n_here = session, windows, len(examples)
        self._shown: tuple[int, int] | None = None  # the window's epoch and first step
        self._reading: tuple[tuple[int, int], Future[Examples]] | None = None

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one step for each row of `numbers`, through as many windows as it takes.

        See ``Session``. An error that came up while a window was read is raised when its turn has
        come, after the steps before it.
        """
        epoch, position = self.place()
        left = self._windows.plan.steps_per_epoch - position
        numbers, parts, stopped = numbers[:left], [_nothing()], "done"
        while len(numbers) and stopped == "done":
            if not self._show(stop):
                stopped = "asked"
                break
            part = self._inner.advance(numbers[: self._left()], stop)
            parts.append(part)
            numbers, stopped = numbers[len(part.costs) :], part.stopped
        costs, weights = (np.concatenate([p[i] for p in parts]) for i in (0, 1))
        return Stretch(costs, weights, stopped)

    def place(self) -> tuple[int, int]:
        """Return epoch and position of the next step."""
        return self._inner.place()

    def follow(self, order: Array) -> None:
        """Raise: windows come in the order that the plan gives. See ``Session``."""
        raise UnsupportedError(
            "rows that stay in files, or are distorted, come in the plan's order. Leave out the "
            "order, or load the rows into memory."
        )

    def show(self, first: int, examples: Examples) -> None:
        """Raise: what is shown is this session's matter. See ``Session``."""
        raise UnsupportedError("these examples are shown window by window already.")

    def clip_probabilities(self, least: float) -> None:
        """Take no probability for smaller than `least`; see ``Session``."""
        self._inner.clip_probabilities(least)

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples as they are, not distorted.

        Raises
        ------
        UnsupportedError
            The rows stay in files.
        """
        if self._n_here == 0:
            raise UnsupportedError(
                "cost_and_gradient looks at all rows at once, and these stay in files. Load some "
                "into memory, as X[:1000], and begin a run over them."
            )
        return self._inner.cost_and_gradient(parameters, rows)

    def predict(self, X: Inputs, parameters: Array | None = None) -> Array:
        """Return predictions; see ``Session``."""
        return self._inner.predict(X, parameters)

    def losses(self, examples: Examples, parameters: Array | None = None) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Session``."""
        return self._inner.losses(examples, parameters)

    def sync(self, state: State) -> None:
        """Write what changed into `state`."""
        self._inner.sync(state)

    def _left(self) -> int:
        """How many steps of the window at hand are to be done."""
        return self._windows.steps - self.place()[1] % self._windows.steps

    def _show(self, stop: Array) -> bool:
        """Show the window of the next step, and have the one after it read; False: to stop."""
        epoch, position = self.place()
        window = epoch, position - position % self._windows.steps
        if window == self._shown:
            return True
        examples = self._read(window, stop)
        if examples is None:
            return False
        self._inner.show(window[1], examples)
        self._shown = window
        del examples  # lest it stays until the next but one is here
        self._read_ahead(*window)
        return True

    def _read(self, window: tuple[int, int], stop: Array) -> Examples | None:
        """Wait for a window; None where the stop flag is set before it is there."""
        if self._reading is None or self._reading[0] != window:
            self._begin(window)
        assert self._reading is not None
        future = self._reading[1]
        while not wait([future], LOOK).done:
            if stop[0]:
                return None
        self._reading = None
        return future.result()

    def _read_ahead(self, epoch: int, first: int) -> None:
        """Begin to read the window after this one, where the run has one."""
        plan, after = self._windows.plan, first + self._windows.steps
        if after >= plan.steps_per_epoch:
            epoch, after = epoch + 1, 0
        if epoch * plan.steps_per_epoch + after < plan.total_steps:
            self._begin((epoch, after))

    def _begin(self, window: tuple[int, int]) -> None:
        self._reading = window, in_background(lambda: self._windows.at(*window))


def in_background(work: Callable[[], Examples]) -> "Future[Examples]":
    """Do some work in a thread of its own, which ends with it."""
    future: Future[Examples] = Future()

    def carry_out() -> None:
        try:
            future.set_result(work())
        except BaseException as problem:  # raised where the result is asked for
            future.set_exception(problem)

    Thread(target=carry_out, name="pellucid-window", daemon=True).start()
    return future


def _nothing() -> Stretch:
    return Stretch(np.zeros(0), np.zeros(0), "done")


def _check(plan: Plan, examples: Examples) -> None:
    what = "rows stay in files" if isinstance(examples.X, StoredRows) else "rows are distorted"
    if plan.is_solver:
        name = type(plan.recipe.optimizer).__name__
        raise RecipeError(
            f"optimizer: {name} looks at all examples at once, and these {what}. Use an optimizer "
            "such as Adam(), or load the rows into memory."
        )
    if plan.recipe.batch_size == "all" and isinstance(examples.X, StoredRows):
        raise RecipeError(
            'batch_size: "all" needs all rows at once, and these stay in files. Give a number such '
            "as 32."
        )
