"""Levenberg-Marquardt: Gauss-Newton steps, damped as much as it takes to lower the cost."""

from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.solvers import LevenbergMarquardt, damped_step
from pellucid.errors import RecipeError
from pellucid.network.jacobian import jacobian
from pellucid.network.passes import Tape, forward, scale_inputs, views
from pellucid.plan.examples import Examples, target_rows
from pellucid.plan.plan import Plan

LARGEST = 10_000  # parameters, so that the matrix stays below a gigabyte
SMALLEST = 2.0**-100  # damping
ROOM = 1 << 23  # numbers of a Jacobian at a time


class Iterate(NamedTuple):
    """Where an iteration has led."""

    x: Array
    cost: float
    damping: float


class Squares:
    """The cost of a plan with squared errors as a function of its trained parameters, in float64.

    Everything is calculated as half a sum of squares: each error is weighed with the root of its
    share in the mean.
    """

    def __init__(self, plan: Plan, examples: Examples, parameters: Array, free: Array) -> None:
        if int(free.sum()) > LARGEST:
            raise RecipeError(
                f"optimizer: LevenbergMarquardt is for networks of up to {LARGEST} parameters, "
                f"got {int(free.sum())}. Use LBFGS() or Adam()."
            )
        self._plan, self._examples, self._free = plan, examples, free
        self._parameters = parameters.astype(np.float64)
        n_outputs, recipe = plan.architecture.n_outputs, plan.recipe
        weights = np.ones(len(examples)) if examples.weights is None else examples.weights
        # What the cost of an example is, as a multiple of half the sum of its squared errors.
        factors = {"half_sse": 1.0, "sse": 2.0, "mse": 2.0 / n_outputs}
        self._shares = factors[recipe.loss] * weights / weights.sum()
        strength = recipe.l2 / DIVISORS[recipe.l2_divisor](float(weights.sum()), len(examples))
        penalised = np.concatenate([np.full(s.size, s.penalised) for s in plan.segments])
        self._l2 = strength * penalised

    def rounded(self, number: Any) -> Any:
        """Return numbers as a checkpoint keeps them, so that a resumed run goes the same way."""
        return np.asarray(number, self._plan.dtype).astype(np.float64)

    def cost(self, x: Array) -> float:
        """Return the cost, penalty included; infinite where it cannot be calculated."""
        self._parameters[self._free] = x
        with np.errstate(all="ignore"):
            total = 0.5 * float((self._l2 * self._parameters**2).sum())
            for rows in self._chunks():
                tape, Y = self._forward(rows)
                total += 0.5 * float((self._shares[rows, None] * (tape.P - Y) ** 2).sum())
        return total if np.isfinite(total) else np.inf

    def curvature(self, x: Array) -> tuple[Array, Array]:
        """Return JᵀJ and the gradient Jᵀr, those of the penalty included."""
        self._parameters[self._free] = x
        A = np.diag(self._l2[self._free])
        g = (self._l2 * self._parameters)[self._free]
        named = views(self._parameters, self._plan.segments)
        with np.errstate(all="ignore"):
            for rows in self._chunks():
                tape, Y = self._forward(rows)
                J = jacobian(self._plan.architecture, named, tape, self._plan.segments)
                root = np.sqrt(self._shares[rows])[:, None]
                J = (J[:, :, self._free] * root[:, :, None]).reshape(-1, len(g))
                A += J.T @ J
                g += J.T @ ((tape.P - Y) * root).reshape(-1)
        return A, g

    def _forward(self, rows: slice) -> tuple[Tape, Array]:
        architecture = self._plan.architecture
        A0 = scale_inputs(architecture, self._examples.X[rows], np.float64)
        Y = target_rows(self._examples.Y[rows], architecture.n_outputs, np.float64)
        return forward(architecture, views(self._parameters, self._plan.segments), A0), Y

    def _chunks(self) -> list[slice]:
        n = max(ROOM // (self._plan.architecture.n_outputs * self._plan.n_parameters), 1)
        return [slice(begin, begin + n) for begin in range(0, len(self._examples), n)]


def levenberg_marquardt(
    squares: Squares, x: Array, damping: float, numbers: LevenbergMarquardt
) -> Generator[Iterate, None, str]:
    """Yield each iterate from `x` on: every one has a lower cost than the one before.

    Returns
    -------
    str
        Why there is no further iteration.

    References
    ----------
    Hagan and Menhaj 1994.
    """
    cost, damping = squares.cost(x), float(squares.rounded(damping))
    while True:
        A, g = squares.curvature(x)
        largest = float(np.abs(g).max())
        if largest <= numbers.tolerance:
            return f"the largest derivative is {largest:.3g}, at most {numbers.tolerance:g}"
        while True:
            moved = squares.rounded(x + damped_step(A, g, damping))
            new_cost = squares.cost(moved)
            if new_cost < cost:
                break
            damping *= numbers.grow
            if damping > numbers.largest:
                return f"no step lowers the cost, not even with the damping {numbers.largest:g}"
        damping = max(float(squares.rounded(damping * numbers.shrink)), SMALLEST)
        x, cost = moved, new_cost
        yield Iterate(x, cost, damping)
