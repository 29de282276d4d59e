"""Numbers of every size from a table, one or several, and those that never change."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score

from pellucid.estimators.tabular_regressor import Regressor

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 3))
Y = X[:, 0] + X[:, 1] ** 2


def fitted(X, y, weights=None):
    return Regressor(random_state=0, n_jobs=1).fit(X, y, weights)


@pytest.fixture(scope="module")
def plain():
    """The answers where the target is of ordinary size."""
    return fitted(X, Y).predict(X)


def chosen(model):
    return {choice.what: choice for choice in model.choices_}


def test_a_frame_of_scikit_learn_as_it_comes():
    data = load_diabetes(as_frame=True, scaled=False)
    model = fitted(data.data[::2], data.target[::2])
    assert model.score(data.data[1::2], data.target[1::2]) > 0.35
    low, high = data.target[::2].mean(), data.target[::2].std(ddof=0)
    assert chosen(model)["target"].value == f"{low:.4g} ± {high:.4g}"


@pytest.mark.parametrize(
    ("scale", "shift", "precision"),
    [
        (1.0, 0.0, "float32"),
        (1e9, 0.0, "float32"),
        (1e-9, 0.0, "float32"),
        (1e9, 1e9, "float32"),
        (1.0, 1e9, "float64"),
        (1e-9, 1.0, "float64"),
        (1e300, 0.0, "float64"),
        (1e-300, 0.0, "float64"),
        (1e150, -1e151, "float64"),
    ],
)
def test_targets_of_every_size(plain, scale, shift, precision):
    """What is learnt does not depend on the units, but for the digits that there are."""
    y = Y * scale + shift
    model = fitted(X, y)
    assert model.network_.precision == precision
    assert ("precision" in chosen(model)) == (precision == "float64")
    back = (model.predict(X) - shift) / scale
    np.testing.assert_allclose(back, plain, atol=0.05)
    assert r2_score((y - shift) / scale, back) > 0.95
    assert float(chosen(model)["expected R²"].value.split()[0]) > 0.9


@pytest.mark.parametrize("constant", [0.0, 0.1, -5.0, 123456789.25, 1e300, 1e-300])
@pytest.mark.parametrize("n", [5, 60])
def test_a_target_that_never_changes(constant, n):
    model = fitted(X[:n], np.full(n, constant))
    np.testing.assert_allclose(model.predict(1e6 * X), constant, rtol=1e-15)
    assert "nothing to learn" in chosen(model)["target"].why
    assert not {"expected R²", "little learnt"} & chosen(model).keys()


def test_several_targets_of_different_sizes():
    y = np.c_[Y, 1e6 * X[:, 2] + 5e6, np.full(120, 3.0)]
    model = fitted(X, y)
    found = model.predict(X)
    assert found.shape == (120, 3)
    assert r2_score(y[:, :2], found[:, :2], multioutput="raw_values").min() > 0.95
    np.testing.assert_allclose(found[:, 2], 3, rtol=1e-12)
    assert chosen(model)["target"].value.count("±") == 3


TARGETS = {
    "a list": lambda y: y.tolist(),
    "float32": lambda y: y.astype(np.float32),
    "objects": lambda y: y.astype(object),
    "a series": lambda y: pd.Series(y, index=range(9, 129)),
    "of nullable numbers": lambda y: pd.Series(y, dtype="Float64"),
    "of polars": pl.Series,
    "integers": lambda y: (y * 100).astype(int),
    "booleans": lambda y: y > 0,
}


@pytest.mark.parametrize("kind", TARGETS)
def test_targets_of_every_kind(plain, kind):
    y = TARGETS[kind](Y)
    model = fitted(X, y)
    assert model.predict(X).dtype == np.float64
    assert model.score(X, np.asarray(y, float)) > 0.8
    if kind in ("a list", "objects", "a series", "of nullable numbers", "of polars"):
        np.testing.assert_array_equal(model.predict(X), plain)


def test_a_column_is_taken_as_scikit_learn_takes_it():
    with pytest.warns(UserWarning, match="column-vector y was passed"):
        assert fitted(X, Y[:, None]).predict(X).shape == (120,)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_targets_that_are_no_numbers(bad):
    with pytest.raises(ValueError, match="Input y contains|infinity"):
        fitted(X, np.where(np.arange(120) == 3, bad, Y))
    with pytest.raises(ValueError, match="could not convert|dtype"):
        fitted(X, np.where(Y > 0, "much", "little").astype(object))


def test_poor_results_are_said_to_be_poor():
    noise = RANDOM.normal(size=(200, 30))
    model = fitted(noise, RANDOM.normal(size=200))
    assert "little learnt" in chosen(model)
    assert chosen(model)["expected R²"].value.startswith("−")
    noisy = noise[:, 0] + RANDOM.normal(size=200) * 0.3
    assert "overfitting" in chosen(fitted(noise, noisy))
    assert not {"little learnt", "overfitting"} & chosen(fitted(X, Y)).keys()


def test_what_was_held_out_is_judged_as_scikit_learn_judges():
    """A score stays between what chance and knowing would have, with weights that count."""
    weights = RANDOM.integers(0, 4, 120).astype(float)
    model = fitted(X, Y, weights)
    rows = np.repeat(np.arange(120), weights.astype(int))
    assert model.held_out_scores_ == fitted(X[rows], Y[rows]).held_out_scores_
    assert all(0.5 < score < 1 for score in model.held_out_scores_)
