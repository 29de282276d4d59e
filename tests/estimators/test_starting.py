"""Several starts: the best is kept, and all are told of."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0])
X, Y = load_iris(return_X_y=True)


def test_the_best_of_the_starts_is_kept():
    model = MLPClassifier((3,), max_iter=40, random_state=5, starts=4).fit(X, Y)
    losses = []
    for start in model.starts_:
        alone = MLPClassifier((3,), max_iter=40, random_state=start["random_state"]).fit(X, Y)
        losses.append(alone.loss_)
        assert start["judged"] == -alone.loss_
    assert model.starts_[0]["random_state"] == 5
    assert [start["kept"] for start in model.starts_] == [loss == min(losses) for loss in losses]
    assert model.loss_ == min(losses)
    assert (model.random_state, model.starts) == (5, 4)


def test_early_stopping_judges_by_the_best_score():
    parameters = {"early_stopping": True, "max_iter": 30, "random_state": 0, "starts": 3}
    model = MLPRegressor(**parameters).fit(X[:, :3], X[:, 3])
    assert model.best_validation_score_ == max(start["judged"] for start in model.starts_)


def test_exclusive_or_is_learnt_from_every_seed():
    right = 0
    for seed in range(20):
        model = MLPClassifier((4,), max_iter=2000, random_state=seed, starts=5).fit(*XOR)
        right += (model.predict(XOR[0]) == XOR[1]).all()
    assert right == 20


def test_starts_with_a_solver_and_with_a_random_state_that_goes_on():
    model = MLPClassifier((2,), solver="lbfgs", early_stopping=True, starts=3, random_state=1)
    model.fit(X, Y)
    assert -model.loss_ == max(start["judged"] for start in model.starts_)
    one = MLPClassifier(max_iter=2, starts=2, random_state=np.random.RandomState(3)).fit(X, Y)
    first = MLPClassifier(max_iter=2, random_state=np.random.RandomState(3)).fit(X, Y)
    assert one.starts_[0]["judged"] == -first.loss_


def test_a_warm_start_goes_on_from_the_best():
    model = MLPClassifier(max_iter=3, starts=3, warm_start=True, random_state=0).fit(X, Y)
    before = model.loss_
    model.fit(X, Y)
    assert len(model.loss_curve_) == 6
    assert model.loss_ < before


def test_every_start_is_heard_to_its_end():
    """Callbacks are set up and torn down once a start."""
    pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9")
    calls = []

    class Listening:
        """Counts."""

        def setup(self, estimator, context):
            """Begin."""
            calls.append("setup")

        def teardown(self, estimator, context):
            """End."""
            calls.append("teardown")

        def on_fit_task_begin(self, estimator, context):
            """Hear that something begins."""

        def on_fit_task_end(self, estimator, context):
            """Hear that something is over."""

    MLPClassifier(max_iter=2, starts=3, random_state=0).set_callbacks(Listening()).fit(X, Y)
    assert calls == ["setup", "teardown"] * 3


def test_parameters_stay_what_they_were():
    model = MLPClassifier(starts=2, max_iter=2)
    before = model.get_params()
    assert model.fit(X, Y).get_params() == before
