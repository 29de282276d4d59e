"""A row twice is a row of weight 2, and a row that is absent is one of weight 0.

Full batch, so that a step sees all rows; in float64 the two agree to rounding. Not with rmsprop and
rprop, whose steps go by the sign of a derivative also where that is rounding and nothing else.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore")  # epochs run out

N, STEPS = 20, 200
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(N, 3))
CODES = np.argmax(X @ RANDOM.normal(size=(3, 3)) + RANDOM.normal(size=(N, 3)), axis=1)
BITS = (X[:, :2] + RANDOM.normal(size=(N, 2)) > 0).astype(int)
NUMBERS = np.c_[X[:, 0] ** 2, X[:, 1] * X[:, 2]]
COUNTS = RANDOM.poisson(np.exp(X[:, 0]))
TASKS = {
    "two classes": (MLPClassifier, CODES > 0, {}),
    "three classes": (MLPClassifier, CODES, {}),
    "labels": (MLPClassifier, BITS, {}),
    "weighted classes": (MLPClassifier, CODES, {"class_weight": {0: 1.0, 1: 2.5, 2: 0.7}}),
    "balanced classes": (MLPClassifier, CODES, {"class_weight": "balanced"}),
    "balanced labels": (MLPClassifier, BITS, {"class_weight": "balanced"}),
    "smoothed": (MLPClassifier, CODES, {"label_smoothing": 0.1, "l1": 0.01}),
    "a number": (MLPRegressor, NUMBERS[:, 0], {}),
    "numbers": (MLPRegressor, NUMBERS, {}),
    "counts": (MLPRegressor, COUNTS, {"loss": "poisson"}),
    "quantiles": (MLPRegressor, NUMBERS[:, 0], {"loss": "quantile:0.1,0.5,0.9"}),
    "absolute": (MLPRegressor, NUMBERS[:, 0], {"loss": "absolute_error"}),
    "limited": (MLPRegressor, NUMBERS, {"clip_norm": 0.1, "max_norm": 1.0, "average": 0.9}),
}
WEIGHTS = st.lists(st.integers(0, 3), min_size=N, max_size=N).map(np.array)


def fitted_both_ways(task, weights, **parameters):
    """The same fit by weights and by repetition."""
    kind, y, more = TASKS[task]
    rows = np.repeat(np.arange(N), weights)
    assume(len(rows) > 0)
    if kind is MLPClassifier:  # a class that is absent altogether has no output either
        assume(all(set(column[rows]) == set(column) for column in y.reshape(N, -1).T))
    settled = {"hidden_layer_sizes": (4,), "activation": "tanh", "max_iter": STEPS, "alpha": 0.01}
    settled |= {"random_state": 0, "n_iter_no_change": STEPS, "n_jobs": 1} | more | parameters
    one = kind(**settled, batch_size=N).fit(X, y, sample_weight=weights.astype(float))
    two = kind(**settled, batch_size=len(rows)).fit(X[rows], y[rows])
    return one, two


def assert_same(one, two):
    np.testing.assert_allclose(one.network_.parameters, two.network_.parameters, atol=1e-10)
    np.testing.assert_allclose(one.loss_, two.loss_, rtol=1e-10)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("solver", ["sgd", "adam", "adamw", "adagrad"])
@settings(max_examples=10, deadline=None)
@given(weights=WEIGHTS)
def test_steps(solver, task, weights):
    one, two = fitted_both_ways(task, weights, solver=solver)
    assert_same(one, two)
    np.testing.assert_allclose(one.loss_curve_, two.loss_curve_, rtol=1e-10)
    assert one.n_iter_ == STEPS


@settings(max_examples=10, deadline=None)
@given(weights=WEIGHTS)
def test_normalized_layers(weights):
    """Not with batch normalization, where weights count in the cost but not in the statistics."""
    assert_same(*fitted_both_ways("three classes", weights, norm="layer"))


@pytest.mark.parametrize("task", [task for task in TASKS if task not in ("smoothed", "limited")])
@settings(max_examples=10, deadline=None)
@given(weights=WEIGHTS)
def test_lbfgs(task, weights):
    """Its line search carries rounding far, but few iterations agree."""
    assert_same(*fitted_both_ways(task, weights, solver="lbfgs", max_iter=5))


@pytest.mark.parametrize("task", ["two classes", "three classes", "labels", "balanced classes"])
@settings(max_examples=10, deadline=None)
@given(weights=WEIGHTS)
def test_lbfgs_to_its_end(task, weights):
    """Without hidden layers there is one least cost, and both ways lead there."""
    convex = {"hidden_layer_sizes": (), "alpha": 1.0, "tol": 1e-13, "solver": "lbfgs"}
    one, two = fitted_both_ways(task, weights, **convex)
    np.testing.assert_allclose(one.network_.parameters, two.network_.parameters, atol=1e-8)
    assert one.loss_ == pytest.approx(two.loss_, rel=1e-12)
