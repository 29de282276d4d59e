"""Is the gradient right? Each derivative beside a difference of two costs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array, as_inputs, as_values
from pellucid.equations.losses import loss_of
from pellucid.errors import DataError, RecipeError
from pellucid.network.architecture import Architecture, check_differentiable
from pellucid.network.passes import (
    backward,
    flat,
    forward,
    losses,
    output_gradient,
    scale_inputs,
    views,
)
from pellucid.network.segments import parameter_segments


class HasParameters(Protocol):
    """Anything with an architecture and a flat vector of parameters, such as a Network."""

    @property
    def architecture(self) -> Architecture:
        """The layers and connections."""

    @property
    def parameters(self) -> Array:
        """The flat vector."""


@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found. Printing it shows a line for each group of parameters."""

    rows: tuple[tuple[str, int, float, float, float], ...]
    """Name, how many were checked, and of the worst one: derivative, difference, error."""
    tolerance: float

    @property
    def worst(self) -> float:
        """The largest error: |derivative − difference| / max(1, |difference|)."""
        return max(row[4] for row in self.rows)

    @property
    def passed(self) -> bool:
        """Whether every error is within the tolerance."""
        return self.worst <= self.tolerance

    def __str__(self) -> str:
        lines = [
            f"{'parameters':<14}{'checked':>8}{'derivative':>16}{'difference':>16}{'error':>10}"
        ]
        for name, n, derivative, difference, error in self.rows:
            lines.append(f"{name:<14}{n:>8}{derivative:>16.9g}{difference:>16.9g}{error:>10.1e}")
        verdict = "right" if self.passed else "WRONG"
        lines.append(f"{verdict}: worst error {self.worst:.1e}, allowed {self.tolerance:.0e}")
        return "\n".join(lines)


def gradient_check(
    network: HasParameters,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    loss: str = "mse",
    *,
    at_most: int = 50,
    tolerance: float = 1e-7,
) -> GradientReport:
    """Compare backpropagation with central differences of the cost, in float64.

    Parameters
    ----------
    network : Network
    X : (n, n_inputs)
    Y : (n, n_out)
        Numbers, or one-hot rows for classes.
    loss : str
    at_most : int
        How many parameters of each weight matrix or bias vector to check, evenly spread.
    tolerance : float
        The error that passes, relative to the larger of 1 and the derivative.

    Returns
    -------
    GradientReport
        Near a kink (relu at 0) a difference is not the derivative; a single large error there
        is no mistake.

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")], seed=0)
    >>> pel.gradient_check(network, [[0, 1], [1, 1]], [[1], [0]], "half_sse").passed
    True
    """
    architecture = network.architecture
    row, output = loss_of(loss), architecture.layers[-1].activation
    check_differentiable(architecture)
    if row.needs_link and row.link != output:
        raise RecipeError(f"loss: {loss} expects {row.link} outputs, the network's are {output}.")
    segments = parameter_segments(architecture)
    A0 = scale_inputs(architecture, as_inputs(X, architecture.n_inputs)[:], np.float64)
    targets = as_values(Y).astype(np.float64)
    if targets.shape != (len(A0), architecture.n_outputs):
        raise DataError(
            f"Y: expected {len(A0)} rows of {architecture.n_outputs} numbers, one for each output, "
            f"got shape {np.shape(Y)}. Turn class codes into rows with pellucid.one_hot."
        )
    vector = network.parameters.astype(np.float64)
    shares = np.full((len(A0), 1), 1.0 / len(A0))

    def cost(at: Array) -> float:
        tape = forward(architecture, views(at, segments), A0)
        return float(losses(loss, architecture, tape, targets).mean())

    named = views(vector, segments)
    tape = forward(architecture, named, A0)
    dN = output_gradient(loss, architecture, tape, targets, shares)
    gradient = flat(backward(architecture, named, tape, dN).parameters, segments, np.float64)
    rows = []
    for segment in segments:
        checked = _existing(architecture, segment.layer, segment.source, segment.size)
        if not checked.size:
            continue  # a connection whose every weight is masked
        checked = (
            segment.offset
            + checked[np.unique(np.linspace(0, len(checked) - 1, at_most, dtype=int))]
        )
        differences = np.array([_difference(cost, vector, i) for i in checked])
        errors = np.abs(gradient[checked] - differences) / np.maximum(1.0, np.abs(differences))
        worst = int(errors.argmax())
        rows.append(
            (
                segment.name,
                len(checked),
                float(gradient[checked][worst]),
                float(differences[worst]),
                float(errors[worst]),
            )
        )
    return GradientReport(tuple(rows), tolerance)


def _existing(architecture: Architecture, layer: int, source: int | None, size: int) -> Array:
    """Places in a segment that are parameters: masked weights are not."""
    mask = None if source is None else architecture.mask(source, layer)
    return np.arange(size) if mask is None else np.flatnonzero(mask)


def _difference(cost: Callable[[Array], float], vector: Array, i: int, step: float = 2e-4) -> float:
    """The derivative by place i from four costs (error of the order of step⁴)."""

    def at(shift: float) -> float:
        moved = vector.copy()
        moved[i] += shift
        return cost(moved)

    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
