"""Copies, in every state, in other threads and in other processes: the same bits go on."""

import copy
import io
import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from pellucid.engines.native import default_threads, n_cores
from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.regressor import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
SMALL = {"hidden_layer_sizes": (5,), "max_iter": 4, "learning_rate_init": 0.01}
KINDS = [MLPClassifier, MLPRegressor]


def by_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


COPIES = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "joblib": by_joblib,
    "deepcopy": copy.deepcopy,
}
SOLVERS = [
    {"random_state": 0},
    {"random_state": 0, "solver": "sgd", "learning_rate": "adaptive", "norm": "batch"},
    {"random_state": 0, "solver": "rmsprop", "average": 0.9, "dropout": 0.3, "norm": "batch"},
    {"random_state": np.random.RandomState(0), "record_epochs": True, "noise": 0.1},
]


def assert_same(one, other):
    """The same in all that was learnt."""
    np.testing.assert_array_equal(one.network_.parameters, other.network_.parameters)
    np.testing.assert_array_equal(one.network_.buffers, other.network_.buffers)
    for name in ("loss_curve_", "best_loss_", "n_iter_", "t_", "validation_scores_"):
        assert getattr(one, name) == getattr(other, name), name


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("parameters", SOLVERS, ids=["adam", "sgd", "rmsprop", "state"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_goes_on_bit_for_bit(kind, parameters, copied):
    """Before the first fit, after some of it, and after all of it with more to come."""
    model = kind(**SMALL, **copy.deepcopy(parameters), warm_start=True)
    first = {"classes": [0, 1, 2]} if kind is MLPClassifier else {}
    for step in (
        lambda one: one.partial_fit(X, Y, **first),
        lambda one: one.partial_fit(X, Y),
        lambda one: one.fit(X, Y),
        lambda one: one.fit(X, Y),
    ):
        other = step(copied(model))
        step(model)
        assert_same(model, other)
    # With dropout or noise the two irises that are alike are one of weight 2.
    merges = "dropout" in parameters or "noise" in parameters
    assert model.t_ == (150 - merges) * (1 + 1 + 4 + 4)
    assert not np.shares_memory(model.network_.parameters, other.network_.parameters)


@pytest.mark.parametrize("kind", KINDS)
def test_a_clone_has_the_parameters_and_nothing_learnt(kind):
    model = kind(**SMALL, random_state=3, activation=["gelu"], starts=2).fit(X, Y)
    again = clone(model)
    assert again.get_params() == model.get_params()
    assert not [name for name in vars(again) if name.endswith("_")]
    assert_same(again.fit(X, Y), model)


def test_early_stopping_survives_a_copy():
    model = MLPClassifier(**SMALL, early_stopping=True, warm_start=True, random_state=0).fit(X, Y)
    other = pickle.loads(pickle.dumps(model)).fit(X, Y)
    assert_same(model.fit(X, Y), other)
    assert model.best_validation_score_ == other.best_validation_score_


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_searches_come_to_the_same_bits_in_threads_and_processes(backend):
    grid = {"solver": ["adam", "sgd", "lbfgs"], "alpha": [1e-4, 1.0]}
    alone = GridSearchCV(MLPClassifier(**SMALL, random_state=0), grid, cv=3).fit(X, Y)
    with parallel_config(backend):
        beside = GridSearchCV(alone.estimator, grid, cv=3, n_jobs=2).fit(X, Y)
    for name in ("mean_test_score", "std_test_score", "rank_test_score"):
        np.testing.assert_array_equal(beside.cv_results_[name], alone.cv_results_[name])
    np.testing.assert_array_equal(beside.predict_proba(X), alone.predict_proba(X))


@pytest.mark.skipif(n_cores() == 1, reason="there is but one core")
def test_joblibs_workers_share_the_cores():
    """Outside, and where there is one worker, nobody else is at work."""
    assert default_threads() == n_cores()
    assert Parallel(1)([delayed(default_threads)()]) == [n_cores()]
    for backend in ("loky", "threading"):
        assert Parallel(2, backend)(delayed(default_threads)() for _ in range(2)) == [1, 1]


COUNTED = """
import os, warnings
from joblib import Parallel, delayed
from sklearn.datasets import load_digits
from pellucid.estimators.classifier import MLPClassifier

def more_threads(solver, n_jobs):
    warnings.simplefilter("ignore")
    X, Y = load_digits(return_X_y=True)
    before = len(os.listdir("/proc/self/task"))
    MLPClassifier(solver=solver, max_iter=2, n_jobs=n_jobs).fit(X, Y).predict(X)
    return len(os.listdir("/proc/self/task")) - before

print(more_threads("adam", 1), more_threads("lbfgs", 1), more_threads("adam", None))
print(*Parallel(2)(delayed(more_threads)(solver, None) for solver in ("adam", "lbfgs")))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted in /proc")
def test_threads_are_started_only_where_they_have_cores_of_their_own():
    """Fits and predictions leave the threads they start to those after them; a fresh Python."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTED], capture_output=True, text=True, check=True
    )
    here, workers = ([int(word) for word in line.split()] for line in done.stdout.splitlines())
    assert here[:2] == [0, 0]
    assert (here[2] > 0) == (n_cores() > 1)
    assert workers == [0, 0]
