"""What a network is, as frozen data: layers of neurons and the connections between them.

Weights are not here (``segments.py`` lays them out), nor is how it is trained (``plan/``).
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.errors import ArchitectureError, RecipeError
from pellucid.network.layer import (
    Dense,
    check_size,
    large_mask,
    layer_from_json,
    layer_to_json,
    short,
)

LARGEST = 1 << 31  # parameters in all; sizes beyond it are taken for mistakes


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
        check_size(self.n_inputs, "n_inputs")
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
        n_parameters = sum(self.units(k) * self.sums(to) for k, to in self.connections)
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

    def sums(self, number: int) -> int:
        """How many weighted sums layer `number` has: more than units where neurons have pieces."""
        return self.layer(number).sums

    def inputs(self, number: int) -> tuple[int, ...]:
        """Return the layers that feed layer `number`."""
        named = self.layer(number).inputs
        return (number - 1,) if named is None else named

    def n_weights(self, k: int, to: int) -> int:
        """How many weights a connection has; those that a mask leaves out do not count."""
        texts = self.layer(to).masks.get(k)
        if texts is None:
            return self.units(k) * self.sums(to)
        return sum(text.count("1") for text in texts)

    @property
    def n_left_out(self) -> int:
        """How many numbers of the parameters are no weights, since masks leave them out."""
        of_masks = [(k, to) for k, to in self.connections if k in self.layer(to).masks]
        return sum(self.units(k) * self.sums(to) - self.n_weights(k, to) for k, to in of_masks)

    def mask(self, k: int, to: int) -> Array | None:
        """Return which weights of a connection exist, (n_from, sums) bool, or None if all do."""
        texts = self.layer(to).masks.get(k)
        if texts is None:
            return None
        return np.array([np.frombuffer(row.encode("ascii"), "S1") == b"1" for row in texts])

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


def check_differentiable(architecture: Architecture) -> None:
    """Raise where a layer cannot be trained by its gradient.

    Raises
    ------
    RecipeError
        A layer of step or sign units.
    """
    for number, layer in enumerate(architecture.layers, start=1):
        if ACTIVATIONS[layer.activation].backward is None:
            raise RecipeError(
                f"layer {number}: {layer.activation} is flat on both sides of its jump, so its "
                "derivative is 0 and gradient descent learns nothing through it. Train such "
                "neurons by the perceptron rule, w ← w + η (y − p) x (Rosenblatt 1958), or use "
                "sigmoid or tanh."
            )


def to_json(architecture: Architecture) -> dict[str, Any]:
    """Return the architecture as plain data for JSON; ``from_json`` takes it back."""
    return {
        "n_inputs": architecture.n_inputs,
        "layers": [layer_to_json(layer) for layer in architecture.layers],
        "scale": architecture.scale,
        "shift": architecture.shift,
    }


def to_readable_json(architecture: Architecture) -> dict[str, Any]:
    """Return the same for people: of masks too large to be read only the size is told."""
    data = to_json(architecture)
    for table in data["layers"]:
        table["masks"] = {k: large_mask(texts) or texts for k, texts in table["masks"].items()}
    return data


def from_json(data: Any) -> Architecture:
    """Return the architecture that `data` describes.

    Raises
    ------
    ArchitectureError
        Unknown or missing entries, or sizes that do not fit.
    """
    allowed = {item.name for item in fields(Architecture)}
    if not isinstance(data, dict) or not {"n_inputs", "layers"} <= set(data) <= allowed:
        raise ArchitectureError(f"expected a table with {sorted(allowed)}, got {short(data)}.")
    if not isinstance(data["layers"], list):
        raise ArchitectureError(f"expected a list of layers, got {short(data['layers'])}.")
    layers = tuple(layer_from_json(layer) for layer in data["layers"])
    return Architecture(**{**data, "layers": layers})


def _per_input(value: Any, n_inputs: int, name: str) -> float | tuple[float, ...]:
    try:
        numbers = np.asarray(value, float)
    except (TypeError, ValueError, OverflowError):
        numbers = np.array(np.nan)
    if not np.isfinite(numbers).all() or numbers.shape not in ((), (n_inputs,)):
        raise ArchitectureError(
            f"{name}: expected one finite number, or {n_inputs} of them, one for each input, "
            f"got {short(value)}."
        )
    return float(numbers) if numbers.ndim == 0 else tuple(numbers.tolist())
