"""The two loops of the whole subject: forward through the layers, and backward through them.

Every equation used here stands in ``equations/``; this file only says in which order. Engines,
the gradient check and the inspection of a network all call these two functions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.arrays import Array, Inputs
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.affine import affine, bias_gradient, source_gradient, weight_gradient
from pellucid.equations.dropout import dropout, dropout_backward
from pellucid.equations.losses import loss_of
from pellucid.equations.noise import noise as add_noise
from pellucid.equations.normalization import NORMS
from pellucid.errors import UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import Segment

CHUNK = 4096  # rows predicted at a time

Named = dict[str, Array]  # arrays by the names of their segments


@dataclass
class Tape:
    """Everything a forward pass computed, by layer; index 0 is the input."""

    A: list[Array]
    Z: dict[int, Array] = field(default_factory=dict)
    N: dict[int, Array] = field(default_factory=dict)
    F: dict[int, Array] = field(default_factory=dict)  # f(N) before noise and dropout mask
    masks: Mapping[int, Array] = field(default_factory=dict)
    Z_hat: dict[int, Array] = field(default_factory=dict)
    mean: dict[int, Array] = field(default_factory=dict)
    variance: dict[int, Array] = field(default_factory=dict)
    fixed: bool = False  # whether batch normalization took mean and variance from buffers

    @property
    def P(self) -> Array:
        """The prediction, A[L]."""
        return self.A[-1]


@dataclass
class Gradient:
    """Derivatives of the mean cost, by layer and, for parameters, by the names of segments."""

    parameters: Named = field(default_factory=dict)
    dN: dict[int, Array] = field(default_factory=dict)
    dZ: dict[int, Array] = field(default_factory=dict)
    dA: dict[int, Array] = field(default_factory=dict)


def views(vector: Array, segments: tuple[Segment, ...]) -> Named:
    """Return the segments of a flat vector by name."""
    return {segment.name: segment.view(vector) for segment in segments}


def scale_inputs(architecture: Architecture, X: Array, dtype: Any) -> Array:
    """A[0] = X · scale + shift, in the precision of the network."""
    A = X.astype(dtype)
    if architecture.scale != 1.0:
        A = A * np.asarray(architecture.scale, dtype)
    if architecture.shift != 0.0:
        A = A + np.asarray(architecture.shift, dtype)
    return A


def forward(
    architecture: Architecture,
    parameters: Named,
    A0: Array,
    *,
    buffers: Named | None = None,
    masks: Mapping[int, Array] | None = None,
    noise: Mapping[int, Array] | None = None,
    xp: Any = np,
) -> Tape:
    """Carry a batch from the input to the prediction.

    Parameters
    ----------
    parameters : arrays by segment name
    A0 : (n, n_inputs)
        The scaled inputs.
    buffers : arrays by segment name, optional
        Running averages, used by batch normalization when predicting. None means the statistics
        of the batch itself, as in training.
    masks, noise : arrays (n, units) by layer, optional
        Dropout masks, and what is added to activations before them; layer 0 is the input.
    """
    tape = Tape(A=[], masks=masks or {}, fixed=buffers is not None)
    tape.A.append(_disturbed(A0, 0, tape.masks, noise or {}))
    for l, layer in enumerate(architecture.layers, start=1):
        inputs = architecture.inputs(l)
        tape.Z[l] = affine(
            [tape.A[k] for k in inputs],
            [parameters[f"weights.{k}.{l}"] for k in inputs],
            parameters.get(f"bias.{l}"),
        )
        tape.N[l] = _normalize(layer.norm, l, parameters, buffers, tape, xp)
        tape.F[l] = activate(layer, tape.N[l], xp)
        tape.A.append(_disturbed(tape.F[l], l, tape.masks, noise or {}))
    return tape


def backward(
    architecture: Architecture,
    parameters: Named,
    tape: Tape,
    dN_L: Array,
    xp: Any = np,
    *,
    to_input: bool = False,
    to_parameters: bool = True,
) -> Gradient:
    """Carry the derivative of the cost from the output back to every parameter.

    `dN_L` (n, n_out) is the derivative by the last layer's (normalized) weighted sums, as
    ``output_gradient`` gives it. The derivative by A[0] is computed only if asked for; those by
    weights and biases, half of the work, may be left out.
    """
    found = Gradient()
    for l in range(architecture.n_layers, 0, -1):
        layer = architecture.layer(l)
        dN = dN_L if l == architecture.n_layers else _through_activation(layer, l, tape, found, xp)
        found.dN[l] = dN
        dZ = found.dZ[l] = _through_norm(layer.norm, l, parameters, tape, dN, found.parameters, xp)
        if to_parameters and layer.bias != "none":
            found.parameters[f"bias.{l}"] = bias_gradient(dZ, layer.bias)
        for k in architecture.inputs(l):
            name = f"weights.{k}.{l}"
            if to_parameters:
                dW = weight_gradient(dZ, tape.A[k])
                mask = architecture.mask(k, l)
                found.parameters[name] = dW if mask is None else dW * _like(mask, dW, xp)
            if k > 0 or to_input:
                back = source_gradient(dZ, parameters[name])
                found.dA[k] = found.dA[k] + back if k in found.dA else back
    return found


def predictions(
    architecture: Architecture, parameters: Named, buffers: Named, X: Inputs, dtype: Any
) -> Iterator[tuple[slice, Tape]]:
    """Carry `X` forward as for predicting, some rows at a time so that memory stays bounded."""
    for begin in range(0, len(X), CHUNK):
        rows = slice(begin, begin + CHUNK)
        A0 = scale_inputs(architecture, X[rows], dtype)
        yield rows, forward(architecture, parameters, A0, buffers=buffers)


def activate(layer: Dense, N: Array, xp: Any = np) -> Array:
    """A = f(N): (n, sums) → (n, units), one neuron's pieces at a time where it has several."""
    row = ACTIVATIONS[layer.activation]
    if not row.grouped:
        return row.f(N, xp)
    return row.f(N.reshape(-1, layer.pieces), xp).reshape(-1, layer.units)


def activate_backward(layer: Dense, dA: Array, N: Array, A: Array, xp: Any = np) -> Array:
    """Return dN from dA: (n, units) → (n, sums)."""
    row = ACTIVATIONS[layer.activation]
    if row.backward is None:
        raise UnsupportedError(f"{layer.activation} has no derivative to go back through.")
    if not row.grouped:
        return row.backward(dA, N, A, xp)
    dN = row.backward(dA.reshape(-1, 1), N.reshape(-1, layer.pieces), A.reshape(-1, 1), xp)
    return dN.reshape(-1, layer.sums)


def losses(loss: str, architecture: Architecture, tape: Tape, Y: Array, xp: Any = np) -> Array:
    """Return each example's own loss, (n,)."""
    return loss_of(loss).value(tape.N[architecture.n_layers], tape.P, Y, xp)


def output_gradient(
    loss: str, architecture: Architecture, tape: Tape, Y: Array, shares: Array, xp: Any = np
) -> Array:
    """Return the derivative of the mean cost by the last layer's sums, (n, n_out).

    Where the output is the link of the loss, the fused form; elsewhere the chain rule.
    `shares` (n, 1) is w_i / Σ w: what each example contributes to the mean.
    """
    row, output = loss_of(loss), architecture.layers[-1]
    if row.link == output.activation:
        return row.delta(tape.P, Y, xp) * shares
    dP = row.dP(tape.P, Y, xp) * shares
    return activate_backward(output, dP, tape.N[architecture.n_layers], tape.P, xp)


def flat(named: Named, segments: tuple[Segment, ...], dtype: Any) -> Array:
    """Return arrays by segment name as one vector."""
    vector = np.empty(segments[-1].stop, dtype)
    for segment in segments:
        segment.view(vector)[...] = named[segment.name]
    return vector


def _disturbed(A: Array, l: int, masks: Mapping[int, Array], noise: Mapping[int, Array]) -> Array:
    """Activations as the next layers see them while training: noise added, some left out."""
    if l in noise:
        A = add_noise(A, noise[l])
    return dropout(A, masks[l]) if l in masks else A


def _normalize(
    norm: str,
    l: int,
    parameters: Named,
    buffers: Named | None,
    tape: Tape,
    xp: Any,
) -> Array:
    row = NORMS[norm]
    if row is None:
        return tape.Z[l]
    gain, shift = parameters[f"gain.{l}"], parameters[f"shift.{l}"]
    if buffers is not None and row.fixed is not None:
        tape.mean[l], tape.variance[l] = buffers[f"mean.{l}"], buffers[f"variance.{l}"]
        return row.fixed(tape.Z[l], gain, shift, tape.mean[l], tape.variance[l], xp)
    N, tape.Z_hat[l], tape.mean[l], tape.variance[l] = row.f(tape.Z[l], gain, shift, xp)
    return N


def _through_activation(layer: Dense, l: int, tape: Tape, found: Gradient, xp: Any) -> Array:
    dA = found.dA[l]
    if l in tape.masks:
        dA = dropout_backward(dA, tape.masks[l])
    return activate_backward(layer, dA, tape.N[l], tape.F[l], xp)


def _through_norm(
    norm: str,
    l: int,
    parameters: Named,
    tape: Tape,
    dN: Array,
    found: Named,
    xp: Any,
) -> Array:
    row = NORMS[norm]
    if row is None:
        return dN
    gain = parameters[f"gain.{l}"]
    if tape.fixed and row.fixed_backward is not None:
        back = row.fixed_backward(dN, tape.Z[l], tape.mean[l], tape.variance[l], gain, xp)
    else:
        back = row.backward(dN, tape.Z_hat[l], tape.variance[l], gain, xp)
    dZ, found[f"gain.{l}"], found[f"shift.{l}"] = back
    return dZ


def _like(mask: Array, dW: Array, xp: Any) -> Array:
    return mask if xp is np else xp.asarray(mask)
