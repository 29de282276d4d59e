"""Every size from 1 to 70 in every dimension: native against reference, shared out and not.

Sizes up to 70 pass every boundary of a register, of a tile and of a panel, and of the words of 64
bits in which the zeros of the input are noted.
"""

import copy
import importlib.util
import itertools
from typing import NamedTuple

import numpy as np
import pytest

from pellucid.arrays import Array
from pellucid.engines.native import NativeEngine
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.optimizers import SGD, Adam
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import SETS, Case

if importlib.util.find_spec("pellucid._native") is None:
    pytest.skip("the native core was not built", allow_module_level=True)

SIZES = range(1, 71)
TOLERANCES = {"float64": 1e-11, "float32": 2e-4}
WAYS = tuple(itertools.product(TOLERANCES, (SGD(0.1), Adam(0.01))))  # precision and optimizer


class Shape(NamedTuple):
    """The dimensions; each is swept while the others stay at sizes that fill nothing evenly."""

    inputs: int = 37
    hidden: int = 13  # two layers of as many
    outputs: int = 5
    batch: int = 11


each_dimension = pytest.mark.parametrize("dimension", Shape._fields)
each_set = pytest.mark.parametrize("instruction_set", SETS)


@each_set
@each_dimension
def test_every_size(dimension: str, instruction_set: str) -> None:
    """Every size, the precisions and optimizers in turn, for each instruction set beginning anew.

    Each block of sizes begins one way further on, so that no way has always the same remainders.
    """
    offset = SETS.index(instruction_set)
    for size in SIZES:
        check(dimension, size, instruction_set, *WAYS[(offset + size + size // 4) % len(WAYS)])


@pytest.mark.exhaustive
@each_set
@each_dimension
@pytest.mark.parametrize(("precision", "optimizer"), WAYS)
def test_every_size_in_every_way(
    dimension: str, instruction_set: str, precision: str, optimizer: SGD | Adam
) -> None:
    """Every size in each precision, with each optimizer, for each instruction set."""
    for size in SIZES:
        check(dimension, size, instruction_set, precision, optimizer)


def check(
    dimension: str, size: int, instruction_set: str, precision: str, optimizer: SGD | Adam
) -> None:
    """Native comes to what reference comes to, and to the same bits in each of its own ways."""
    case = made(Shape(**{dimension: size}), precision, optimizer)
    expected = worked_out(ReferenceEngine(), case, 1)
    alone = worked_out(NativeEngine(instruction_set), case, 1)
    where, tolerance = f"{dimension} {size}", TOLERANCES[precision]
    for mine, other in zip(alone, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance, err_msg=where)
    for threads, skips_zeros in ((3, False), (1, True), (3, True)):
        case.state.skips_zeros = skips_zeros
        found = worked_out(NativeEngine(instruction_set, grain=1), case, threads)
        for mine, other in zip(found, alone, strict=True):
            assert mine.tobytes() == other.tobytes(), f"{where}, {threads} threads, {skips_zeros=}"


def made(shape: Shape, precision: str, optimizer: SGD | Adam) -> Case:
    """Three batches, the last of them smaller; most inputs are 0, as in a picture.

    SGD learns classes from bytes, Adam quantities from numbers.
    """
    rng = np.random.default_rng(shape)
    n = 2 * shape.batch + (shape.batch + 1) // 2
    X: Array = rng.integers(1, 256, (n, shape.inputs)) * (rng.random((n, shape.inputs)) < 0.3)
    if isinstance(optimizer, SGD):
        X, scale, output, loss = X.astype(np.uint8), 1 / 255, "softmax", "cross_entropy"
        Y = rng.integers(0, shape.outputs, n)
    else:
        X, scale, output, loss = (X / 255).astype(precision), 1.0, "identity", "mse"
        Y = rng.normal(size=(n, shape.outputs)).astype(precision)
    layers = (
        Dense(shape.hidden, "relu"),
        Dense(shape.hidden, "tanh"),
        Dense(shape.outputs, output),
    )
    architecture = Architecture(shape.inputs, layers, scale=scale)
    recipe = Recipe(loss, optimizer, batch_size=shape.batch, precision=precision)
    plan = compile_plan(architecture, recipe, n)
    state = first_state(
        plan,
        initial_parameters(architecture, 0, dtype=precision),
        initial_buffers(architecture, precision),
    )
    return Case(plan, as_examples(architecture, loss, X, Y), state)


def worked_out(engine: NativeEngine | ReferenceEngine, case: Case, threads: int) -> list[Array]:
    """Return all that an engine comes to: a gradient, an epoch of steps, and predictions."""
    state = copy.deepcopy(case.state)
    session = engine.open(case.plan, state, case.examples, threads)
    cost, gradient = session.cost_and_gradient(state.parameters)
    numbers = optimizer_numbers(case.plan, 0, case.plan.steps_per_epoch, 1.0)
    costs = session.advance(numbers, np.zeros(1, np.int32)).costs
    session.sync(state)
    first = case.plan.batch_size  # as many as a batch: every size is swept here too
    return [
        np.array(cost),
        gradient,
        costs,
        state.parameters,
        state.slots,
        session.predict(case.examples.X[:first]),
        *session.losses(case.examples),
    ]
