"""A solver in the place of an engine's session: one of its iterations is one step and one epoch."""

from collections.abc import Generator
from typing import Any

import numpy as np

from pellucid.arrays import Array, Inputs
from pellucid.engines.engine import Session, Stretch
from pellucid.engines.one_thread import one_thread
from pellucid.equations.solvers import LBFGS, LevenbergMarquardt
from pellucid.errors import UnsupportedError
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.state import State
from pellucid.training.lbfgs import Objective, lbfgs
from pellucid.training.levenberg_marquardt import Squares, levenberg_marquardt


class SolverSession:
    """Carries out a plan whose optimizer is a solver; `session` gives cost, gradient, predictions.

    A run that is resumed goes on bit for bit: L-BFGS goes its way from the start again in silence,
    Levenberg-Marquardt needs only its damping.
    """

    def __init__(self, plan: Plan, state: State, examples: Examples, session: Session) -> None:
        self._plan, self._inner = plan, session
        self._parameters, self._slots = state.parameters.copy(), state.slots.copy()
        self._step = state.step
        self._weight = float(len(examples) if examples.weights is None else examples.weights.sum())
        self._free = np.zeros(plan.n_parameters, bool)
        for begin, end, *_ in plan.ranges():
            self._free[begin:end] = True
        self._iterations = self._begin(examples)

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one iteration; `numbers` has one row without columns. See ``Session``."""
        nothing = np.zeros(0)
        if stop[0]:
            return Stretch(nothing, nothing, "asked")
        try:
            with one_thread():
                x, cost, *memory = next(self._iterations)
        except StopIteration as ended:
            cost, _ = self.cost_and_gradient(self._parameters)
            stopped = "converged" if np.isfinite(cost) else "diverged"
            return Stretch(nothing, nothing, stopped, ended.value or "there is no further step")
        if not np.isfinite(cost):
            return Stretch(nothing, nothing, "diverged")
        self._parameters[self._free] = x
        self._slots[...] = memory[0] if memory else self._slots
        self._step += 1
        return Stretch(np.array([cost]), np.array([self._weight]), "done")

    def follow(self, order: Array) -> None:
        """Do nothing: all examples are seen at once, and so in no order. See ``Session``."""

    def show(self, first: int, examples: Examples) -> None:
        """Raise: all examples are seen at once, and none one after the other. See ``Session``."""
        raise UnsupportedError("a solver looks at all examples at once. Use Adam() instead.")

    def place(self) -> tuple[int, int]:
        """Return epoch and position of the next step; see ``Session``."""
        return self._step, 0

    def clip_probabilities(self, least: float) -> None:
        """Take no probability for smaller than `least`, in costs. See ``Session``."""
        self._inner.clip_probabilities(least)

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples; see ``Session``."""
        return self._inner.cost_and_gradient(parameters, rows)

    def predict(self, X: Inputs, parameters: Array | None = None) -> Array:
        """Return predictions; see ``Session``."""
        return self._inner.predict(X, self._parameters if parameters is None else parameters)

    def losses(self, examples: Examples, parameters: Array | None = None) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Session``."""
        return self._inner.losses(examples, self._parameters if parameters is None else parameters)

    def sync(self, state: State) -> None:
        """Write what changed into `state`."""
        state.parameters[...] = self._parameters
        state.slots[...] = self._slots
        state.step, state.epoch, state.position = self._step, self._step, 0

    def _begin(self, examples: Examples) -> Generator[tuple[Any, ...], None, str]:
        """The iterations to come; they do not hold this session, which holds them."""
        method, free = self._plan.recipe.optimizer, self._free
        if isinstance(method, LevenbergMarquardt):
            squares = Squares(self._plan, examples, self._parameters, free)
            x = self._parameters[free].astype(np.float64)
            return levenberg_marquardt(squares, x, float(self._slots[0, 0]), method)
        assert isinstance(method, LBFGS)
        cost = _cost(self._inner, self._parameters.copy(), free)
        iterations = lbfgs(cost, self._slots[0, free].astype(np.float64), method)
        for _ in range(self._step):
            with one_thread():
                next(iterations, None)  # another engine may have been there sooner
        return iterations


def _cost(session: Session, parameters: Array, free: Array) -> Objective:
    """Cost and gradient of a plan as functions of what is trained, in float64."""

    def cost(x: Array) -> tuple[float, Array]:
        parameters[free] = x
        found, gradient = session.cost_and_gradient(parameters)
        return found, gradient[free].astype(np.float64)

    return cost
