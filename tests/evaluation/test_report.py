import numpy as np
import pytest
from sklearn import metrics

from pellucid import Dense, Network
from pellucid.evaluation.report import report
from pellucid.plan.examples import as_examples


def judged(network, loss, X, Y, classes):
    return report(network, as_examples(network.architecture, loss or "mse", X, Y), loss, classes)


def test_cost_and_accuracy_of_classes_are_those_of_scikit_learn(blobs):
    X, Y = blobs
    network = Network(2, [Dense(5, "tanh"), Dense(3, "softmax")], precision="float64")
    found = judged(network, "cross_entropy", X, Y, True)
    P = network.predict(X)
    assert found.n == 90
    assert found.cost == pytest.approx(metrics.log_loss(Y, P), rel=1e-12)
    assert found.scores == {"accuracy": metrics.accuracy_score(Y, P.argmax(1))}
    assert np.array_equal(found.confusions, metrics.confusion_matrix(Y, P.argmax(1)))
    assert np.array_equal(found.predictions, P)
    assert found.losses.mean() == pytest.approx(found.cost, rel=1e-12)


def test_scores_of_numbers_are_those_of_scikit_learn(line):
    X, Y = line
    network = Network(3, [Dense(4), Dense(2, "identity")], precision="float64")
    found = judged(network, "mse", X, Y, False)
    P = network.predict(X)
    assert found.cost == pytest.approx(metrics.mean_squared_error(Y, P), rel=1e-6)
    assert found.scores["r2"] == pytest.approx(metrics.r2_score(Y, P), rel=1e-6)
    assert found.scores["mean_absolute_error"] == pytest.approx(
        metrics.mean_absolute_error(Y, P), rel=1e-6
    )
    assert set(found.scores) == {"r2", "mean_absolute_error"}
    assert found.confusions is None


def test_two_classes_by_a_single_output(blobs):
    X, Y = blobs
    network = Network(2, [Dense(1, "sigmoid")])
    found = judged(network, "binary_cross_entropy", X, (Y > 0)[:, None], True)
    P = network.predict(X)[:, 0]
    assert found.scores["accuracy"] == metrics.accuracy_score(Y > 0, P >= 0.5)
    assert found.confusions.sum() == 90


def test_where_the_loss_is_unknown_there_is_no_cost(blobs):
    X, Y = blobs
    network = Network(2, [Dense(3, "softmax")])
    found = judged(network, None, X, Y, True)
    assert found.cost is None
    assert found.losses is None
    assert found.scores["accuracy"] == metrics.accuracy_score(Y, network.predict(X).argmax(1))


def test_more_rows_than_are_predicted_at_a_time():
    X = np.random.default_rng(0).normal(size=(9000, 1))
    network = Network(1, [Dense(1, "identity")], precision="float64")
    network.weights[1] = [[2.0]]
    found = judged(network, "mse", X, 2 * X, False)
    assert found.n == 9000
    assert found.predictions.shape == (9000, 1)
    assert found.cost == 0
    assert found.scores["r2"] == 1
