"""The contract of an engine, as a run relies on it: every engine keeps it alike."""

import inspect

import numpy as np
import pytest

from pellucid.engines.engine import Session
from pellucid.engines.native import NativeEngine
from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.optimizers import Momentum
from pellucid.equations.random import SHUFFLE, permutation
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import BUILT

# Where no compiler was found there is one engine; .ci/run demands the other.
ENGINES = [ReferenceEngine, NativeEngine] if BUILT else [ReferenceEngine]
METHODS = (
    "advance",
    "follow",
    "show",
    "place",
    "clip_probabilities",
    "cost_and_gradient",
    "predict",
    "losses",
    "sync",
)


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def opened(request):
    """A run of 11 examples in batches of 4: three steps an epoch, the last of three examples."""
    architecture = Architecture(2, (Dense(3, "tanh"), Dense(2, "softmax")))
    recipe = Recipe(optimizer=Momentum(0.1), batch_size=4, precision="float64", seed=3)
    plan = compile_plan(architecture, recipe, 11)
    parameters = initial_parameters(architecture, 0, dtype="float64")
    state = first_state(plan, parameters, initial_buffers(architecture, "float64"))
    X = np.linspace(-1, 1, 22).reshape(11, 2)
    examples = as_examples(architecture, recipe.loss, X, np.arange(11) % 2)
    session = request.param().open(plan, state, examples, 1)
    return plan, state, examples, session


def advance(plan, session, n, first=0, stop=0):
    return session.advance(optimizer_numbers(plan, first, n, 1.0), np.array([stop], np.int32))


def test_a_session_has_the_methods_of_the_contract(opened):
    session = opened[3]
    for name in METHODS:
        wanted = list(inspect.signature(getattr(Session, name)).parameters)[1:]
        assert list(inspect.signature(getattr(session, name)).parameters) == wanted


def test_a_stretch_ends_at_the_end_of_the_epoch(opened):
    """Ten steps are offered, an epoch has three; their weights are the sizes of the batches."""
    plan, state, _, session = opened
    stretch = advance(plan, session, 10)
    assert (len(stretch.costs), stretch.weights.tolist(), stretch.stopped) == (3, [4, 4, 3], "done")
    session.sync(state)
    assert (state.step, state.epoch, state.position) == (3, 1, 0)


def test_the_state_changes_only_when_synced(opened):
    plan, state, _, session = opened
    before = state.parameters.copy()
    advance(plan, session, 2)
    assert (state.parameters == before).all()
    assert state.step == 0
    session.sync(state)
    assert (state.parameters != before).any()
    assert (state.step, state.epoch, state.position) == (2, 0, 2)
    assert state.slots.any()


def test_a_set_flag_stops_before_the_next_step(opened):
    plan, state, _, session = opened
    stretch = advance(plan, session, 2, stop=1)
    assert (len(stretch.costs), stretch.stopped) == (0, "asked")
    session.sync(state)
    assert state.step == 0


def test_a_cost_that_is_not_finite_stops_before_the_update(opened):
    """With a rate of 1e308 the first step spoils the weights; the second is not done."""
    plan, state, _, session = opened
    numbers = np.array([[1e308, 0.9]] * 3)
    stretch = session.advance(numbers, np.zeros(1, np.int32))
    assert stretch.stopped == "diverged"
    assert np.isfinite(stretch.costs).all()
    session.sync(state)
    assert state.step == len(stretch.costs) < 3


def test_the_examples_are_taken_in_the_order_that_is_given(opened):
    """The first step's cost is that of the first four rows; the next epoch has the plan's order."""
    plan, state, _, session = opened
    order = np.array([10, 0, 3, 7, 1, 2, 4, 5, 6, 8, 9])
    wanted, _ = session.cost_and_gradient(state.parameters, order[:4])
    session.follow(order)
    assert advance(plan, session, 1).costs[0] == pytest.approx(wanted, rel=1e-12)
    advance(plan, session, 2, 1)
    session.sync(state)
    assert (state.epoch, state.position) == (1, 0)
    own = permutation(3, SHUFFLE, 1, 11)
    wanted, _ = session.cost_and_gradient(state.parameters, own[:4])
    assert advance(plan, session, 1, 3).costs[0] == pytest.approx(wanted, rel=1e-12)


def test_batches_are_what_is_shown(opened):
    """By hand: the second and third step are of other rows; the next epoch has the plan's own."""
    plan, state, examples, session = opened
    advance(plan, session, 1)
    assert session.place() == (0, 1)
    other = examples.take(np.array([5, 5, 2, 9, 0, 1, 10]))
    session.sync(state)
    wanted, _ = session.cost_and_gradient(state.parameters, np.array([5, 5, 2, 9]))
    session.show(1, other)
    stretch = advance(plan, session, 5, 1)
    assert stretch.weights.tolist() == [4, 3]
    assert stretch.costs[0] == pytest.approx(wanted, rel=1e-12)
    assert session.place() == (1, 0)
    session.sync(state)
    own = permutation(3, SHUFFLE, 1, 11)
    wanted, _ = session.cost_and_gradient(state.parameters, own[:4])
    assert advance(plan, session, 1, 3).costs[0] == pytest.approx(wanted, rel=1e-12)


def test_a_stretch_ends_where_what_is_shown_ends(opened):
    plan, _, examples, session = opened
    session.show(0, examples.take(slice(0, 8)))
    assert len(advance(plan, session, 3).costs) == 2
    with pytest.raises(ValueError, match="have not been shown"):
        advance(plan, session, 1, 2)
    session.show(2, examples.take(slice(8, 11)))
    assert len(advance(plan, session, 1, 2).costs) == 1


@pytest.mark.parametrize(("first", "n"), [(0, 3), (0, 0), (2, 4), (1, 8), (3, 4), (-1, 4), (9, 4)])
def test_examples_that_are_not_whole_batches_of_the_epoch_are_not_shown(opened, first, n):
    with pytest.raises(ValueError, match="examples: expected those of whole batches"):
        opened[3].show(first, opened[2].take(np.arange(n)))


def test_what_is_shown_has_to_reach_back_to_the_next_step(opened):
    plan, _, examples, session = opened
    session.show(1, examples.take(np.arange(7)))
    with pytest.raises(ValueError, match="have not been shown"):
        advance(plan, session, 1)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_there_may_be_nothing_but_what_is_shown(opened, engine):
    """With no examples of its own, a session learns from those shown, and predicts as ever."""
    plan, state, examples, whole = opened
    session = engine().open(plan, state, examples.take(slice(0, 0)), 1)
    with pytest.raises(ValueError, match="have not been shown"):
        advance(plan, session, 1)
    order = permutation(3, SHUFFLE, 0, 11)
    session.show(0, examples.take(order))
    found, wanted = advance(plan, session, 3), advance(plan, whole, 3)
    assert found.costs == pytest.approx(wanted.costs, rel=1e-12)
    assert session.predict(examples.X).shape == (11, 2)
    with pytest.raises(ValueError, match="have not been shown"):
        advance(plan, session, 1, 3)


@pytest.mark.parametrize("order", [np.arange(10), np.arange(11) + 1, -np.arange(11)])
def test_an_order_of_other_rows_is_refused(opened, order):
    with pytest.raises(ValueError, match="order: expected as many rows as there are examples"):
        opened[3].follow(order)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_clipped_probabilities_cost_no_more_than_their_limit(engine, output):
    """By hand: −Σ y log p̂ of a softmax, and of sigmoids what is not y as well."""
    n_out, least = 3, 0.05
    loss = "cross_entropy" if output == "softmax" else "binary_cross_entropy"
    architecture = Architecture(2, (Dense(n_out, output),))
    plan = compile_plan(architecture, Recipe(loss=loss, batch_size=4, precision="float64"), 4)
    parameters = initial_parameters(architecture, 0, "normal:3", "float64")
    state = first_state(plan, parameters, np.zeros(0))
    X = np.array([[0.0, 1.0], [4.0, -4.0], [-4.0, 4.0], [9.0, 9.0]])
    Y = np.eye(n_out)[[0, 1, 2, 0]]
    examples = as_examples(architecture, loss, X, Y)
    session = engine().open(plan, state, examples)
    free = session.cost_and_gradient(parameters)
    session.clip_probabilities(least)
    p = np.clip(session.predict(X), least, 1 - least)
    wanted = -(Y * np.log(p) + (output == "sigmoid") * (1 - Y) * np.log(1 - p)).sum(axis=1)
    assert np.allclose(session.losses(examples)[1], wanted, rtol=1e-12)
    cost, gradient = session.cost_and_gradient(parameters)
    assert cost == pytest.approx(wanted.mean(), rel=1e-12)
    assert cost < free[0] - 0.1
    assert np.array_equal(gradient, free[1])


def test_losses_and_predictions_belong_together(opened):
    """The losses are −log of the probability of the right class."""
    _, _, examples, session = opened
    P, losses = session.losses(examples)
    assert np.allclose(losses, -np.log(P[np.arange(11), examples.Y]), rtol=1e-12)
    assert np.array_equal(session.predict(examples.X), P)


def test_the_cost_over_all_rows_is_the_mean_loss(opened):
    _, state, examples, session = opened
    cost, gradient = session.cost_and_gradient(state.parameters)
    assert cost == pytest.approx(session.losses(examples)[1].mean(), rel=1e-12)
    assert gradient.shape == state.parameters.shape
    part, _ = session.cost_and_gradient(state.parameters, np.array([0, 5]))
    assert part == pytest.approx(session.losses(examples)[1][[0, 5]].mean(), rel=1e-12)
