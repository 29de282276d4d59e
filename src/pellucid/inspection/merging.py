"""A network without its linear hidden layers: worked into the layers that they feed."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.arrays import Array
from pellucid.inspection.agreement import largest_difference, rows_for
from pellucid.inspection.linear import bias_of, is_linear, normalization_of
from pellucid.model.network import Network
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import Named, flat, views
from pellucid.network.segments import buffer_segments, parameter_segments


@dataclass(frozen=True)
class Merged:
    """A network and what was done to make it. ``merge`` makes one.

    Attributes
    ----------
    network : Network
        Has only the layers that had to stay, in the precision of the one it was made from.
    absorbed : dict from int to tuple of int
        Which linear layers were worked into which other, by the numbers that they had.
    n_layers, n_parameters : int
        How many there were.
    difference : float
        The largest difference between the predictions of both, calculated in float64.
    n_rows : int
        On how many rows they were compared.
    """

    network: Network
    absorbed: dict[int, tuple[int, ...]]
    n_layers: int
    n_parameters: int
    difference: float
    n_rows: int

    def __str__(self) -> str:
        lines = [
            f"layer{'s' if len(gone) > 1 else ''} {', '.join(map(str, gone))} worked into {l}"
            for l, gone in self.absorbed.items()
        ]
        if not lines:
            return "no hidden layer is linear: nothing to merge"
        return "\n".join(
            [
                *lines,
                f"{self.network.architecture.n_layers} layers in the place of {self.n_layers}, "
                f"{self.network.n_parameters} parameters in the place of {self.n_parameters}",
                f"largest difference of predictions on {self.n_rows} rows: {self.difference:.1e}",
            ]
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "absorbed": {str(l): list(gone) for l, gone in self.absorbed.items()},
            "layers": [self.n_layers, self.network.architecture.n_layers],
            "parameters": [self.n_parameters, self.network.n_parameters],
            "difference": self.difference,
            "n_rows": self.n_rows,
        }


@dataclass
class _Part:
    """A layer while others are worked into it."""

    layer: Dense
    weights: dict[int, Array]  # by the number of the layer they come from
    masks: dict[int, Any]
    bias: Array  # (sums,)
    gone: tuple[int, ...] = ()  # what was worked into it


def merge(network: Network, X: npt.ArrayLike | None = None, *, seed: int = 0) -> Merged:
    """Return an equivalent network in which no hidden layer is linear.

    Identity units do nothing that the layers they feed could not do themselves: the connections
    from k to the linear layer h and from h to l become one from k to l, beside one that may be
    there already. All that a linear layer does is to limit the rank of that matrix; where it is
    narrower than its neighbours, the network without it has more weights.

    Parameters
    ----------
    network : Network
        Not changed.
    X : (n, n_inputs), optional
        Rows to compare predictions on; by default 1000 drawn from `seed`.

    Examples
    --------
    >>> layers = [Dense(2, "identity"), Dense(3, "tanh"), Dense(2, "identity"), Dense(1, "exp")]
    >>> merged = merge(Network(2, layers))
    >>> merged.network, merged.absorbed
    (Network(2, [Dense(3, 'tanh'), Dense(1, 'exp')]), {2: (1,), 4: (3,)})
    """
    architecture = network.architecture
    parts = {l: _part(network, l) for l in range(1, architecture.n_layers + 1)}
    for h in range(1, architecture.n_layers):
        if is_linear(architecture.layer(h)):
            _work_in(network, h, parts)
    made = _assembled(network, parts)
    rows = rows_for(architecture, X, seed)
    return Merged(
        made,
        {l: part.gone for l, part in parts.items() if part.gone},
        architecture.n_layers,
        network.n_parameters,
        largest_difference(network, made, rows[:]),
        len(rows),
    )


def _part(network: Network, l: int) -> _Part:
    layer, inputs = network.architecture.layer(l), network.architecture.inputs(l)
    weights = {k: network.weights[k, l].astype(np.float64) for k in inputs}
    return _Part(layer, weights, dict(layer.masks), bias_of(network, l))


def _work_in(network: Network, h: int, parts: dict[int, _Part]) -> None:
    """Take layer h out, and put what it does into each layer that it feeds."""
    linear, (factor, offset) = parts.pop(h), normalization_of(network, h)
    for part in parts.values():
        if h not in part.weights:
            continue
        after = part.weights.pop(h)
        for k, before in linear.weights.items():
            part.weights[k] = part.weights.get(k, 0.0) + (before * factor) @ after
            part.masks.pop(k, None)
        part.masks.pop(h, None)
        part.bias = part.bias + (linear.bias * factor + offset) @ after
        part.gone = (*part.gone, *(l for l in (*linear.gone, h) if l not in part.gone))


def _assembled(network: Network, parts: dict[int, _Part]) -> Network:
    """A network of the layers that stayed, numbered anew."""
    numbers = {0: 0} | {old: new for new, old in enumerate(parts, start=1)}
    old = network.architecture
    layers = tuple(_layer(network, l, part, numbers) for l, part in parts.items())
    architecture = Architecture(old.n_inputs, layers, old.scale, old.shift)
    dtype = network.parameters.dtype
    named = _renamed(views(network.parameters, network.segments), numbers)
    buffers = _renamed(views(network.buffers, buffer_segments(old)), numbers)
    for l, part in parts.items():
        named |= {f"weights.{numbers[k]}.{numbers[l]}": W for k, W in part.weights.items()}
        if layers[numbers[l] - 1].bias == "neuron":
            named[f"bias.{numbers[l]}"] = part.bias
    held = buffer_segments(architecture)
    return Network.from_arrays(
        architecture,
        flat(named, parameter_segments(architecture), dtype),
        flat(buffers, held, dtype) if held else np.zeros(0, dtype),
    )


def _layer(network: Network, l: int, part: _Part, numbers: dict[int, int]) -> Dense:
    inputs = tuple(numbers[k] for k in part.weights)
    same = np.array_equal(part.bias, bias_of(network, l))
    return replace(
        part.layer,
        inputs=None if inputs == (numbers[l] - 1,) else inputs,
        bias=part.layer.bias if same else "neuron",
        masks={numbers[k]: mask for k, mask in part.masks.items()},
    )


def _renamed(named: Named, numbers: dict[int, int]) -> Named:
    """What belongs to one layer (bias, gain, shift, mean, variance), by its new number."""
    found = {}
    for name, values in named.items():
        kind, *layers = name.split(".")
        if len(layers) == 1 and int(layers[0]) in numbers:
            found[f"{kind}.{numbers[int(layers[0])]}"] = values
    return found
