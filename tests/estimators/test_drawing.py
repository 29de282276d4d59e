"""First weights are scikit-learn's."""

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

import pellucid as pel
from pellucid.estimators.drawing import draw


@pytest.mark.parametrize("activation", ["logistic", "relu"])
def test_the_same_numbers_in_the_same_order(activation):
    X, y = np.eye(5), np.zeros((5, 2))
    theirs = MLPRegressor(
        hidden_layer_sizes=(4, 3), activation=activation, max_iter=1, learning_rate_init=1e-300
    )
    theirs.set_params(random_state=7, solver="sgd", alpha=0)
    theirs.partial_fit(X, y)
    ours = "sigmoid" if activation == "logistic" else activation
    layers = [pel.Dense(4, ours), pel.Dense(3, ours), pel.Dense(2, "identity")]
    network = pel.Network(5, layers, precision="float64")
    draw(network, [ours, ours, ours], np.random.RandomState(7))
    for l in (1, 2, 3):
        np.testing.assert_array_equal(network.weights[l], theirs.coefs_[l - 1])
        np.testing.assert_array_equal(network.biases[l], theirs.intercepts_[l - 1])
