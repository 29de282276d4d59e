"""What a network is, as frozen data: layers of neurons and the connections between them.

Weights are not here (``segments.py`` lays them out), nor is how it is trained (``plan/``).
"""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.affine import BIAS_FORMS
from pellucid.equations.normalization import NORMS
from pellucid.errors import ArchitectureError

LARGEST = 1 << 31  # parameters in all; sizes beyond it are taken for mistakes

_SIGNS = {0: "0", 1: "1"}
Mask = tuple[str, ...]  # one text of 0s and 1s for each neuron the connection comes from


@dataclass(frozen=True, repr=False)
class Dense:
    """A layer of neurons, fed by one or more earlier layers.

    Parameters
    ----------
    units : int
        How many neurons.
    activation : str
        A row of ``pellucid.equations.activations.ACTIVATIONS``.
    inputs : sequence of int, optional
        The layers that feed this one; 0 is the input. By default the layer before. ``(0, 1)``
        makes a skip connection from the input beside that from layer 1.
    bias : {"neuron", "layer", "none"}
        One bias for each neuron, one for the whole layer, or none.
    norm : {"none", "batch"}
        Batch normalization of the weighted sums.
    masks : mapping from int to array of 0 and 1, optional
        For connections that are partial: which weights exist, shape (units of the source, units).
        May be given as texts, one for each neuron of the source: ``{0: ("110", "011")}``.

    Examples
    --------
    >>> Dense(2, "tanh", masks={0: [[1, 0], [1, 1]]})
    Dense(2, 'tanh', masks={0: ('10', '11')})
    """

    units: int
    activation: str = "relu"
    inputs: tuple[int, ...] | None = None
    bias: str = "neuron"
    norm: str = "none"
    masks: Mapping[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_size(self.units, "a layer's units")
        _check_choice(self.activation, ACTIVATIONS, "activation")
        _check_choice(self.bias, BIAS_FORMS, "bias")
        _check_choice(self.norm, NORMS, "norm")
        object.__setattr__(self, "units", int(self.units))
        if self.inputs is not None:
            object.__setattr__(self, "inputs", _layer_numbers(self.inputs))
        masks = {int(k): _mask_texts(mask, self.units) for k, mask in self.masks.items()}
        object.__setattr__(self, "masks", masks)

    def __repr__(self) -> str:
        given = [repr(self.units), repr(self.activation)]
        for item in fields(self)[2:]:
            value = getattr(self, item.name)
            if value != (item.default if item.name != "masks" else {}):
                given.append(f"{item.name}={value!r}")
        return f"Dense({', '.join(given)})"


@dataclass(frozen=True, repr=False)
class Architecture:
    """A whole network: inputs, how they are scaled, layers and connections.

    Parameters
    ----------
    n_inputs : int
        How many numbers an example has.
    layers : sequence of Dense
        At least one; the last is the output. A network with one layer has no hidden neurons: it
        is linear or logistic regression.
    scale, shift : float or sequence of float
        The network sees X · scale + shift: one number for all inputs or one for each.

    Raises
    ------
    ArchitectureError
        Sizes, connections or names that do not fit.
    """

    n_inputs: int
    layers: tuple[Dense, ...]
    scale: float | tuple[float, ...] = 1.0
    shift: float | tuple[float, ...] = 0.0

    def __post_init__(self) -> None:
        _check_size(self.n_inputs, "n_inputs")
        object.__setattr__(self, "n_inputs", int(self.n_inputs))
        object.__setattr__(self, "layers", tuple(self.layers))
        if not self.layers or not all(isinstance(layer, Dense) for layer in self.layers):
            raise ArchitectureError(
                f"expected at least one layer, each a pellucid.Dense, got {self.layers!r}."
            )
        for name in ("scale", "shift"):
            object.__setattr__(self, name, _per_input(getattr(self, name), self.n_inputs, name))
        for number in range(1, len(self.layers) + 1):
            self._check_layer(number)
        self._check_used()
        n_parameters = sum(self.units(k) * self.units(to) for k, to in self.connections)
        if n_parameters > LARGEST:
            raise ArchitectureError(
                f"expected at most {LARGEST} weights, got {n_parameters}. Make layers smaller."
            )

    def __repr__(self) -> str:
        layers = ", ".join(repr(layer) for layer in self.layers)
        scaling = "".join(
            f", {name}={value!r}"
            for name, value, default in (("scale", self.scale, 1.0), ("shift", self.shift, 0.0))
            if value != default
        )
        return f"Architecture({self.n_inputs}, [{layers}]{scaling})"

    @property
    def n_layers(self) -> int:
        """L: how many layers, the input not counted."""
        return len(self.layers)

    @property
    def n_outputs(self) -> int:
        """How many numbers a prediction has."""
        return self.layers[-1].units

    @property
    def connections(self) -> tuple[tuple[int, int], ...]:
        """Every connection (from, to), layer by layer."""
        return tuple((k, to) for to in range(1, self.n_layers + 1) for k in self.inputs(to))

    def layer(self, number: int) -> Dense:
        """Return layer 1 … L; layer 0, the input, is not one."""
        return self.layers[number - 1]

    def units(self, number: int) -> int:
        """How many neurons layer `number` has; layer 0 is the input."""
        return self.n_inputs if number == 0 else self.layer(number).units

    def inputs(self, number: int) -> tuple[int, ...]:
        """Return the layers that feed layer `number`."""
        named = self.layer(number).inputs
        return (number - 1,) if named is None else named

    def mask(self, k: int, to: int) -> Array | None:
        """Return which weights of a connection exist, (n_from, n_to) bool, or None if all do."""
        texts = self.layer(to).masks.get(k)
        return None if texts is None else np.array([[c == "1" for c in row] for row in texts])

    def _check_layer(self, number: int) -> None:
        layer, inputs = self.layer(number), self.inputs(number)
        if not inputs or len(set(inputs)) != len(inputs):
            raise ArchitectureError(f"layer {number}: expected different inputs, got {inputs}.")
        for k in inputs:
            if not 0 <= k < number:
                raise ArchitectureError(
                    f"layer {number}: expected inputs from earlier layers, 0 to {number - 1}, "
                    f"got {k}. Layer 0 is the input, layers are numbered from 1."
                )
        for k, texts in layer.masks.items():
            if k not in inputs:
                raise ArchitectureError(
                    f"layer {number}: expected masks for its inputs {inputs}, got one for {k}."
                )
            if len(texts) != self.units(k):
                raise ArchitectureError(
                    f"layer {number}: expected a mask of {self.units(k)} rows for the connection "
                    f"from layer {k}, got {len(texts)}."
                )
        if layer.activation == "softmax" and number < self.n_layers:
            raise ArchitectureError(
                f"layer {number}: softmax is for outputs, got it in a hidden layer. "
                "Use sigmoid, tanh or relu there."
            )

    def _check_used(self) -> None:
        unused = set(range(self.n_layers)) - {k for k, _ in self.connections}
        if unused:
            raise ArchitectureError(
                f"expected every layer to feed a later one, but nothing is fed by {sorted(unused)}."
            )


def to_json(architecture: Architecture) -> dict[str, Any]:
    """Return the architecture as plain data for JSON; ``from_json`` takes it back."""
    return {
        "n_inputs": architecture.n_inputs,
        "layers": [_layer_to_json(layer) for layer in architecture.layers],
        "scale": architecture.scale,
        "shift": architecture.shift,
    }


def from_json(data: Any) -> Architecture:
    """Return the architecture that `data` describes.

    Raises
    ------
    ArchitectureError
        Unknown or missing entries, or sizes that do not fit.
    """
    allowed = {item.name for item in fields(Architecture)}
    if not isinstance(data, dict) or not {"n_inputs", "layers"} <= set(data) <= allowed:
        raise ArchitectureError(f"expected a table with {sorted(allowed)}, got {_short(data)}.")
    if not isinstance(data["layers"], list):
        raise ArchitectureError(f"expected a list of layers, got {_short(data['layers'])}.")
    layers = tuple(layer_from_json(layer) for layer in data["layers"])
    return Architecture(**{**data, "layers": layers})


def layer_from_json(data: Any) -> Dense:
    """Return the layer that a table describes, with the same names as the arguments of Dense."""
    allowed = {item.name for item in fields(Dense)}
    if not isinstance(data, dict) or not {"units"} <= set(data) <= allowed:
        raise ArchitectureError(
            f"expected a layer as a table with units and any of {sorted(allowed)}, "
            f"got {_short(data)}."
        )
    try:
        return Dense(**data)
    except ArchitectureError:
        raise
    except (TypeError, AttributeError, ValueError, OverflowError) as problem:
        raise ArchitectureError(f"a layer cannot be read: {problem}. Got {_short(data)}.") from None


def _layer_to_json(layer: Dense) -> dict[str, Any]:
    data = {item.name: getattr(layer, item.name) for item in fields(layer)}
    data["inputs"] = None if layer.inputs is None else list(layer.inputs)
    data["masks"] = {str(k): list(texts) for k, texts in layer.masks.items()}
    return data


def _layer_numbers(inputs: Any) -> tuple[int, ...]:
    try:
        return tuple(operator.index(k) for k in inputs)
    except TypeError:
        raise ArchitectureError(f"inputs: expected layers as in (0, 1), got {inputs!r}.") from None


def _mask_texts(mask: Any, units: int) -> Mask:
    try:
        texts = tuple(
            row if isinstance(row, str) else "".join(_SIGNS.get(v, "?") for v in row)
            for row in mask
        )
    except TypeError:
        texts = ("",)
    if not all(len(text) == units and set(text) <= {"0", "1"} for text in texts):
        raise ArchitectureError(
            f"masks: expected rows of {units} zeros and ones, one for each neuron they lead to, "
            f"got {_short(mask)}."
        )
    return texts


def _per_input(value: Any, n_inputs: int, name: str) -> float | tuple[float, ...]:
    try:
        numbers = np.asarray(value, float)
    except (TypeError, ValueError, OverflowError):
        numbers = np.array(np.nan)
    if not np.isfinite(numbers).all() or numbers.shape not in ((), (n_inputs,)):
        raise ArchitectureError(
            f"{name}: expected one finite number, or {n_inputs} of them, one for each input, "
            f"got {_short(value)}."
        )
    return float(numbers) if numbers.ndim == 0 else tuple(numbers.tolist())


def _check_size(value: Any, name: str) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ArchitectureError(f"{name}: expected a whole number of at least 1, got {value!r}.")


def _check_choice(value: Any, choices: Mapping[str, Any] | Sequence[str], name: str) -> None:
    if not isinstance(value, str) or value not in choices:
        raise ArchitectureError(f"{name}: expected one of {', '.join(choices)}, got {value!r}.")


def _short(data: Any) -> str:
    text = repr(data)
    return text if len(text) < 100 else text[:97] + "..."
