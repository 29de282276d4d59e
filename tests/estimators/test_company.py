"""In the company of scikit-learn's own: whoever holds a perceptron comes to the same numbers."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import loguniform
from sklearn import ensemble, multiclass, multioutput
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.inspection import PartialDependenceDisplay, partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, scale
from sklearn.utils.validation import has_fit_parameter

import pellucid as pel
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
D, T = (array[:150] for array in load_diabetes(return_X_y=True, scaled=False))
D, T = scale(D), T / 100
SMALL = {"hidden_layer_sizes": (7,), "max_iter": 12, "random_state": 0, "learning_rate_init": 0.01}
RANGES = {"alpha": loguniform(1e-4, 10.0), "activation": ["tanh", "relu"]}
GRID = {"solver": ["lbfgs", "sgd", "adam"], "activation": ["logistic", "relu"]}
WEIGHTED = pytest.mark.skipif(
    not has_fit_parameter(theirs.MLPClassifier(), "sample_weight"),
    reason="scikit-learn's own has no sample weights before 1.7",
)


def sizes(fitted):
    """How much each input is looked at by the first hidden layer."""
    return np.abs(fitted.coefs_[0]).sum(axis=1)


def by_columns(mlp):
    kinds = ("kinds", OneHotEncoder(handle_unknown="ignore"), [3])
    return make_pipeline(ColumnTransformer([kinds, ("numbers", StandardScaler(), [0, 1])]), mlp)


def halving(mlp, **resource):
    grid = {"alpha": [1e-4, 1.0, 30.0]}
    return HalvingGridSearchCV(mlp, grid, cv=3, random_state=0, factor=2, **resource)


CLASSIFIERS = {
    "Pipeline": lambda mlp: make_pipeline(StandardScaler(), mlp),
    "ColumnTransformer": by_columns,
    "GridSearchCV": lambda mlp: GridSearchCV(mlp, GRID, cv=3),
    "RandomizedSearchCV": lambda mlp: RandomizedSearchCV(mlp, RANGES, n_iter=4, random_state=0),
    "Halving, of examples": halving,
    "Halving, of epochs": lambda mlp: halving(
        mlp, resource="max_iter", min_resources=2, max_resources=16
    ),
    "CalibratedClassifierCV": lambda mlp: CalibratedClassifierCV(mlp, cv=3),
    "StackingClassifier": lambda mlp: ensemble.StackingClassifier([("mlp", mlp)], cv=3),
    "VotingClassifier": lambda mlp: ensemble.VotingClassifier(
        [("mlp", mlp), ("line", LogisticRegression())], voting="soft"
    ),
    "BaggingClassifier": lambda mlp: ensemble.BaggingClassifier(mlp, 3, random_state=0),
    "OneVsRestClassifier": multiclass.OneVsRestClassifier,
    "OutputCodeClassifier": lambda mlp: multiclass.OutputCodeClassifier(mlp, random_state=0),
    "RFE": lambda mlp: RFE(mlp, n_features_to_select=2, importance_getter=sizes),
    "SelectFromModel": lambda mlp: make_pipeline(
        SelectFromModel(clone(mlp), importance_getter=sizes), mlp
    ),
}
WITH_WEIGHTS = {"AdaBoostClassifier": lambda mlp: ensemble.AdaBoostClassifier(mlp, n_estimators=3)}
OF_SEVERAL_LABELS = {
    "MultiOutputClassifier": multioutput.MultiOutputClassifier,
    "ClassifierChain": lambda mlp: multioutput.ClassifierChain(mlp, order=[1, 0]),
}
REGRESSORS = {
    "TransformedTargetRegressor": lambda mlp: TransformedTargetRegressor(
        mlp, transformer=StandardScaler()
    ),
    "StackingRegressor": lambda mlp: ensemble.StackingRegressor([("mlp", mlp)], Ridge(), cv=3),
    "VotingRegressor": lambda mlp: ensemble.VotingRegressor([("mlp", mlp), ("line", Ridge())]),
    "AdaBoostRegressor": lambda mlp: ensemble.AdaBoostRegressor(mlp, n_estimators=3),
    "GridSearchCV": lambda mlp: GridSearchCV(mlp, GRID, cv=3),
}
OF_SEVERAL_NUMBERS = {
    "MultiOutputRegressor": multioutput.MultiOutputRegressor,
    "RegressorChain": multioutput.RegressorChain,
}


def answers(holder, X, y):
    """What it says after fitting, as numbers."""
    if "random_state" in holder.get_params():
        holder.set_params(random_state=0)
    fitted = holder.fit(X, y)
    said = fitted.predict_proba(X) if hasattr(fitted, "predict_proba") else fitted.predict(X)
    return np.asarray(said, float)


def assert_same_answers(holder, kind, X, y):
    wanted = answers(holder(getattr(theirs, kind)(**SMALL)), X, y)
    found = answers(holder(getattr(pel, kind)(**SMALL)), X, y)
    assert np.ptp(wanted) > 0
    np.testing.assert_allclose(found, wanted, atol=1e-8)


@pytest.mark.parametrize("holder", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_classifiers(holder):
    assert_same_answers(holder, "MLPClassifier", X, Y)


@WEIGHTED
@pytest.mark.parametrize("holder", WITH_WEIGHTS.values(), ids=WITH_WEIGHTS)
def test_classifiers_that_weigh_examples(holder):
    assert_same_answers(holder, "MLPClassifier", X, Y)


@pytest.mark.parametrize("holder", OF_SEVERAL_LABELS.values(), ids=OF_SEVERAL_LABELS)
def test_classifiers_of_several_labels(holder):
    assert_same_answers(holder, "MLPClassifier", X, np.c_[Y == 0, Y == 1].astype(int))


def test_a_threshold_is_found():
    def holder(mlp):
        return TunedThresholdClassifierCV(mlp, scoring="f1", cv=3)

    assert_same_answers(holder, "MLPClassifier", X, Y == 1)


@pytest.mark.parametrize("holder", REGRESSORS.values(), ids=REGRESSORS)
def test_regressors(holder):
    assert_same_answers(holder, "MLPRegressor", D, T)


@pytest.mark.parametrize("holder", OF_SEVERAL_NUMBERS.values(), ids=OF_SEVERAL_NUMBERS)
def test_regressors_of_several_numbers(holder):
    assert_same_answers(holder, "MLPRegressor", D, np.c_[T, T**2])


LOOKS = {
    "cross_validate": lambda mlp: cross_validate(mlp, X, Y, cv=3, scoring="neg_log_loss")[
        "test_score"
    ],
    "learning_curve": lambda mlp: learning_curve(mlp, X, Y, cv=3, shuffle=True, random_state=0)[2],
    "learning_curve, going on": lambda mlp: learning_curve(
        mlp, X, Y, cv=3, shuffle=True, random_state=0, exploit_incremental_learning=True
    )[1],
    "validation_curve": lambda mlp: validation_curve(
        mlp, X, Y, param_name="alpha", param_range=[1e-4, 1.0, 100.0], cv=3
    )[1],
    "permutation_importance": lambda mlp: (
        permutation_importance(mlp.fit(X, Y), X, Y, random_state=0).importances
    ),
    "partial_dependence": lambda mlp: partial_dependence(
        mlp.fit(X, Y), X, [(1, 2)], grid_resolution=5
    )["average"],
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_looks_at_a_model(look):
    wanted, found = look(theirs.MLPClassifier(**SMALL)), look(MLPClassifier(**SMALL))
    assert np.ptp(wanted) > 0
    np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_dependence_is_drawn():
    curves = []
    for model in (theirs.MLPRegressor(**SMALL), MLPRegressor(**SMALL)):
        ax = Figure().subplots()
        drawn = PartialDependenceDisplay.from_estimator(model.fit(D, T), D, [2], ax=ax)
        curves.append(drawn.axes_[0, 0].get_lines()[-1].get_ydata())
    assert np.ptp(curves[0]) > 0.1
    np.testing.assert_allclose(curves[1], curves[0], atol=1e-8)


def test_what_only_ours_has_is_searched_too():
    """Lists, objects and further parameters; each candidate is what it would be by itself."""
    grid = [
        {"activation": [("relu", "tanh"), ["gelu", "softsign"]], "dropout": [0.0, (0.5, 0.2)]},
        {"solver": [pel.Nesterov(pel.Cosine(0.1)), "adamw", "rprop"], "norm": ["none", "layer"]},
        {"starts": [2], "label_smoothing": [0.1], "class_weight": ["balanced", {0: 1, 1: 2, 2: 3}]},
    ]
    model = MLPClassifier((6, 5), max_iter=8, learning_rate_init=0.01, random_state=0)
    search = GridSearchCV(model, grid, cv=[(np.arange(0, 150, 2), np.arange(1, 150, 2))]).fit(X, Y)
    scores = search.cv_results_["mean_test_score"]
    assert len(scores) == 4 + 6 + 2
    assert len(set(scores)) > 4
    for parameters, score in zip(search.cv_results_["params"], scores, strict=True):
        alone = clone(model).set_params(**parameters).fit(X[::2], Y[::2])
        assert score == alone.score(X[1::2], Y[1::2])
    best = clone(model).set_params(**search.best_params_).fit(X, Y)
    np.testing.assert_array_equal(search.predict_proba(X), best.predict_proba(X))


def test_hidden_layers_feed_other_models():
    model = make_pipeline(StandardScaler(), MLPClassifier(**SMALL), LogisticRegression()).fit(X, Y)
    hidden = model[:-1].transform(X)
    assert hidden.shape == (150, 7)
    mlp = MLPClassifier(**SMALL).fit(StandardScaler().fit_transform(X), Y)
    np.testing.assert_array_equal(hidden, mlp.transform(scale(X)))
    alone = LogisticRegression().fit(hidden, Y)
    np.testing.assert_array_equal(model.predict(X), alone.predict(hidden))
    names = [f"mlpclassifier{i}" for i in range(7)]
    assert model[:-1].get_feature_names_out().tolist() == names
