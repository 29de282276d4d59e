"""scikit-learn's own checks of estimators: nothing fails, nothing is expected to.

Not here, for scikit-learn's own perceptrons do not pass either: ``early_stopping`` (no
``partial_fit``, and nothing to hold out of three rows), ``warm_start`` (a second fit is another
one). Nor batch normalization, in whose statistics every row counts the same.
"""

import pytest
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

import pellucid as pel
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor
from pellucid.estimators.tabular_classifier import Classifier
from pellucid.estimators.tabular_regressor import Regressor

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


@parametrize_with_checks(
    [
        MLPClassifier((20,), class_weight="balanced", norm="layer", label_smoothing=0.1),
        MLPClassifier((9, 8), ("tanh", "gelu"), solver="adamw", l1=1e-3, average=0.5),
        MLPClassifier((20,), solver=pel.Nesterov(pel.Cosine(0.05)), clip_norm=1.0, starts=2),
        MLPClassifier((20,), solver="rmsprop", engine="reference", record_epochs=True),
        MLPClassifier(dropout=0.2),
        MLPClassifier((20,), precision="float32", class_weight="balanced"),
        MLPRegressor(dropout=0.2, noise=0.01),
        MLPRegressor(hidden_layer_sizes=(20,), precision="float32", solver="lbfgs"),
        MLPRegressor("huber:1.35", (6, 5), ("silu", "maxout"), starts=2),
        MLPRegressor("quantile:0.1,0.5,0.9", (20,), solver="adamw", norm="layer", n_jobs=1),
        MLPRegressor("absolute_error", (20,), solver="adamw", l1=1e-3, max_norm=2.0),
    ]
)
def test_scikit_learns_checks_of_what_it_does_not_have(estimator, check):
    check(estimator)


@parametrize_with_checks([Classifier(), Classifier(class_weight="balanced"), Regressor()])
def test_scikit_learns_checks_of_the_best_defaults(estimator, check):
    check(estimator)


FURTHER = [
    *("check_dataframe_column_names_consistency", "check_get_feature_names_out_error"),
    *("check_global_output_transform_pandas", "check_global_set_output_transform_polars"),
    *("check_param_validation", "check_set_output_transform"),
    *("check_set_output_transform_pandas", "check_set_output_transform_polars"),
    *("check_transformer_get_feature_names_out", "check_transformer_get_feature_names_out_pandas"),
]


@pytest.mark.parametrize("name", FURTHER)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_checks_that_scikit_learn_keeps_for_its_own(kind, name):
    """Of names, frames and parameters."""
    getattr(estimator_checks, name)(kind.__name__, kind())


@pytest.mark.parametrize(
    "name", ["check_dataframe_column_names_consistency", "check_param_validation"]
)
@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_such_checks_of_the_best_defaults(kind, name):
    getattr(estimator_checks, name)(kind.__name__, kind())
