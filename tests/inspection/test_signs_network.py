from dataclasses import replace

import numpy as np
import pytest

import pellucid as pel
from pellucid.equations.activations import ACTIVATIONS
from pellucid.inspection.signs_case import Case, Data, Past
from pellucid.inspection.signs_network import (
    LEVEL,
    OFF,
    REACH,
    dead_units,
    exploding_gradients,
    saturated_units,
    symmetric_weights,
    vanishing_gradients,
    wrong_link,
)
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe


@pytest.fixture
def random():
    return np.random.default_rng(5)


def case_of(network, X, Y, loss=None):
    output = network.architecture.layers[-1].activation
    loss = loss or {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}.get(
        output, "mse"
    )
    return Case(
        network, Data(network.architecture, loss, as_examples(network.architecture, loss, X, Y))
    )


def slope(name, z):
    Z = np.full((1, 1), float(z))
    row = ACTIVATIONS[name]
    return abs(row.backward(np.ones((1, 1)), Z, row.f(Z, np), np)[0, 0])


@pytest.mark.parametrize("name", [*OFF, *LEVEL])
def test_level_means_a_hundredth_of_the_steepest_slope(name):
    steepest = 1.0 if name == "exp" else max(slope(name, z) for z in np.linspace(-6, 6, 1201))
    far = LEVEL.get(name, OFF.get(name))
    for z in (-far, -far - 1, -far - 50):
        assert slope(name, z) <= 0.0101 * steepest
    if name in LEVEL:
        assert slope(name, far) <= 0.0101 * steepest
    elif far:
        assert slope(name, -far + 0.6) > 0.01 * steepest


@pytest.mark.parametrize("name", REACH)
def test_reach_is_what_a_function_can_give(name):
    Z = np.linspace(-500, 500, 200_001)[:, None]
    low, high = REACH[name]
    A = ACTIVATIONS[name].f(Z if name != "softmax" else np.hstack([Z, -Z]), np)
    assert low - 1e-9 <= A.min() <= low + 0.01
    assert high == np.inf or high - 0.01 <= A.max() <= high + 1e-9


def test_dead_units_are_counted(random):
    network = pel.Network(3, [pel.Dense(8, "relu"), pel.Dense(1, "identity")], seed=0)
    X = random.normal(size=(50, 3))
    network.biases[1][:5] = -100
    (sign,) = dead_units(case_of(network, X, X[:, 0]), 0.4)
    assert (sign.where, sign.number, sign.limit) == ("layer 1", 5 / 8, 0.4)
    assert not list(dead_units(case_of(network, X, X[:, 0]), 0.7))
    assert not list(dead_units(case_of(network, X[:4], X[:4, 0]), 0.4))  # too few to tell


def test_units_without_weights_are_absent_not_dead(random):
    network = pel.Network(3, [pel.Dense(4, "relu"), pel.Dense(1, "identity")], initial="zeros")
    X = random.normal(size=(50, 3))
    assert not list(dead_units(case_of(network, X, X[:, 0]), 0.4))


def test_a_network_that_works_may_have_more_dead_units(random):
    X = random.normal(size=(60, 1))
    network = pel.Network(1, [pel.Dense(4, "relu"), pel.Dense(1, "identity", bias="none")])
    network.weights[1], network.biases[1] = np.array([[1.0, -1, 0.1, 0.1]]), [0, 0, -50, -50]
    network.weights[2] = np.array([[1.0], [-1], [0], [0]])
    assert not list(dead_units(case_of(network, X, X), 0.4))
    (sign,) = dead_units(case_of(network, X, -X), 0.4)  # the same units, and nothing learnt
    assert sign.number == 0.5


@pytest.mark.parametrize("name", LEVEL)
def test_saturated_sums_are_counted_at_both_ends(random, name):
    network = pel.Network(2, [pel.Dense(10, name), pel.Dense(1, "identity")], seed=0)
    X = random.normal(size=(100, 2))
    assert not list(saturated_units(case_of(network, X, X[:, 0]), 0.85))
    network.weights[1][...] *= 1000
    (sign,) = saturated_units(case_of(network, X, X[:, 0]), 0.85)
    Z = X.astype(np.float32) @ network.weights[1]
    assert sign.number == pytest.approx((np.abs(Z) >= LEVEL[name]).mean())


def test_sure_outputs_are_no_saturation(random):
    network = pel.Network(2, [pel.Dense(4, "relu"), pel.Dense(1, "sigmoid")], seed=0)
    network.weights[2][...] *= 1000
    X = random.normal(size=(100, 2))
    assert not list(saturated_units(case_of(network, X, (X[:, :1] > 0) * 1.0), 0.85))


def deep(activation, initial, n=8):
    layers = [*[pel.Dense(20, activation) for _ in range(n)], pel.Dense(2, "softmax")]
    return pel.Network(4, layers, initial=initial, seed=2)


def test_the_error_is_followed_back(random):
    X, codes = random.normal(size=(100, 4)), random.integers(0, 2, 100)
    (small,) = vanishing_gradients(case_of(deep("sigmoid", "xavier"), X, codes), 3e-3)
    assert small.where == "layer 1"
    (large,) = exploding_gradients(case_of(deep("relu", "he:3"), X, codes), 100.0)
    assert large.where == "layer 1"
    trace = pel.trace(deep("relu", "he:3"), X, codes)
    ratio = np.linalg.norm(trace.dZ[1]) / np.linalg.norm(trace.dZ[9])
    assert large.number == pytest.approx(ratio, rel=1e-4)  # the order of examples differs
    fit = case_of(deep("relu", "he"), X, codes)
    assert not [*vanishing_gradients(fit, 3e-3), *exploding_gradients(fit, 100.0)]


def test_a_perfect_prediction_has_no_error_to_follow():
    network = pel.Network(1, [pel.Dense(2, "tanh"), pel.Dense(1, "identity")], initial="zeros")
    case = case_of(network, np.ones((30, 1)), np.zeros(30))
    assert not [*vanishing_gradients(case, 3e-3), *exploding_gradients(case, 100.0)]


def test_copies_of_units_are_counted(random):
    network = pel.Network(3, [pel.Dense(6, "tanh"), pel.Dense(1, "identity")], seed=0)
    X = random.normal(size=(30, 3))
    assert not list(symmetric_weights(case_of(network, X, X[:, 0]), 0.5))
    network.weights[1][:, 1:3] = network.weights[1][:, :1]
    (sign,) = symmetric_weights(case_of(network, X, X[:, 0]), 0.5)
    assert (sign.where, sign.number) == ("layer 1", 0.5)
    network.biases[1][0] = 0.1  # two are left that are alike
    assert not list(symmetric_weights(case_of(network, X, X[:, 0]), 0.5))


@pytest.mark.parametrize("initial", ["zeros", "constant:0.3"])
def test_equal_first_weights_are_symmetric(random, initial):
    network = pel.Network(3, [pel.Dense(6, "tanh"), pel.Dense(1, "identity")], initial=initial)
    X = random.normal(size=(30, 3))
    (sign,) = symmetric_weights(case_of(network, X, X[:, 0]), 0.5)
    assert sign.number == 1.0


def test_opposite_longer_and_withered_units_are_no_copies(random):
    network = pel.Network(3, [pel.Dense(6, "tanh"), pel.Dense(1, "identity")], seed=0)
    X = random.normal(size=(30, 3))
    W = network.weights[1]
    W[:, 1], W[:, 2] = -W[:, 0], 1.01 * W[:, 0]
    W[:, 3:6] = 1e-9  # as penalties leave them
    assert not list(symmetric_weights(case_of(network, X, X[:, 0]), 0.5))


@pytest.mark.parametrize(
    ("output", "loss", "said"),
    [
        ("softmax", "mse", True),
        ("sigmoid", "mse", True),
        ("identity", "mse", True),
        ("identity", "huber:1", True),
        ("tanh", "half_sse", True),
        ("sigmoid", "half_sse", False),  # the books' choice
        ("sigmoid", "binary_cross_entropy", False),
        ("softmax", "cross_entropy", False),
    ],
)
def test_classes_want_probabilities(random, output, loss, said):
    network = pel.Network(3, [pel.Dense(2, output)], seed=0)
    X, rows = random.normal(size=(40, 3)), np.eye(2)[random.integers(0, 2, 40)]
    assert bool(list(wrong_link(case_of(network, X, rows, loss), 0.0))) == said


def test_sigmoid_with_squares_is_wrong_where_it_is_stuck(random):
    network = pel.Network(3, [pel.Dense(1, "sigmoid")], seed=0)
    X, bits = random.normal(size=(100, 3)), np.arange(100) % 2
    assert not list(wrong_link(case_of(network, X, bits, "half_sse"), 0.0))
    network.biases[1][...] = -30
    (sign,) = wrong_link(case_of(network, X, bits, "half_sse"), 0.0)
    assert sign.number == 0.5


@pytest.mark.parametrize(
    ("output", "loss", "Y", "beyond"),
    [
        ("sigmoid", "mse", [0.5, 2.0, -1.0, 0.0], 0.5),
        ("relu", "mae", [3.0, -2.0, 1.0, 0.5], 0.25),
        ("tanh", "half_sse", [0.5, -0.5, 0.1, 0.0], 0.0),
        ("identity", "mse", [1e6, -5.0, 3.0, 0.0], 0.0),
        ("sigmoid", "squared_hinge", [1.0, -1.0, 1.0, 1.0], 0.25),
        ("exp", "poisson", [0.0, 3.0, 100.0, 1.0], 0.0),
    ],
)
def test_targets_an_output_cannot_give_are_counted(random, output, loss, Y, beyond):
    network = pel.Network(3, [pel.Dense(1, output)], seed=0)
    signs = list(wrong_link(case_of(network, random.normal(size=(4, 3)), Y, loss), 0.0))
    assert [sign.number for sign in signs] == ([beyond] if beyond else [])


def test_four_points_of_a_book_are_not_lectured():
    network = pel.Network(2, [pel.Dense(1, "sigmoid")])
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert not list(wrong_link(case_of(network, X, [0, 0, 0, 1], "mse"), 0.0))


def test_first_weights_are_given_time(random):
    """What may still come right is judged by stricter limits before the first epoch."""
    X, codes = random.normal(size=(100, 4)), random.integers(0, 2, 100)
    plan = compile_plan(deep("sigmoid", "xavier").architecture, Recipe(), 100)
    first = replace(case_of(deep("sigmoid", "xavier"), X, codes), past=Past(plan))
    later = replace(first, past=Past(plan, costs=(1.0,)))
    assert first.fresh
    assert not later.fresh
    assert not list(vanishing_gradients(first, 3e-3))
    assert list(vanishing_gradients(later, 3e-3))
    hopeless = replace(case_of(deep("tanh", "uniform:0.01"), X, codes), past=Past(plan))
    assert list(vanishing_gradients(hopeless, 3e-3))


def test_saturation_without_success_counts_sooner(random):
    network = pel.Network(1, [pel.Dense(10, "tanh"), pel.Dense(1, "identity")])
    network.weights[1][...], network.biases[1][...] = 0, [9] * 7 + [0] * 3
    X = random.normal(size=(50, 1))
    (sign,) = saturated_units(case_of(network, X, X), 0.85)  # nothing learnt
    assert (sign.number, sign.limit) == (0.7, 0.75 * 0.85)
    network.weights[1][0, 7:], network.weights[2][...] = 0.1, 0
    network.weights[2][7:] = 1 / 0.3
    assert not list(saturated_units(case_of(network, X, X), 0.85))
