"""Where each weight lies in the one flat vector of parameters. The only authority on its layout."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import INITIALS
from pellucid.equations.random import INITIAL, words
from pellucid.errors import ArchitectureError
from pellucid.network.architecture import Architecture


@dataclass(frozen=True)
class Segment:
    """One named stretch of the flat vector.

    `kind` is "weights", "bias", "gain" or "shift" (parameters), "mean" or "variance" (buffers);
    `source` is the layer that a connection comes from, None for what belongs to `layer` itself.
    `penalised`, `trainable` and `rate_factor` tell the optimizer what to do with it.
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
) -> tuple[Segment, ...]:
    """Return the layout of the parameters: layer by layer weights, bias, gain, shift.

    Parameters
    ----------
    frozen : layers whose parameters are not trained
    rate_factors : for some layers, what their learning rate is multiplied with
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
                shape = (architecture.units(number),)
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
    architecture: Architecture, seed: int, initial: str | None = None, dtype: str = "float32"
) -> Array:
    """Return first parameters, drawn from `seed`.

    Each layer's weights are drawn by the row `initial` of ``INITIALS``, or by the row that its
    activation names. Gains start at 1, shifts at 0.
    """
    if initial is not None and initial not in INITIALS:
        raise ArchitectureError(f"initial: expected one of {', '.join(INITIALS)}, got {initial!r}.")
    segments = parameter_segments(architecture)
    vector = np.zeros(length(segments))
    for index, segment in enumerate(segments):
        segment.view(vector)[...] = _first_values(architecture, segment, index, seed, initial)
    return vector.astype(dtype)


def initial_buffers(architecture: Architecture, dtype: str = "float32") -> Array:
    """Return first buffers: running means 0, running variances 1."""
    segments = buffer_segments(architecture)
    vector = np.zeros(length(segments), dtype)
    for segment in segments:
        segment.view(vector)[...] = 1.0 if segment.kind == "variance" else 0.0
    return vector


def _first_values(
    architecture: Architecture, segment: Segment, index: int, seed: int, initial: str | None
) -> Array | float:
    layer = architecture.layer(segment.layer)
    row = INITIALS[initial or ACTIVATIONS[layer.activation].initial]
    if segment.kind == "gain":
        return 1.0
    if segment.kind == "shift" or (segment.kind == "bias" and not row.biases):
        return 0.0
    fan_in = sum(architecture.units(k) for k in architecture.inputs(segment.layer))
    raw = words(seed, INITIAL, segment.size + segment.size % 2, layer=index)
    values = row.weights(raw, fan_in, layer.units)[: segment.size].reshape(segment.shape)
    if segment.source is not None:
        mask = architecture.mask(segment.source, segment.layer)
        values = values if mask is None else values * mask
    return values


def _parameter_shapes(
    architecture: Architecture,
) -> Iterator[tuple[str, int, int | None, tuple[int, ...]]]:
    for number, layer in enumerate(architecture.layers, start=1):
        for k in architecture.inputs(number):
            yield "weights", number, k, (architecture.units(k), layer.units)
        if layer.bias != "none":
            yield "bias", number, None, (layer.units if layer.bias == "neuron" else 1,)
        if layer.norm == "batch":
            yield "gain", number, None, (layer.units,)
            yield "shift", number, None, (layer.units,)


def _name(kind: str, layer: int, source: int | None) -> str:
    return f"{kind}.{layer}" if source is None else f"{kind}.{source}.{layer}"
