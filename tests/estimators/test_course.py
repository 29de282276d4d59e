"""When fitting stops, and what is said then."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from pellucid.estimators.classifier import MLPClassifier

X, Y = load_iris(return_X_y=True)


def test_the_last_epoch_is_said_to_be_the_last():
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(3\) reached"):
        model = MLPClassifier(max_iter=3, random_state=0).fit(X, Y)
    assert model.n_iter_ == 3


def test_it_stops_when_nothing_gets_better(recwarn):
    model = MLPClassifier(max_iter=500, tol=0.5, n_iter_no_change=4, random_state=0).fit(X, Y)
    assert model.n_iter_ < 20
    assert not recwarn.list


def test_warnings_point_at_the_caller():
    with pytest.warns(ConvergenceWarning) as warned:
        MLPClassifier(max_iter=1, random_state=0).fit(X, Y)
    assert {w.filename for w in warned} == {__file__}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_adaptive_rates_are_divided_by_five(capsys):
    parameters = {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.5}
    MLPClassifier(
        **parameters, verbose=True, tol=0.2, n_iter_no_change=1, max_iter=60, random_state=0
    ).fit(X / 8, Y)
    said = capsys.readouterr().out
    rates = [float(line.split()[-1]) for line in said.splitlines() if "Setting" in line]
    np.testing.assert_allclose(
        rates, 0.5 / 5.0 ** np.arange(1, len(rates) + 1), rtol=1e-2, atol=1e-6
    )
    assert "Learning rate too small. Stopping." in said
