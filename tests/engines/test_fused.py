"""The fused tier against the reference, combination by combination, step by step.

Each step of native begins at the reference's state, so that what is compared is one step and not
the drift of many.
"""

import copy
import itertools
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from pellucid.arrays import Array
from pellucid.engines.native import NativeEngine, tier
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.plan import Plan, compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import State, first_state
from tests.engines.strategies import SETS, needs_core

pytestmark = needs_core
HIDDEN = ("identity", "sigmoid", "tanh", "relu", "gelu", "gelu_tanh", "silu")
ENDS = (
    ("softmax", "cross_entropy"),
    ("sigmoid", "binary_cross_entropy"),
    ("identity", "mse"),
    ("sigmoid", "half_sse"),
)
# An ε that a gradient's rounding errors do not outweigh, also where the gradient is nearly 0.
OPTIMIZERS: tuple[Optimizer, ...] = (
    SGD(0.1),
    Momentum(0.1),
    Nesterov(0.1),
    Adam(0.01, epsilon=1e-3),
    AdamW(0.01, epsilon=1e-3),
)
EXTRAS: tuple[dict[str, Any], ...] = (
    {},  # inputs are read where they lie
    {"scale": 0.5, "l2": 0.1},
    {"dropout": 0.25, "input_dropout": 0.125},
    {"weights": True},
    {"norm": "batch"},
    {"l2": 0.1, "dropout": 0.25, "weights": True, "norm": "batch"},
)
TOLERANCE = {"float64": 1e-11, "float32": 2e-4}
STEPS = 3  # two batches of 17 and a last one of 6
GO = np.zeros(1, np.int32)


class Case(NamedTuple):
    """A run, and where the reference stands before and after each of its first steps."""

    plan: Plan
    examples: Examples
    states: list[State]
    costs: list[float]


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_combination(hidden: str, precision: str) -> None:
    """Cost, parameters, slots and buffers agree after each step, on each set; 1 to 3 threads."""
    for end, optimizer, extras in itertools.product(ENDS, OPTIMIZERS, EXTRAS):
        case = by_reference(hidden, *end, optimizer, extras, precision)
        assert tier(case.plan) == "fused"
        for instruction_set in SETS:
            alone = [by_native(case, i, instruction_set, 1) for i in range(STEPS)]
            for i, (cost, found) in enumerate(alone):
                close(cost, case.costs[i], precision)
                for mine, other in zip(vectors(found), vectors(case.states[i + 1]), strict=True):
                    close(mine, other, precision)
            for threads, (i, (cost, found)) in itertools.product((2, 3), enumerate(alone)):
                again, shared = by_native(case, i, instruction_set, threads)
                assert again == cost
                for mine, other in zip(vectors(shared), vectors(found), strict=True):
                    np.testing.assert_array_equal(mine, other)


def by_reference(
    hidden: str,
    output: str,
    loss: str,
    optimizer: Optimizer,
    extras: dict[str, Any],
    precision: str,
) -> Case:
    """Carry out the first steps by the reference engine."""
    options = dict(extras)
    norm, weighted = options.pop("norm", "none"), options.pop("weights", False)
    scale = options.pop("scale", 1.0)
    layers = (Dense(19, hidden, norm=norm), Dense(9, hidden), Dense(3, output))
    architecture = Architecture(7, layers, scale=scale)
    recipe = Recipe(
        loss=loss, optimizer=optimizer, batch_size=17, precision=precision, seed=5, **options
    )
    rng = np.random.default_rng(11)
    X, codes = rng.normal(size=(40, 7)), rng.integers(0, 3, 40)
    Y = codes if output == "softmax" else np.eye(3)[codes]
    weights = rng.random(40) if weighted else None
    plan = compile_plan(architecture, recipe, 40)
    examples = as_examples(architecture, loss, X.astype(precision), Y, weights)
    state = first_state(
        plan,
        initial_parameters(architecture, 2, dtype=precision),
        initial_buffers(architecture, precision),
    )
    session = ReferenceEngine().open(plan, state, examples)
    states, costs = [copy.deepcopy(state)], []
    for step in range(STEPS):
        costs.append(float(session.advance(optimizer_numbers(plan, step, 1, 1.0), GO).costs[0]))
        session.sync(state)
        states.append(copy.deepcopy(state))
    return Case(plan, examples, states, costs)


def by_native(case: Case, step: int, instruction_set: str, threads: int) -> tuple[float, State]:
    """Do one step from where the reference stands; every thread takes part."""
    state = copy.deepcopy(case.states[step])
    engine = NativeEngine(instruction_set, grain=1)
    session = engine.open(case.plan, state, case.examples, threads)
    stretch = session.advance(optimizer_numbers(case.plan, step, 1, 1.0), GO)
    session.sync(state)
    return float(stretch.costs[0]), state


def vectors(state: State) -> tuple[Array, ...]:
    """Return what a step changes."""
    return state.parameters, state.buffers, *state.slots


def close(mine: Any, other: Any, precision: str) -> None:
    """As near as the precision allows."""
    tolerance = TOLERANCE[precision]
    np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("instruction_set", SETS)
@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(0.01)])
@pytest.mark.parametrize("units", [3, 30, 100])
@pytest.mark.parametrize("share", [0.05, 0.25])
def test_leaving_zeros_out_changes_no_bit(
    instruction_set: str, optimizer: Optimizer, units: int, share: float
) -> None:
    """Whether zeros of the input are skipped or multiplied with: the same bits, for any threads."""
    layers = (Dense(units, "sigmoid"), Dense(10, "softmax"))
    architecture = Architecture(150, layers, scale=1 / 255)
    recipe = Recipe(optimizer=optimizer, batch_size=13, l2=0.0, input_dropout=0.1, seed=1)
    rng = np.random.default_rng(4)
    X = rng.integers(1, 256, (80, 150)) * (rng.random((80, 150)) < share)
    X[:, 70:140] = 0  # whole words of columns that are never lit
    examples = Examples(X.astype(np.uint8), rng.integers(0, 10, 80).astype(np.int32))
    plan = compile_plan(architecture, recipe, 80)
    first = first_state(plan, initial_parameters(architecture, 0), initial_buffers(architecture))
    found = []
    for skips, threads in itertools.product((False, True), (1, 3)):
        state = replace(copy.deepcopy(first), skips_zeros=skips)
        session = NativeEngine(instruction_set, grain=1).open(plan, state, examples, threads)
        costs = session.advance(optimizer_numbers(plan, 0, 7, 1.0), GO).costs
        session.sync(state)
        found.append((costs, *vectors(state), session.predict(examples.X)))
    assert np.isfinite(found[0][1]).all()
    for other in found[1:]:
        for mine, expected in zip(other, found[0], strict=True):
            np.testing.assert_array_equal(mine, expected)
