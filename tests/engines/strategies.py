"""Random plans, as Hypothesis draws them: every part of a network and a recipe in any company."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from pellucid.arrays import Array
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS, Adam, Momentum, Optimizer
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.schedules import Cosine
from pellucid.network.architecture import Architecture, Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.plan import Plan, compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import State, first_state

# From the tables, so that a new row is drawn as well; softmax is for outputs.
HIDDEN = tuple(name for name in ACTIVATIONS if name != "softmax")
ENDS = tuple(  # losses with outputs that fit
    (loss, output)
    for loss, row in LOSSES.items()
    for output in ACTIVATIONS
    if output == row.link or not row.needs_link
)


class Case(NamedTuple):
    """A plan with examples and a state to start from."""

    plan: Plan
    examples: Examples
    state: State


@st.composite
def cases(draw: st.DrawFn, precision: str = "float64", dropout: bool = True) -> Case:
    """Draw a plan, examples that fit it, and a state in which no parameter is 0."""
    loss, output = draw(st.sampled_from(ENDS))
    architecture = draw(architectures(output))
    n = draw(st.integers(1, 70))
    recipe = draw(recipes(architecture, loss, precision, dropout))
    examples = draw(examples_of(architecture, loss, n))
    plan = compile_plan(architecture, recipe, n)
    return Case(plan, examples, draw(states(plan)))


@st.composite
def architectures(draw: st.DrawFn, output: str) -> Architecture:
    """Draw one to four layers with any connections, masks and forms of bias."""
    depth = draw(st.integers(1, 4))
    sizes = [draw(st.integers(1, 40)) for _ in range(depth + 1)]
    inputs = _connections(draw, depth)
    layers = []
    for l in range(1, depth + 1):
        masks = {
            k: _bits(draw, (sizes[k], sizes[l])) for k in inputs[l] if draw(st.integers(0, 3)) == 0
        }
        layers.append(
            Dense(
                sizes[l],
                output if l == depth else draw(st.sampled_from(HIDDEN)),
                inputs=inputs[l],
                bias=draw(st.sampled_from(("neuron", "layer", "none"))),
                masks=masks,
            )
        )
    scale, shift = draw(st.sampled_from(((1.0, 0.0), (1 / 255, 0.0), (0.5, -1.0), (None, None))))
    if scale is None:
        scale, shift = tuple(np.linspace(0.1, 1, sizes[0])), tuple(np.linspace(-1, 1, sizes[0]))
    return Architecture(sizes[0], tuple(layers), scale=scale, shift=shift)


@st.composite
def recipes(
    draw: st.DrawFn, architecture: Architecture, loss: str, precision: str, dropout: bool
) -> Recipe:
    """Draw a recipe that fits."""
    L = architecture.n_layers
    frozen = draw(st.sets(st.integers(1, L), max_size=L - 1)) if L > 1 else set()
    factors = draw(st.dictionaries(st.integers(1, L), st.sampled_from((0.5, 2.0)), max_size=2))
    rates = st.sampled_from((0.0, 0.2, 0.5))
    return Recipe(
        loss=loss,
        optimizer=draw(optimizers()),
        batch_size=draw(st.integers(1, 40)),
        epochs=3,
        l2=draw(st.sampled_from((0.0, 0.1))),
        l2_divisor=draw(st.sampled_from(sorted(DIVISORS))),
        dropout=tuple(draw(rates) for _ in range(L - 1)) if dropout else 0.0,
        frozen=tuple(sorted(frozen)),
        rate_factors=factors,
        precision=precision,
        seed=draw(st.integers(0, 2**64 - 1)),
    )


def optimizers() -> st.SearchStrategy[Optimizer]:
    """Draw an optimizer, some of its numbers on a schedule."""
    rate = st.sampled_from((0.01, 0.003, Cosine(0.01), Cosine(0.001, 0.01, steps=5)))
    return st.one_of(
        *(st.builds(row.numbers, rate) for row in OPTIMIZERS.values()),
        st.builds(Momentum, rate, st.sampled_from((0.0, 0.9, Cosine(0.5, 0.9)))),
        st.builds(Adam, rate, st.sampled_from((0.9, 0.5)), st.sampled_from((0.999, 0.9))),
    )


@st.composite
def examples_of(draw: st.DrawFn, architecture: Architecture, loss: str, n: int) -> Examples:
    """Draw examples in any of the types that are taken, weighted or not."""
    rng = _rng(draw)
    output = architecture.layers[-1].activation
    kind = draw(st.sampled_from((np.uint8, np.float32, np.float64)))
    shape = n, architecture.n_inputs
    X: Array = rng.integers(0, 3, shape) if kind == np.uint8 else rng.normal(size=shape)
    n_out = architecture.n_outputs
    Y: Array = rng.uniform(0, 1, (n, n_out))
    if output == "softmax":
        Y = rng.integers(0, n_out, n)
        if draw(st.booleans()):
            Y = np.eye(n_out)[Y]
    if Y.ndim == 2 and draw(st.booleans()):
        Y = Y.astype(np.float32)
    weights = rng.integers(0, 3, n) + rng.random(n) if draw(st.booleans()) else None
    return as_examples(architecture, loss, X.astype(kind), Y, weights)


@st.composite
def states(draw: st.DrawFn, plan: Plan) -> State:
    """Draw a state in the middle of a run: parameters, slots and position are not those of a start.

    Slots are positive, as Adam's squares have to be.
    """
    rng = _rng(draw)
    first = initial_parameters(plan.architecture, 1, dtype=str(plan.dtype))
    moved = first + 0.1 * rng.normal(size=first.shape) * (first != 0)
    for segment in plan.segments:
        if segment.kind == "bias":
            segment.view(moved)[...] = rng.normal(size=segment.shape)
    state = first_state(
        plan, moved.astype(plan.dtype), initial_buffers(plan.architecture, str(plan.dtype))
    )
    state.slots[...] = 0.1 * rng.random(state.slots.shape) + 0.01
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
