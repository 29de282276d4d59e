"""The derivative of every prediction by every parameter: the same pass back, once an output."""

import numpy as np

from pellucid.arrays import Array
from pellucid.network.architecture import Architecture
from pellucid.network.passes import Named, Tape, activate_backward, backward
from pellucid.network.segments import Segment, length


def jacobian(
    architecture: Architecture, parameters: Named, tape: Tape, segments: tuple[Segment, ...]
) -> Array:
    """Return ∂P[i, o] / ∂ parameter, (n, n_out, n_parameters).

    For networks without normalization: there each example's prediction is its own affair, so that
    the part of its derivative that belongs to a weight is the product of two numbers of the tape,
    A[k] and dZ[l].
    """
    P, N = tape.P, tape.N[architecture.n_layers]
    found = np.empty((*P.shape, length(segments)), P.dtype)
    for o in range(P.shape[1]):
        one = np.zeros_like(P)
        one[:, o] = 1.0
        dN = activate_backward(architecture.layers[-1], one, N, P)
        dZ = backward(architecture, parameters, tape, dN).dZ
        for segment in segments:
            part = _of_each_example(architecture, segment, tape, dZ[segment.layer])
            found[:, o, segment.offset : segment.stop] = part.reshape(len(P), -1)
    return found


def _of_each_example(architecture: Architecture, segment: Segment, tape: Tape, dZ: Array) -> Array:
    """The derivative by a segment's parameters, (n, …), before the sum over examples."""
    if segment.source is None:
        return dZ if segment.size == dZ.shape[1] else dZ.sum(axis=1)
    outer = tape.A[segment.source][:, :, None] * dZ[:, None, :]
    mask = architecture.mask(segment.source, segment.layer)
    return outer if mask is None else outer * mask
