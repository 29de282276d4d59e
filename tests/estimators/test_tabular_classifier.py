"""Classes of every kind from a table, how rare ones count, and exclusive or from every seed."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.metrics import log_loss, recall_score
from sklearn.model_selection import cross_val_predict

from pellucid.estimators.tabular_classifier import Classifier

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0])
X, Y = load_iris(return_X_y=True)


def fitted(X, y, weights=None, **parameters):
    return Classifier(random_state=0, n_jobs=1, **parameters).fit(X, y, weights)


def chosen(model):
    return {choice.what: choice for choice in model.choices_}


def test_exclusive_or_is_learnt_from_every_seed_with_nothing_set():
    models = [Classifier(random_state=seed, n_jobs=1) for seed in range(20)]
    found = [model.fit(*XOR).predict(XOR[0]) for model in models]
    assert sum((labels == XOR[1]).all() for labels in found) == 20


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_frames_of_scikit_learn_as_they_come(load):
    data = load(as_frame=True)
    model = fitted(data.data[::2], data.target[::2])
    assert model.score(data.data[1::2], data.target[1::2]) > 0.92
    expected, error = chosen(model)["expected accuracy"].value.split(" ± ")
    assert float(expected) == pytest.approx(np.mean(model.held_out_scores_), abs=1e-3)
    assert float(expected) > 0.9
    assert 0 < float(error) < 0.05


NAMES = np.array(["no", "yes", "maybe"])[Y]
LABELS = {
    "texts": (NAMES, ["maybe", "no", "yes"]),
    "objects": (NAMES.astype(object), ["maybe", "no", "yes"]),
    "a list": (NAMES.tolist(), ["maybe", "no", "yes"]),
    "a series": (pd.Series(NAMES, index=range(7, 157)), ["maybe", "no", "yes"]),
    "of strings": (pd.Series(NAMES, dtype="string"), ["maybe", "no", "yes"]),
    "of categories": (pd.Series(NAMES, dtype="category"), ["maybe", "no", "yes"]),
    "of polars": (pl.Series(NAMES.tolist()), ["maybe", "no", "yes"]),
    "integers": (Y * 5 - 3, [-3, 2, 7]),
    "nullable integers": (pd.Series(Y, dtype="Int64"), [0, 1, 2]),
    "floats": (Y.astype(float), [0.0, 1.0, 2.0]),
    "booleans": (Y == 1, [False, True]),
    "nullable booleans": (pd.Series(Y == 1, dtype="boolean"), [False, True]),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_every_kind(kind):
    y, classes = LABELS[kind]
    model = fitted(X, y)
    assert model.classes_.tolist() == classes
    found = model.predict(X)
    assert np.mean(found == np.asarray(y)) == model.score(X, y) > 0.95
    P = model.predict_proba(X)
    assert P.shape == (150, len(classes))
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(model.classes_[P.argmax(axis=1)], found)


def test_a_column_of_labels_is_taken_with_a_warning():
    with pytest.warns(UserWarning, match="column-vector y was passed"):
        assert fitted(X, Y[:, None]).predict(X).shape == (150,)


@pytest.mark.parametrize(
    ("y", "problem"),
    [
        (np.linspace(0, 1, 150), "Unknown label type"),
        (np.where(Y == 1, np.nan, 1.0), "contains NaN.*got nan in row 50"),
        (np.where(Y == 1, None, "a"), "a class for every row.*got None in row 50. Leave such rows"),
        (pd.Series(np.where(Y == 1, None, "a"), dtype="string"), "got <NA> in row 50"),
        (pd.Series(np.where(Y == 1, None, "a"), dtype="category"), "got nan in row 50"),
        (pd.Series(Y, dtype="Int64").where(Y != 1), "got <NA> in row 50|contains NaN"),
        (pl.Series(np.where(Y == 1, None, "a").tolist()), "got None in row 50"),
        (np.c_[Y, Y], "multioutput|1d array"),
    ],
)
def test_what_are_no_labels(y, problem):
    with pytest.raises(ValueError, match=problem):
        fitted(X, y)


def test_one_class():
    model = fitted(X[:9], ["a"] * 9)
    np.testing.assert_array_equal(model.predict_proba(X), np.ones((150, 1)))
    assert set(model.predict(X)) == {"a"}
    assert chosen(model)["classes"].value == "a 100.0%"
    assert "nothing to learn" in chosen(model)["classes"].why
    assert not {"expected accuracy", "little learnt"} & chosen(model).keys()


def test_a_class_with_one_member():
    y = np.where(np.arange(150) == 70, 9, Y)
    model = fitted(X, y)
    assert model.classes_.tolist() == [0, 1, 2, 9]
    assert model.score(X, y) > 0.9
    assert chosen(model)["rare classes"].value == "9"


def test_many_classes_are_listed_as_far_as_they_can_be_read():
    y = np.arange(150) % 50
    assert chosen(fitted(X, y))["classes"].value.endswith("7 2.0% and 42 others")


def test_several_labels():
    bits = np.c_[X[:, 0] > 5.8, X[:, 2] > 4, X[:, 3] > 100].astype(int)
    for y in (bits, bits.tolist(), csr_array(bits), pd.DataFrame(bits)):
        model = fitted(X, y)
        np.testing.assert_array_equal(model.predict(X), model.predict_proba(X) > 0.5)
        assert model.predict(X).shape == (150, 3)
    assert (model.predict(X) == bits).mean() > 0.97
    assert model.score(X, bits) > 0.9
    assert chosen(model)["labels"].value == "3"
    assert "by class_weight" in str(fitted(X, bits, class_weight="balanced").choices_)


RANDOM = np.random.default_rng(0)
SCARCE = RANDOM.normal(size=(900, 2))
RARE = (SCARCE[:, 0] + RANDOM.normal(size=900) > 2.3).astype(int)  # 5 %


def test_rare_classes_are_noticed_and_what_to_do_is_said_truly():
    assert 0.03 < RARE.mean() < 0.08
    model = fitted(SCARCE, RARE)
    assert chosen(model)["rare classes"].value == "1"
    assert "rare classes" not in chosen(fitted(X, Y))
    P = cross_val_predict(model, SCARCE, RARE, cv=3, method="predict_proba")
    balanced = fitted(SCARCE, RARE, class_weight="balanced")
    assert "rare classes" not in chosen(balanced)
    assert chosen(balanced)["classes"].value in ("0 50.0%, 1 50.0%", "1 50.0%, 0 50.0%")
    assert "expected accuracy, by class_weight" in chosen(balanced)
    Q = cross_val_predict(balanced, SCARCE, RARE, cv=3, method="predict_proba")
    assert recall_score(RARE, Q[:, 1] > 0.5) > recall_score(RARE, P[:, 1] > 0.5) + 0.2
    assert log_loss(RARE, P) < log_loss(RARE, Q)
    assert P[:, 1].mean() == pytest.approx(RARE.mean(), abs=0.02)


def test_class_weights_are_weights():
    weights = {0: 3, 1: 0, 2: 2}
    model = fitted(X, Y, class_weight=weights)
    by_row = fitted(X, Y, np.array([3, 0, 2])[Y])
    np.testing.assert_array_equal(model.predict_proba(X), by_row.predict_proba(X))
    assert model.classes_.tolist() == [0, 1, 2]
    assert (model.predict(X) != 1).all()
    again = fitted(X, Y, np.where(Y == 0, 3.0, 1.0), class_weight={0: 1, 1: 0, 2: 2})
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))
    with pytest.raises(ValueError, match="counts, got 0 for all"):
        fitted(X, Y, class_weight={0: 0, 1: 0, 2: 0})
    with pytest.raises(ValueError, match="class_weight"):
        fitted(X, Y, class_weight="even")


def test_poor_results_are_said_to_be_poor():
    noise = RANDOM.normal(size=(200, 60))
    assert "little learnt" in chosen(fitted(noise, RANDOM.integers(0, 2, 200)))
    noisy = np.where(RANDOM.random(200) < 0.1, 0, noise[:, 0] + noise[:, 1] > 0)
    assert "overfitting" in chosen(fitted(noise, noisy))
    assert not {"little learnt", "overfitting"} & chosen(fitted(X, Y)).keys()
