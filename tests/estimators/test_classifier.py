"""What scikit-learn's classifier does not have."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris

import pellucid as pel
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.weighing import weigh

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)


def test_class_weights_are_sample_weights():
    chosen = {0: 1.0, 1: 5.0, 2: 0.5}
    given = np.random.default_rng(0).uniform(1, 2, 150)
    for weight in ("balanced", chosen):
        one = MLPClassifier(max_iter=5, random_state=0, class_weight=weight).fit(X, Y, given)
        each = weigh(weight, Y, given)
        other = MLPClassifier(max_iter=5, random_state=0).fit(X, Y, each)
        assert (one.coefs_[0] == other.coefs_[0]).all()


@pytest.mark.parametrize(
    "parameters",
    [
        {"dropout": 0.5},
        {"input_dropout": 0.2},
        {"noise": 0.5},
        {"norm": "batch"},
        {"l1": 0.1},
        {"max_norm": 0.5},
        {"clip_norm": 0.01},
        {"average": 0.9},
        {"label_smoothing": 0.3},
        {"activation": "gelu"},
        {"solver": "rmsprop"},
        {"learning_rate": pel.Linear(0.01, 0.0)},
    ],
    ids=str,
)
def test_each_further_parameter_does_something_and_can_be_cloned(parameters):
    plain = MLPClassifier(max_iter=4, random_state=0).fit(X, Y)
    model = clone(MLPClassifier(max_iter=4, random_state=0, **parameters)).fit(X, Y)
    assert (model.predict_proba(X) != plain.predict_proba(X)).any()
    again = clone(model).fit(X, Y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert model.network_.architecture.n_layers == 2


def test_weights_are_the_networks_and_survive_pickling():
    model = pickle.loads(pickle.dumps(MLPClassifier(max_iter=3, random_state=0).fit(X, Y)))
    model.coefs_[0][...] = 0
    model.intercepts_[0][...] = 0
    assert (model.network_.weights[1] == 0).all()
    assert len(np.unique(model.predict_proba(X)[:, 0])) == 1
    before = model.loss_curve_[-1]
    model.partial_fit(X, Y)
    assert model.loss_curve_[-1] != before


@pytest.mark.parametrize(("solver", "rate"), [("sgd", 1e3), ("adam", 1e8)])
def test_what_went_wrong_is_said_with_its_cure(solver, rate):
    model = MLPClassifier(solver=solver, learning_rate_init=rate, max_iter=20, random_state=0)
    with pytest.warns(
        UserWarning, match="same prediction for every example.*lower learning_rate_init"
    ):
        model.fit(X * 16, Y)


def test_an_infinite_loss_is_an_error():
    model = MLPClassifier(
        (50, 50), "identity", solver="sgd", learning_rate_init=1e200, random_state=0
    )
    with pytest.raises(ValueError, match="non-finite parameter weights.*lower learning_rate_init"):
        model.fit(X, Y)


def test_staged_predictions_are_those_of_shorter_fits():
    model = MLPClassifier(max_iter=5, random_state=0, record_epochs=True).fit(X, Y)
    staged = list(zip(model.staged_predict_proba(X), model.staged_predict(X), strict=True))
    assert len(staged) == 5
    for n, (P, labels) in enumerate(staged, start=1):
        shorter = MLPClassifier(max_iter=n, random_state=0).fit(X, Y)
        np.testing.assert_array_equal(P, shorter.predict_proba(X))
        np.testing.assert_array_equal(labels, shorter.predict(X))
    assert not hasattr(MLPClassifier(), "staged_predict")


def test_hidden_activations_with_names():
    model = MLPClassifier((6, 4), max_iter=3, random_state=0).fit(X, Y)
    trace = pel.trace(model.network_, X, Y)
    np.testing.assert_allclose(model.transform(X), trace.A[2], atol=1e-12)
    np.testing.assert_allclose(model.transform(X, layer=1), trace.A[1], atol=1e-12)
    np.testing.assert_allclose(model.transform(X, layer=-1), model.predict_proba(X), atol=1e-12)
    with pytest.raises(
        pel.RecipeError, match="layer: expected 1 to 3, or −1 to −3 from the end, got 4"
    ):
        model.transform(X, layer=4)
    model.set_output(transform="pandas")
    assert list(model.transform(X).columns) == [f"mlpclassifier{i}" for i in range(4)]
    assert model.transform(X, layer=1).shape == (150, 6)
