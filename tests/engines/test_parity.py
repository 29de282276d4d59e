"""The native engine against the reference engine: the same plan, the same numbers."""

import copy
import importlib.util
import itertools
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pellucid.arrays import Array
from pellucid.compiled import core
from pellucid.engines.engine import Session
from pellucid.engines.native import NativeEngine, missing
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations import random
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.equations.named import name_and_numbers
from pellucid.equations.normalization import NORMS
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.solvers import Solver
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.checks import METHODS
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Method, Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import ENDS, HIDDEN, OUTPUTS, SETS, Case, cases, targets

if importlib.util.find_spec("pellucid._native") is None:
    pytest.skip("the native core was not built", allow_module_level=True)

KINK = 1e-9  # a sum so near to where a derivative jumps may fall on either side of it
SEEDS = st.integers(0, 2**64 - 1)
PHILOX = [  # the known answers of Random123 for philox4x64-10: counter, key, words
    (
        [0, 0, 0, 0],
        [0, 0],
        [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B],
    ),
    (
        [2**64 - 1] * 4,
        [2**64 - 1] * 2,
        [0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0],
    ),
    (
        [0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89],
        [0x452821E638D01377, 0xBE5466CF34E90C6C],
        [0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6],
    ),
]
examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
each_set = pytest.mark.parametrize("instruction_set", SETS)
each_precision = pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)]
)


def test_tables_are_those_of_the_equations() -> None:
    """Native knows every activation, norm, loss and optimizer that the equations have."""
    for here, there, file in (
        (core().activations(), ACTIVATIONS, "activations"),
        (["none", *core().norms()], NORMS, "norms"),
        (core().losses(), LOSSES, "losses"),
        (core().optimizers(), OPTIMIZERS, "optimizers"),
    ):
        assert set(here) == set(there), f"give the table of native/{file}.hpp the same rows"


@pytest.mark.parametrize("optimizer", [row.numbers() for row in METHODS.values()])
def test_nothing_is_missing(optimizer: Method) -> None:
    """No plan of today's tables is refused, those of solvers included."""
    solver = isinstance(optimizer, Solver)
    recipe = Recipe(loss="mse", optimizer=optimizer)
    for activation, norm in itertools.product(HIDDEN, ["none"] if solver else NORMS):
        pieces = 2 if ACTIVATIONS[activation].grouped else 1
        layers = (Dense(3, activation, norm=norm, pieces=pieces), Dense(2, "identity"))
        assert missing(compile_plan(Architecture(4, layers), recipe, 10)) is None
    for loss, output in ENDS:
        if not solver:
            layers = (Dense(2, output, pieces=2 if ACTIVATIONS[output].grouped else 1),)
            plan = compile_plan(Architecture(4, layers), Recipe(loss, optimizer), 10)
            assert missing(plan) is None


@each_set
@each_precision
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(instruction_set: str, name: str, dtype: str, tolerance: float) -> None:
    """An activation and its derivative, over all sizes of numbers that there are."""
    row, rng = ACTIVATIONS[name], np.random.default_rng(3)
    Z = numbers_of_all_sizes(dtype).reshape(-1, 6)
    pieces = 3 if row.grouped else 1
    shape = (-1, pieces) if row.grouped else Z.shape
    units = Z.shape[1] // pieces
    with np.errstate(all="ignore"):
        A = row.f(Z.reshape(shape), np).reshape(-1, units)
        found = core().activate(name, Z, pieces, instruction_set)
        np.testing.assert_allclose(found, A, rtol=tolerance, atol=tolerance)
        if row.backward is None:
            with pytest.raises(ValueError, match="no derivative"):
                core().activate_backward(name, A, Z, A, pieces, instruction_set)
            return
        dA = rng.normal(size=A.shape).astype(dtype)
        cut = (-1, 1) if row.grouped else A.shape
        dZ = row.backward(dA.reshape(cut), Z.reshape(shape), A.reshape(cut), np)
    found = core().activate_backward(name, dA, Z, A, pieces, instruction_set)
    np.testing.assert_allclose(found, dZ.reshape(Z.shape), rtol=tolerance, atol=tolerance)


@each_set
@each_precision
@pytest.mark.parametrize("shape", [(2000, 3), (3, 5000), (1, 1)])
def test_softmax(
    instruction_set: str, shape: tuple[int, int], dtype: str, tolerance: float
) -> None:
    """Many short rows, which it takes some at a time, and rows longer than it takes at once."""
    Z, dA = np.random.default_rng(2).normal(size=(2, *shape)).astype(dtype)
    row = ACTIVATIONS["softmax"]
    A = row.f(Z, np)
    found = core().activate("softmax", Z, 1, instruction_set)
    np.testing.assert_allclose(found, A, rtol=tolerance)
    np.testing.assert_allclose(found.sum(1), 1, rtol=tolerance)
    found = core().activate_backward("softmax", dA, Z, A, 1, instruction_set)
    np.testing.assert_allclose(found, row.backward(dA, Z, A, np), atol=tolerance)


@each_set
@each_precision
@pytest.mark.parametrize("units", [2, 6, 1608])
@pytest.mark.parametrize("text", [*LOSSES, "huber:0.3", "quantile:0.1,0.7", "quantile:0.9"])
def test_loss(instruction_set: str, text: str, units: int, dtype: str, tolerance: float) -> None:
    """A loss and its derivatives, for predictions of all sizes, in short rows and in long ones."""
    name, row = name_and_numbers(text)[0], loss_of(text)
    Z = numbers_of_all_sizes(dtype, 80.0 if name == "poisson" else 1e9)
    Z = np.tile(Z, 8).reshape(-1, units)
    architecture = Architecture(1, (Dense(units, row.link),))
    Y = targets(np.random.default_rng(4), architecture, name, len(Z))
    Y = (np.eye(units)[Y] if Y.ndim == 1 else Y).astype(dtype)
    with np.errstate(all="ignore"):
        P = ACTIVATIONS[row.link].f(Z, np)
        expected = row.value(Z, P, Y, np), row.dP(P, Y, np), row.delta(P, Y, np)
    numbers = np.array(row.numbers, float)
    found = core().loss_row(name, Z, P, Y, numbers, instruction_set)
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", [name for name in OUTPUTS if name != "softmax"])
@each_set
def test_every_row(instruction_set: str, hidden: str, loss: str) -> None:
    """Cost and gradient of a small network, for every activation and, with it, every loss."""
    for output in (output for found, output in ENDS if found == loss):
        layers = tuple(
            Dense(units, name, pieces=2 if ACTIVATIONS[name].grouped else 1)
            for units, name in ((9, hidden), (4, output))
        )
        architecture = Architecture(5, layers)
        plan = compile_plan(architecture, Recipe(loss=loss, precision="float64"), 11)
        parameters = 0.2 * initial_parameters(architecture, 1, "normal", "float64")
        state = first_state(plan, parameters, initial_buffers(architecture, "float64"))
        X = np.linspace(-2, 2, 55).reshape(11, 5)
        examples = as_examples(architecture, loss, X, np.eye(4)[np.arange(11) % 4])
        native = NativeEngine(instruction_set).open(plan, state, examples)
        cost, gradient = native.cost_and_gradient(parameters)
        expected = ReferenceEngine().open(plan, state, examples).cost_and_gradient(parameters)
        assert abs(cost - expected[0]) <= 1e-12 * max(1, expected[0]), output
        error = np.abs(gradient - expected[1]).max()
        assert error <= 1e-12 * max(1, np.abs(expected[1]).max()), output


@pytest.mark.parametrize(("counter", "key", "words"), PHILOX)
def test_philox_known_answers(counter: list[int], key: list[int], words: list[int]) -> None:
    """The generator gives the words that its authors publish."""
    assert core().philox(counter, *key) == words


@given(SEEDS, st.integers(0, 3), st.integers(1, 50), SEEDS, SEEDS, st.integers(0, 9))
def test_words(seed: int, stream: int, n: int, epoch: int, step: int, layer: int) -> None:
    """Words of any address are those of the reference."""
    address = {"epoch": epoch, "step": step, "layer": layer}
    expected = random.words(seed, stream, n, **address)
    np.testing.assert_array_equal(core().words(seed, stream, n, **address), expected)


@given(SEEDS, st.integers(1, 9), st.integers(1, 40), st.integers(0, 200), st.integers(0, 99))
def test_lanes(seed: int, rows: int, units: int, first: int, step: int) -> None:
    """Lanes are those of the reference, from whichever one they begin."""
    address = {"epoch": 3, "step": step, "layer": 2}
    expected = random.lanes(seed, random.DROPOUT, (rows, units), **address).reshape(-1)
    first = min(first, rows * units)
    found = core().lanes(seed, random.DROPOUT, first, rows * units - first, **address)
    np.testing.assert_array_equal(found, expected[first:])


@each_set
@settings(deadline=None)
@given(
    SEEDS, st.integers(0, 2**40), st.integers(1, 9000) | st.sampled_from((4096, 4097, 65536, 65537))
)
def test_permutation(instruction_set: str, seed: int, epoch: int, n: int) -> None:
    """Permutations are those of the reference, by sorting and by the network."""
    expected = random.permutation(seed, random.SHUFFLE, epoch, n)
    found = core().permutation(seed, random.SHUFFLE, epoch, n, instruction_set)
    np.testing.assert_array_equal(found, expected)


@each_set
@each_precision
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_update(instruction_set: str, name: str, dtype: str, tolerance: float) -> None:
    """An optimizer does the same with the same gradient and slots that are not 0."""
    rng = np.random.default_rng(5)
    row = OPTIMIZERS[name]
    p, g = rng.normal(size=(2, 1001)).astype(dtype)
    g[:7] = 0, 1e-30, -1e-30, 1e-12, -1e9, 1e12, -1e12
    slots = (0.1 + rng.random((len(row.slots), 1001))).astype(dtype)
    if name == "rprop":
        slots[0] *= rng.choice((-1, 0, 1), 1001)
    optimizer = row.numbers()
    numbers = [float(getattr(optimizer, item.name)) for item in fields(optimizer)]
    for t in (1, 2, 1000):
        expected = row.update(p, g, tuple(slots), t, *numbers)
        found, changed = p.copy(), slots.copy()
        core().update(name, found, g, changed, np.array(numbers), t, instruction_set)
        np.testing.assert_allclose(found, expected[0], rtol=tolerance, atol=tolerance)
        for mine, other in zip(changed, expected[1:], strict=True):
            np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)


@each_set
@examples
@given(cases(), st.data())
def test_gradient(instruction_set: str, case: Case, data: st.DataObject) -> None:
    """Cost and gradient agree to 1e-11, over all examples and over some of them.

    A norm may multiply an error with up to 1/√ε = 316.
    """
    assume(not near_a_kink(case))
    tolerance = 1e-9 if normalized(case) else 1e-11
    native, reference = both(case, instruction_set)
    rows = np.array(data.draw(st.lists(st.integers(0, len(case.examples) - 1), min_size=1)))
    for chosen in (None, rows):
        cost, gradient = native.cost_and_gradient(case.state.parameters, chosen)
        expected_cost, expected = reference.cost_and_gradient(case.state.parameters, chosen)
        bound = tolerance * max(1.0, np.abs(expected).max())
        assert abs(cost - expected_cost) <= tolerance * max(1.0, abs(expected_cost))
        assert np.abs(gradient - expected).max() <= bound


@each_set
@examples
@given(cases())
def test_predictions_and_losses(instruction_set: str, case: Case) -> None:
    """Predictions and losses agree to 1e-11, at the session's parameters and at others."""
    native, reference = both(case, instruction_set)
    tolerance = 1e-9 if normalized(case) else 1e-11
    for at in (None, 0.9 * case.state.parameters):
        expected = reference.losses(case.examples, at)
        found = *native.losses(case.examples, at), native.predict(case.examples.X, at)
        for mine, other in zip(found, (*expected, expected[0]), strict=True):
            np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)


@each_set
@examples
@given(cases(), st.integers(1, 6))
def test_steps(instruction_set: str, case: Case, n: int) -> None:
    """Several steps from one state, whatever the recipe has them do, lead to the same state."""
    n = 1 if case.plan.optimizer == "rprop" else n  # whose signs follow the last bits
    assume(not any(near_a_kink(now) for now in on_the_way(case, n)))
    native, reference = (after_steps(session, case, n) for session in both(case, instruction_set))
    assume(np.abs(reference.costs).max() < 1e6)
    assert native.place == reference.place
    np.testing.assert_allclose(native.costs, reference.costs, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(native.buffers, reference.buffers, rtol=1e-8, atol=1e-8)
    same = np.ones(case.plan.n_parameters, bool)
    if case.plan.optimizer == "rprop":  # derivatives that are 0 but for rounding have any sign
        same = np.abs(np.stack([native.slots[0], reference.slots[0]])).min(0) > 1e-9
        assume(case.plan.recipe.max_norm is None or same.all())
    for mine, other in (
        (native.parameters, reference.parameters),
        *zip(native.slots, reference.slots, strict=True),
    ):
        np.testing.assert_allclose(mine[same], other[same], rtol=1e-8, atol=1e-8)


@each_set
@examples
@given(cases("float32"))
def test_single_precision(instruction_set: str, case: Case) -> None:
    """In float32, cost, gradient and predictions agree to what float32 can hold.

    A norm may multiply an error with up to 1/√ε = 316; several of them leave nothing to compare.
    """
    assume(normalized(case) < 2 and not near_a_kink(case, 1e-3))
    loose = 100.0 ** normalized(case)
    native, reference = both(case, instruction_set)
    cost, gradient = native.cost_and_gradient(case.state.parameters)
    expected_cost, expected = reference.cost_and_gradient(case.state.parameters)
    assert gradient.dtype == expected.dtype == np.float32
    assert abs(cost - expected_cost) <= 1e-4 * loose * max(1.0, abs(expected_cost))
    assert np.abs(gradient - expected).max() <= 2e-4 * loose * max(1.0, np.abs(expected).max())
    P = native.predict(case.examples.X)
    assert P.dtype == np.float32
    expected_P = reference.predict(case.examples.X)
    np.testing.assert_allclose(P, expected_P, rtol=1e-3 * loose, atol=1e-3 * loose)


@each_set
def test_a_batch_that_is_normalized_is_not_cut(instruction_set: str) -> None:
    """Statistics are over the whole batch, however large; predictions use the running ones."""
    layers = (Dense(7, "tanh", norm="batch"), Dense(70, "relu", norm="layer"), Dense(3, "softmax"))
    architecture = Architecture(5, layers)
    recipe = Recipe(batch_size="all", epochs=3, precision="float64", l2=0.01)
    plan = compile_plan(architecture, recipe, 3000)
    state = first_state(
        plan,
        initial_parameters(architecture, 1, dtype="float64"),
        initial_buffers(architecture, "float64"),
    )
    rng = np.random.default_rng(2)
    X = rng.normal(size=(3000, 5)) + np.linspace(0, 3, 3000)[:, None]
    case = Case(plan, as_examples(architecture, recipe.loss, X, rng.integers(0, 3, 3000)), state)
    found = []
    for session in both(case, instruction_set):
        after = after_steps(session, case, 3)
        found.append((*after[:-1], *session.losses(case.examples)))
    for mine, other in zip(*found, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-9)
    assert np.abs(found[0][2] - state.buffers).max() > 0.1


class After(NamedTuple):
    """What an engine comes to."""

    costs: Array
    parameters: Array
    buffers: Array
    slots: Array
    place: tuple[int, int, int]


def both(case: Case, instruction_set: str) -> tuple[Session, Session]:
    """Open the case in the native and in the reference engine."""
    return (
        NativeEngine(instruction_set).open(case.plan, case.state, case.examples, 1),
        ReferenceEngine().open(case.plan, case.state, case.examples, 1),
    )


def after_steps(session: Session, case: Case, n: int) -> After:
    """Do n steps, over the epoch's end where it comes; fewer where the run diverges."""
    state, costs, stopped = copy.deepcopy(case.state), [], "done"
    numbers = optimizer_numbers(case.plan, state.step, n, 1.0)
    while len(costs) < n and stopped == "done":
        stretch = session.advance(numbers[len(costs) :], np.zeros(1, np.int32))
        costs, stopped = costs + stretch.costs.tolist(), stretch.stopped
    assert stopped == "done" or np.abs(costs or np.inf).max() > 1e6
    session.sync(state)
    place = state.step, state.epoch, state.position
    return After(np.array(costs or [np.inf]), state.parameters, state.buffers, state.slots, place)


def on_the_way(case: Case, n: int) -> Iterator[Case]:
    """The case as it stands before each of n steps of the reference."""
    for done in range(n):
        session = ReferenceEngine().open(case.plan, case.state, case.examples, 1)
        parameters = after_steps(session, case, done).parameters
        yield case._replace(state=replace(case.state, parameters=parameters))


def normalized(case: Case) -> int:
    """How many layers are normalized."""
    return sum(layer.norm != "none" for layer in case.plan.architecture.layers)


def near_a_kink(case: Case, distance: float = KINK) -> bool:
    """Whether a weighted sum lies so near to a kink that rounding may decide its side."""
    architecture = case.plan.architecture
    A0 = scale_inputs(architecture, case.examples.X, case.plan.dtype)
    named = views(case.state.parameters, case.plan.segments)
    N = forward(architecture, named, A0).N
    for l, layer in enumerate(architecture.layers, start=1):
        row = ACTIVATIONS[layer.activation]
        if any(np.abs(N[l] - kink).min() < distance for kink in row.kinks):
            return True
        if row.grouped:
            pieces = np.sort(N[l].reshape(-1, layer.pieces), axis=1)
            if (pieces[:, -1] - pieces[:, -2]).min() < distance:
                return True
    return False


def numbers_of_all_sizes(dtype: str, largest: float = np.inf) -> Array:
    """Numbers around 0 and of every size up to the largest, of both signs; 0 and −0."""
    whole = float(np.finfo(dtype).max)
    sizes = np.array([1.0, 0.3, 1e-3, 1e-8, 1e-30, 2, 5, 9, 20, 39, 41, 87, 100, 700, 1e5, whole])
    sizes = sizes[sizes <= largest]
    around = np.random.default_rng(1).normal(size=400 - 2 * len(sizes))
    chosen = np.concatenate([[0.0, -0.0], sizes, -sizes, 3 * around])
    return chosen[: len(chosen) // 6 * 6].astype(dtype)
