"""The cost of given examples as a function of the parameters alone.

What nudges a weight, walks along it or draws a surface asks this function again and again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.inspection.given import checked
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.passes import (
    Named,
    Tape,
    backward,
    flat,
    losses,
    output_gradient,
    predictions,
    views,
)
from pellucid.network.segments import Segment, buffer_segments, parameter_segments
from pellucid.plan.examples import Examples, target_rows


@dataclass(frozen=True)
class Cost:
    """The mean loss of some examples at any parameters, in float64. ``cost_of`` makes one.

    It is calculated as for predicting: running averages of batch normalization, no dropout, no
    penalty. Examples pass through some at a time, so that memory stays bounded.

    Attributes
    ----------
    architecture : Architecture
    loss : str
    examples : Examples
    shares : (n,)
        w_i / Σ w: what each example contributes.
    start : (n_parameters,)
        The network's own parameters.
    buffers : arrays by segment name
    """

    architecture: Architecture
    loss: str
    examples: Examples
    shares: Array
    start: Array
    buffers: Named

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The layout of parameters and gradient."""
        return parameter_segments(self.architecture)

    def __call__(self, parameters: Array) -> float:
        """Return the cost at `parameters`."""
        found = 0.0
        with np.errstate(all="ignore"):
            for rows, tape in self.passes(parameters):
                each = losses(self.loss, self.architecture, tape, self.targets(rows))
                found += float((each * self.shares[rows]).sum())
        return found

    def gradient(self, parameters: Array) -> Array:
        """Return the derivative by each parameter; 0 for masked weights."""
        architecture, segments = self.architecture, self.segments
        named, found = views(parameters, segments), np.zeros(len(parameters))
        with np.errstate(all="ignore"):
            for rows, tape in self.passes(parameters):
                shares = self.shares[rows, None]
                dN = output_gradient(self.loss, architecture, tape, self.targets(rows), shares)
                back = backward(architecture, named, tape, dN)
                found += flat(back.parameters, segments, np.float64)
        return found

    def passes(self, parameters: Array) -> Iterator[tuple[slice, Tape]]:
        """Carry the examples forward, some rows at a time."""
        named = views(parameters, self.segments)
        return predictions(self.architecture, named, self.buffers, self.examples.X, np.float64)

    def targets(self, rows: slice) -> Array:
        """Return the targets of some rows, (n, n_out)."""
        return target_rows(self.examples.Y[rows], self.architecture.n_outputs, np.float64)


def cost_of(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    loss: str | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> Cost:
    """Return the cost of these examples as a function of the parameters of `network`.

    Parameters
    ----------
    network : Network
        Not changed.
    X : (n, n_inputs)
    Y : (n,) or (n, n_out)
        Targets as ``train`` takes them.
    loss : str, optional
        By default the one whose link the output is, as in ``train``.
    sample_weight : (n,), optional

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(1, "identity")], initial="zeros", precision="float64")
    >>> cost = cost_of(network, [[1, 0], [0, 1]], [2, 4], "mse")
    >>> cost(cost.start), cost.gradient(cost.start).tolist()
    (10.0, [-2.0, -4.0, -6.0])
    """
    architecture = network.architecture
    loss, examples = checked(network, X, Y, loss, sample_weight)
    weights = np.ones(len(examples)) if examples.weights is None else examples.weights
    return Cost(
        architecture,
        loss,
        examples,
        weights / weights.sum(),
        network.parameters.astype(np.float64),
        views(network.buffers.astype(np.float64), buffer_segments(architecture)),
    )
