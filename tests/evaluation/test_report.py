import contextlib

import numpy as np
import pytest
from sklearn import metrics

from pellucid import Dense, Network, RecipeError
from pellucid.equations.metrics import METRICS
from pellucid.evaluation.report import check_metrics, report
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
    np.testing.assert_allclose(found.predictions, P, rtol=1e-12)
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


def test_several_labels_are_judged_one_by_one(blobs):
    X, Y = blobs
    labels = np.stack([Y > 0, X[:, 0] > 0], axis=1).astype(np.float64)
    network = Network(2, [Dense(2, "sigmoid")])
    found = report(
        network,
        as_examples(network.architecture, "binary_cross_entropy", X, labels),
        "binary_cross_entropy",
        False,
        ("f1",),
    )
    P = network.predict(X)
    assert found.scores["label_accuracy"] == ((P >= 0.5) == labels).mean()
    assert found.scores["f1"] == metrics.f1_score(labels, P >= 0.5, average="macro")


def test_signs_are_brought_to_0_and_1(blobs):
    X, Y = blobs
    network = Network(2, [Dense(1, "identity")], precision="float64")
    found = judged(network, "squared_hinge", X, (Y > 0)[:, None], True)
    P = network.predict(X)[:, 0]
    assert found.scores["accuracy"] == metrics.accuracy_score(Y > 0, P >= 0)
    np.testing.assert_allclose(found.predictions[:, 0], (P + 1) / 2, rtol=1e-12, atol=1e-12)
    alone = judged(network, "squared_hinge", X, np.where(Y > 0, 1.0, -1.0)[:, None], False)
    assert alone.scores == found.scores


def test_quantiles_are_judged_by_what_lies_below(line):
    X, Y = line
    network = Network(3, [Dense(4, "identity")], precision="float64")
    found = judged(network, "quantile:0.25,0.75", X, Y, False)
    below = network.predict(X) >= np.repeat(Y, 2, axis=1)
    assert found.scores == {
        "below_0.25": pytest.approx(below[:, ::2].mean()),
        "below_0.75": pytest.approx(below[:, 1::2].mean()),
    }


def test_weights_count_in_the_cost(line):
    X, Y = line
    network = Network(3, [Dense(2, "identity")], precision="float64")
    w = np.random.default_rng(0).random(len(X))
    examples = as_examples(network.architecture, "mse", X, Y, w)
    cost = np.average(((network.predict(X) - Y) ** 2).mean(1), weights=w)
    assert report(network, examples, "mse", False).cost == pytest.approx(cost, rel=1e-6)


@pytest.mark.parametrize(
    ("output", "loss", "classes", "fit"),
    [
        ("softmax", "cross_entropy", True, {"f1", "roc_auc", "log_loss", "accuracy"}),
        ("sigmoid", "binary_cross_entropy", True, {"f1", "log_loss", "label_accuracy"}),
        ("sigmoid", "binary_cross_entropy", False, {"f1", "log_loss", "label_accuracy", "r2"}),
        ("identity", "mse", True, {"f1", "roc_auc", "label_accuracy"}),
        ("identity", "squared_hinge", False, {"f1", "roc_auc", "label_accuracy", "r2"}),
        ("identity", "mse", False, {"r2", "rmse", "mape", "mean_absolute_error"}),
    ],
)
def test_metrics_have_to_suit_the_targets(blobs, output, loss, classes, fit):
    """Those that are let through can be calculated."""
    X, Y = blobs
    network = Network(2, [Dense(3, output)])
    rows = Y if output == "softmax" else np.eye(3)[Y]
    examples = as_examples(network.architecture, loss, X, rows)
    passed = set()
    for name in METRICS:
        with contextlib.suppress(RecipeError):
            found = report(network, examples, loss, classes, (name,)).scores
            assert np.isfinite(found[name])
            passed.add(name)
    assert fit <= passed
    for refused in set(METRICS) - passed:
        with pytest.raises(RecipeError, match=f"metrics: {refused} does not suit"):
            check_metrics((refused,), network.architecture, loss, classes)
    with pytest.raises(RecipeError, match="metrics: magic is unknown"):
        check_metrics(("magic",), network.architecture, loss, classes)


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
