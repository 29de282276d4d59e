"""Every activation function: known answers, derivatives, extremes."""

from math import exp, log, pi, sqrt, tanh

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import INITIALS

ROWS = sorted(ACTIVATIONS)
DIFFERENTIABLE = sorted(name for name, row in ACTIVATIONS.items() if row.backward is not None)

PHI, DENSITY = 0.8413447460685429, exp(-1 / 2) / sqrt(2 * pi)  # of the normal distribution at 1
SCALE, BOTH = 1.0507009873554805, 1.7580993408473766  # λ and λ α of selu
U, SLOPE = sqrt(2 / pi) * 1.044715, sqrt(2 / pi) * (1 + 3 * 0.044715)  # gelu_tanh's u, u′ at 1

# Worked out by hand: Z → A, and dA → dZ at the same place where there is a derivative.
KNOWN = {
    "identity": ([-2, 0.5], [-2, 0.5], [3, 4], [3, 4]),
    "sigmoid": ([0, log(3)], [1 / 2, 3 / 4], [4, 16], [1, 3]),
    "tanh": ([0, log(3) / 2], [0, 1 / 2], [2, 4], [2, 3]),
    "relu": ([-1, 0, 2], [0, 0, 2], [5, 6, 7], [0, 0, 7]),
    "softmax": ([0, log(2), log(5)], [1 / 8, 2 / 8, 5 / 8], [8, 0, 0], [7 / 8, -2 / 8, -5 / 8]),
    "step": ([-1, 0, 2], [0, 0, 1]),
    "sign": ([-1, 0, 2], [-1, 1, 1]),
    "scaled_tanh": ([0, 0.75 * log(3)], [0, 1.7159 / 2], [3, 2], [2 * 1.7159, 1.7159]),
    "leaky_relu": ([-1, 0, 2], [-0.01, 0, 2], [5, 6, 7], [0.05, 0.06, 7]),
    "elu": ([-log(2), 0, 2], [-1 / 2, 0, 2], [4, 5, 6], [2, 5, 6]),
    "selu": (
        [-log(2), 0, 2],
        [-BOTH / 2, 0, 2 * SCALE],
        [4, 5, 6],
        [2 * BOTH, 5 * BOTH, 6 * SCALE],
    ),
    "gelu": ([0, 1, -1], [0, PHI, PHI - 1], [4, 1, 1], [2, PHI + DENSITY, 1 - PHI - DENSITY]),
    "gelu_tanh": (
        *([0, 1], [0, (1 + tanh(U)) / 2]),
        *([4, 1], [2, (1 + tanh(U)) / 2 + (1 - tanh(U) ** 2) * SLOPE / 2]),
    ),
    "silu": ([0, log(3)], [0, 3 / 4 * log(3)], [4, 16], [2, 12 + 3 * log(3)]),
    "softplus": ([0, log(3)], [log(2), log(4)], [4, 4], [2, 3]),
    "softsign": ([-3, 0, 1], [-3 / 4, 0, 1 / 2], [16, 5, 4], [1, 5, 1]),
    "hard_tanh": ([-3, -1, -0.5, 1, 2], [-1, -1, -0.5, 1, 1], [1, 2, 3, 4, 5], [0, 0, 3, 0, 0]),
    "exp": ([0, log(3)], [1, 3], [4, 2], [4, 6]),
    "maxout": ([1, 3, 2], [3], [5], [0, 5, 0]),
}
# Functions that are not finite for every finite sum: the largest one they are asked for.
HIGHEST = {"exp": {np.float32: 87.0, np.float64: 708.0}}


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(ACTIVATIONS), "give each row of ACTIVATIONS an entry in KNOWN"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    Z, A, *derivative = (np.array([values], float) for values in KNOWN[name])
    row = ACTIVATIONS[name]
    np.testing.assert_allclose(row.f(Z, np), A, rtol=1e-15, atol=1e-16)
    assert bool(derivative) == (row.backward is not None)
    if derivative:
        dA, dZ = derivative
        np.testing.assert_allclose(row.backward(dA, Z, A, np), dZ, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_backward_is_the_derivative_of_forward(name, seed, assert_derivative):
    """Any dA: dZ is the derivative of Σ dA · f(Z); draws near a kink are moved away from it."""
    row, draw = ACTIVATIONS[name], np.random.default_rng(seed)
    Z = draw.normal(0, 2, (3, 4))
    for kink in row.kinks:
        Z = np.where(np.abs(Z - kink) < 1e-3, kink + 0.5, Z)
    A = row.f(Z, np)
    dA = draw.normal(0, 3, A.shape)
    dZ = row.backward(dA, Z, A, np)
    assert_derivative(dZ, lambda at: (dA * row.f(at, np)).sum(), Z)


@pytest.mark.parametrize("name", [name for name in DIFFERENTIABLE if not ACTIVATIONS[name].grouped])
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
    if name in HIGHEST:
        Z = np.minimum(Z, HIGHEST[name][dtype])
    for part in (Z, Z[:1], Z[:, :1], Z[2:, :1]):
        A = row.f(part, np)
        assert A.shape == ((len(part), 1) if row.grouped else part.shape)
        assert A.dtype == dtype
        assert np.isfinite(A).all()
        if row.backward is None:
            continue
        dZ = row.backward(np.full_like(A, 3), part, A, np)
        assert dZ.shape == part.shape
        assert dZ.dtype == dtype
        assert np.isfinite(dZ).all()


def test_only_jumps_have_no_derivative():
    assert set(ROWS) - set(DIFFERENTIABLE) == {"step", "sign"}


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_names_how_its_weights_begin(name):
    row = ACTIVATIONS[name]
    assert all(text.strip() for text in (row.formula, row.derivative, row.source))
    assert row.f.__doc__
    assert row.backward is None or row.backward.__doc__
    assert row.initial in INITIALS


def test_units_that_are_0_half_of_the_time_begin_by_he():
    """selu has its own theory, and every other row keeps the variance of sums or derivatives."""
    assert {name for name in ROWS if ACTIVATIONS[name].initial == "he"} == {
        *("relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "softplus", "maxout")
    }
    assert {ACTIVATIONS[name].initial for name in ("selu", "scaled_tanh")} == {"lecun"}
