import numpy as np
import pytest

import pellucid as pel
from pellucid.inspection.signs_case import Case, Data, Past
from pellucid.inspection.signs_training import (
    beside_weights,
    born_with,
    disturbed,
    large_updates,
    overfitting,
    rate_too_high,
    rate_too_low,
    reach,
    small_updates,
    step_of,
)
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe

X = np.array([[1.0], [-1.0], [2.0], [-2.0]] * 10)
Y = 3.0 * X


def case_of(weight=0.0, validation=None, **past):
    """One weight w, cost (w − 3)² mean x²: everything can be worked out by hand."""
    network = pel.Network(1, [pel.Dense(1, "identity", bias="none")], precision="float64")
    network.weights[1][...] = weight
    a = network.architecture
    optimizer = past.pop("optimizer", pel.SGD(0.001))
    recipe = Recipe(loss="mse", optimizer=optimizer, precision="float64", epochs=5)
    known = Past(compile_plan(a, recipe, len(X)), **past)
    data = Data(a, "mse", as_examples(a, "mse", X, Y))
    held_out = None if validation is None else Data(a, "mse", as_examples(a, "mse", *validation))
    return Case(network, data, held_out, known)


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (pel.SGD(0.5), 0.5 * 4.0),
        (pel.Adam(0.01), 0.01),
        (pel.Rprop(0.01, grow=1.0), 0.01),
        # v_k = 0.2 (1 + 0.9 + … + 0.9^(k−1)) = 2 (1 − 0.9^k); their mean over 20 steps
        (pel.Momentum(0.05, 0.9), 2.0 - 2.0 * sum(0.9**k for k in range(1, 21)) / 20),
        (pel.SGD(pel.Linear(0.5, 0.0)), 0.5 * 4.0),  # of the schedule's beginning
    ],
)
def test_a_step_is_the_optimizers(optimizer, expected):
    past = case_of(optimizer=optimizer).past
    step = step_of(past, np.array([7.0]), np.array([-4.0]))
    assert step == pytest.approx([expected], rel=1e-6)


def test_the_rate_that_is_known_counts():
    past = case_of(optimizer=pel.SGD(pel.Linear(0.5, 0.0)), rate=0.25).past
    assert step_of(past, np.array([7.0]), np.array([-4.0]))[0] == pytest.approx(1.0)


def test_frozen_layers_do_not_step_and_factors_count():
    layers = [pel.Dense(2, "tanh"), pel.Dense(2, "tanh"), pel.Dense(1, "identity")]
    network = pel.Network(3, layers, seed=0)
    recipe = Recipe(loss="mse", optimizer=pel.SGD(1.0), frozen=(1,), rate_factors={2: 0.5})
    plan = compile_plan(network.architecture, recipe, 10)
    change = step_of(Past(plan), network.parameters, np.ones(len(network.parameters)))
    assert change.tolist() == pytest.approx([0.0] * 8 + [-0.5] * 6 + [-1.0] * 3)
    assert set(beside_weights(plan, change, network.parameters)) == {2, 3}


def test_a_change_beside_the_weights():
    layers = [pel.Dense(4, "tanh"), pel.Dense(1, "identity", (0, 1))]
    network = pel.Network(5, layers, seed=0)
    plan = compile_plan(network.architecture, Recipe(loss="mse"), 10)
    weights = np.ones(len(network.parameters))
    found = beside_weights(plan, 0.01 * weights, weights)
    assert found == pytest.approx({1: 0.01, 2: 0.01})
    # Weights of 0 count as half of 1/√fan-in: 5 inputs, and 5 + 4.
    found = beside_weights(plan, 0.01 * weights, 0 * weights)
    assert found == pytest.approx({1: 0.02 * np.sqrt(5), 2: 0.02 * np.sqrt(9)})


def test_how_far_it_is_to_the_lowest_cost():
    """Mean x² is 2.5: from w = 0 the gradient is −15, a step of SGD 0.015, and 3 is 200 away."""
    case = case_of(steps=10)
    factor, cost = reach(case, case.past)
    assert factor == 256  # the power of 4 with the lowest cost
    assert cost == pytest.approx(2.5 * (256 * 0.015 - 3.0) ** 2)
    near = case_of(2.95, steps=10)
    assert reach(near, near.past) == (0.0, near.trace.cost)


def test_a_rate_is_too_low_if_the_whole_run_does_not_lead_there():
    (sign,) = rate_too_low(case_of(steps=10, reason="epochs"), 1.0)
    assert sign.number == pytest.approx(25.6)
    assert not list(rate_too_low(case_of(steps=300, reason="epochs"), 1.0))
    assert not list(rate_too_low(case_of(2.9, steps=10, reason="epochs"), 1.0))  # it has learnt
    assert list(rate_too_low(case_of(steps=100, reason="epochs"), 1.0))
    assert not list(rate_too_low(case_of(steps=100), 1.0))  # while it goes on, with more patience


def test_updates_are_small_only_where_there_is_something_to_learn():
    (sign,) = small_updates(case_of(moved={1: 1e-7}), 1e-5)
    assert (sign.where, sign.number) == ("layer 1", 1e-7)
    assert not list(small_updates(case_of(2.99, moved={1: 1e-7}), 1e-5))
    assert not list(small_updates(case_of(moved={1: 1e-3}), 1e-5))
    assert not list(small_updates(case_of(), 1e-5))


def test_the_largest_update_is_named():
    (sign,) = large_updates(case_of(first={1: 0.1, 2: 4.0}), 1.5)
    assert (sign.where, sign.number) == ("layer 2", 4.0)
    (sign,) = large_updates(case_of(first={1: 0.1}, moved={1: 2.0}), 1.5)
    assert sign.number == 2.0
    assert not list(large_updates(case_of(first={1: 0.1}, moved={1: 1e-3}), 1.5))


CONSTANT = 22.5  # what always predicting 0 costs


@pytest.mark.parametrize(
    ("past", "number"),
    [
        ({"reason": "diverged"}, np.inf),
        ({"first": {1: 3.0}}, 3.0),
        ({"costs": (5, 2, 3, 2, 3, 2)}, 7 / 3),  # thrown about above a constant's
        ({"costs": (1.0, 0.9, 0.7, 1.2, 0.8)}, 0.5),  # a jump
    ],
)
def test_signs_of_a_rate_too_high(past, number):
    past["costs"] = tuple(CONSTANT * cost for cost in past.get("costs", ()))
    (sign,) = rate_too_high(case_of(**past), 0.3)
    assert sign.number == pytest.approx(number)


@pytest.mark.parametrize(
    "costs",
    [
        (5, 4, 3, 2, 1.5, 1.2),  # high, but falling
        (1.0, 0.99, 1.0, 0.99, 1.0),  # stuck
        (1.0, 9.0),  # too short to tell
        (3.0, 9.0, 0.8, 0.7),  # a rise at first
    ],
)
def test_costs_that_are_no_sign_of_it(costs):
    case = case_of(costs=tuple(CONSTANT * cost for cost in costs))
    assert not list(rate_too_high(case, 0.3))


def test_jumps_on_the_way_to_a_good_end_are_forgiven():
    costs = tuple(CONSTANT * cost for cost in (1.0, 0.9, 0.1, 0.6, 0.01))
    assert list(rate_too_high(case_of(costs=costs), 0.3))
    assert not list(rate_too_high(case_of(2.9, costs=costs), 0.3))


def test_a_solver_has_no_rate():
    case = case_of(optimizer=pel.LBFGS(), steps=10, reason="diverged")
    assert not [*rate_too_high(case, 0.3), *rate_too_low(case, 1.0)]


def test_what_disturbs_the_cost_of_steps():
    architecture = pel.Network(2, [pel.Dense(2, "tanh"), pel.Dense(1, "sigmoid")]).architecture
    for given in ({"l2": 1e-3}, {"dropout": 0.5}, {"noise": (0.1,)}, {"label_smoothing": 0.1}):
        recipe = Recipe(loss="binary_cross_entropy", **given)
        assert disturbed(compile_plan(architecture, recipe, 10))
    recipe = Recipe(loss="binary_cross_entropy", augment=pel.Augment((1, 2), flip=True))
    assert disturbed(compile_plan(architecture, recipe, 10))
    plain = Recipe(loss="binary_cross_entropy", dropout=(0.0,))
    assert not disturbed(compile_plan(architecture, plain, 10))


def test_a_gap_of_numbers():
    random = np.random.default_rng(0)
    worse = (X, Y + 2 * random.normal(size=Y.shape) * np.abs(Y))
    (sign,) = overfitting(case_of(2.9, validation=worse), 0.15)
    assert sign.number > 0.3
    assert not list(overfitting(case_of(2.9, validation=(X, Y)), 0.15))
    assert not list(overfitting(case_of(2.9, validation=(X[:8], worse[1][:8])), 0.15))  # too few
    assert not list(overfitting(case_of(2.9), 0.15))


def classified(n_wrong, n_validation):
    """A network that is right on all training examples, and wrong on some of others."""
    network = pel.Network(1, [pel.Dense(1, "sigmoid", bias="none")])
    network.weights[1][...] = 5.0
    a, loss = network.architecture, "binary_cross_entropy"
    right = (X > 0) * 1.0
    wrong = np.resize(right, (n_validation, 1)).copy()
    wrong[:n_wrong] = 1 - wrong[:n_wrong]
    new = np.resize(X, (n_validation, 1))
    return Case(
        network,
        Data(a, loss, as_examples(a, loss, X, right)),
        Data(a, loss, as_examples(a, loss, new, wrong)),
    )


def test_a_gap_of_classes_has_to_be_wide_and_sure():
    (sign,) = overfitting(classified(60, 200), 0.15)
    assert sign.number == pytest.approx(0.3)
    assert not list(overfitting(classified(20, 200), 0.15))  # narrow
    assert not list(overfitting(classified(5, 25), 0.15))  # might be chance


def with_units(activation, shift, learnt, **past):
    """A hidden layer, some distance into the level part of its function."""
    network = pel.Network(1, [pel.Dense(4, activation), pel.Dense(1, "identity")], seed=0)
    network.biases[1][...] = shift
    a = network.architecture
    Y = network.predict(X).astype(float) + (0 if learnt else X**2)
    data = Data(a, "mse", as_examples(a, "mse", X, Y))
    plan = compile_plan(a, Recipe(loss="mse"), len(X))
    return Case(network, data, None, Past(plan, costs=(1.0,), reason="epochs", **past))


@pytest.mark.parametrize(
    ("activation", "shift", "fault"),
    [("relu", -30.0, "dead units"), ("tanh", 30.0, "saturated units")],
)
def test_units_that_were_lost_on_the_way_speak_for_the_rate(activation, shift, fault):
    assert born_with(with_units(activation, shift, False)) == (fault,)
    assert born_with(with_units(activation, 0.1, False)) == ()
    (sign,) = rate_too_high(with_units(activation, shift, False, born_with=()), 0.3)
    assert sign.number == 1.0
    assert "at first it was not so" in sign.evidence
    for case in (
        with_units(activation, shift, False, born_with=(fault,)),  # planted, not lost
        with_units(activation, shift, False),  # nobody knows
        with_units(activation, 0.1, False, born_with=()),
    ):
        assert not list(rate_too_high(case, 0.3))


def test_a_step_may_be_larger_where_all_was_learnt():
    assert list(rate_too_high(case_of(first={1: 1.2}), 0.3))
    assert list(large_updates(case_of(first={1: 1.2}), 1.5))
    assert not list(rate_too_high(case_of(2.99, first={1: 1.2}), 0.3))
    assert not list(large_updates(case_of(2.99, first={1: 1.2}), 1.5))
    assert list(large_updates(case_of(2.99, first={1: 1.6}), 1.5))
