"""What both estimators have: one network, attributes that are views of it, a picture."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

import pellucid as pel
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_nothing_is_there_before_fit(kind):
    model = kind()
    for call in (model.predict, model.transform, lambda _: model.plot_loss_curve()):
        with pytest.raises(NotFittedError):
            call(X)
    assert not hasattr(model, "coefs_")


def test_weights_are_views_of_the_network():
    model = MLPClassifier((4, 3), max_iter=2, random_state=0).fit(X, Y)
    for l in (1, 2, 3):
        assert np.shares_memory(model.coefs_[l - 1], model.network_.parameters)
        assert np.shares_memory(model.intercepts_[l - 1], model.network_.parameters)


def test_a_solver_without_epochs_has_no_curve():
    model = MLPClassifier((3,), solver="lbfgs", max_iter=5, random_state=0).fit(X, Y)
    with pytest.raises(pel.RecipeError, match="got 'lbfgs', which keeps only the last loss"):
        model.plot_loss_curve()


def test_curves_are_drawn():
    model = MLPClassifier(max_iter=6, random_state=0).fit(
        X[::2], Y[::2], X_val=X[1::2], y_val=Y[1::2]
    )
    ax = model.plot_loss_curve(theme="dark")
    drawn = [line.get_ydata() for line in ax.get_lines()]
    np.testing.assert_allclose(drawn[0], model.loss_curve_)
    np.testing.assert_allclose(drawn[1], model.validation_loss_curve_)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_precision_is_that_of_the_inputs_or_as_asked(kind):
    for given, asked, wanted in [
        (np.float64, "auto", np.float64),
        (np.float32, "auto", np.float32),
        (np.int64, "auto", np.float64),
        (np.float64, "float32", np.float32),
        (np.float32, "float64", np.float64),
    ]:
        settings = {"hidden_layer_sizes": (3,), "max_iter": 2, "precision": asked}
        model = kind(**settings, random_state=0).fit(X.astype(given), Y)
        assert {W.dtype for W in model.coefs_} == {np.dtype(wanted)}
        assert model.transform(X.astype(given)).dtype == wanted


@pytest.mark.parametrize(
    "parameters", [{"dropout": 0.3}, {"input_noise": 0.2}, {"precision": "float32"}], ids=str
)
def test_a_row_twice_is_one_of_weight_2_also_where_it_draws(parameters):
    """Bit for bit, in any order; without weights random numbers go by the place of a row."""
    settings = {"hidden_layer_sizes": (5,), "max_iter": 9, "batch_size": 40, "random_state": 0}
    weights = np.random.default_rng(0).integers(0, 3, len(Y))
    one = MLPClassifier(**settings, **parameters).fit(X, Y, weights)
    rows = np.random.default_rng(1).permutation(np.repeat(np.arange(len(Y)), weights))
    two = MLPClassifier(**settings, **parameters).fit(X[rows], Y[rows])
    np.testing.assert_array_equal(one.network_.parameters, two.network_.parameters)
