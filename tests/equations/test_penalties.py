"""Every penalty and divisor: known answers, derivatives, extremes."""

import numpy as np
import pytest

from pellucid.equations.penalties import DIVISORS, PENALTIES

ROWS = sorted(PENALTIES)
KNOWN = {  # W → value, gradient, by hand
    "l2": ([[1, 2], [-3, 0]], 7, [[1, 2], [-3, 0]]),
    "l1": ([[1, 2], [-3, 0]], 6, [[1, 1], [-1, 0]]),
}
DIVIDED = {"cost": 1, "batch": 32.5, "dataset": 1000}  # for a batch of weight 32.5 among 1000


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(PENALTIES), "give each row of PENALTIES an entry in KNOWN"
    assert set(DIVIDED) == set(DIVISORS), "give each of DIVISORS an entry in DIVIDED"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    W, value, gradient = KNOWN[name]
    assert PENALTIES[name].value(np.array(W, float), np) == value
    assert PENALTIES[name].gradient(np.array(W, float), np).tolist() == gradient


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ROWS)
def test_gradient_is_the_derivative(name, seed, assert_derivative):
    W = np.random.default_rng(seed).normal(0, 2, (3, 4))
    row = PENALTIES[name]
    assert_derivative(row.gradient(W, np), lambda at: row.value(at, np), W)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_extremes_are_finite_and_keep_the_precision(name, dtype):
    row = PENALTIES[name]
    for W in ([[1e4, -745], [0, np.finfo(dtype).tiny]], [[0]], [[1e15]]):
        W = np.array(W, dtype)
        assert np.isfinite(row.value(W, np))
        assert row.value(W, np).dtype == row.gradient(W, np).dtype == dtype


@pytest.mark.parametrize("name", sorted(DIVISORS))
def test_divisor(name):
    assert DIVISORS[name](32.5, 1000) == DIVIDED[name]


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained(name):
    row = PENALTIES[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.value.__doc__
    assert row.gradient.__doc__
