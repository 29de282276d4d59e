"""What goes along with X and y arrives: weights, and a part to judge by, through scikit-learn."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
WEIGHTS = np.random.default_rng(0).integers(1, 4, 150).astype(float)
GIVEN = {"X_val": X[1::2], "y_val": Y[1::2], "sample_weight_val": WEIGHTS[1::2]}
KINDS = [MLPClassifier, MLPRegressor]


@pytest.fixture
def routing():
    """Metadata go where they are asked for."""
    with config_context(enable_metadata_routing=True):
        yield


def small(kind=MLPClassifier, **parameters):
    settled = {"hidden_layer_sizes": (5,), "max_iter": 8, "random_state": 0}
    return kind(**settled, learning_rate_init=0.05, **parameters)


def assert_same_fit(found, wanted):
    assert (found.network_.parameters == wanted.network_.parameters).all()
    assert found.validation_loss_curve_ == wanted.validation_loss_curve_
    assert found.n_features_in_ == wanted.n_features_in_


@pytest.mark.parametrize("kind", KINDS)
def test_the_old_way_with_the_steps_name(kind):
    model = make_pipeline(StandardScaler(), small(kind))
    step = model.steps[-1][0]
    model.fit(X, Y, **{f"{step}__sample_weight": WEIGHTS})
    alone = small(kind).fit(StandardScaler().fit_transform(X), Y, WEIGHTS)
    assert_same_fit(model[-1], alone)
    assert (
        alone.coefs_[0] != small(kind).fit(StandardScaler().fit_transform(X), Y).coefs_[0]
    ).any()


@pytest.mark.usefixtures("routing")
@pytest.mark.parametrize("kind", KINDS)
def test_a_part_to_judge_by_is_scaled_as_the_rest(kind):
    asking = small(kind, early_stopping=True).set_fit_request(
        sample_weight=True, X_val=True, y_val=True, sample_weight_val=True
    )
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    model = make_pipeline(scaler, asking, transform_input=["X_val"])
    model.fit(X[::2], Y[::2], sample_weight=WEIGHTS[::2], **GIVEN)
    by_hand = StandardScaler().fit(X[::2])
    alone = small(kind, early_stopping=True).fit(
        by_hand.transform(X[::2]),
        Y[::2],
        WEIGHTS[::2],
        **GIVEN | {"X_val": by_hand.transform(X[1::2])},
    )
    assert_same_fit(model[-1], alone)
    assert len(alone.validation_scores_) == 8


@pytest.mark.usefixtures("routing")
def test_each_part_has_its_weights():
    asking = small().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    folds = StratifiedKFold(3)
    found = cross_validate(
        asking, X, Y, cv=folds, params={"sample_weight": WEIGHTS}, return_estimator=True
    )
    for (train, test), model, score in zip(
        folds.split(X, Y), found["estimator"], found["test_score"], strict=True
    ):
        alone = small().fit(X[train], Y[train], WEIGHTS[train])
        assert_same_fit(model, alone)
        assert score == alone.score(X[test], Y[test], WEIGHTS[test])


@pytest.mark.usefixtures("routing")
def test_a_search_hands_on_what_is_asked_for():
    asking = small(early_stopping=True).set_fit_request(X_val=True, y_val=True)
    search = GridSearchCV(asking, {"alpha": [1e-4, 1.0]}, cv=3)
    search.fit(X[::2], Y[::2], X_val=X[1::2], y_val=Y[1::2])
    alone = small(early_stopping=True).set_params(**search.best_params_)
    alone.fit(X[::2], Y[::2], X_val=X[1::2], y_val=Y[1::2])
    assert_same_fit(search.best_estimator_, alone)


@pytest.mark.usefixtures("routing")
def test_what_nobody_asked_for_is_refused():
    model = make_pipeline(StandardScaler(), small())
    with pytest.raises(ValueError, match=r"\[X_val, y_val\] are passed but are not explicitly"):
        model.fit(X, Y, X_val=X, y_val=Y)
    for kind in KINDS:
        requests = small(kind).get_metadata_routing()
        assert set(requests.partial_fit.requests) >= {"X_val", "y_val", "sample_weight_val"}
        assert set(requests.transform.requests) == {"layer"}
