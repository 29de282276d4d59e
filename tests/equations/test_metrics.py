"""Every metric: known answers, scikit-learn's numbers, edges."""

import numpy as np
import pytest
import sklearn.metrics

from pellucid.equations.metrics import METRICS, chosen

ROWS = sorted(METRICS)

# P, Y → value, by hand.
KNOWN = {
    "accuracy": ([[0.1, 0.9], [0.6, 0.4], [0.3, 0.7]], [1, 0, 0], 2 / 3),
    "r2": ([[1], [2], [4]], [[1], [2], [3]], 1 / 2),
    "mean_absolute_error": ([[1, 2], [2, 2]], [[1, 4], [3, 3]], 1),
}
SCIKIT_LEARN = {
    "accuracy": lambda P, Y: sklearn.metrics.accuracy_score(Y.argmax(1), P.argmax(1)),
    "r2": lambda P, Y: sklearn.metrics.r2_score(Y, P),
    "mean_absolute_error": lambda P, Y: sklearn.metrics.mean_absolute_error(Y, P),
}


def test_every_row_has_a_known_answer_and_a_peer():
    assert set(KNOWN) == set(SCIKIT_LEARN) == set(METRICS), "give each row of METRICS both"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    P, Y, expected = KNOWN[name]
    found = METRICS[name].value(np.array(P, float), np.array(Y), np)
    assert found == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", ROWS)
def test_same_number_as_scikit_learn(name):
    draw = np.random.default_rng(4)
    P, Y = draw.normal(size=(50, 3)), draw.normal(size=(50, 3))
    expected = SCIKIT_LEARN[name](P, Y)
    assert METRICS[name].value(P, Y, np) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", ROWS)
def test_better_says_which_way_is_better(name):
    """Right predictions score better than wrong ones."""
    Y = np.eye(3)
    right, wrong = METRICS[name].value(Y, Y, np), METRICS[name].value(1 - Y, Y, np)
    assert right > wrong if METRICS[name].better == "higher" else right < wrong


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_extremes_are_finite(name, dtype):
    """±10000, zeros, one example, one output: a finite number and no warning."""
    for P in ([[1e4, -1e4], [0, 0]], [[0, 0]], [[0], [1e4]], [[-745]]):
        P = np.array(P, dtype)
        assert np.isfinite(METRICS[name].value(P, np.zeros_like(P), np))


@pytest.mark.parametrize("one", [False, True])
def test_accuracy_takes_codes_and_rows(one):
    """A column of probabilities is cut at ½; rows of either side name their largest."""
    accuracy = METRICS["accuracy"].value
    P = np.array([[0.5], [0.49], [1], [0]]) if one else np.eye(3)[[0, 2, 1, 1]]
    codes = np.array([1, 1, 1, 0] if one else [0, 2, 2, 1])
    rows = codes[:, None] if one else np.eye(3)[codes]
    assert accuracy(P, codes, np) == accuracy(P, rows, np) == 0.75


def test_chosen_takes_the_first_of_equals():
    assert chosen(np.array([[1.0, 1.0], [0.0, 2.0]])).tolist() == [0, 1]


def test_r2_of_constant_targets_is_scikit_learns():
    """An output whose targets are all equal counts 1 where it is met exactly, else 0."""
    Y = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    for P in (Y, Y + [0, 1], Y + [1, 0]):
        expected = sklearn.metrics.r2_score(Y, P)
        assert METRICS["r2"].value(P, Y, np) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained(name):
    row = METRICS[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.value.__doc__
    assert row.better in ("higher", "lower")
    assert row.targets in ("classes", "numbers")
