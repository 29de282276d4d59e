"""The native engine against the reference engine: the same plan, the same numbers."""

import copy
import importlib.util

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pellucid.arrays import Array
from pellucid.engines.engine import Session
from pellucid.engines.native import NativeEngine, core
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations import random
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.network.architecture import Architecture, Dense
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import ENDS, HIDDEN, Case, cases

if importlib.util.find_spec("pellucid._native") is None:
    pytest.skip("the native core was not built", allow_module_level=True)

SETS = core().instruction_sets()
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


def test_tables_are_those_of_the_equations() -> None:
    """Native knows every activation, loss and optimizer that the equations have."""
    for here, there, file in (
        (core().activations(), ACTIVATIONS, "activations"),
        (core().losses(), LOSSES, "losses"),
        (core().optimizers(), OPTIMIZERS, "optimizers"),
    ):
        assert set(here) == set(there), f"give the table of native/{file}.hpp the same rows"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("instruction_set", SETS)
def test_every_row(instruction_set: str, hidden: str, loss: str) -> None:
    """Cost and gradient of a small network, for every activation and, with it, every loss."""
    for output in (output for found, output in ENDS if found == loss):
        architecture = Architecture(5, (Dense(9, hidden), Dense(4, output)))
        plan = compile_plan(architecture, Recipe(loss=loss, precision="float64"), 11)
        parameters = initial_parameters(architecture, 1, "normal", "float64")
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


@settings(deadline=None)
@given(
    SEEDS, st.integers(0, 2**40), st.integers(1, 9000) | st.sampled_from((4096, 4097, 65536, 65537))
)
def test_permutation(seed: int, epoch: int, n: int) -> None:
    """Permutations are those of the reference, by sorting and by the network."""
    expected = random.permutation(seed, random.SHUFFLE, epoch, n)
    found = core().permutation(seed, random.SHUFFLE, epoch, n)
    np.testing.assert_array_equal(found, expected)


@each_set
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)])
def test_update(instruction_set: str, name: str, dtype: str, tolerance: float) -> None:
    """An optimizer does the same with the same gradient and slots that are not 0."""
    rng = np.random.default_rng(5)
    row = OPTIMIZERS[name]
    p, g = rng.normal(size=(2, 1001)).astype(dtype)
    slots = (0.1 + rng.random((len(row.slots), 1001))).astype(dtype)
    numbers = [0.01, 0.9, 0.99, 1e-8][: core_numbers(name)]
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
    """Cost and gradient agree to 1e-11, over all examples and over some of them."""
    assume(not near_a_kink(case))
    native, reference = both(case, instruction_set)
    rows = np.array(data.draw(st.lists(st.integers(0, len(case.examples) - 1), min_size=1)))
    for chosen in (None, rows):
        cost, gradient = native.cost_and_gradient(case.state.parameters, chosen)
        expected_cost, expected = reference.cost_and_gradient(case.state.parameters, chosen)
        bound = 1e-11 * max(1.0, np.abs(expected).max())
        assert abs(cost - expected_cost) <= 1e-11 * max(1.0, abs(expected_cost))
        assert np.abs(gradient - expected).max() <= bound


@each_set
@examples
@given(cases())
def test_predictions_and_losses(instruction_set: str, case: Case) -> None:
    """Predictions and losses agree to 1e-11."""
    native, reference = both(case, instruction_set)
    expected = reference.losses(case.examples)
    for mine, other in zip(native.losses(case.examples), expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(native.predict(case.examples.X), expected[0], rtol=1e-11, atol=1e-11)


@each_set
@examples
@given(cases(), st.integers(1, 6))
def test_steps(instruction_set: str, case: Case, n: int) -> None:
    """Several steps from one state, dropout and schedules included, lead to the same state."""
    assume(not near_a_kink(case))
    found = [after_steps(session, case, n) for session in both(case, instruction_set)]
    assert_alike(*found, tolerance=1e-6)


@each_set
@examples
@given(cases("float32"))
def test_single_precision(instruction_set: str, case: Case) -> None:
    """In float32, cost, gradient and predictions agree to what float32 can hold."""
    assume(not near_a_kink(case, 1e-3))
    native, reference = both(case, instruction_set)
    cost, gradient = native.cost_and_gradient(case.state.parameters)
    expected_cost, expected = reference.cost_and_gradient(case.state.parameters)
    assert gradient.dtype == expected.dtype == np.float32
    assert abs(cost - expected_cost) <= 1e-4 * max(1.0, abs(expected_cost))
    assert np.abs(gradient - expected).max() <= 2e-4 * max(1.0, np.abs(expected).max())
    P = native.predict(case.examples.X)
    assert P.dtype == np.float32
    np.testing.assert_allclose(P, reference.predict(case.examples.X), rtol=1e-3, atol=1e-3)


def core_numbers(name: str) -> int:
    """How many numbers an optimizer has."""
    return len(OPTIMIZERS[name].numbers.__dataclass_fields__)


def both(case: Case, instruction_set: str) -> tuple[Session, Session]:
    """Open the case in the native and in the reference engine."""
    return (
        NativeEngine(instruction_set).open(case.plan, case.state, case.examples, 1),
        ReferenceEngine().open(case.plan, case.state, case.examples, 1),
    )


def after_steps(session: Session, case: Case, n: int) -> tuple[Array, Array, Array, list[int]]:
    """Do n steps, over the epoch's end where it comes; costs, parameters, slots and place."""
    state, costs = copy.deepcopy(case.state), []
    numbers = optimizer_numbers(case.plan, state.step, n, 1.0)
    while len(costs) < n:
        stretch = session.advance(numbers[len(costs) :], np.zeros(1, np.int32))
        assert stretch.stopped == "done"
        costs += stretch.costs.tolist()
    session.sync(state)
    place = [state.step, state.epoch, state.position]
    return np.array(costs), state.parameters, state.slots, place


def assert_alike(
    found: tuple[Array, Array, Array, list[int]],
    expected: tuple[Array, Array, Array, list[int]],
    tolerance: float,
) -> None:
    """Compare what two engines came to."""
    for mine, other in zip(found[:3], expected[:3], strict=True):
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)
    assert found[3] == expected[3]


def near_a_kink(case: Case, distance: float = KINK) -> bool:
    """Whether a weighted sum lies so near to a kink that rounding may decide its side."""
    architecture = case.plan.architecture
    A0 = scale_inputs(architecture, case.examples.X, case.plan.dtype)
    named = views(case.state.parameters, case.plan.segments)
    Z = forward(architecture, named, A0).Z
    return any(
        np.abs(Z[l] - kink).min() < distance
        for l, layer in enumerate(architecture.layers, start=1)
        for kink in ACTIVATIONS[layer.activation].kinks
    )
