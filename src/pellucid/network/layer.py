"""One layer of neurons, as frozen data."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.affine import BIAS_FORMS
from pellucid.equations.normalization import NORMS
from pellucid.errors import ArchitectureError

_SIGNS = {0: "0", 1: "1"}
READABLE = 256  # weights of a mask up to which its zeros and ones are shown
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
    norm : {"none", "batch", "layer"}
        Normalization of the weighted sums: over the mini-batch, or over the layer's sums.
    masks : mapping from int to array of 0 and 1, optional
        For connections that are partial: which weights exist, shape (units of the source, sums).
        May be given as texts, one for each neuron of the source: ``{0: ("110", "011")}``.
    pieces : int
        For maxout, how many weighted sums each neuron takes the largest of, 2 or more; the sums
        of neuron j are those numbered j · pieces …. For every other activation 1.

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
    pieces: int = 1

    def __post_init__(self) -> None:
        check_size(self.units, "a layer's units")
        check_choice(self.activation, ACTIVATIONS, "activation")
        check_choice(self.bias, BIAS_FORMS, "bias")
        check_choice(self.norm, NORMS, "norm")
        check_size(self.pieces, "pieces")
        for name in ("units", "pieces"):
            object.__setattr__(self, name, int(getattr(self, name)))
        self._check_pieces()
        if self.inputs is not None:
            object.__setattr__(self, "inputs", _layer_numbers(self.inputs))
        masks = {int(k): _mask_texts(mask, self.sums) for k, mask in self.masks.items()}
        object.__setattr__(self, "masks", masks)

    @property
    def sums(self) -> int:
        """How many weighted sums the layer has: one a neuron, or `pieces` a neuron."""
        return self.units * self.pieces

    def _check_pieces(self) -> None:
        grouped = ACTIVATIONS[self.activation].grouped
        if grouped and self.pieces < 2:
            raise ArchitectureError(
                f"pieces: {self.activation} takes the largest of several weighted sums; expected "
                f"at least 2, got {self.pieces}. Such as Dense({self.units}, "
                f'"{self.activation}", pieces=2).'
            )
        if not grouped and self.pieces > 1:
            raise ArchitectureError(
                f"pieces: {self.activation} has one weighted sum a neuron; expected 1, "
                f"got {self.pieces}. Several are for maxout."
            )

    def __repr__(self) -> str:
        given = [repr(self.units), repr(self.activation)]
        for item in fields(self)[2:]:
            value = getattr(self, item.name)
            if item.name == "masks":
                said = ", ".join(f"{k}: {large_mask(m) or repr(m)}" for k, m in value.items())
                given += [f"masks={{{said}}}"] if said else []
            elif value != item.default:
                given.append(f"{item.name}={value!r}")
        return f"Dense({', '.join(given)})"


def layer_to_json(layer: Dense) -> dict[str, Any]:
    """Return the layer as a table for JSON; ``layer_from_json`` takes it back."""
    data = {item.name: getattr(layer, item.name) for item in fields(layer)}
    data["inputs"] = None if layer.inputs is None else list(layer.inputs)
    data["masks"] = {str(k): list(texts) for k, texts in layer.masks.items()}
    return data


def layer_from_json(data: Any) -> Dense:
    """Return the layer that a table describes, with the same names as the arguments of Dense."""
    allowed = {item.name for item in fields(Dense)}
    if not isinstance(data, dict) or not {"units"} <= set(data) <= allowed:
        raise ArchitectureError(
            f"expected a layer as a table with units and any of {sorted(allowed)}, "
            f"got {short(data)}."
        )
    try:
        return Dense(**data)
    except ArchitectureError:
        raise
    except (TypeError, AttributeError, ValueError, OverflowError) as problem:
        raise ArchitectureError(f"a layer cannot be read: {problem}. Got {short(data)}.") from None


def check_size(value: Any, name: str) -> None:
    """Raise where `value` is not a whole number of at least 1."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ArchitectureError(f"{name}: expected a whole number of at least 1, got {value!r}.")


def check_choice(value: Any, choices: Mapping[str, Any] | Sequence[str], name: str) -> None:
    """Raise where `value` is not one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ArchitectureError(f"{name}: expected one of {', '.join(choices)}, got {value!r}.")


def short(data: Any) -> str:
    """Return `data` as text for an error, cut where it is long."""
    text = repr(data)
    return text if len(text) < 100 else text[:97] + "..."


def _layer_numbers(inputs: Any) -> tuple[int, ...]:
    try:
        return tuple(operator.index(k) for k in inputs)
    except TypeError:
        raise ArchitectureError(f"inputs: expected layers as in (0, 1), got {inputs!r}.") from None


def large_mask(texts: Mask) -> str | None:
    """Return what to say of a mask that is too large to be read: how many weights it leaves."""
    rows, sums = len(texts), len(texts[0]) if texts else 0
    if rows * sums <= READABLE:
        return None
    return f"<{sum(text.count('1') for text in texts):,} of {rows} × {sums}>"


def _mask_texts(mask: Any, sums: int) -> Mask:
    if isinstance(mask, np.ndarray) and mask.dtype == bool and mask.ndim == 2:
        mask = [row.tobytes().decode("ascii") for row in np.where(mask, b"1", b"0")]
    try:
        texts = tuple(
            row if isinstance(row, str) else "".join(_SIGNS.get(v, "?") for v in row)
            for row in mask
        )
    except TypeError:
        texts = ("",)
    if not all(len(text) == sums and set(text) <= {"0", "1"} for text in texts):
        raise ArchitectureError(
            f"masks: expected rows of {sums} zeros and ones, one for each sum they lead to, "
            f"got {short(mask)}."
        )
    return texts
