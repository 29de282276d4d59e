"""What scikit-learn's regressor does not have: other losses, ranges instead of numbers."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

import pellucid as pel
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_diabetes(return_X_y=True)
X, Y = scale(X), Y / 100


@pytest.fixture(scope="module")
def ranges():
    parameters = {"max_iter": 200, "learning_rate_init": 0.01, "random_state": 0}
    return MLPRegressor("quantile:0.9,0.1,0.5", **parameters).fit(X, Y)


def test_quantiles_cover_what_they_promise(ranges):
    Q = ranges.predict_quantiles(X)
    assert Q.shape == (442, 3)
    assert (np.diff(Q, axis=1) >= 0).all()
    for level, share in zip((0.1, 0.5, 0.9), (Y[:, None] <= Q).mean(0), strict=True):
        assert share == pytest.approx(level, abs=0.06)
    np.testing.assert_array_equal(ranges.predict(X), Q[:, 1])
    np.testing.assert_array_equal(ranges.predict_interval(X), Q[:, [0, 2]])
    assert ranges.n_outputs_ == 1
    assert ranges.score(X, Y) > 0.3


def test_ranges_are_there_only_where_they_were_asked_for():
    model = MLPRegressor(max_iter=2).fit(X, Y)
    assert not hasattr(model, "predict_interval")
    assert not hasattr(model, "predict_quantiles")


def test_several_targets_have_ranges_each():
    model = MLPRegressor("quantile:0.2,0.8", max_iter=20, random_state=0).fit(X, np.c_[Y, -Y])
    assert model.predict(X).shape == (442, 2)
    assert model.predict_interval(X).shape == (442, 2, 2)


@pytest.mark.parametrize("loss", ["absolute_error", "mae", "huber:0.5", "mse"])
def test_other_losses_are_minimized(loss):
    model = MLPRegressor(loss, max_iter=100, learning_rate_init=0.01, random_state=0).fit(X, Y)
    assert model.score(X, Y) > 0.5
    assert model.out_activation_ == "identity"


def test_losses_of_classes_and_unknown_ones_are_refused():
    with pytest.raises(pel.RecipeError, match="loss: expected one for numbers"):
        MLPRegressor("cross_entropy").fit(X, Y)
    with pytest.raises(ValueError, match="nonsense"):
        MLPRegressor("nonsense").fit(X, Y)
