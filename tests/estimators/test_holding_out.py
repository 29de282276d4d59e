"""A part to judge by: split off as scikit-learn does, or given."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import train_test_split

import pellucid as pel
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.holding_out import split

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)
PART = {"X_val": X[1::2], "y_val": Y[1::2]}


def test_the_split_is_scikit_learns():
    weights = np.arange(150.0)
    y = Y[:, None]
    (A, a, u), (B, b, v) = split(
        X, y, weights, share=0.2, stratified=True, random=np.random.RandomState(3)
    )
    wanted = train_test_split(X, y, weights, random_state=3, test_size=0.2, stratify=y)
    for found, expected in zip((A, B, a, b, u, v), wanted, strict=True):
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="The validation set is too small"):
        split(X[:5], y[:5], None, share=0.2, stratified=False, random=0)


def test_a_given_part_is_judged_at_each_epoch():
    model = MLPClassifier(max_iter=7, random_state=0).fit(X[::2], Y[::2], **PART)
    assert len(model.validation_loss_curve_) == len(model.validation_scores_) == 7
    assert model.validation_loss_curve_[-1] == pytest.approx(
        log_loss(PART["y_val"], model.predict_proba(PART["X_val"]))
    )
    assert model.validation_scores_[-1] == model.score(PART["X_val"], PART["y_val"])
    assert model.best_loss_ == min(model.loss_curve_)
    plain = MLPClassifier(max_iter=7, random_state=0).fit(X[::2], Y[::2])
    assert (plain.coefs_[0] == model.coefs_[0]).all()  # looking changes nothing


def test_early_stopping_goes_by_any_scorer_and_keeps_the_best():
    model = MLPClassifier(
        early_stopping=True,
        scoring="f1_macro",
        max_iter=300,
        learning_rate_init=0.05,
        random_state=0,
    ).fit(X[::2], Y[::2], **PART)
    best = max(model.validation_scores_)
    assert model.best_validation_score_ == best
    assert f1_score(PART["y_val"], model.predict(PART["X_val"]), average="macro") == best
    assert model.n_iter_ < 300


def test_a_part_that_nobody_would_look_at_is_refused():
    with pytest.raises(pel.RecipeError, match="expected X_val and y_val together"):
        MLPClassifier().fit(X, Y, X_val=X)
    with pytest.raises(pel.RecipeError, match="X_val: expected a solver that works in epochs"):
        MLPClassifier(solver="lbfgs").fit(X, Y, **PART)


def test_weights_of_the_given_part_count():
    weights = (PART["y_val"] == 1).astype(float)
    model = MLPClassifier(max_iter=5, random_state=0)
    model.fit(X[::2], Y[::2], **PART, sample_weight_val=weights)
    ones = PART["y_val"] == 1
    wanted = log_loss(
        np.ones(ones.sum(), int), model.predict_proba(PART["X_val"][ones]), labels=[0, 1, 2]
    )
    assert model.validation_loss_curve_[-1] == pytest.approx(wanted)


def test_partial_fit_stops_early_too():
    model = MLPClassifier(early_stopping=True, learning_rate_init=0.01, random_state=0)
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping=True"):
        model.partial_fit(X[::2], Y[::2], classes=[0, 1, 2])
    for _ in range(60):
        model.partial_fit(X[::2], Y[::2], classes=[0, 1, 2], **PART)
    assert model.score(PART["X_val"], PART["y_val"]) >= 0.9
    assert len(model.validation_scores_) == 60
