"""Every quantity of the equations for a batch: what went forward, what came back.

``trace.py`` makes it, from ``network/passes.py``, by which the reference engine trains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.normalization import EPSILON
from pellucid.errors import UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.passes import (
    Gradient,
    Named,
    Tape,
    backward,
    flat,
    losses,
    output_gradient,
    views,
)
from pellucid.network.segments import Segment, Views, parameter_segments


@dataclass(frozen=True)
class Trace:
    """A batch on its way through a network and back. ``pellucid.trace`` makes one.

    Layers are numbered from 1, the input is layer 0. Rows are examples. A leading d is the
    derivative of the mean cost; `delta` is that of one example's own loss.

    Attributes
    ----------
    loss : str
    shares : (n,)
        w_i / Σ w: what each example contributes to the cost.
    weight : float
        Σ w, the number of examples where all weigh the same.
    X : (n, n_inputs)
        As given; ``A[0]`` is what the network made of it.
    Y : (n, n_out)
    parameters : (n_parameters,)
        As they were.
    A : mapping from layer (0 … L) to (n, units)
        Activations. ``A[L]`` is the prediction.
    Z, N : mapping from layer to (n, sums)
        Weighted sums, and the same after normalization (Z itself where there is none).
    losses : (n,)
        Each example's own loss.
    cost : float
        Their mean, Σ share · loss; without penalty.
    dZ, dN : mapping from layer to (n, sums)
    dA : mapping from layer to (n, units)
        ``dA[0]`` is the derivative by the scaled input. There is none by the output layer's
        activations where its activation and the loss are fused.
    gradient : (n_parameters,)
    dW, db : views
        ``dW[l]`` or ``dW[k, l]``, and ``db[l]``: parts of the gradient.
    """

    architecture: Architecture
    loss: str
    statistics: str
    shares: Array
    weight: float
    X: Array
    Y: Array
    parameters: Array
    buffers: Array
    tape: Tape
    back: Gradient

    def __repr__(self) -> str:
        n = len(self.shares)
        return f"<trace of {n} example{'' if n == 1 else 's'}: {self.loss} {self.cost:.6g}>"

    @property
    def A(self) -> Mapping[int, Array]:
        """Activations by layer; 0 is the input."""
        return dict(enumerate(self.tape.A))

    @property
    def Z(self) -> Mapping[int, Array]:
        """Weighted sums by layer."""
        return self.tape.Z

    @property
    def N(self) -> Mapping[int, Array]:
        """Normalized weighted sums by layer."""
        return self.tape.N

    @property
    def P(self) -> Array:
        """The prediction, ``A[L]``."""
        return self.tape.P

    @property
    def dZ(self) -> Mapping[int, Array]:
        """Derivatives of the cost by weighted sums."""
        return self.back.dZ

    @property
    def dN(self) -> Mapping[int, Array]:
        """Derivatives of the cost by normalized weighted sums."""
        return self.back.dN

    @property
    def dA(self) -> Mapping[int, Array]:
        """Derivatives of the cost by activations."""
        return self.back.dA

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The layout of `parameters` and `gradient`."""
        return parameter_segments(self.architecture)

    @cached_property
    def losses(self) -> Array:
        """Each example's own loss."""
        return losses(self.loss, self.architecture, self.tape, self.Y)

    @property
    def cost(self) -> float:
        """The weighted mean of the losses."""
        return float((self.losses * self.shares).sum())

    @cached_property
    def gradient(self) -> Array:
        """All derivatives of the cost by parameters, laid out like them."""
        back = self.back
        if len(back.parameters) < len(self.segments):
            back = carried_back(
                self.architecture, self.named, self.loss, self.tape, self.Y, self.shares
            )
        return flat(back.parameters, self.segments, self.parameters.dtype)

    @cached_property
    def W(self) -> Views:
        """Weights by layer or connection."""
        return Views(self.parameters, self.segments, "weights")

    @cached_property
    def b(self) -> Views:
        """Biases by layer."""
        return Views(self.parameters, self.segments, "bias")

    @cached_property
    def dW(self) -> Views:
        """Derivatives of the cost by weights, by layer or connection."""
        return Views(self.gradient, self.segments, "weights")

    @cached_property
    def db(self) -> Views:
        """Derivatives of the cost by biases, by layer."""
        return Views(self.gradient, self.segments, "bias")

    @property
    def delta(self) -> Mapping[int, Array]:
        """Derivatives of each example's own loss by its weighted sums, by layer."""
        return self._own.dZ

    @property
    def delta_N(self) -> Mapping[int, Array]:
        """Derivatives of each example's own loss by its normalized weighted sums, by layer."""
        return self._own.dN

    @cached_property
    def gradients(self) -> Array:
        """Each example's own gradient: the derivative of its loss by every parameter.

        (n, n_parameters), which is large: ask for few examples. Their mean by shares is `gradient`.
        """
        found = np.empty((len(self.shares), len(self.parameters)), self.parameters.dtype)
        for segment in self.segments:
            each = self._derivative_of_each(segment)
            found[:, segment.offset : segment.stop] = each.reshape(len(found), -1)
        return found

    @cached_property
    def _own(self) -> Gradient:
        """The way back with a share of 1 for each example: dN and dZ."""
        norms = [layer.norm for layer in self.architecture.layers]
        if self.statistics == "batch" and "batch" in norms:
            raise UnsupportedError(
                "one example has no delta of its own while batch normalization takes mean and "
                'variance from the batch. Trace with statistics="running".'
            )
        if (self.shares > 0).all():
            each = 1.0 / self.shares[:, None].astype(self.Y.dtype)
            scaled = ({l: d * each for l, d in of.items()} for of in (self.dN, self.dZ))
            return Gradient({}, *scaled)
        one_each = np.ones(len(self.Y))
        return carried_back(self.architecture, self.named, self.loss, self.tape, self.Y, one_each)

    @property
    def named(self) -> Named:
        """Parameters by the names of their segments."""
        return views(self.parameters, self.segments)

    def _derivative_of_each(self, segment: Segment) -> Array:
        own, l = self._own, segment.layer
        if segment.kind == "weights":
            assert segment.source is not None
            each = self.tape.A[segment.source][:, :, None] * own.dZ[l][:, None, :]
            mask = self.architecture.mask(segment.source, l)
            return each if mask is None else each * mask
        if segment.kind == "bias":
            return own.dZ[l] if segment.size > 1 else own.dZ[l].sum(axis=1)
        return own.dN[l] if segment.kind == "shift" else own.dN[l] * self.Z_hat(l)

    def Z_hat(self, l: int) -> Array:
        """Ẑ: normalized sums before gain and shift."""
        tape = self.tape
        if l in tape.Z_hat:
            return tape.Z_hat[l]
        found: Array = (tape.Z[l] - tape.mean[l]) / np.sqrt(tape.variance[l] + EPSILON)
        return found


def carried_back(
    architecture: Architecture,
    named: Named,
    loss: str,
    tape: Tape,
    Y: Array,
    shares: Array,
    to_parameters: bool = True,
) -> Gradient:
    """Return the way back from the losses of examples with these shares, to the input too."""
    dN = output_gradient(loss, architecture, tape, Y, shares[:, None].astype(Y.dtype))
    return backward(architecture, named, tape, dN, to_input=True, to_parameters=to_parameters)
