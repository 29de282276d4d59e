"""The native engine: the compiled core, ``pellucid._native``, behind the contract of an engine.

No mathematics here: a plan is flattened to names and numbers for the core, and its answers are
handed on. Where the core was not built (no C++ compiler), importing this module still works.
"""

import importlib
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.engine import Stretch
from pellucid.equations.dropout import threshold
from pellucid.equations.losses import loss_of
from pellucid.equations.named import name_and_numbers
from pellucid.equations.noise import quantiles
from pellucid.errors import UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import Segment, length
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.state import State

_OF_A_LAYER = ("bias", "gain", "shift", "mean", "variance")
GRAIN = 1 << 18  # multiply-adds below which work is left to one thread: some 10 µs


def core() -> Any:
    """Return the compiled module.

    Raises
    ------
    UnsupportedError
        It was not built, or cannot be loaded.
    """
    try:
        return importlib.import_module("pellucid._native")
    except ModuleNotFoundError as problem:
        if problem.name != "pellucid._native":
            raise
        raise UnsupportedError(
            "the native core was not built (no C++ compiler was found when Pellucid was installed)"
        ) from None
    except ImportError as problem:
        raise UnsupportedError(f"the native core cannot be loaded ({problem})") from None


def missing(plan: Plan) -> str | None:
    """Return what `plan` asks for that the core does not have, or None."""
    native, layers = core(), plan.architecture.layers
    for known, wanted in (
        (native.activations(), [layer.activation for layer in layers]),
        (["none", *native.norms()], [layer.norm for layer in layers]),
        (native.losses(), [name_and_numbers(plan.recipe.loss)[0]]),
        # A solver asks for costs and gradients only.
        (native.optimizers(), [] if plan.is_solver else [plan.optimizer]),
    ):
        for name in wanted:
            if name not in known:
                return name
    return None


def tier(plan: Plan) -> str:
    """Return "fused" where steps use a gradient block by block, while it is near, else "generic".

    A gradient has to lie in memory as a whole where its norm is to be clipped, where a batch is
    taken in several parts, and where a solver asks for it.
    """
    normed = any(layer.norm == "batch" for layer in plan.architecture.layers)
    at_once = normed or plan.batch_size <= core().CHUNK
    whole = plan.is_solver or plan.recipe.clip_norm is not None or not at_once
    return "generic" if whole else "fused"


class NativeEngine:
    """Carries out plans in the compiled core.

    Parameters
    ----------
    instruction_set : str, optional
        One of ``pellucid._native.instruction_sets()``; by default the best that this machine has.
    grain : int
        Multiply-adds below which a piece of work is left to one thread. No result depends on it.

    Raises
    ------
    UnsupportedError
        The core was not built, or this machine lacks the instruction set.
    """

    name = "native"

    def __init__(self, instruction_set: str | None = None, grain: int = GRAIN) -> None:
        here = core().instruction_sets()
        if instruction_set is not None and instruction_set not in here:
            raise UnsupportedError(
                f"expected one of this machine's instruction sets, {', '.join(here)}, "
                f"got {instruction_set!r}."
            )
        self._instruction_set: str = instruction_set or here[0]
        self._grain = grain

    @property
    def instruction_set(self) -> str:
        """Which instructions it calculates with: avx512, avx2 or baseline."""
        return self._instruction_set

    def open(
        self, plan: Plan, state: State, examples: Examples, threads: int | None = None
    ) -> "NativeSession":
        """Begin, or go on from, `state`, with at most so many threads (None: one for each core).

        Raises
        ------
        UnsupportedError
            Something in the plan that the core does not have yet.
        """
        lacking = missing(plan)
        if lacking is not None:
            raise UnsupportedError(
                f"native has no {lacking} yet. Use the engine reference instead."
            )
        kind = core().Session64 if plan.dtype == np.float64 else core().Session32
        session = kind(
            plan=_flattened_plan(plan),
            X=np.ascontiguousarray(examples.X),
            Y=_targets(examples.Y),
            weights=None if examples.weights is None else np.asarray(examples.weights, float),
            parameters=np.ascontiguousarray(state.parameters),
            buffers=np.ascontiguousarray(state.buffers),
            slots=np.ascontiguousarray(state.slots).reshape(-1),
            step=state.step,
            epoch=state.epoch,
            position=state.position,
            instruction_set=self._instruction_set,
            threads=threads or default_threads(),
            grain=self._grain,
            skips_zeros=state.skips_zeros,
        )
        return NativeSession(session, len(examples))


class NativeSession:
    """A run in the native engine."""

    def __init__(self, session: Any, n_examples: int) -> None:
        self._session, self._n_examples = session, n_examples

    @property
    def fused(self) -> bool:
        """Whether steps use a gradient block by block; see ``tier``."""
        found: bool = self._session.fused
        return found

    def advance(self, numbers: Array, stop: Array) -> Stretch:
        """Do one step for each row of `numbers`; see ``Session``.

        Where a signal's handler raises, the step that was begun is finished and the error goes
        on from here; ``sync`` then gives the state after that step.
        """
        return Stretch(*self._session.advance(np.ascontiguousarray(numbers, float), stop))

    def cost_and_gradient(
        self, parameters: Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        """Return cost and gradient over some training examples; see ``Session``."""
        every = np.arange(self._n_examples)
        chosen = every if rows is None else np.ascontiguousarray(every[rows])
        cost, gradient = self._session.cost_and_gradient(np.ascontiguousarray(parameters), chosen)
        return float(cost), gradient

    def predict(self, X: Array, parameters: Array | None = None) -> Array:
        """Return predictions; see ``Session``."""
        P: Array = self._session.predict(np.ascontiguousarray(X), _whole(parameters))
        return P

    def losses(self, examples: Examples, parameters: Array | None = None) -> tuple[Array, Array]:
        """Return predictions and losses; see ``Session``."""
        X, Y = np.ascontiguousarray(examples.X), _targets(examples.Y)
        P, found = self._session.losses(X, Y, _whole(parameters))
        return P, found

    def sync(self, state: State) -> None:
        """Write what changed into `state`."""
        parameters, buffers, slots, *place = self._session.state()
        state.parameters[...] = parameters
        state.buffers[...] = buffers
        state.slots[...] = slots.reshape(state.slots.shape)
        state.step, state.epoch, state.position = place


def default_threads() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _whole(parameters: Array | None) -> Array | None:
    return None if parameters is None else np.ascontiguousarray(parameters)


def _targets(Y: Array) -> Array:
    return np.ascontiguousarray(Y, np.int32 if Y.ndim == 1 else None)


def _flattened_plan(plan: Plan) -> Any:
    """Return a plan as the core takes it: names, numbers and offsets."""
    native, architecture, recipe = core(), plan.architecture, plan.recipe
    loss, L = loss_of(recipe.loss), architecture.n_layers
    flat = flattened(architecture, plan.segments, plan.buffer_segments)
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
        "loss": name_and_numbers(recipe.loss)[0],
        "loss_numbers": list(loss.numbers),
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


def flattened(
    architecture: Architecture, parameters: tuple[Segment, ...], buffers: tuple[Segment, ...]
) -> Any:
    """Return a network as the core takes it: a plan that says nothing of a run."""
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
        "loss": "half_sse",
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
