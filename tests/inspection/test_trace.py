"""A trace holds what the engines calculate, derivatives that differences of costs confirm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid as pel
from pellucid.engines.select import choose
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state

NETWORKS = {
    "plain": [pel.Dense(4, "tanh"), pel.Dense(3, "softmax")],
    "skips": [pel.Dense(4, "sigmoid"), pel.Dense(5, "gelu"), pel.Dense(2, inputs=(0, 1, 2))],
    "masked": [pel.Dense(2, "silu", masks={0: ["10", "11", "01"]}), pel.Dense(1, "sigmoid")],
    "biases": [pel.Dense(4, "tanh", bias="layer"), pel.Dense(2, "sigmoid", bias="none")],
    "batch": [pel.Dense(4, "tanh", norm="batch"), pel.Dense(3, "softmax")],
    "layer": [pel.Dense(4, "elu", norm="layer"), pel.Dense(3, "softmax", norm="layer")],
    "maxout": [pel.Dense(3, "maxout", pieces=2), pel.Dense(1, "exp")],
}


def network_of(name, seed=3):
    network = pel.Network(3, NETWORKS[name], seed=seed, precision="float64", scale=0.5, shift=0.1)
    random = np.random.default_rng(seed)
    network.parameters[...] += 0.3 * random.normal(size=network.parameters.shape)
    for _, segment in ((s.kind, s) for s in network.segments if s.source is not None):
        mask = network.architecture.mask(segment.source, segment.layer)
        if mask is not None:
            segment.view(network.parameters)[...] *= mask
    network.buffers[...] = random.uniform(0.5, 1.5, network.buffers.shape)
    return network


def data_of(network, n=6, seed=0):
    random = np.random.default_rng(seed)
    X, n_out = random.normal(size=(n, 3)), network.architecture.n_outputs
    output = network.architecture.layers[-1].activation
    Y = random.integers(0, n_out, n) if output == "softmax" else random.random((n, n_out))
    if output == "exp":
        return X, random.poisson(2.0, (n, n_out)), "poisson"
    return X, Y, None


@pytest.fixture(params=NETWORKS)
def case(request):
    network = network_of(request.param)
    return network, *data_of(network)


@pytest.mark.parametrize("name", NETWORKS)
def test_numbers_are_those_of_the_engines(engine, name):
    """Predictions, losses, cost and gradient, to the last digits, by statistics of the batch."""
    network = network_of(name)
    X, Y, loss = data_of(network)
    weights = np.array([1.0, 2.0, 0.5, 1.0, 0.0, 3.0])
    found = pel.trace(network, X, Y, loss, sample_weight=weights, statistics="batch")
    examples = as_examples(network.architecture, found.loss, X, Y, weights)
    plan = compile_plan(network.architecture, Recipe(loss=found.loss, precision="float64"), len(X))
    state = first_state(plan, network.parameters.copy(), network.buffers.copy())
    session = choose(engine, plan)[0].open(plan, state, examples, 1)
    cost, gradient = session.cost_and_gradient(network.parameters)
    np.testing.assert_allclose(found.cost, cost, rtol=1e-12)
    np.testing.assert_allclose(found.gradient, gradient, rtol=1e-12, atol=1e-12)
    predicting = pel.trace(network, X, Y, loss)
    P, losses = session.losses(examples)
    np.testing.assert_allclose(predicting.P, P, rtol=1e-12)
    np.testing.assert_allclose(predicting.losses, losses, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(predicting.P, network.predict(X), rtol=1e-12)


def test_the_gradient_is_that_of_differences_of_costs(case):
    """Also with fixed statistics of batch normalization, which training does not differentiate."""
    network, X, Y, loss = case
    found = pel.trace(network, X, Y, loss)
    for i in range(0, len(network.parameters), 3):
        costs = []
        for nudge in (1e-6, -1e-6):
            other = network.copy()
            other.parameters[i] += nudge
            costs.append(pel.trace(other, X, Y, loss).cost)
        masked = network.parameters[i] == 0
        difference = 0.0 if masked else (costs[0] - costs[1]) / 2e-6
        assert found.gradient[i] == pytest.approx(difference, abs=2e-8)


def test_the_derivative_by_the_input_is_that_of_differences(case):
    network, X, Y, loss = case
    found = pel.trace(network, X, Y, loss)
    slope = np.empty_like(X)
    for j in range(X.shape[1]):
        step = np.eye(X.shape[1])[j] * 1e-6
        above, below = (pel.trace(network, X + d, Y, loss).losses for d in (step, -step))
        slope[:, j] = (above - below) / 2e-6
    np.testing.assert_allclose(found.dA[0] * len(X) * 0.5, slope, atol=2e-8)  # 0.5: the scale


def test_each_example_has_its_own_gradient(case):
    """One by one they are those of a batch of one, and their mean by weight is the gradient."""
    network, X, Y, loss = case
    weights = np.array([1.0, 2.0, 0.5, 1.0, 0.0, 3.0])
    found = pel.trace(network, X, Y, loss, sample_weight=weights)
    np.testing.assert_allclose(found.shares @ found.gradients, found.gradient, atol=1e-14)
    for i in range(len(X)):
        alone = pel.trace(network, X[i : i + 1], Y[i : i + 1], loss)
        np.testing.assert_allclose(found.gradients[i], alone.gradient, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(found.losses[i], alone.cost, rtol=1e-13)
        for l in found.delta:
            np.testing.assert_allclose(found.delta[l][i], alone.dZ[l][0], rtol=1e-11, atol=1e-13)


def test_dZ_is_the_share_of_delta(case):
    network, X, Y, loss = case
    found = pel.trace(network, X, Y, loss)
    for l, delta in found.delta.items():
        np.testing.assert_allclose(found.dZ[l], delta / len(X), rtol=1e-12, atol=1e-15)


def test_views_are_by_layer_and_connection():
    network = network_of("skips")
    X, Y, loss = data_of(network)
    found = pel.trace(network, X, Y, loss)
    assert found.dW[0, 3].shape == (3, 2)
    assert found.dW[1].shape == found.W[1].shape == (3, 4)
    assert found.db[3].shape == (2,)
    np.testing.assert_allclose(found.dW[2, 3], found.A[2].T @ found.dZ[3], atol=1e-15)
    np.testing.assert_array_equal(found.A[0], X * 0.5 + 0.1)
    assert repr(found) == f"<trace of 6 examples: mse {found.cost:.6g}>"


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(sorted(NETWORKS)))
def test_tracing_changes_nothing_and_repeats_itself(seed, name):
    network = network_of(name, seed)
    X, Y, loss = data_of(network, seed=seed)
    before = network.parameters.copy(), network.buffers.copy()
    first, second = (pel.trace(network, X, Y, loss) for _ in range(2))
    np.testing.assert_array_equal(first.gradient, second.gradient)
    np.testing.assert_array_equal(network.parameters, before[0])
    np.testing.assert_array_equal(network.buffers, before[1])


def test_precision_is_the_networks_or_that_asked_for():
    network = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], seed=0)
    X, Y = np.eye(3, dtype=np.float32), [0, 1, 0]
    assert pel.trace(network, X, Y).gradient.dtype == np.float32
    fine = pel.trace(network, X, Y, precision="float64")
    assert fine.gradient.dtype == fine.P.dtype == np.float64
    np.testing.assert_allclose(pel.trace(network, X, Y).gradient, fine.gradient, atol=1e-6)


def test_what_does_not_fit_is_refused():
    network = network_of("batch")
    X, Y, _ = data_of(network)
    with pytest.raises(pel.RecipeError, match="loss: mse2|expected one of"):
        pel.trace(network, X, Y, "mse2")
    with pytest.raises(pel.RecipeError, match="binary_cross_entropy expects sigmoid outputs"):
        pel.trace(network, X, Y, "binary_cross_entropy")
    with pytest.raises(pel.RecipeError, match="statistics: expected one of running, batch"):
        pel.trace(network, X, Y, statistics="mine")
    with pytest.raises(pel.RecipeError, match="precision: expected one of float32, float64"):
        pel.trace(network, X, Y, precision="float16")
    with pytest.raises(pel.DataError, match="X: expected 3 columns"):
        pel.trace(network, X[:, :2], Y)
    with pytest.raises(pel.UnsupportedError, match="no delta of its own"):
        _ = pel.trace(network, X, Y, statistics="batch").delta
    flat = pel.Network(3, [pel.Dense(2, "step"), pel.Dense(1)], precision="float64")
    with pytest.raises(pel.RecipeError, match="step is flat on both sides"):
        pel.trace(flat, X, np.ones(6))
