"""Every activation function: known answers, derivatives, extremes."""

from math import log

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import INITIALS

ROWS = sorted(ACTIVATIONS)

# Worked out by hand: Z → A, and dA → dZ at the same place.
KNOWN = {
    "identity": ([-2, 0.5], [-2, 0.5], [3, 4], [3, 4]),
    "sigmoid": ([0, log(3)], [1 / 2, 3 / 4], [4, 16], [1, 3]),
    "tanh": ([0, log(3) / 2], [0, 1 / 2], [2, 4], [2, 3]),
    "relu": ([-1, 0, 2], [0, 0, 2], [5, 6, 7], [0, 0, 7]),
    "softmax": ([0, log(2), log(5)], [1 / 8, 2 / 8, 5 / 8], [8, 0, 0], [7 / 8, -2 / 8, -5 / 8]),
}


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(ACTIVATIONS), "give each row of ACTIVATIONS an entry in KNOWN"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    Z, A, dA, dZ = (np.array([values], float) for values in KNOWN[name])
    row = ACTIVATIONS[name]
    np.testing.assert_allclose(row.f(Z, np), A, rtol=1e-15, atol=1e-16)
    np.testing.assert_allclose(row.backward(dA, Z, A, np), dZ, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ROWS)
def test_backward_is_the_derivative_of_forward(name, seed, assert_derivative):
    """Any dA: dZ is the derivative of Σ dA · f(Z); draws near a kink are moved away from it."""
    row, draw = ACTIVATIONS[name], np.random.default_rng(seed)
    Z, dA = draw.normal(0, 2, (3, 4)), draw.normal(0, 3, (3, 4))
    for kink in row.kinks:
        Z = np.where(np.abs(Z - kink) < 1e-3, kink + 0.5, Z)
    dZ = row.backward(dA, Z, row.f(Z, np), np)
    assert_derivative(dZ, lambda at: (dA * row.f(at, np)).sum(), Z)


@pytest.mark.parametrize("name", ROWS)
def test_kinks_are_where_the_derivative_jumps_and_nowhere_else(name):
    """Beside every named kink the slopes differ; over a grid elsewhere they do not jump."""
    row = ACTIVATIONS[name]

    def slope(z):
        Z = np.array([[z, 0.3]])
        return row.backward(np.array([[1.0, 0.0]]), Z, row.f(Z, np), np)[0, 0]

    for kink in row.kinks:
        assert abs(slope(kink + 1e-9) - slope(kink - 1e-9)) > 1e-3
    for z in np.arange(-4, 4.01, 0.25):
        if z not in row.kinks:
            assert abs(slope(z + 1e-9) - slope(z - 1e-9)) < 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_extreme_inputs_stay_finite_and_keep_the_precision(name, dtype):
    """Huge, tiny and equal sums, one example, one unit: no warning, no NaN, the same dtype."""
    row, huge, tiny = ACTIVATIONS[name], np.finfo(dtype).max / 4, np.finfo(dtype).tiny
    Z = np.array([[1e4, -1e4, 745, -745], [huge, -huge, tiny, -tiny], [0, 0, 0, 0]], dtype)
    for part in (Z, Z[:1], Z[:, :1], Z[2:, :1]):
        A = row.f(part, np)
        dZ = row.backward(np.ones_like(A), part, A, np)
        assert A.shape == dZ.shape == part.shape
        assert A.dtype == dZ.dtype == dtype
        assert np.isfinite(A).all()
        assert np.isfinite(dZ).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bounded_functions_reach_their_limits(dtype):
    """At ±10000 sigmoid, tanh and softmax are at their ends exactly, and all are flat there."""
    Z = np.array([[1e4, -1e4]], dtype)
    for name, ends in (("sigmoid", [1, 0]), ("tanh", [1, -1]), ("softmax", [1, 0])):
        row = ACTIVATIONS[name]
        A = row.f(Z, np)
        assert A.tolist() == [ends]
        assert row.backward(np.array([[3, 5]], dtype), Z, A, np).tolist() == [[0, 0]]


def test_sigmoid_keeps_the_small_end():
    """σ(−745) is the smallest number there is, not 0: e^z, not 1 − 1."""
    assert ACTIVATIONS["sigmoid"].f(np.array([[-745.0]]), np)[0, 0] == 5e-324


def test_softmax_rows_sum_to_one_and_a_shift_changes_nothing():
    Z = np.random.default_rng(1).normal(0, 5, (20, 7))
    softmax = ACTIVATIONS["softmax"].f
    np.testing.assert_allclose(softmax(Z, np).sum(1), 1, rtol=1e-15)
    np.testing.assert_allclose(softmax(Z + 1000, np), softmax(Z, np), rtol=1e-12)
    assert softmax(np.array([[-3.0], [900.0]]), np).tolist() == [[1], [1]]


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_names_how_its_weights_begin(name):
    row = ACTIVATIONS[name]
    assert all(text.strip() for text in (row.formula, row.derivative, row.source))
    assert row.f.__doc__
    assert row.backward.__doc__
    assert row.initial in INITIALS
