"""Those who need no other library do the same steps: same data, weights, batches and losses."""

import numpy as np
import pytest

from benchmarks.cases import Case
from benchmarks.configurations import Configuration
from benchmarks.peers import numpy_by_hand, ours, scikit_learn
from benchmarks.problem import problem_of, rows_of
from benchmarks.timing import CLOSE, apart

SGD = Case((12, 9, 7, 4), 32, "SGD", "dense", 25, {})
ADAM = Case((12, 9, 7, 2), 200, "Adam", "dense", 20, {})
PREDICT = Case((12, 9, 4), 1, "predict", "dense", 5, {})


def ends(module, problem, stretches):
    work = module.prepare(problem, Configuration("", "", 1))
    for k in range(stretches):
        work.advance(rows_of(problem.case, k))
    return work.result()


@pytest.mark.parametrize("peer", [numpy_by_hand, scikit_learn])
@pytest.mark.parametrize("case", [SGD, ADAM], ids=["SGD", "Adam"])
def test_weights_after_some_stretches(peer, case):
    problem = problem_of(case)
    expected = ends(ours, problem, stretches=3)
    moved = apart(expected, list(problem.weights))
    assert moved > 0.01
    assert apart(ends(peer, problem, stretches=3), expected) < CLOSE * moved


def test_predictions():
    problem = problem_of(PREDICT)
    (expected,), (found,) = (ends(module, problem, 1) for module in (ours, scikit_learn))
    np.testing.assert_allclose(found.ravel(), expected.ravel(), atol=1e-6)


def test_stretches_are_the_epochs_of_pellucid_in_pieces():
    epoch = np.concatenate([rows_of(SGD, k) for k in range(SGD.rows // (32 * 25))])
    assert sorted(epoch.ravel()) == list(range(SGD.rows))
    assert not np.array_equal(rows_of(SGD, 0), rows_of(SGD, SGD.rows // (32 * 25)))
