"""Epochs over an engine: the order is the caller's, and what went wrong is an error."""

from itertools import islice

import numpy as np
import pytest

import pellucid as pel
from pellucid.estimators.asking import recipe_of
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.descent import Descent
from pellucid.plan.examples import as_examples
from pellucid.plan.plan import compile_plan

X = np.random.default_rng(0).normal(size=(20, 3))
Y = (X[:, 0] > 0).astype(int)


def begun(**parameters):
    asked = MLPClassifier(batch_size=8, **parameters)
    network = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], precision="float64")
    plan = compile_plan(network.architecture, recipe_of(asked, "cross_entropy", np.float64, 5), 20)
    examples = as_examples(network.architecture, "cross_entropy", X, Y)
    descent = Descent(plan, network)
    return network, descent.epochs(asked, plan, examples, np.random.RandomState(0))


def test_an_epochs_loss_is_the_mean_over_its_examples():
    network, epochs = begun(shuffle=False, learning_rate_init=1e-12, alpha=0.0)
    loss, _ = next(epochs)
    P = network.predict(X)
    assert loss == pytest.approx(-np.log(P[np.arange(20), Y]).mean(), rel=1e-6)


def test_the_network_moves_with_each_epoch_and_may_be_moved():
    network, epochs = begun(engine="reference")
    next(epochs)
    first = network.parameters.copy()
    next(epochs)
    assert (network.parameters != first).all()


def test_engines_agree():
    (one, left), (other, right) = begun(engine="reference"), begun(engine="auto")
    for _ in range(3):
        assert next(left)[0] == pytest.approx(next(right)[0], rel=1e-12)
    np.testing.assert_allclose(one.parameters, other.parameters, atol=1e-12)


def test_a_loss_that_is_not_finite_stops_it():
    network, epochs = begun(solver="sgd", learning_rate_init=1e300, activation="identity")
    with pytest.raises(pel.DivergedError, match="expected a finite loss.*lower learning_rate_init"):
        list(islice(epochs, 5))
    assert np.isfinite(network.parameters).all()
    assert issubclass(pel.DivergedError, ValueError)
