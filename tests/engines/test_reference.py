"""The reference engine: steps by hand, the same bits however they are cut, what it leaves alone.

Its gradients come from ``network/passes.py``, tested there; ``tests/peers`` compares whole runs.
"""

from copy import deepcopy
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression
from threadpoolctl import threadpool_info, threadpool_limits

from pellucid.engines.reference import ReferenceEngine
from pellucid.equations.affine import weight_gradient
from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Momentum
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.random import DROPOUT, SHUFFLE, lanes, permutation
from pellucid.equations.schedules import Cosine, Linear, WarmUp
from pellucid.network import passes
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.segments import initial_buffers, initial_parameters
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state

GO, STOP = np.zeros(1, np.int32), np.ones(1, np.int32)
RICH = Architecture(
    4,
    (
        Dense(6, "tanh", norm="batch"),
        Dense(5, "relu", inputs=(0, 1), bias="layer", masks={0: np.ones((4, 5)) - np.eye(4, 5)}),
        Dense(3, "softmax"),
    ),
)
LINE = Architecture(3, (Dense(1, "identity"),))


def data(n=23, n_inputs=4, n_classes=3, seed=0):
    draw = np.random.default_rng(seed)
    return draw.normal(size=(n, n_inputs)), draw.integers(0, n_classes, n)


class Run:
    """Plan, state and session of one run, beginning at weights of N(0, 1)."""

    def __init__(self, architecture, recipe, X, Y, weights=None, seed=1):
        self.examples = as_examples(architecture, recipe.loss, X, Y, weights)
        self.plan = compile_plan(architecture, recipe, len(self.examples))
        parameters = initial_parameters(architecture, seed, "normal", recipe.precision)
        buffers = initial_buffers(architecture, recipe.precision)
        self.state = first_state(self.plan, parameters, buffers)
        self.open()

    def open(self):
        self.session = ReferenceEngine().open(self.plan, self.state, self.examples, 1)

    def steps(self, n, stop=GO):
        """As a run does it: at most to the end of the epoch, then the state is up to date."""
        numbers = optimizer_numbers(self.plan, self.state.step, n, 1.0)
        stretch = self.session.advance(numbers, stop)
        self.session.sync(self.state)
        return stretch

    def all_steps(self, n):
        costs = []
        while len(costs) < n:
            costs.extend(self.steps(n - len(costs)).costs.tolist())
        return costs

    def arrays(self):
        s = self.state
        return [s.parameters, s.buffers, s.slots, np.array([s.step, s.epoch, s.position])]


def same_bits(one, other):
    return all(
        a.tobytes() == b.tobytes() for a, b in zip(one.arrays(), other.arrays(), strict=True)
    )


# Steps by hand


def test_one_step_by_hand():
    """One neuron, p = σ(0) = ½, y = 1: cost log 2, gradient −x/2, bias −½, at a rate of 4."""
    recipe = Recipe("binary_cross_entropy", SGD(4.0), precision="float64")
    run = Run(Architecture(2, (Dense(1, "sigmoid"),)), recipe, [[1.0, -3.0]], [1])
    run.state.parameters[...] = 0
    run.open()
    stretch = run.steps(1)
    assert stretch.costs.tolist() == [pytest.approx(log(2), rel=1e-15)]
    assert stretch.weights.tolist() == [1]
    assert stretch.stopped == "done"
    assert run.state.parameters.tolist() == [2, -6, 2]
    assert (run.state.step, run.state.epoch, run.state.position) == (1, 1, 0)


def test_batches_are_the_permutation_in_order():
    """An epoch goes through the permutation of its seed; the last batch is what is left."""
    X, Y = data(10, 3)
    run = Run(LINE, Recipe("mse", SGD(0.0), batch_size=4, seed=5, precision="float64"), X, X[:, 0])
    W, b = run.state.parameters[:3], run.state.parameters[3]
    for epoch in range(3):
        order = permutation(5, SHUFFLE, epoch, 10)
        stretch = run.steps(100)
        assert stretch.weights.tolist() == [4, 4, 2]
        for cost, rows in zip(stretch.costs, (order[:4], order[4:8], order[8:]), strict=True):
            expected = np.mean([(sum(X[i] * W) + b - X[i, 0]) ** 2 for i in rows])
            assert cost == pytest.approx(expected, rel=1e-13)
        assert (run.state.epoch, run.state.position) == (epoch + 1, 0)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_steps_are_the_gradient_and_the_rule(name):
    """Ten full batches: each update is the row's rule on cost_and_gradient's gradient."""
    X, Y = data()
    recipe = Recipe(optimizer=OPTIMIZERS[name].numbers(0.05), batch_size=23, precision="float64")
    run = Run(RICH, recipe, X, Y)
    p, slots = run.state.parameters.copy(), tuple(run.state.slots.copy())
    numbers = optimizer_numbers(run.plan, 0, 1, 1.0)[0]
    for t in range(1, 11):
        order = permutation(0, SHUFFLE, t - 1, 23)
        cost, gradient = run.session.cost_and_gradient(p, order)
        p, *slots = by_the_rule(name, run.plan, p, gradient, tuple(slots), t, numbers)
        assert run.steps(1).costs.tolist() == [cost]
        np.testing.assert_allclose(run.state.parameters, p, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(
        run.state.slots, np.reshape(slots, run.state.slots.shape), rtol=1e-12
    )


def by_the_rule(name, plan, p, gradient, slots, t, numbers):
    """The row's rule for everything at once; what is for weights alone is 0 for the others."""
    row = OPTIMIZERS[name]
    without = dict(zip(row.numbers.__dataclass_fields__, numbers, strict=True))
    without |= dict.fromkeys(row.weights_only, 0.0)
    found = row.update(p, gradient, slots, t, *numbers)
    other = row.update(p, gradient, slots, t, *without.values())
    is_weight = np.concatenate([[s.kind == "weights"] * s.size for s in plan.segments])
    return [np.where(is_weight, a, b) for a, b in zip(found, other, strict=True)]


def test_rates_follow_the_numbers_handed_in():
    """Two steps at rates 1 and 0: the second changes nothing."""
    X, Y = data()
    run = Run(RICH, Recipe(optimizer=SGD(), batch_size=10), X, Y)
    run.session.advance(np.array([[1.0], [0.0]]), GO)
    run.session.sync(run.state)
    other = Run(RICH, Recipe(optimizer=SGD(), batch_size=10), X, Y)
    other.session.advance(np.array([[1.0]]), GO)
    other.session.sync(other.state)
    assert (run.state.parameters == other.state.parameters).all()
    assert (run.state.step, other.state.step) == (2, 1)


# The same bits


EVERYTHING = {
    "sgd": Recipe(optimizer=SGD(Cosine(0.5)), batch_size=4, epochs=3, seed=3),
    "adam, dropout": Recipe(optimizer=Adam(0.01), batch_size=4, epochs=3, dropout=(0.3, 0.5)),
    "momentum, penalty, float64": Recipe(
        optimizer=Momentum(0.1, Cosine(0.5, 0.99)),
        batch_size=5,
        epochs=3,
        l2=0.1,
        l2_divisor="batch",
        precision="float64",
        dropout=0.25,
        frozen=(1,),
        rate_factors={3: 0.5},
    ),
    "everything that disturbs and limits": Recipe(
        optimizer=AdamW(WarmUp(Linear(0.05), steps=4), weight_decay=0.1),
        batch_size=7,
        epochs=3,
        l1=0.01,
        clip_value=0.3,
        clip_norm=0.5,
        max_norm=(1.5, 0, 1.0),
        label_smoothing=0.1,
        dropout=0.25,
        input_dropout=0.2,
        noise=(0.1, 0.3),
        input_noise=0.2,
        average=0.8,
        precision="float64",
    ),
}


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    name=st.sampled_from(sorted(EVERYTHING)),
    cuts=st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=12),
    weighted=st.booleans(),
)
def test_stretches_cut_anywhere_and_resumed_anywhere_give_the_same_bits(name, cuts, weighted):
    """Also when the state is copied and opened again in the middle of an epoch."""
    X, Y = data()
    weights = np.linspace(0.5, 2, 23) if weighted else None
    whole, cut = (Run(RICH, EVERYTHING[name], X, Y, weights) for _ in range(2))
    costs = []
    for n, reopen in cuts:
        costs.extend(cut.steps(n).costs.tolist())
        if reopen:
            cut.state = deepcopy(cut.state)
            cut.open()
    assert whole.all_steps(len(costs)) == costs
    assert same_bits(whole, cut)


def test_sync_leaves_the_session_its_own_copy():
    X, Y = data()
    run, other = (Run(RICH, EVERYTHING["adam, dropout"], X, Y) for _ in range(2))
    for _ in range(3):
        run.steps(2)
        for array in (run.state.parameters, run.state.buffers, run.state.slots):
            array[...] = np.nan
        other.steps(2)
    run.session.sync(run.state)
    assert same_bits(run, other)


@pytest.mark.parametrize("scaled", [False, True])
def test_bytes_are_the_same_as_floats(scaled):
    """Pictures kept as uint8 train to the same bits as their values in float32 or float64."""
    draw = np.random.default_rng(2)
    pictures, Y = draw.integers(0, 256, (30, 4), np.uint8), draw.integers(0, 3, 30)
    scaling = {"scale": 1 / 255, "shift": -0.5} if scaled else {}
    architecture = Architecture(4, RICH.layers, **scaling)
    runs = [
        Run(architecture, EVERYTHING["adam, dropout"], X, Y)
        for X in (pictures, pictures.astype(np.float32), pictures.astype(np.float64))
    ]
    for run in runs:
        run.all_steps(12)
    assert same_bits(runs[0], runs[1])
    assert same_bits(runs[0], runs[2])
    P = [run.session.predict(run.examples.X) for run in runs]
    assert P[0].tobytes() == P[1].tobytes() == P[2].tobytes()


def test_scaling_inside_the_network_is_scaling_before_it():
    X, Y = data(10)
    inside = Run(
        Architecture(4, RICH.layers, scale=0.5, shift=2.0), Recipe(precision="float64"), X, Y
    )
    before = Run(RICH, Recipe(precision="float64"), X * 0.5 + 2, Y)
    assert inside.all_steps(5) == before.all_steps(5)


def test_codes_train_as_their_one_hot_rows():
    X, Y = data()
    codes, rows = (Run(RICH, EVERYTHING["sgd"], X, targets) for targets in (Y, np.eye(3)[Y]))
    assert codes.all_steps(9) == rows.all_steps(9)
    assert same_bits(codes, rows)


# Stopping


def test_the_flag_is_looked_at_before_every_step():
    X, Y = data()
    run = Run(RICH, EVERYTHING["sgd"], X, Y)
    before = [array.copy() for array in run.arrays()]
    stretch = run.steps(5, STOP)
    assert (stretch.stopped, len(stretch.costs), len(stretch.weights)) == ("asked", 0, 0)
    assert all((a == b).all() for a, b in zip(before, run.arrays(), strict=True))
    assert run.steps(5).stopped == "done"


@pytest.mark.parametrize("optimizer", [SGD(1.0), Momentum(1.0), Adam(1.0)])
@pytest.mark.parametrize("norm", ["none", "batch"])
def test_a_diverged_step_changes_nothing(optimizer, norm):
    """The third batch's cost is infinite: everything is as it was after the second."""
    X, _ = data(12, 3)
    targets = X[:, :1].copy()
    bad = permutation(0, SHUFFLE, 0, 12)[8:]
    targets[bad] = 1e30  # squared, beyond float32
    architecture = Architecture(3, (Dense(3, "tanh", norm=norm), Dense(1, "identity")))
    recipe = Recipe("mse", optimizer, batch_size=4)
    run, two = (Run(architecture, recipe, X, targets) for _ in range(2))
    stretch = run.steps(3)
    assert (stretch.stopped, len(stretch.costs), len(stretch.weights)) == ("diverged", 2, 2)
    assert np.isfinite(stretch.costs).all()
    assert two.steps(2).stopped == "done"
    assert same_bits(run, two)
    assert (run.state.step, run.state.epoch, run.state.position) == (2, 0, 2)
    again = run.steps(1)
    assert (again.stopped, len(again.costs)) == ("diverged", 0)
    assert same_bits(run, two)


def test_a_stretch_ends_with_the_epoch():
    X, Y = data()
    run = Run(RICH, EVERYTHING["sgd"], X, Y)
    assert len(run.steps(4).costs) == 4
    assert len(run.steps(100).costs) == 2
    assert (run.state.step, run.state.epoch, run.state.position) == (6, 1, 0)
    assert len(run.steps(0).costs) == 0


# Penalties and weights


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("divisor", sorted(DIVISORS))
def test_penalties_by_their_divisor(divisor, weighted):
    """λ/2 Σ W² over weights alone, divided by 1, by the batch's weight, or by all examples."""
    X, Y = data()
    weights = np.linspace(0, 3, 23) if weighted else None
    rows = np.array([3, 5, 20])
    batch = weights[rows].sum() if weighted else 3
    given_recipe = {"precision": "float64", "batch_size": 3, "l2_divisor": divisor}
    with_penalty = Run(RICH, Recipe(l2=0.7, **given_recipe), X, Y, weights)
    without = Run(RICH, Recipe(**given_recipe), X, Y, weights)
    p = with_penalty.state.parameters
    cost, gradient = with_penalty.session.cost_and_gradient(p, rows)
    base, base_gradient = without.session.cost_and_gradient(p, rows)
    strength = 0.7 / {"cost": 1, "batch": batch, "dataset": 23}[divisor]
    is_weight = np.concatenate([[s.kind == "weights"] * s.size for s in with_penalty.plan.segments])
    square = sum(value**2 for value, counts in zip(p, is_weight, strict=True) if counts)
    assert cost - base == pytest.approx(strength / 2 * square, rel=1e-12)
    expected = strength * p * is_weight
    np.testing.assert_allclose(gradient - base_gradient, expected, rtol=1e-9, atol=1e-12)


PLAIN = Architecture(4, (Dense(6, "tanh"), Dense(3, "softmax")))


def twin_runs(weights, rows, **recipe):
    """All data with weights, and the rows repeated or left out as the weights say."""
    X, Y = data()
    return [
        Run(PLAIN, Recipe(precision="float64", batch_size=len(X), **recipe), X, Y, weights),
        Run(PLAIN, Recipe(precision="float64", batch_size=len(rows), **recipe), X[rows], Y[rows]),
    ]


@pytest.mark.parametrize("l2_divisor", ["cost", "batch"])
def test_weight_2_is_a_row_twice_and_weight_0_is_none(l2_divisor):
    weights = np.ones(23)
    weights[[1, 7]], weights[[4, 5, 22]] = 2, 0
    rows = np.repeat(np.arange(23), weights.astype(int))
    one, other = twin_runs(weights, rows, optimizer=Adam(0.01), l2=0.1, l2_divisor=l2_divisor)
    np.testing.assert_allclose(one.all_steps(20), other.all_steps(20), rtol=1e-10)
    np.testing.assert_allclose(one.state.parameters, other.state.parameters, rtol=1e-10)


def test_the_size_of_all_weights_does_not_matter():
    one, other = twin_runs(np.full(23, 7.5), np.arange(23), optimizer=SGD(0.5))
    np.testing.assert_allclose(one.all_steps(20), other.all_steps(20), rtol=1e-12)


def test_a_batch_of_weight_0_costs_nothing_and_moves_nothing():
    X, Y = data(6)
    weights = np.ones(6)
    weights[permutation(0, SHUFFLE, 0, 6)[2:4]] = 0
    run = Run(PLAIN, Recipe(optimizer=SGD(1.0), batch_size=2, l2=0.5), X, Y, weights)
    run.steps(1)
    before = run.state.parameters.copy()
    stretch = run.steps(1)
    assert (stretch.costs.tolist(), stretch.weights.tolist()) == ([0], [0])
    assert (run.state.parameters == before).all()


# What is left alone


def test_cost_and_gradient_changes_nothing_and_drops_nothing():
    """Dropout off, batch statistics, buffers untouched; asked twice it says the same."""
    X, Y = data()
    run = Run(RICH, EVERYTHING["adam, dropout"], X, Y)
    run.steps(3)
    before = [array.copy() for array in run.arrays()]
    p = run.state.parameters.copy()
    first = run.session.cost_and_gradient(p)
    second = run.session.cost_and_gradient(p, np.arange(23))
    assert first[0] == second[0]
    assert (first[1] == second[1]).all()
    run.session.sync(run.state)
    assert all((a == b).all() for a, b in zip(before, run.arrays(), strict=True))
    free = Run(RICH, Recipe(), X, Y)
    assert free.session.cost_and_gradient(p)[0] == first[0]


@pytest.mark.parametrize("optimizer", [SGD(0.5), Momentum(0.5), Adam(0.5)])
@pytest.mark.parametrize("frozen", [(1,), (2,), (1, 3)])
def test_frozen_layers_keep_their_bits(optimizer, frozen):
    """Weights, biases, gains and shifts, and their slots; every other segment moves."""
    X, Y = data()
    run = Run(RICH, Recipe(optimizer=optimizer, batch_size=5, frozen=frozen, l2=0.1), X, Y)
    before, slots = run.state.parameters.copy(), run.state.slots.copy()
    run.all_steps(7)
    for segment in run.plan.segments:
        same = segment.view(before).tobytes() == segment.view(run.state.parameters).tobytes()
        assert same == (segment.layer in frozen)
        for slot, old in zip(run.state.slots, slots, strict=True):
            assert (segment.view(slot) == segment.view(old)).all() == (segment.layer in frozen)


def test_masked_weights_stay_zero():
    X, Y = data()
    for recipe in EVERYTHING.values():
        run = Run(RICH, recipe, X, Y)
        run.all_steps(12)
        segment = next(s for s in run.plan.segments if s.name == "weights.0.2")
        weights = segment.view(run.state.parameters)
        assert (np.diagonal(weights) == 0).all()
        assert (weights[~np.eye(4, 5, dtype=bool)] != 0).all()


def test_a_rate_factor_multiplies_the_rate_of_its_layer():
    """One step of SGD: the change of layer 2 is a quarter of what it was, the others' the same."""
    X, Y = data()
    given_recipe = {"optimizer": SGD(0.5), "batch_size": 23, "precision": "float64"}
    changes = []
    for factors in ({}, {2: 0.25}):
        run = Run(RICH, Recipe(rate_factors=factors, **given_recipe), X, Y)
        before = run.state.parameters.copy()
        run.steps(1)
        changes.append(run.state.parameters - before)
    for segment in run.plan.segments:
        factor = 0.25 if segment.layer == 2 else 1
        expected = factor * segment.view(changes[0])
        np.testing.assert_allclose(segment.view(changes[1]), expected, rtol=1e-10, atol=1e-16)


# Dropout and batch normalization


def test_dropout_is_the_lanes_of_its_step():
    """Epoch, step in the epoch and layer address the lanes; nothing else decides the mask."""
    X, Y = data(6)
    recipe = Recipe(optimizer=SGD(0.0), batch_size=4, dropout=0.5, seed=9, precision="float64")
    run = Run(PLAIN, recipe, X, Y)
    p = run.state.parameters
    W1, b1, W2, b2 = p[:24].reshape(4, 6), p[24:30], p[30:48].reshape(6, 3), p[48:]
    for epoch in range(2):
        order = permutation(9, SHUFFLE, epoch, 6)
        for step, rows in enumerate((order[:4], order[4:])):
            drawn = lanes(9, DROPOUT, (len(rows), 6), epoch=epoch, step=step, layer=1)
            A = np.tanh(X[rows] @ W1 + b1) * 2 * (drawn >= 32768)
            E = np.exp(A @ W2 + b2)
            costs = -np.log(E[np.arange(len(rows)), Y[rows]] / E.sum(1))
            assert run.steps(1).costs[0] == pytest.approx(costs.mean(), rel=1e-12)


def test_dropout_keeps_the_mean():
    """A linear network's output, averaged over 1000 masks, is that without dropout."""
    architecture = Architecture(2, (Dense(8, "identity"), Dense(1, "identity")))
    recipe = Recipe("half_sse", SGD(0.0), batch_size=1, dropout=0.4, precision="float64")
    # With target t the cost is (p − t)²/2; from targets 0 and 1 follows p = ½ + cost₀ − cost₁.
    found = []
    for target in (0.0, 1.0):
        run = Run(architecture, recipe, [[0.3, -1.0]], [target])
        found.append(run.all_steps(1000))
    P = 0.5 + np.array(found[0]) - np.array(found[1])
    expected = run.session.predict(np.array([[0.3, -1.0]]))[0, 0]
    assert P.std() > 0.1
    assert abs(P.mean() - expected) < 5 * P.std() / 1000**0.5


def test_buffers_average_the_batches():
    """Three steps at a rate of 0: running mean and unbiased variance, worked out from Z."""
    X, Y = data(12)
    run = Run(RICH, Recipe(optimizer=SGD(0.0), batch_size=5, precision="float64"), X, Y)
    W, b = run.state.parameters[:24].reshape(4, 6), run.state.parameters[24:30]
    mean, variance = np.zeros(6), np.ones(6)
    order = permutation(0, SHUFFLE, 0, 12)
    for rows in (order[:5], order[5:10], order[10:]):
        Z = X[rows] @ W + b
        mean += 0.1 * (Z.mean(0) - mean)
        variance += 0.1 * (Z.var(0, ddof=1) - variance)
        run.steps(1)
        np.testing.assert_allclose(run.state.buffers, [*mean, *variance], rtol=1e-12)


def test_predictions_use_the_running_averages_and_no_dropout():
    """Each row is predicted alone: any chunk of the rows gives the same, to rounding."""
    X, Y = data(5000)
    run = Run(RICH, Recipe(dropout=0.5, batch_size=500), X, Y)
    run.steps(5)
    P = run.session.predict(run.examples.X)
    assert P.shape == (5000, 3)
    np.testing.assert_allclose(P.sum(1), 1, rtol=1e-6)
    for i in (0, 4095, 4096, 4999):
        np.testing.assert_allclose(run.session.predict(X[i : i + 1])[0], P[i], rtol=1e-5, atol=1e-7)
    again, losses = run.session.losses(run.examples)
    assert (again == P).all()
    np.testing.assert_allclose(losses, -np.log(P[np.arange(5000), Y]), rtol=1e-3, atol=1e-5)


def test_cost_and_gradient_far_out_is_infinite_without_a_warning():
    """As a line search asks it: parameters of 1e38 in float32."""
    X, Y = data(5, 3)
    run = Run(LINE, Recipe("mse"), X, Y.astype(float))
    cost, _ = run.session.cost_and_gradient(np.full(4, 1e38, np.float32))
    assert not np.isfinite(cost)


# Against scikit-learn


def test_linear_regression_finds_scikit_learns_solution():
    draw = np.random.default_rng(5)
    X = draw.normal(size=(60, 3))
    Y = X @ [1.0, -2.0, 0.5] + 0.3 + draw.normal(0, 0.1, 60)
    run = Run(LINE, Recipe("mse", SGD(0.3), batch_size=60, precision="float64"), X, Y)
    run.all_steps(400)
    expected = LinearRegression().fit(X, Y)
    np.testing.assert_allclose(run.state.parameters[:3], expected.coef_, rtol=1e-9)
    np.testing.assert_allclose(run.state.parameters[3], expected.intercept_, rtol=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_logistic_regression_finds_scikit_learns_solution(weighted):
    """With a penalty of λ/n, which is scikit-learn's C = 1/λ; the bias is free in both."""
    draw = np.random.default_rng(6)
    X = draw.normal(size=(80, 3))
    Y = (X @ [1.0, -1.0, 0.3] + draw.normal(0, 1, 80) > 0).astype(float)
    weights = draw.uniform(0.5, 2, 80) if weighted else None
    architecture = Architecture(3, (Dense(1, "sigmoid"),))
    recipe = Recipe(
        "binary_cross_entropy",
        Momentum(1.0, 0.9),
        batch_size=80,
        precision="float64",
        l2=0.5,
        l2_divisor="batch",
    )
    run = Run(architecture, recipe, X, Y, weights)
    run.all_steps(500)
    peer = LogisticRegression(C=1 / 0.5, tol=1e-12, max_iter=1000).fit(X, Y, weights)
    np.testing.assert_allclose(run.state.parameters[:3], peer.coef_[0], rtol=1e-5)
    np.testing.assert_allclose(run.state.parameters[3], peer.intercept_[0], rtol=1e-5, atol=1e-6)


def test_products_are_held_to_one_thread_and_others_are_given_back(monkeypatch):
    """Whatever number of threads was set before: the last bits may depend on it."""
    seen = []

    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    def watched(*args, **named):
        seen.append(threads())
        return weight_gradient(*args, **named)

    monkeypatch.setattr(passes, "weight_gradient", watched)
    X, Y = data()
    run = Run(PLAIN, Recipe(), X, Y)
    with threadpool_limits(2, "blas"):
        run.steps(1)
        run.session.cost_and_gradient(run.state.parameters)
        assert threads() == {2}
    assert seen == [{1}] * 4


def test_the_engine_says_what_it_is():
    engine = ReferenceEngine()
    assert engine.name == "reference"
    assert engine.instruction_set == f"numpy {np.__version__}"
