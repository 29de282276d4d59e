"""Plans and networks as the core takes them: names, numbers and offsets."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.compiled import core
from pellucid.equations.dropout import threshold
from pellucid.equations.losses import loss_of
from pellucid.equations.named import name_and_numbers
from pellucid.equations.noise import quantiles
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import Segment, buffer_segments, length, parameter_segments
from pellucid.plan.plan import Plan

_OF_A_LAYER = ("bias", "gain", "shift", "mean", "variance")


def flattened_plan(plan: Plan) -> Any:
    """Return a plan as the core takes it: names, numbers and offsets."""
    native, architecture, recipe = core(), plan.architecture, plan.recipe
    loss, L = loss_of(recipe.loss), architecture.n_layers
    flat = _network(architecture, plan.segments, plan.buffer_segments)
    layers = flat.layers
    for l, layer in enumerate(layers, 1):
        own = next(s for s in plan.segments if s.layer == l and s.kind == "weights")
        layer.dropout = threshold(recipe.dropout_of(l)) if l < L else 0
        layer.noise = recipe.noise_of(l) if l < L else 0.0
        layer.max_norm = own.norm_limit if own.trainable else 0.0
    entries = {
        "layers": layers,
        "input_dropout": threshold(recipe.dropout_of(0)),
        "input_noise": recipe.noise_of(0),
        **_loss(recipe.loss),
        "label_smoothing": recipe.label_smoothing,
        "n_classes": 2 if loss.targets == "bits" else architecture.n_outputs,
        "optimizer": "" if plan.is_solver else plan.optimizer,
        "ranges": [native.Range(*stretch) for stretch in plan.ranges()],
        "l2": native.Penalty(recipe.l2, recipe.l2_divisor),
        "l1": native.Penalty(recipe.l1, recipe.l1_divisor),
        "clip_value": recipe.clip_value or 0.0,
        "clip_norm": recipe.clip_norm or 0.0,
        "average": recipe.average or 0.0,
        "n_slots": plan.n_slots,
        "n_examples": plan.n_examples,
        "batch_size": plan.batch_size,
        "seed": recipe.seed,
    }
    if any(recipe.noise_of(l) > 0 for l in range(L)):
        entries["quantiles"] = quantiles()
    return _filled(flat, entries)


def flattened(architecture: Architecture, loss: str = "mse") -> Any:
    """Return a network as the core takes it: a plan that says nothing of a run."""
    segments = parameter_segments(architecture), buffer_segments(architecture)
    return _filled(_network(architecture, *segments), _loss(loss))


def _loss(text: str) -> dict[str, Any]:
    return {"loss": name_and_numbers(text)[0], "loss_numbers": list(loss_of(text).numbers)}


def _network(
    architecture: Architecture, parameters: tuple[Segment, ...], buffers: tuple[Segment, ...]
) -> Any:
    native, segments = core(), (*parameters, *buffers)
    entries = {
        "n_inputs": architecture.n_inputs,
        "scale": np.broadcast_to(architecture.scale, architecture.n_inputs).tolist(),
        "shift": np.broadcast_to(architecture.shift, architecture.n_inputs).tolist(),
        "layers": [
            _layer(architecture.layer(l), [s for s in segments if s.layer == l])
            for l in range(1, architecture.n_layers + 1)
        ],
        "connections": _connections(architecture, segments),
        "n_parameters": length(parameters),
        "n_buffers": length(buffers),
        "n_examples": 1,
        "batch_size": 1,
    }
    return _filled(native.Plan(), entries)


def _layer(layer: Dense, segments: list[Segment]) -> Any:
    """Return a layer with its places in the parameters and in the buffers."""
    native = core()
    own = {segment.kind: segment.offset for segment in segments}
    entries = {
        "units": layer.units,
        "pieces": layer.pieces,
        "activation": layer.activation,
        "norm": layer.norm,
        "bias_shared": layer.bias == "layer",
    }
    offsets = {kind: own.get(kind, native.ABSENT) for kind in _OF_A_LAYER}
    return _filled(native.Layer(), entries | offsets)


def _connections(architecture: Architecture, segments: Iterable[Segment]) -> list[Any]:
    native = core()
    offsets = {segment.name: segment.offset for segment in segments}
    return [
        native.Connection(
            source=k, to=to, weights=offsets[f"weights.{k}.{to}"], mask=_mask(architecture, k, to)
        )
        for k, to in architecture.connections
    ]


def _mask(architecture: Architecture, k: int, to: int) -> Array | None:
    mask = architecture.mask(k, to)
    return None if mask is None else np.ascontiguousarray(mask, np.uint8).reshape(-1)


def _filled(record: Any, entries: dict[str, Any]) -> Any:
    for name, value in entries.items():
        setattr(record, name, value)
    return record
