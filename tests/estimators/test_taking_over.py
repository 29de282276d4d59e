"""A fitted model of scikit-learn's gives the same answers here, and can be fitted further."""

import numpy as np
import pytest
from sklearn import neural_network as theirs
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression

import pellucid as pel
from pellucid.estimators.taking_over import from_sklearn

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
IRIS, DIABETES = load_iris(return_X_y=True), load_diabetes(return_X_y=True)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_predictions_and_attributes_come_along(solver):
    X, y = IRIS
    model = theirs.MLPClassifier((5, 4), "logistic", solver=solver, max_iter=9, random_state=0)
    model.fit(X, np.array(["a", "b", "c"])[y])
    ours = from_sklearn(model)
    np.testing.assert_allclose(ours.predict_proba(X), model.predict_proba(X), atol=1e-14)
    assert (ours.predict(X) == model.predict(X)).all()
    assert ours.get_params().items() >= model.get_params().items()
    assert ours.loss_ == model.loss_
    ours.coefs_[0][...] = 0
    assert model.coefs_[0].any()  # theirs has its own


def test_fitting_goes_on():
    X, y = DIABETES
    model = theirs.MLPRegressor(warm_start=True, max_iter=4, random_state=0, solver="sgd").fit(X, y)
    ours = from_sklearn(model)
    model.fit(X, y)
    ours.fit(X, y)
    np.testing.assert_allclose(ours.coefs_[0], model.coefs_[0], atol=1e-12)
    np.testing.assert_allclose(ours.loss_curve_, model.loss_curve_)


@pytest.mark.parametrize("other", [LogisticRegression(), theirs.MLPClassifier(), None])
def test_anything_else_is_refused(other):
    with pytest.raises(pel.DataError, match="expected a fitted MLPClassifier or MLPRegressor"):
        from_sklearn(other)
