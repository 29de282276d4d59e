"""Random plans, as Hypothesis draws them: every part of a network and a recipe in any company."""

import importlib.util
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from pellucid.arrays import Array
from pellucid.compiled import core
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.equations.normalization import NORMS
from pellucid.equations.optimizers import OPTIMIZERS, Adam, AdamW, Momentum, Optimizer
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.schedules import (
    Constant,
    Cosine,
    Exponential,
    InverseTime,
    Linear,
    OneCycle,
    Plateau,
    Schedule,
    StepDecay,
    WarmUp,
)
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.plan import Plan, compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import State, first_state

BUILT = importlib.util.find_spec("pellucid._native") is not None
SETS: list[str] = core().instruction_sets() if BUILT else []
needs_core = pytest.mark.skipif(not BUILT, reason="the native core was not built")

# From the tables, so that a new row is drawn as well. Softmax is for outputs, units without a
# derivative cannot be trained, and an exponential of an exponential is soon no number.
OUTPUTS = tuple(name for name, row in ACTIVATIONS.items() if row.backward is not None)
HIDDEN = tuple(name for name in OUTPUTS if name not in ("softmax", "exp"))
ENDS = tuple(  # losses with outputs that fit
    (loss, output)
    for loss, row in LOSSES.items()
    for output in OUTPUTS
    if output == row.link or not row.needs_link
)
SCHEDULES: tuple[Schedule, ...] = (
    Constant(0.01),
    Linear(0.01),
    Cosine(0.01),
    Cosine(0.001, 0.01, steps=5),
    Exponential(0.01, epochs=0.5),
    InverseTime(0.01, steps=3),
    StepDecay(0.01, steps=2),
    WarmUp(Cosine(0.01), steps=3),
    OneCycle(0.01),
    Plateau(0.01),
)


class Case(NamedTuple):
    """A plan with examples and a state to start from."""

    plan: Plan
    examples: Examples
    state: State


@st.composite
def cases(draw: st.DrawFn, precision: str = "float64") -> Case:
    """Draw a plan, examples that fit it, and a state in which no parameter is 0."""
    name, output = draw(st.sampled_from(ENDS))
    architecture = draw(architectures(output))
    loss = draw(losses(name, architecture.n_outputs))
    n = draw(st.integers(1, 70))
    recipe = draw(recipes(architecture, loss, precision))
    examples = draw(examples_of(architecture, loss, n))
    plan = compile_plan(architecture, recipe, n)
    return Case(plan, examples, draw(states(plan)))


@st.composite
def architectures(draw: st.DrawFn, output: str) -> Architecture:
    """Draw one to four layers with any connections, masks, norms and forms of bias."""
    depth = draw(st.integers(1, 4))
    sizes = [draw(st.integers(1, 40)) for _ in range(depth + 1)]
    inputs = _connections(draw, depth)
    layers = []
    for l in range(1, depth + 1):
        activation = output if l == depth else draw(st.sampled_from(HIDDEN))
        pieces = draw(st.integers(2, 3)) if ACTIVATIONS[activation].grouped else 1
        masks = {
            k: _bits(draw, (sizes[k], sizes[l] * pieces))
            for k in inputs[l]
            if draw(st.integers(0, 3)) == 0
        }
        layers.append(
            Dense(
                sizes[l],
                activation,
                inputs=inputs[l],
                bias=draw(st.sampled_from(("neuron", "layer", "none"))),
                norm=draw(st.sampled_from(("none", *NORMS))),
                masks=masks,
                pieces=pieces,
            )
        )
    scale, shift = draw(st.sampled_from(((1.0, 0.0), (1 / 255, 0.0), (0.5, -1.0), (None, None))))
    if scale is None:
        scale, shift = tuple(np.linspace(0.1, 1, sizes[0])), tuple(np.linspace(-1, 1, sizes[0]))
    return Architecture(sizes[0], tuple(layers), scale=scale, shift=shift)


def losses(name: str, n_outputs: int) -> st.SearchStrategy[str]:
    """Draw a loss with other numbers than its own, where it has any, that fit the outputs."""
    if name == "huber":
        return st.sampled_from((name, "huber:0.3"))
    if name == "quantile":
        levels = (name, "quantile:0.9", "quantile:0.1,0.8", "quantile:0.1,0.5,0.9")
        return st.sampled_from([x for x in levels if n_outputs % len(loss_of(x).numbers) == 0])
    return st.just(name)


@st.composite
def recipes(draw: st.DrawFn, architecture: Architecture, loss: str, precision: str) -> Recipe:
    """Draw a recipe that fits."""
    L = architecture.n_layers
    frozen = draw(st.sets(st.integers(1, L), max_size=L - 1)) if L > 1 else set()
    factors = draw(st.dictionaries(st.integers(1, L), st.sampled_from((0.5, 2.0)), max_size=2))
    classes = loss_of(loss).targets in ("classes", "bits")

    def some(*values: float | None) -> float | None:
        return draw(st.sampled_from(values))

    def each(n: int, *values: float) -> tuple[float, ...]:
        return tuple(draw(st.sampled_from(values)) for _ in range(n))

    return Recipe(
        loss=loss,
        optimizer=draw(optimizers()),
        batch_size=draw(st.integers(1, 40) | st.just("all")),
        epochs=3,
        l2=some(0.0, 0.1),
        l2_divisor=draw(st.sampled_from(sorted(DIVISORS))),
        l1=some(0.0, 0.1),
        l1_divisor=draw(st.sampled_from(sorted(DIVISORS))),
        max_norm=each(L, 0.0, 0.5, 2.0) if draw(st.booleans()) else some(None, 1.0),
        clip_value=some(None, None, 0.01, 0.1),
        clip_norm=some(None, None, 0.1, 1.0),
        label_smoothing=some(0.0, 0.1) if classes else 0.0,
        dropout=each(L - 1, 0.0, 0.2, 0.5),
        input_dropout=some(0.0, 0.0, 0.2),
        noise=each(L - 1, 0.0, 0.0, 0.3),
        input_noise=some(0.0, 0.0, 0.3),
        average=some(None, None, 0.5, 0.999),
        frozen=tuple(sorted(frozen)),
        rate_factors=factors,
        precision=precision,
        seed=draw(st.integers(0, 2**64 - 1)),
    )


def optimizers() -> st.SearchStrategy[Optimizer]:
    """Draw an optimizer, some of its numbers on a schedule."""
    rate = st.sampled_from((0.01, 0.003, *SCHEDULES))
    return st.one_of(
        *(st.builds(row.numbers, rate) for row in OPTIMIZERS.values()),
        st.builds(Momentum, rate, st.sampled_from((0.0, 0.9, Cosine(0.5, 0.9)))),
        st.builds(Adam, rate, st.sampled_from((0.9, 0.5)), st.sampled_from((0.999, 0.9))),
        st.builds(AdamW, rate, weight_decay=st.sampled_from((0.1, Linear(0.5)))),
    )


@st.composite
def examples_of(draw: st.DrawFn, architecture: Architecture, loss: str, n: int) -> Examples:
    """Draw examples in any of the types that are taken, weighted or not."""
    rng = _rng(draw)
    kind = draw(st.sampled_from((np.uint8, np.float32, np.float64)))
    shape = n, architecture.n_inputs
    X: Array = rng.integers(0, 3, shape) if kind == np.uint8 else rng.normal(size=shape)
    Y = targets(rng, architecture, loss, n)
    if Y.ndim == 2 and draw(st.booleans()):
        Y = Y.astype(np.float32)
    if Y.ndim == 1 and loss_of(loss).constant != "levels" and draw(st.booleans()):
        Y = np.eye(architecture.n_outputs)[Y]
    weights = rng.integers(0, 3, n) + rng.random(n) if draw(st.booleans()) else None
    return as_examples(architecture, loss, X.astype(kind), Y, weights)


def targets(rng: np.random.Generator, architecture: Architecture, loss: str, n: int) -> Array:
    """Targets of the kind that a loss takes; codes where the network is a classifier."""
    row, n_out = loss_of(loss), architecture.n_outputs
    if architecture.layers[-1].activation == "softmax":
        return rng.integers(0, n_out, n)
    shape = n, n_out // len(row.numbers) if row.constant == "levels" else n_out
    if row.targets == "bits":
        return rng.uniform(0, 1, shape)
    if row.targets == "counts":
        return rng.integers(0, 4, shape)
    return rng.choice((-1.0, 1.0), shape) if row.targets == "signs" else rng.normal(size=shape)


@st.composite
def states(draw: st.DrawFn, plan: Plan) -> State:
    """Draw a state in the middle of a run: no vector and no position is that of a start.

    Slots are positive, as Adam's squares have to be, and 0 where a mask leaves a weight out, as in
    every run.
    """
    rng = _rng(draw)
    first = initial_parameters(plan.architecture, 1, dtype=str(plan.dtype))
    moved = first + 0.1 * rng.normal(size=first.shape) * (first != 0)
    for segment in plan.segments:
        if segment.kind in ("bias", "shift"):
            segment.view(moved)[...] = rng.normal(size=segment.shape)
    buffers = initial_buffers(plan.architecture, str(plan.dtype))
    for segment in plan.buffer_segments:
        drawn = rng.normal(size=segment.shape)
        segment.view(buffers)[...] = drawn if segment.kind == "mean" else 0.5 + drawn**2
    state = first_state(plan, moved.astype(plan.dtype), buffers)
    state.slots[...] = 0.1 * rng.random(state.slots.shape) + 0.01
    for segment in plan.segments:
        mask = segment.source is not None and plan.architecture.mask(segment.source, segment.layer)
        if isinstance(mask, np.ndarray):
            for slot in state.slots:
                segment.view(slot)[~mask] = 0.0
    state.epoch = draw(st.integers(0, 3))
    state.position = draw(st.integers(0, plan.steps_per_epoch - 1))
    state.step = state.epoch * plan.steps_per_epoch + state.position
    return state


def _connections(draw: st.DrawFn, depth: int) -> dict[int, tuple[int, ...]]:
    """Each layer is fed by the one before, so that all are used, and perhaps by others too."""
    return {
        l: tuple(k for k in range(l) if k == l - 1 or draw(st.integers(0, 3)) == 0)
        for l in range(1, depth + 1)
    }


def _bits(draw: st.DrawFn, shape: tuple[int, int]) -> Array:
    return _rng(draw).random(shape) < 0.6


def _rng(draw: st.DrawFn) -> np.random.Generator:
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
