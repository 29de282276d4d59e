"""Activation functions that let large sums through: digits in their tails, kinks, ties."""

from math import erfc, exp, expm1, log1p, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from pellucid.equations import rectifiers
from pellucid.equations.rectifiers import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    gelu_tanh,
    gelu_tanh_backward,
    leaky_relu_backward,
    maxout,
    maxout_backward,
    relu_backward,
    selu,
    selu_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
)

TAILS = np.array([[-30, -10, -5, -1, -1e-3, -1e-9, 0, 1e-9, 1e-3, 1, 5, 10, 30]])
RECTIFIERS = ("relu", "leaky_relu", "elu", "selu", "gelu", "gelu_tanh", "silu", "softplus")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", RECTIFIERS)
def test_large_sums_pass_and_so_do_their_derivatives(name, dtype):
    """Far above 0 each is the identity (selu λ times it); far below a constant, or 0.01 z."""
    f, backward = getattr(rectifiers, name), getattr(rectifiers, f"{name}_backward")
    Z = np.array([[1e4, 1e30, -1e4, -1e30]], dtype)
    scale = {"selu": rectifiers.SELU_SCALE}.get(name, 1)
    floor = {"elu": -1, "selu": -rectifiers.SELU_SCALE * rectifiers.SELU_ALPHA}.get(name, 0)
    below = {"leaky_relu": 0.01}.get(name, 0)
    expected = [scale * 1e4, scale * 1e30, floor - below * 1e4, floor - below * 1e30]
    np.testing.assert_allclose(f(Z), [expected], rtol=1e-6)
    slopes = backward(np.full_like(Z, 2), Z, f(Z))
    np.testing.assert_allclose(slopes, [[2 * scale, 2 * scale, 2 * below, 2 * below]], rtol=1e-6)


def test_derivatives_at_the_kink_are_those_from_below():
    """At 0, where a derivative has to be chosen: that of z ≤ 0, as the docstrings say."""
    zero, dA = np.zeros((1, 1)), np.full((1, 1), 3.0)
    assert relu_backward(dA, zero, zero)[0, 0] == 0
    assert leaky_relu_backward(dA, zero, zero)[0, 0] == 0.03
    assert selu_backward(dA, zero, zero)[0, 0] == 3 * rectifiers.SELU_SCALE * rectifiers.SELU_ALPHA
    assert elu_backward(dA, zero, zero)[0, 0] == 3  # which has no kink


def test_no_digit_is_lost_in_the_tails():
    """Against the same by other means, relative to each value, however small."""
    phi = NormalDist()
    for f, other in (
        (elu, lambda z: z if z > 0 else expm1(z)),
        (gelu, lambda z: z * erfc(-z / sqrt(2)) / 2),
        (silu, lambda z: z / (1 + exp(-z))),
        (softplus, lambda z: log1p(exp(z))),
    ):
        expected = [[other(z) for z in TAILS[0]]]
        np.testing.assert_allclose(f(TAILS), expected, rtol=1e-12)  # Φ(z) has a condition of z²
    for backward, f, other in (
        (gelu_backward, gelu, lambda z: erfc(-z / sqrt(2)) / 2 + z * phi.pdf(z)),
        (silu_backward, silu, lambda z: (1 + exp(-z) * (1 + z)) / (1 + exp(-z)) ** 2),
        (softplus_backward, softplus, lambda z: 1 / (1 + exp(-z))),
    ):
        expected = [[other(z) for z in TAILS[0]]]
        found = backward(np.ones_like(TAILS), TAILS, f(TAILS))
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-300)


def test_selu_keeps_mean_0_and_variance_1():
    """Of normal sums, by the trapezoidal rule: the fixed point its two numbers were made for."""
    z = np.linspace(-12, 12, 200_001)
    share = np.exp(-z * z / 2) / sqrt(2 * np.pi) * (z[1] - z[0])
    A = selu(z[None])[0]
    assert (share * A).sum() == pytest.approx(0, abs=1e-9)
    assert (share * A * A).sum() == pytest.approx(1, abs=1e-9)


def test_gelu_tanh_stays_near_gelu():
    """Within 0.0005 everywhere, its slope within 0.0025; and both agree far out."""
    Z = np.linspace(-60, 60, 24_001)[None]
    one = np.ones_like(Z)
    assert abs(gelu_tanh(Z) - gelu(Z)).max() < 5e-4
    slopes = gelu_tanh_backward(one, Z, gelu_tanh(Z)), gelu_backward(one, Z, gelu(Z))
    assert abs(slopes[0] - slopes[1]).max() < 2.5e-3
    far = abs(Z) > 39
    assert (gelu_tanh(Z)[far] == np.maximum(Z[far], 0)).all()


def test_maxout_takes_the_largest_and_gives_back_to_it_alone():
    Z = np.array([[1.0, -3, 2], [-5, -4, -6], [7, 0, 0]])
    A = maxout(Z)
    assert A.tolist() == [[2], [-4], [7]]
    dZ = maxout_backward(np.array([[10.0], [20], [30]]), Z, A)
    assert dZ.tolist() == [[0, 0, 10], [0, 20, 0], [30, 0, 0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maxout_shares_among_equals_evenly(dtype):
    Z = np.array([[2, 2, 1, 2], [0, 0, 0, 0], [3, 3, 1, -1e30]], dtype)
    dZ = maxout_backward(np.array([[6], [8], [5]], dtype), Z, maxout(Z))
    assert dZ.dtype == dtype
    np.testing.assert_allclose(dZ, [[2, 2, 0, 2], [2, 2, 2, 2], [2.5, 2.5, 0, 0]], rtol=1e-6)


def test_maxout_of_a_single_piece_passes_everything():
    Z = np.array([[-1.0], [4]])
    assert maxout(Z).tolist() == Z.tolist()
    assert maxout_backward(Z, Z, Z).tolist() == Z.tolist()
