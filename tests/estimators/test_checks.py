"""scikit-learn's own checks of estimators: nothing fails, nothing is expected to."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore")


@parametrize_with_checks(
    [
        MLPClassifier(),
        MLPClassifier(solver="sgd", learning_rate_init=0.01),
        MLPClassifier(solver="lbfgs"),
        MLPRegressor(),
        MLPRegressor(solver="sgd"),
        MLPRegressor(solver="lbfgs"),
    ]
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
