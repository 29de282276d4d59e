"""With the same parameters and the same seed, scikit-learn's own weights come out."""

import numpy as np
import pytest
from scipy import sparse
from sklearn import neural_network as theirs
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_multilabel_classification,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS = load_iris(return_X_y=True)
DIGITS = tuple(array[:600] for array in load_digits(return_X_y=True))
CANCER = scale(load_breast_cancer().data), load_breast_cancer().target
DIABETES = load_diabetes(return_X_y=True)
ATTRIBUTES = (
    *("loss_", "n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"),
    *("loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_", "classes_"),
)


def pair(kind, **parameters):
    """The same estimator from both libraries."""
    ours = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}
    return getattr(theirs, kind)(**parameters), ours[kind](**parameters)


def assert_alike(their, our, tolerance=1e-10):
    for wanted, found in zip(
        their.coefs_ + their.intercepts_, our.coefs_ + our.intercepts_, strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance)
    for name in ATTRIBUTES:
        if not hasattr(their, name):
            assert not hasattr(our, name), name
        elif (wanted := getattr(their, name)) is None or isinstance(wanted, str):
            assert getattr(our, name) == wanted, name
        else:
            np.testing.assert_allclose(getattr(our, name), wanted, rtol=1e-9, err_msg=name)


def fitted(kind, data, sample_weight=None, **parameters):
    their, our = pair(kind, **parameters)
    for estimator in (their, our):
        estimator.fit(*data, sample_weight=sample_weight)
    return their, our


@pytest.mark.parametrize("epochs", [1, 15])
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_several_classes(solver, activation, epochs):
    parameters = {"activation": activation, "solver": solver, "max_iter": epochs}
    assert_alike(*fitted("MLPClassifier", IRIS, random_state=epochs, **parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        {"hidden_layer_sizes": ()},
        {"hidden_layer_sizes": 7, "alpha": 1.0},
        {"hidden_layer_sizes": (9, 8, 7), "batch_size": 50},
        {"shuffle": False},
        {"solver": "sgd", "nesterovs_momentum": False},
        {"solver": "sgd", "momentum": 0.0, "learning_rate_init": 0.1},
        {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
        {"solver": "sgd", "learning_rate": "adaptive", "max_iter": 90, "learning_rate_init": 0.1},
        {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
        {"tol": 0.1, "n_iter_no_change": 3, "max_iter": 100},
        {"early_stopping": True, "max_iter": 60, "learning_rate_init": 0.01},
        {"early_stopping": True, "validation_fraction": 0.3, "n_iter_no_change": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("data", [IRIS, CANCER], ids=["three", "two"])
def test_parameters_mean_the_same(parameters, data):
    parameters = {"random_state": 3, "max_iter": 20} | parameters
    assert_alike(*fitted("MLPClassifier", data, **parameters))


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_numbers_weights_and_sparse_inputs(solver):
    weights = np.random.default_rng(0).uniform(0, 2, len(DIABETES[1]))
    X, y = scale(DIABETES[0]), DIABETES[1] / 100
    both = fitted("MLPRegressor", (X, y), weights, solver=solver, max_iter=10, random_state=0)
    assert_alike(*both)
    X = sparse.csr_array(DIGITS[0] / 16)
    assert_alike(
        *fitted("MLPClassifier", (X, DIGITS[1]), solver=solver, max_iter=5, random_state=0)
    )


def test_several_outputs_poisson_and_labels():
    X, y = DIABETES[0], np.c_[DIABETES[1], DIABETES[1] ** 0.5]
    for solver in ("sgd", "adam"):
        parameters = {"solver": solver, "max_iter": 5, "learning_rate_init": 1e-4, "alpha": 0.1}
        assert_alike(*fitted("MLPRegressor", (X, y), random_state=1, **parameters))
    counts = np.random.default_rng(0).poisson(3, len(X))
    parameters = {"loss": "poisson", "max_iter": 20}
    assert_alike(*fitted("MLPRegressor", (X, counts), random_state=1, **parameters))
    labels = make_multilabel_classification(random_state=0)
    assert_alike(*fitted("MLPClassifier", labels, early_stopping=True, random_state=1))


@pytest.mark.parametrize("seed", range(4))
def test_data_that_are_not_scaled(seed):
    """Probabilities are 0 and 1 at first, and the losses decide when to stop."""
    parameters = {"random_state": seed, "max_iter": 300}
    assert_alike(*fitted("MLPClassifier", load_wine(return_X_y=True), **parameters))


def test_labels_that_are_certain():
    """The logarithms of what a sigmoid leaves of 1 are rounding, hence the tolerance."""
    X, y = make_multilabel_classification(random_state=0)
    their, our = fitted("MLPClassifier", (50 * X, y), random_state=0, max_iter=30)
    assert max(their.loss_curve_) > 36  # that of an epsilon, in more than one label
    np.testing.assert_allclose(our.loss_curve_, their.loss_curve_, rtol=1e-3)


def test_float32_stays_so_and_agrees():
    X, y = DIGITS[0].astype(np.float32) / 16, DIGITS[1]
    their, our = fitted("MLPClassifier", (X, y), max_iter=3, random_state=0)
    assert {W.dtype for W in our.coefs_} == {np.dtype(np.float32)}
    assert our.predict_proba(X).dtype == np.float32
    for wanted, found in zip(their.coefs_, our.coefs_, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_fitting_further():
    """warm_start, and partial_fit with classes that come later."""
    their, our = pair("MLPClassifier", warm_start=True, max_iter=4, random_state=0)
    for estimator in (their, our):
        estimator.fit(*IRIS).fit(*IRIS)
    assert_alike(their, our)
    their, our = pair("MLPClassifier", random_state=0)
    for estimator in (their, our):
        estimator.partial_fit(IRIS[0][:90], IRIS[1][:90], classes=[0, 1, 2])
        for _ in range(3):
            estimator.partial_fit(*IRIS)
    assert_alike(their, our)
    assert our.t_ == their.t_


def test_predictions_and_scores():
    their, our = fitted("MLPClassifier", CANCER, max_iter=30, random_state=0)
    X = CANCER[0]
    assert our.score(*CANCER) == their.score(*CANCER)
    assert (our.predict(X) == their.predict(X)).all()
    np.testing.assert_allclose(our.predict_proba(X), their.predict_proba(X), atol=1e-12)
    np.testing.assert_allclose(our.predict_log_proba(X), their.predict_log_proba(X), atol=1e-8)
    names = np.array(["benign", "malign"])[CANCER[1]]
    assert set(our.fit(X, names).predict(X)) == {"benign", "malign"}


@pytest.mark.parametrize("verbose", [True])
def test_what_is_printed_and_warned_is_the_same(verbose, capsys):
    parameters = {"verbose": verbose, "max_iter": 30, "random_state": 0, "batch_size": 1000}
    parameters |= {"solver": "sgd", "learning_rate": "adaptive", "n_iter_no_change": 2, "tol": 0.01}
    said = []
    for estimator in pair("MLPClassifier", **parameters):
        with pytest.warns(UserWarning, match=".") as warned:
            estimator.fit(*IRIS)
        said.append((capsys.readouterr().out, [str(w.message) for w in warned]))
    assert said[0] == said[1]
    assert "Setting learning rate to" in said[1][0]


def test_errors_are_the_same():
    cases = [
        ({"hidden_layer_sizes": (-1,)}, IRIS),
        ({"solver": "nonsense"}, IRIS),
        ({"alpha": -1}, IRIS),
        ({"early_stopping": True, "validation_fraction": 0.05}, (np.eye(6), np.arange(6) % 2)),
    ]
    for parameters, data in cases:
        said = []
        for estimator in pair("MLPClassifier", **parameters):
            with pytest.raises(ValueError, match=r".") as error:
                estimator.fit(*data)
            said.append(str(error.value)[:60].replace("[-1]", "(-1,)"))
        assert said[0] == said[1]
    for estimator in pair("MLPClassifier", solver="lbfgs"):
        with pytest.raises(AttributeError):
            _ = estimator.partial_fit
    assert issubclass(ConvergenceWarning, UserWarning)
