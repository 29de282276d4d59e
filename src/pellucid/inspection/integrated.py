"""Integrated gradients, added up so that they account for all of the difference they explain.

The integral of the gradient along the straight path from a baseline to an example is taken in
steps. A sum of gradients at points between (the usual way) misses part of the difference of the
outputs: relu's derivative jumps, and at a jump no quadrature is good. Here each step carries back
the discrete derivatives of ``equations/secants.py``, of which the contributions of the inputs sum
to the difference exactly, whatever the number of steps; towards the integral they converge with
the square of it. A network with one hidden layer needs a single step for its weighted sums.
"""

from collections.abc import Callable, Sequence

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.affine import source_gradient
from pellucid.equations.normalization import NORMS
from pellucid.equations.secants import discrete_gradient, maxout_secants, secant
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import Named, Tape, activate_backward, forward

Back = Callable[[Array], Array]  # dA or dN of a layer → its dZ, over a step


def integrated(
    architecture: Architecture,
    parameters: Named,
    buffers: Named,
    ends: tuple[Array, Array],
    seeds: Sequence[Array],
    of: str,
    steps: int,
) -> list[Array]:
    """Return what each input contributes to the difference between the two ends of a path.

    Parameters
    ----------
    ends : two arrays (n, n_inputs)
        Scaled inputs: the baselines, and the examples.
    seeds : arrays (n, n_out)
        For each function that is explained, how much of each output it has: a 1 and zeros.
    of : {"output", "sum"}
        Whether these are outputs A[L], or their normalized weighted sums N[L].
    steps : int

    Returns
    -------
    contributions : (n, n_inputs) for each seed
    """
    begin, way = ends[0], ends[1] - ends[0]
    fed = [l for l in range(1, architecture.n_layers + 1) if 0 in architecture.inputs(l)]
    totals = [dict.fromkeys(fed, np.zeros(1)) for _ in seeds]
    before = forward(architecture, parameters, begin, buffers=buffers)
    for step in range(1, steps + 1):
        there = begin + (step / steps) * way
        after = forward(architecture, parameters, there, buffers=buffers)
        backs = _backs(architecture, parameters, (before, after), of)
        for seed, total in zip(seeds, totals, strict=True):
            dZ = _carry_back(architecture, parameters, backs, seed)
            for l in fed:
                total[l] = total[l] + dZ[l]
        before = after
    # The sums of the steps go through the weights of the input at the end, once.
    return [
        way / steps * sum(source_gradient(total[l], parameters[f"weights.0.{l}"]) for l in fed)
        for total in totals
    ]


def _carry_back(
    architecture: Architecture, parameters: Named, backs: dict[int, Back], seed: Array
) -> dict[int, Array]:
    """The chain rule with discrete derivatives: dZ of every layer."""
    dA, dZ = {architecture.n_layers: seed}, {}
    for l in range(architecture.n_layers, 0, -1):
        dZ[l] = backs[l](dA.pop(l))
        for k in architecture.inputs(l):
            if k > 0:
                back = source_gradient(dZ[l], parameters[f"weights.{k}.{l}"])
                dA[k] = dA[k] + back if k in dA else back
    return dZ


def _backs(
    architecture: Architecture, parameters: Named, tapes: tuple[Tape, Tape], of: str
) -> dict[int, Back]:
    """How to go back through each layer over a step: first its activation, then its norm."""
    found: dict[int, Back] = {}
    for l, layer in enumerate(architecture.layers, start=1):
        through_norm = _norm_back(layer, l, parameters, tapes)
        if l == architecture.n_layers and of == "sum":
            found[l] = through_norm
        else:
            found[l] = _one_after_the_other(_activation_back(layer, l, tapes), through_norm)
    return found


def _one_after_the_other(first: Back, second: Back) -> Back:
    return lambda dA: second(first(dA))


def _activation_back(layer: Dense, l: int, tapes: tuple[Tape, Tape]) -> Back:
    row = ACTIVATIONS[layer.activation]
    N, A = (tapes[0].N[l], tapes[1].N[l]), (tapes[0].A[l], tapes[1].A[l])
    if row.grouped:
        shares = maxout_secants((N[0].reshape(-1, layer.pieces), N[1].reshape(-1, layer.pieces)))
        return lambda dA: (dA.reshape(-1, 1) * shares).reshape(-1, layer.sums)
    if layer.activation == "softmax":
        return lambda dA: discrete_gradient(
            lambda between: activate_backward(layer, dA, between, row.f(between, np)),
            (dA * (A[1] - A[0])).sum(1),
            N,
        )
    slope = secant(row, N, A)
    return lambda dA: dA * slope


def _norm_back(layer: Dense, l: int, parameters: Named, tapes: tuple[Tape, Tape]) -> Back:
    norm, (one, two) = NORMS[layer.norm], tapes
    if norm is None:
        return lambda dN: dN
    gain = parameters[f"gain.{l}"]
    if norm.fixed_backward is not None:
        back, held = norm.fixed_backward, (one.mean[l], one.variance[l])
        return lambda dN: back(dN, one.Z[l], *held, gain, np)[0]

    def gradient(dN: Array, between: Array) -> Array:
        _, Z_hat, _, variance = norm.f(between, gain, gain, np)
        return norm.backward(dN, Z_hat, variance, gain, np)[0]

    return lambda dN: discrete_gradient(
        lambda between: gradient(dN, between),
        (dN * (two.N[l] - one.N[l])).sum(1),
        (one.Z[l], two.Z[l]),
    )
