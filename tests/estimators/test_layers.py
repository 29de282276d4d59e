"""The lower part of a network is its layers, and shares their numbers."""

import numpy as np
import pytest

import pellucid as pel
from pellucid.estimators.layers import up_to


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_every_layer_says_what_the_trace_says(norm):
    layers = [
        pel.Dense(4, "tanh", norm=norm),
        pel.Dense(3, "maxout", pieces=2),
        pel.Dense(2, "softmax"),
    ]
    network = pel.Network(3, layers, seed=1, precision="float64")
    X = np.random.default_rng(0).normal(size=(6, 3))
    trace = pel.trace(network, X, np.zeros(6, int))
    for l in (1, 2, 3):
        np.testing.assert_allclose(up_to(network, l).predict(X), trace.A[l], atol=1e-12)


def test_numbers_are_shared():
    network = pel.Network(2, [pel.Dense(2, "tanh"), pel.Dense(1)], seed=0)
    part = up_to(network, 1)
    network.weights[1][...] = 0
    network.biases[1][...] = 0
    assert part.predict([[1.0, 2.0]]).tolist() == [[0.0, 0.0]]
