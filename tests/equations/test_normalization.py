"""Batch normalization: by hand, derivatives, extremes, running averages."""

import numpy as np
import pytest

from pellucid.equations.normalization import (
    EPSILON,
    MOMENTUM,
    NORMS,
    batch_norm,
    batch_norm_backward,
    batch_norm_fixed,
    running_average,
)


def test_known_answer():
    """The column 1, 3 has mean 2 and variance 1, so it becomes ∓1/√(1 + ε)."""
    N, Z_hat, mean, variance = batch_norm(np.array([[1.0], [3.0]]), np.array([4.0]), np.array([7]))
    one = 1 / (1 + EPSILON) ** 0.5
    np.testing.assert_allclose(Z_hat, [[-one], [one]], rtol=1e-15)
    np.testing.assert_allclose(N, [[7 - 4 * one], [7 + 4 * one]], rtol=1e-15)
    assert (mean.tolist(), variance.tolist()) == ([2], [1])


def test_every_norm_is_known():
    assert NORMS == ("none", "batch"), "a new norm needs its tests here"


@pytest.mark.parametrize("n", [2, 3, 9])
def test_derivatives_by_sums_gain_and_shift(n, assert_derivative):
    draw = np.random.default_rng(n)
    Z, dN = draw.normal(1, 2, (n, 4)), draw.normal(size=(n, 4))
    gain, shift = draw.normal(size=4), draw.normal(size=4)
    _, Z_hat, _, variance = batch_norm(Z, gain, shift)
    dZ, dgain, dshift = batch_norm_backward(dN, Z_hat, variance, gain)
    assert_derivative(dZ, lambda at: (dN * batch_norm(at, gain, shift)[0]).sum(), Z)
    assert_derivative(dgain, lambda at: (dN * batch_norm(Z, at, shift)[0]).sum(), gain)
    assert_derivative(dshift, lambda at: (dN * batch_norm(Z, gain, at)[0]).sum(), shift)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("Z", [[[3, -5]], [[7, 7], [7, 7]], [[1e4, -745], [-1e4, 745]], [[0], [0]]])
def test_extremes_are_finite_and_keep_the_precision(Z, dtype):
    """One example, equal examples, large ones: no division by 0, and nothing to learn from none."""
    Z = np.array(Z, dtype)
    gain, shift = np.ones(Z.shape[1], dtype), np.zeros(Z.shape[1], dtype)
    N, Z_hat, mean, variance = batch_norm(Z, gain, shift)
    dZ, *_ = batch_norm_backward(np.ones_like(Z), Z_hat, variance, gain)
    fixed = batch_norm_fixed(Z, gain, shift, mean, variance)
    for array in (N, Z_hat, mean, variance, dZ, fixed):
        assert array.dtype == dtype
        assert np.isfinite(array).all()
    np.testing.assert_allclose(dZ, 0, atol=1e-4)  # adding the same to every N moves no Z
    np.testing.assert_allclose(fixed, N, rtol=1e-6)


def test_fixed_statistics_treat_each_example_alone():
    draw = np.random.default_rng(1)
    Z, (gain, shift, mean) = draw.normal(size=(6, 3)), draw.normal(size=(3, 3))
    variance = draw.uniform(0.5, 2, 3)
    whole = batch_norm_fixed(Z, gain, shift, mean, variance)
    for i, j in np.ndindex(Z.shape):
        expected = gain[j] * (Z[i, j] - mean[j]) / (variance[j] + EPSILON) ** 0.5 + shift[j]
        assert whole[i, j] == pytest.approx(expected, rel=1e-13)


def test_running_average_by_hand():
    """A tenth of the new batch; the variance of n = 5 enters as 5/4 of itself."""
    mean, variance = running_average((np.array([1.0]), np.array([1.0])), *np.array([[11], [8]]), 5)
    assert MOMENTUM == 0.1
    np.testing.assert_allclose(mean, [0.9 * 1 + 0.1 * 11], rtol=1e-15)
    np.testing.assert_allclose(variance, [0.9 * 1 + 0.1 * 10], rtol=1e-15)


def test_running_average_of_a_single_example_divides_by_nothing():
    _, variance = running_average((np.zeros(1), np.ones(1)), np.zeros(1), np.zeros(1), 1)
    assert variance.tolist() == [0.9]
