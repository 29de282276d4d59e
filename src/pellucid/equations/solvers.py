"""Solvers: ways to find a minimum that look at all examples at once and choose their own steps.

They stand beside the optimizers: a recipe names one in the place of an optimizer, and one of their
iterations is one epoch. How they are carried out is in ``pellucid.training``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.schedules import TINY, Bounds


@dataclass(frozen=True)
class LBFGS:
    """Quasi-Newton steps from the last few gradients, by SciPy's L-BFGS-B.

    Parameters
    ----------
    memory : int
        How many pairs of steps and changes of the gradient describe the curvature.
    tolerance : float
        It has converged when no derivative of the cost is larger than this,
    cost_tolerance : float
        or an iteration lowers the cost by less than this share of it.
    """

    memory: int = 10
    tolerance: float = 1e-5
    cost_tolerance: float = 2.220446049250313e-09


@dataclass(frozen=True)
class LevenbergMarquardt:
    """Gauss-Newton steps with damping, for small networks and squared errors.

    Each iteration solves (JᵀJ + μ I) s = −Jᵀr, with J the derivative of every error by every
    parameter: time grows with the cube of the number of parameters, memory with its square.

    Parameters
    ----------
    damping : float
        μ at first.
    grow, shrink : float
        What μ is multiplied with where a step would raise the cost, and where it lowers it.
    largest : float
        It has converged when even this μ finds no lower cost,
    tolerance : float
        or when no derivative of the cost is larger than this.
    """

    damping: float = 1e-3
    grow: float = 10.0
    shrink: float = 0.1
    largest: float = 1e10
    tolerance: float = 1e-7


Solver = LBFGS | LevenbergMarquardt

BOUNDS = {
    "memory": Bounds(1, whole=True),
    "tolerance": Bounds(0.0),
    "cost_tolerance": Bounds(0.0),
    "damping": Bounds(TINY),
    "grow": Bounds(1.0 + 1e-6),
    "shrink": Bounds(TINY, 1.0),
    "largest": Bounds(TINY),
}


class SolverRow(NamedTuple):
    """A solver's numbers and memory."""

    numbers: type[Solver]
    slots: tuple[str, ...]  # its memory: vectors of the layout of the parameters
    losses: tuple[str, ...] | None  # the losses it is for; None: any
    formula: str
    source: str


SOLVERS = {
    "lbfgs": SolverRow(
        LBFGS,
        ("start",),  # where the run began: a resumed one goes the same way again
        None,
        "p ← p − η H g, with H from the last few steps",
        "Liu and Nocedal 1989; Byrd, Lu, Nocedal and Zhu 1995",
    ),
    "levenberg_marquardt": SolverRow(
        LevenbergMarquardt,
        ("damping",),  # μ, the same for every parameter
        ("half_sse", "sse", "mse"),
        "p ← p − (JᵀJ + μ I)⁻¹ Jᵀ r",
        "Levenberg 1944; Marquardt 1963; Hagan and Menhaj 1994",
    ),
}


def damped_step(A: Array, g: Array, damping: float) -> Array:
    """Return s of (A + μ I) s = −g, or of infinities where that has no answer.

    Parameters
    ----------
    A : (n, n)
        JᵀJ: what the curvature of half a sum of squares would be if the errors were linear.
    g : (n,)
        The gradient Jᵀr.
    damping : float
        μ > 0: the larger, the shorter the step, and the nearer to that of gradient descent.
    """
    damped = A.copy()
    damped[np.diag_indices_from(damped)] += damping
    try:
        return -np.linalg.solve(damped, g)
    except np.linalg.LinAlgError:
        return np.full_like(g, np.inf)


def first_slots(solver: Solver, parameters: Array) -> Array:
    """Return a solver's memory at the beginning of a run, (1, n_parameters)."""
    if isinstance(solver, LevenbergMarquardt):
        return np.full((1, len(parameters)), solver.damping, parameters.dtype)
    return parameters[None].copy()


def numbers_of(solver: Solver) -> Iterator[tuple[str, Any, Bounds]]:
    """Yield each number by its full name with its bounds, unchecked."""
    for item in fields(solver):
        name = f"{type(solver).__name__}.{item.name}"
        yield name, getattr(solver, item.name), BOUNDS[item.name]
