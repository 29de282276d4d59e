"""L-BFGS finds what scikit-learn's finds; see test_faithful.py for the weights."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from pellucid.estimators.classifier import MLPClassifier

X, Y = load_iris(return_X_y=True)


def test_without_hidden_layers_it_is_logistic_regression():
    model = MLPClassifier((), solver="lbfgs", alpha=1.0, max_iter=2000, tol=1e-8, random_state=0)
    model.fit(X, Y)
    theirs = LogisticRegression(C=1.0, tol=1e-8, max_iter=2000).fit(X, Y)
    np.testing.assert_allclose(model.predict_proba(X), theirs.predict_proba(X), atol=1e-3)
    assert not hasattr(model, "loss_curve_")


def test_too_few_iterations_are_said_to_be():
    with pytest.warns(UserWarning, match="lbfgs failed to converge"):
        MLPClassifier(solver="lbfgs", max_iter=2, random_state=0).fit(X, Y)
