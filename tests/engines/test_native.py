"""The native engine by itself: the same bits however the work is cut, and how it stops."""

import copy
import importlib.util
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pellucid.arrays import Array
from pellucid.engines.native import NativeEngine
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.optimizers import SGD, Adam, AdamW
from pellucid.equations.solvers import LBFGS
from pellucid.errors import UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import State, first_state
from tests.engines.strategies import SETS, Case, cases

if importlib.util.find_spec("pellucid._native") is None:
    pytest.skip("the native core was not built", allow_module_level=True)

GO = np.zeros(1, np.int32)
examples = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
each_set = pytest.mark.parametrize("instruction_set", SETS)
precisions = st.sampled_from(("float32", "float64")).flatmap(cases)


@each_set
@examples
@given(precisions, st.integers(1, 8))
def test_same_bits_for_any_number_of_threads(instruction_set: str, case: Case, n: int) -> None:
    """One, two and three threads come to the same bits, however small the pieces of work."""
    alone = run(NativeEngine(instruction_set), case, [n], threads=1)
    for threads, grain in ((2, 1), (3, 1), (3, 500)):
        together = run(NativeEngine(instruction_set, grain), case, [n], threads=threads)
        assert_same(alone, together)


@each_set
@examples
@given(precisions, st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_same_bits_for_any_cutting(instruction_set: str, case: Case, cuts: list[int]) -> None:
    """Stretches cut anywhere come to the same bits as one step at a time, opened anew each time."""
    engine = NativeEngine(instruction_set)
    at_once = run(engine, case, cuts)
    state = copy.deepcopy(case.state)
    costs: list[float] = []
    for _ in range(sum(cuts)):
        one = run(engine, case._replace(state=state), [1])
        state, costs = one[0], costs + one[1]
    assert_same(at_once, (state, costs))


@each_set
def test_same_bits_on_larger_layers(instruction_set: str) -> None:
    """Layers beyond one panel of the kernels, in all precisions, come to the same bits."""
    for precision in ("float32", "float64"):
        case = digits((300, 130, 70, 10), batch_size=37, precision=precision)
        alone = run(NativeEngine(instruction_set), case, [3], threads=1)
        together = run(NativeEngine(instruction_set, 100), case, [3], threads=3)
        assert_same(alone, together)


@each_set
@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_same_bits_with_everything(instruction_set: str, norm: str) -> None:
    """More parameters than are updated at a time, everything that disturbs and limits."""
    layers = (
        Dense(250, "maxout", norm=norm, pieces=2),
        Dense(150, "gelu", (0, 1), norm=norm),
        Dense(10, "softmax"),
    )
    recipe = Recipe(
        optimizer=AdamW(0.01),
        batch_size=37,
        l1=0.001,
        l2=0.01,
        max_norm=1.0,
        clip_value=0.1,
        clip_norm=0.5,
        label_smoothing=0.1,
        dropout=0.2,
        input_dropout=0.1,
        noise=0.1,
        input_noise=0.1,
        average=0.9,
    )
    case = made(Architecture(200, layers, scale=1 / 255), recipe, 100)
    alone = run(NativeEngine(instruction_set), case, [1, 3], threads=1)
    for threads, grain in ((2, 1), (3, 1000)):
        together = run(NativeEngine(instruction_set, grain), case, [1, 3], threads=threads)
        assert_same(alone, together)
    assert (alone[0].buffers.size > 0) == (norm == "batch")


def test_the_gradient_of_many_examples_is_that_of_its_parts() -> None:
    """More examples than the core takes at a time give the mean of the gradients of their parts."""
    case = digits((5, 7, 3), batch_size=10, n=3000, precision="float64")
    session = NativeEngine().open(case.plan, case.state, case.examples)
    cost, gradient = session.cost_and_gradient(case.state.parameters)
    parts = [
        session.cost_and_gradient(case.state.parameters, np.arange(i, i + 500))
        for i in range(0, 3000, 500)
    ]
    np.testing.assert_allclose(cost, np.mean([part[0] for part in parts]), rtol=1e-12)
    np.testing.assert_allclose(gradient, np.mean([part[1] for part in parts], axis=0), atol=1e-12)


def test_a_stretch_ends_at_the_epochs_end() -> None:
    """However many steps are asked for, the epoch's end is the end of the stretch."""
    case = digits((5, 7, 3), batch_size=40, n=100)
    state, costs = copy.deepcopy(case.state), []
    session = NativeEngine().open(case.plan, case.state, case.examples)
    stretch = session.advance(optimizer_numbers(case.plan, 0, 50, 1.0), GO)
    session.sync(state)
    costs = stretch.costs.tolist()
    assert (len(costs), stretch.stopped, stretch.weights.tolist()) == (3, "done", [40, 40, 20])
    assert (state.step, state.epoch, state.position) == (3, 1, 0)


def test_the_stop_flag_is_looked_at_before_every_step() -> None:
    """A flag that is set stops the stretch before its first step."""
    case = digits((5, 7, 3))
    session = NativeEngine().open(case.plan, case.state, case.examples)
    stretch = session.advance(optimizer_numbers(case.plan, 0, 2, 1.0), np.ones(1, np.int32))
    state = copy.deepcopy(case.state)
    session.sync(state)
    assert (len(stretch.costs), stretch.stopped, state.step) == (0, "asked", 0)


def test_a_cost_that_is_not_finite_stops_before_the_update() -> None:
    """The step that diverged is not counted, and its gradient is not used."""
    case = digits((5, 7, 3))
    case.state.parameters[...] = np.inf
    before = case.state.parameters.copy()
    session = NativeEngine().open(case.plan, case.state, case.examples)
    stretch = session.advance(optimizer_numbers(case.plan, 0, 2, 1.0), GO)
    session.sync(case.state)
    assert (len(stretch.costs), stretch.stopped, case.state.step) == (0, "diverged", 0)
    np.testing.assert_array_equal(case.state.parameters, before)


def test_what_is_not_there_is_refused() -> None:
    """What the core does not have is refused, with the engine that does."""
    case = digits((5, 7, 3))
    plan = replace(case.plan, optimizer="abacus")
    with pytest.raises(UnsupportedError, match="no abacus yet.*engine reference"):
        NativeEngine().open(plan, case.state, case.examples)


def test_a_solver_has_costs_but_no_steps() -> None:
    """For a plan of a solver a session gives costs, gradients and predictions."""
    architecture = Architecture(4, (Dense(3, "tanh"), Dense(2, "softmax")))
    case = made(architecture, Recipe(optimizer=LBFGS(), precision="float64"), 10)
    session = NativeEngine().open(case.plan, case.state, case.examples)
    cost, gradient = session.cost_and_gradient(case.state.parameters)
    assert cost == pytest.approx(session.losses(case.examples)[1].mean(), rel=1e-12)
    assert gradient.any()
    with pytest.raises(ValueError, match="numbers"):
        session.advance(np.zeros((1, 0)), GO)


def test_units_with_a_jump_predict_but_do_not_learn() -> None:
    """Step and sign units are carried forward; going back through them is refused."""
    case = digits((5, 7, 3))
    layers = (Dense(7, "step"), Dense(3, "sign"))
    plan = replace(case.plan, architecture=replace(case.plan.architecture, layers=layers))
    session = NativeEngine().open(plan, case.state, case.examples)
    expected = ReferenceEngine().open(plan, case.state, case.examples).predict(case.examples.X)
    np.testing.assert_array_equal(session.predict(case.examples.X), expected)
    with pytest.raises(ValueError, match="sign has no derivative|step has no derivative"):
        session.advance(optimizer_numbers(case.plan, 0, 1, 1.0), GO)


def test_judging_leaves_running_averages_alone() -> None:
    """Only steps change the running averages; costs and predictions in between do not."""
    layers = (Dense(3, norm="batch"), Dense(2, "softmax"))
    case = made(Architecture(4, layers, scale=1 / 255), Recipe(batch_size=5), 10)
    alone = run(NativeEngine(), case, [2])
    state = copy.deepcopy(case.state)
    session = NativeEngine().open(case.plan, state, case.examples)
    numbers = optimizer_numbers(case.plan, 0, 2, 1.0)
    for i in range(2):
        session.cost_and_gradient(state.parameters, np.arange(7))
        session.losses(case.examples, 0.5 * state.parameters)
        session.advance(numbers[i : i + 1], GO)
        session.predict(case.examples.X)
    session.sync(state)
    assert state.buffers.tobytes() == alone[0].buffers.tobytes() != case.state.buffers.tobytes()
    assert state.parameters.tobytes() == alone[0].parameters.tobytes()


def test_unknown_instruction_sets_are_refused() -> None:
    """Only what this machine can run is taken."""
    with pytest.raises(UnsupportedError, match="baseline"):
        NativeEngine("abacus")


def test_codes_that_are_no_outputs_are_refused() -> None:
    """A class code outside of the outputs would lead outside of an array."""
    case = digits((5, 7, 3))
    case.examples.Y[0] = 3
    with pytest.raises(ValueError, match="class code"):
        NativeEngine().open(case.plan, case.state, case.examples)


def test_noise_leaves_no_zeros_to_skip() -> None:
    """A state that says zeros are skipped is not believed where noise is added to them."""
    architecture = Architecture(50, (Dense(70, "relu"), Dense(10, "softmax")), scale=1 / 255)
    case = made(architecture, Recipe(optimizer=SGD(0.1), batch_size=10, input_noise=0.1), 60)
    case.examples.X[:, 5:] = 0
    found = []
    for skips in (False, True):
        case.state.skips_zeros = skips
        found.append(run(NativeEngine(), case, [5]))
    assert_same(*found)


def test_a_signals_error_leaves_a_whole_state() -> None:
    """Ctrl-C whose handler raises ends `advance` between two steps, and the session goes on."""
    found = in_a_process(
        """
        state_before = copy.deepcopy(case.state)
        try:
            while True:
                session.advance(optimizer_numbers(case.plan, 0, 100_000, 1.0), GO)
        except KeyboardInterrupt:
            session.sync(case.state)
        n = case.state.step - state_before.step
        print(n > 0, same(case.state, replayed(state_before, n)), flush=True)
        """
    )
    assert found == ["True True"]


def test_a_signals_handler_can_set_the_stop_flag() -> None:
    """Ctrl-C whose handler sets the flag ends the stretch with its costs, between two steps."""
    found = in_a_process(
        """
        stop = np.zeros(1, np.int32)
        signal.signal(signal.SIGINT, lambda *_: stop.__setitem__(0, 1))
        state_before = copy.deepcopy(case.state)
        n, stopped = 0, "done"
        while stopped == "done":
            stretch = session.advance(optimizer_numbers(case.plan, 0, 100_000, 1.0), stop)
            n, stopped = n + len(stretch.costs), stretch.stopped
        session.sync(case.state)
        print(stopped, case.state.step == n + 1, same(case.state, replayed(state_before, n)))
        """
    )
    assert found == ["asked True True"]


SCRIPT = """
import copy, signal, sys, threading, os, time
import numpy as np
from pellucid.engines.native import NativeEngine
from pellucid.plan.plan import optimizer_numbers
from tests.engines.test_native import GO, digits

def replayed(state, n):
    other = NativeEngine().open(case.plan, state, case.examples, 1)
    while n > 0:
        n -= len(other.advance(optimizer_numbers(case.plan, 0, n, 1.0), GO).costs)
    other.sync(state)
    return state

def same(one, other):
    return (one.parameters.tobytes(), one.step, one.epoch, one.position) == (
        other.parameters.tobytes(), other.step, other.epoch, other.position)

signal.signal(signal.SIGINT, signal.default_int_handler)
case = digits((784, 700, 500, 10), batch_size=128, n=640)
session = NativeEngine().open(case.plan, case.state, case.examples, 2)
session.advance(optimizer_numbers(case.plan, 0, 1, 1.0), GO)
session.sync(case.state)
print("ready", flush=True)
"""


def in_a_process(work: str) -> list[str]:
    """Run `work` in a process of its own, send it SIGINT, and return the lines it prints."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT + textwrap.dedent(work)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
            process.send_signal(signal.SIGINT)
            lines, _ = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0
    return lines.split("\n")[:-1]


def run(
    engine: NativeEngine, case: Case, cuts: list[int], threads: int = 1
) -> tuple[State, list[float]]:
    """Do so many steps in so many stretches (an epoch's end cuts once more); state and costs."""
    state, costs = copy.deepcopy(case.state), []
    session = engine.open(case.plan, state, case.examples, threads)
    numbers = optimizer_numbers(case.plan, state.step, sum(cuts), 1.0)
    for n in cuts:
        end = len(costs) + n
        while len(costs) < end:
            stretch = session.advance(numbers[len(costs) : end], GO)
            costs += stretch.costs.tolist()
            if stretch.stopped == "diverged":
                end = len(costs)
    session.sync(state)
    return state, costs


def assert_same(one: tuple[State, list[float]], other: tuple[State, list[float]]) -> None:
    """Compare bit by bit."""
    assert one[1] == other[1]
    assert one[0].parameters.tobytes() == other[0].parameters.tobytes()
    assert one[0].buffers.tobytes() == other[0].buffers.tobytes()
    assert one[0].slots.tobytes() == other[0].slots.tobytes()
    places = [(state.step, state.epoch, state.position) for state, _ in (one, other)]
    assert places[0] == places[1]


def digits(
    sizes: tuple[int, ...], batch_size: int = 10, n: int = 60, precision: str = "float32"
) -> Case:
    """A classifier of random bytes."""
    hidden = tuple(Dense(units, "relu") for units in sizes[1:-1])
    architecture = Architecture(sizes[0], (*hidden, Dense(sizes[-1], "softmax")), scale=1 / 255)
    optimizer = SGD(0.01) if len(sizes) == 3 else Adam(0.001)
    recipe = Recipe(
        optimizer=optimizer, batch_size=batch_size, precision=precision, dropout=0.5, l2=0.001
    )
    return made(architecture, recipe, n)


def made(architecture: Architecture, recipe: Recipe, n: int) -> Case:
    """A case with random bytes as inputs and random classes."""
    rng = np.random.default_rng(1)
    X: Array = rng.integers(0, 256, (n, architecture.n_inputs)).astype(np.uint8)
    Y = rng.integers(0, architecture.n_outputs, n)
    plan = compile_plan(architecture, recipe, n)
    state = first_state(
        plan,
        initial_parameters(architecture, 0, dtype=recipe.precision),
        initial_buffers(architecture, recipe.precision),
    )
    return Case(plan, as_examples(architecture, recipe.loss, X, Y), state)
