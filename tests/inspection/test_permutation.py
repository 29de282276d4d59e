"""Permutation importance: columns that matter, columns that do not, and scikit-learn beside it."""

import json

import numpy as np
import pytest
import scipy.sparse
from sklearn.inspection import permutation_importance as by_scikit_learn
from sklearn.linear_model import LinearRegression
from sklearn.metrics import accuracy_score, log_loss, r2_score, roc_auc_score

from pellucid.errors import DataError, RecipeError
from pellucid.inspection.permutation import permutation_importance
from pellucid.network.layer import Dense
from tests.inspection.networks import network


def linear():
    """P = 2 x₀ − x₁, of which the targets are the rounded values."""
    made = network([Dense(1, "identity", bias="none")])
    made.weights[1] = [[2.0], [-1.0], [0.0]]
    X = np.random.default_rng(0).normal(size=(80, 3))
    return made, X, np.round(X @ [2, -1, 0], 1)


def test_a_column_without_a_weight_does_not_matter():
    found = permutation_importance(*linear())
    assert (found.importances[2] == 0).all()
    assert found.order.tolist() == [0, 1, 2]
    assert found.mean[1] > 0.1
    assert found.importances.shape == (3, 5)


def test_the_same_numbers_as_scikit_learn_for_the_same_function():
    made, X, y = linear()
    same = LinearRegression(fit_intercept=False).fit(X, X @ [2, -1, 0])
    expected = by_scikit_learn(same, X, y, n_repeats=4, random_state=3)
    found = permutation_importance(made, X, y, n_repeats=4, seed=3)
    np.testing.assert_allclose(found.importances, expected["importances"], atol=1e-12)
    np.testing.assert_allclose(found.score, r2_score(y, same.predict(X)), rtol=1e-12)
    other = permutation_importance(made, X, y, n_repeats=4, seed=4)
    assert (other.importances[0] != found.importances[0]).any()


def test_classes_by_several_scorers():
    made = network([Dense(3, "tanh"), Dense(3, "softmax")])
    X = np.random.default_rng(1).normal(size=(90, 3)).astype(np.float32)
    P = made.predict(X.astype(float))
    codes = np.where(np.arange(90) % 5 == 0, np.arange(90) % 3, P.argmax(1))
    found = permutation_importance(made, X, codes)
    assert found.scoring == "accuracy"
    np.testing.assert_allclose(found.score, accuracy_score(codes, P.argmax(1)))
    rows = permutation_importance(made, X, np.eye(3)[codes])
    np.testing.assert_array_equal(rows.importances, found.importances)
    likely = permutation_importance(made, X, codes, scoring="neg_log_loss")
    np.testing.assert_allclose(likely.score, -log_loss(codes, P), rtol=1e-9)
    areas = permutation_importance(made, X, codes, scoring="roc_auc_ovr")
    np.testing.assert_allclose(areas.score, roc_auc_score(codes, P, multi_class="ovr"))


def test_two_classes_of_one_sigmoid():
    made = network([Dense(1, "sigmoid")])
    X = np.random.default_rng(2).normal(size=(60, 3))
    P = made.predict(X)[:, 0]
    y = np.where(np.arange(60) % 4 == 0, 1 - (P > 0.5), P > 0.5).astype(int)
    assert permutation_importance(made, X, y).score == accuracy_score(y, P >= 0.5)
    found = permutation_importance(made, X, y, scoring="roc_auc")
    np.testing.assert_allclose(found.score, roc_auc_score(y, P))


def test_shares_of_a_sigmoid_are_numbers():
    made = network([Dense(1, "sigmoid")])
    X = np.random.default_rng(2).normal(size=(60, 3))
    found = permutation_importance(made, X, made.predict(X))
    assert (found.scoring, found.score) == ("r2", 1)


def test_several_labels_and_several_numbers():
    made, X = network([Dense(2, "sigmoid")]), np.random.default_rng(3).normal(size=(50, 3))
    P = made.predict(X)
    Y = (P > 0.5) * 1
    Y[::5] = 1 - Y[::5]
    assert permutation_importance(made, X, Y).score == accuracy_score(Y, P >= 0.5)
    areas = permutation_importance(made, X, Y, scoring="roc_auc")
    np.testing.assert_allclose(areas.score, roc_auc_score(Y, P))
    made = network([Dense(2, "identity")])
    P = made.predict(X)
    found = permutation_importance(made, X, P + 0.1 * X[:, :2])
    np.testing.assert_allclose(found.score, r2_score(P + 0.1 * X[:, :2], P))


def test_step_units_and_sparse_inputs():
    made = network([Dense(4, "step"), Dense(1, "identity")])
    X = np.random.default_rng(4).choice([0.0, 1.0], (40, 3))
    y = made.predict(X)[:, 0]
    found = permutation_importance(made, X, y)
    assert found.score == 1
    sparse = permutation_importance(made, scipy.sparse.csr_array(X), y)
    np.testing.assert_array_equal(sparse.importances, found.importances)


def test_an_example_of_weight_0_does_not_count():
    made, X, y = linear()
    weights = np.where(np.arange(80) < 10, 0.0, 1.0)
    before = permutation_importance(made, X, y, sample_weight=weights)
    y[:10] += 100
    found = permutation_importance(made, X, y, sample_weight=weights)
    np.testing.assert_array_equal(found.importances, before.importances)
    assert found.score > 0.99
    assert permutation_importance(made, X, y).score < 0.5


def test_what_cannot_be_asked():
    made, X, y = linear()
    with pytest.raises(RecipeError, match="scoring: expected the name of one of scikit-learn's"):
        permutation_importance(made, X, y, scoring="goodness")
    with pytest.raises(RecipeError, match="scoring: roc_auc cannot judge this network: "):
        permutation_importance(made, X, y, scoring="roc_auc")
    with pytest.raises(RecipeError, match="n_repeats: expected"):
        permutation_importance(made, X, y, n_repeats=0)
    with pytest.raises(DataError, match="expected as many targets"):
        permutation_importance(made, X, y[:-1])


def test_it_is_told_as_a_table_and_as_data():
    found = permutation_importance(*linear())
    lines = str(found).splitlines()
    assert lines[0].startswith("r2 0.99")
    assert [line.split()[0] for line in lines[2:]] == ["0", "1", "2"]
    data = json.loads(json.dumps(found.as_dict()))
    assert data["columns"][2] == {"column": 2, "mean": 0, "deviation": 0}
    assert data["n_repeats"] == 5


def test_several_quantiles_have_no_score():
    quantiles = network([Dense(3, "identity")])
    X = [[1, 2, 0], [2, 0, 1], [3, 1, 1]]
    with pytest.raises(DataError, match="of several quantiles has no score"):
        permutation_importance(quantiles, X, [1, 2, 3])
