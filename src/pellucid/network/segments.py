"""Where each weight lies in the one flat vector of parameters. The only authority on its layout."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import Fans, initial_of
from pellucid.equations.random import INITIAL, words
from pellucid.errors import ArchitectureError
from pellucid.network.architecture import Architecture


@dataclass(frozen=True)
class Segment:
    """One named stretch of the flat vector.

    `kind` is "weights", "bias", "gain" or "shift" (parameters), "mean" or "variance" (buffers);
    `source` is the layer that a connection comes from, None for what belongs to `layer` itself.
    `penalised`, `trainable`, `rate_factor` and `norm_limit` (0: none) tell training what to do
    with it.
    """

    name: str
    kind: str
    layer: int
    source: int | None
    offset: int
    shape: tuple[int, ...]
    penalised: bool = False
    trainable: bool = True
    rate_factor: float = 1.0
    norm_limit: float = 0.0

    @cached_property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @cached_property
    def stop(self) -> int:
        """The offset of what follows."""
        return self.offset + self.size

    def view(self, vector: Array) -> Array:
        """Return this segment of `vector`, in its own shape, without copying."""
        return vector[self.offset : self.stop].reshape(self.shape)


def parameter_segments(
    architecture: Architecture,
    frozen: tuple[int, ...] = (),
    rate_factors: Mapping[int, float] | None = None,
    norm_limits: Mapping[int, float] | None = None,
) -> tuple[Segment, ...]:
    """Return the layout of the parameters: layer by layer weights, bias, gain, shift.

    Parameters
    ----------
    frozen : layers whose parameters are not trained
    rate_factors : for some layers, what their learning rate is multiplied with
    norm_limits : for some layers, how long the incoming weights of a neuron may be
    """
    found: list[Segment] = []
    for kind, layer, source, shape in _parameter_shapes(architecture):
        found.append(
            Segment(
                name=_name(kind, layer, source),
                kind=kind,
                layer=layer,
                source=source,
                offset=found[-1].stop if found else 0,
                shape=shape,
                penalised=kind == "weights",
                trainable=layer not in frozen,
                rate_factor=(rate_factors or {}).get(layer, 1.0),
                norm_limit=(norm_limits or {}).get(layer, 0.0) if kind == "weights" else 0.0,
            )
        )
    return tuple(found)


def buffer_segments(architecture: Architecture) -> tuple[Segment, ...]:
    """Return the layout of what belongs to the model but is not learnt: running averages."""
    found: list[Segment] = []
    for number in range(1, architecture.n_layers + 1):
        if architecture.layer(number).norm == "batch":
            for kind in ("mean", "variance"):
                offset = found[-1].stop if found else 0
                shape = (architecture.sums(number),)
                found.append(Segment(_name(kind, number, None), kind, number, None, offset, shape))
    return tuple(found)


def length(segments: tuple[Segment, ...]) -> int:
    """How many numbers the whole vector holds."""
    return segments[-1].stop if segments else 0


class Views(Mapping[tuple[int, ...], Array]):
    """Named views into a flat vector: ``views[l]``, or ``views[k, l]`` for a connection.

    Writing into a view writes into the vector.
    """

    def __init__(self, vector: Array, segments: tuple[Segment, ...], kind: str) -> None:
        self._kind = kind
        self._views: dict[tuple[int, ...], Array] = {
            (s.layer,) if s.source is None else (s.source, s.layer): s.view(vector)
            for s in segments
            if s.kind == kind
        }

    def __getitem__(self, key: int | tuple[int, ...]) -> Array:
        return self._views[self._find(key)]

    def __setitem__(self, key: int | tuple[int, ...], value: Array) -> None:
        view = self._views[self._find(key)]
        if np.shape(value) != view.shape:
            raise ArchitectureError(
                f"{self._kind}[{key}]: expected shape {view.shape}, got {np.shape(value)}."
            )
        view[...] = value

    def __contains__(self, key: object) -> bool:
        try:
            return self[key] is not None  # type: ignore[index]
        except ArchitectureError:
            return False

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def __repr__(self) -> str:
        shapes = ", ".join(f"{key}: {view.shape}" for key, view in self._views.items())
        return f"<{self._kind} {{{shapes}}}>"

    def _find(self, key: int | tuple[int, ...]) -> tuple[int, ...]:
        wanted = key if isinstance(key, tuple) else (key,)
        found = [k for k in self._views if k == wanted or (len(wanted) == 1 and k[-1:] == wanted)]
        if len(found) != 1:
            raise ArchitectureError(
                f"{self._kind}[{key}]: expected one of {list(self._views)}"
                + (f"; layer {key} has {len(found)} connections, name one." if found else ".")
            )
        return found[0]


def initial_parameters(
    architecture: Architecture,
    seed: int,
    initial: str | Sequence[str] | None = None,
    dtype: str = "float32",
) -> Array:
    """Return first parameters, drawn from `seed`.

    Each layer's weights are drawn by the row `initial` of ``INITIALS``, by its own where there is
    one a layer, or by the row that its activation names. Gains start at 1, shifts at 0.
    """
    rows = _initials(architecture, initial)
    segments = parameter_segments(architecture)
    vector = np.zeros(length(segments))
    for index, segment in enumerate(segments):
        row = rows[segment.layer - 1]
        segment.view(vector)[...] = _first_values(architecture, segment, index, seed, row)
    return vector.astype(dtype)


def initial_buffers(architecture: Architecture, dtype: str = "float32") -> Array:
    """Return first buffers: running means 0, running variances 1."""
    segments = buffer_segments(architecture)
    vector = np.zeros(length(segments), dtype)
    for segment in segments:
        segment.view(vector)[...] = 1.0 if segment.kind == "variance" else 0.0
    return vector


def _initials(architecture: Architecture, initial: str | Sequence[str] | None) -> list[str]:
    """How each layer's weights begin."""
    natural = [ACTIVATIONS[layer.activation].initial for layer in architecture.layers]
    if initial is None:
        return natural
    if isinstance(initial, str):
        return [initial] * len(natural)
    named = list(initial) if isinstance(initial, Sequence) else []
    if len(named) != len(natural):
        raise ArchitectureError(
            f"initial: expected one text, or one for each of the {len(natural)} layers, "
            f"got {initial!r}."
        )
    return named


def _first_values(
    architecture: Architecture, segment: Segment, index: int, seed: int, initial: str
) -> Array | float:
    row, size = initial_of(initial)
    if segment.kind == "gain":
        return 1.0
    draw = row.weights if segment.kind == "weights" else row.biases
    if segment.kind == "shift" or draw is None:
        return 0.0
    raw = words(seed, INITIAL, segment.size + segment.size % 2, layer=index)
    fans = _fans(architecture, segment, len(raw))
    values = size * draw(raw, segment.shape, fans)[: segment.size].reshape(segment.shape)
    if segment.source is not None:
        mask = architecture.mask(segment.source, segment.layer)
        values = values if mask is None else np.where(mask, values, 0.0)
    return values


def _fans(architecture: Architecture, segment: Segment, n: int) -> Fans:
    """How many weights lead to a sum, and from a unit to the layer; with masks, of each of n draws.

    Draws fill a matrix row by row, one number for each sum in a row.
    """
    number = segment.layer
    inputs, layer = architecture.inputs(number), architecture.layer(number)
    if not layer.masks:
        return Fans(sum(architecture.units(k) for k in inputs), layer.sums)
    into = np.zeros(layer.sums)
    out = np.full(architecture.units(segment.source or 0), layer.sums)
    for k in inputs:
        mask = architecture.mask(k, number)
        into += architecture.units(k) if mask is None else mask.sum(axis=0)
        if k == segment.source and mask is not None:
            out = mask.sum(axis=1)
    return Fans(np.resize(np.maximum(into, 1), n), np.resize(np.repeat(out, layer.sums), n))


def _parameter_shapes(
    architecture: Architecture,
) -> Iterator[tuple[str, int, int | None, tuple[int, ...]]]:
    for number, layer in enumerate(architecture.layers, start=1):
        for k in architecture.inputs(number):
            yield "weights", number, k, (architecture.units(k), layer.sums)
        if layer.bias != "none":
            yield "bias", number, None, (layer.sums if layer.bias == "neuron" else 1,)
        if layer.norm != "none":
            yield "gain", number, None, (layer.sums,)
            yield "shift", number, None, (layer.sums,)


def _name(kind: str, layer: int, source: int | None) -> str:
    return f"{kind}.{layer}" if source is None else f"{kind}.{source}.{layer}"
