"""Normalization: by hand, derivatives, extremes, running averages."""

import numpy as np
import pytest

from pellucid.equations.normalization import (
    EPSILON,
    MOMENTUM,
    NORMS,
    batch_norm_fixed,
    batch_norm_fixed_backward,
    running_average,
)

ROWS = sorted(name for name, row in NORMS.items() if row is not None)
ONE = 1 / (1 + EPSILON) ** 0.5
HALF = 1 / (4 + EPSILON) ** 0.5

# Z → Ẑ, mean, variance, by hand, with gain (4, 5) and shift (7, 8). 1 and 3 have mean 2 and
# variance 1, 2 and 6 mean 4 and variance 4.
KNOWN = {
    "batch": ([[1, 2], [3, 6]], [[-ONE, -2 * HALF], [ONE, 2 * HALF]], [2, 4], [1, 4]),
    "layer": ([[1, 3], [2, 6]], [[-ONE, ONE], [-2 * HALF, 2 * HALF]], [[2], [4]], [[1], [4]]),
}


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(ROWS), "give each row of NORMS an entry in KNOWN"
    assert [name for name in NORMS if name not in ROWS] == ["none"]


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    Z, expected, *statistics = KNOWN[name]
    gain, shift = np.array([4.0, 5]), np.array([7.0, 8])
    N, Z_hat, mean, variance = NORMS[name].f(np.array(Z, float), gain, shift, np)
    np.testing.assert_allclose(Z_hat, expected, rtol=1e-15)
    np.testing.assert_allclose(N, np.array(expected) * [4, 5] + [7, 8], rtol=1e-15)
    assert [mean.tolist(), variance.tolist()] == statistics


@pytest.mark.parametrize("shape", [(2, 4), (3, 2), (9, 5)])
@pytest.mark.parametrize("name", ROWS)
def test_derivatives_by_sums_gain_and_shift(name, shape, assert_derivative):
    draw, row = np.random.default_rng(shape[0]), NORMS[name]
    Z, dN = draw.normal(1, 2, shape), draw.normal(size=shape)
    gain, shift = draw.normal(size=(2, shape[1]))
    _, Z_hat, _, variance = row.f(Z, gain, shift, np)
    dZ, dgain, dshift = row.backward(dN, Z_hat, variance, gain, np)
    assert_derivative(dZ, lambda at: (dN * row.f(at, gain, shift, np)[0]).sum(), Z)
    assert_derivative(dgain, lambda at: (dN * row.f(Z, at, shift, np)[0]).sum(), gain)
    assert_derivative(dshift, lambda at: (dN * row.f(Z, gain, at, np)[0]).sum(), shift)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("Z", [[[3, -5]], [[7, 7], [7, 7]], [[1e4, -745], [-1e4, 745]], [[0], [0]]])
@pytest.mark.parametrize("name", ROWS)
def test_extremes_are_finite_and_keep_the_precision(name, Z, dtype):
    """One example, equal ones, large ones, one sum: no division by 0, nothing to learn from none.

    Batch normalization makes 0 of a single example, layer normalization of a single sum.
    """
    Z, row = np.array(Z, dtype), NORMS[name]
    gain, shift = np.ones(Z.shape[1], dtype), np.zeros(Z.shape[1], dtype)
    N, Z_hat, mean, variance = row.f(Z, gain, shift, np)
    dZ, dgain, dshift = row.backward(np.ones_like(Z), Z_hat, variance, gain, np)
    for array in (N, Z_hat, mean, variance, dZ, dgain, dshift):
        assert array.dtype == dtype
        assert np.isfinite(array).all()
    np.testing.assert_allclose(dZ, 0, atol=1e-4)  # adding the same to every N moves no Z
    if row.fixed is not None:
        fixed = row.fixed(Z, gain, shift, mean, variance, np)
        assert fixed.dtype == dtype
        np.testing.assert_allclose(fixed, N, rtol=1e-6)


def test_layer_normalization_treats_each_example_alone():
    """Term by term; and an example of other scale and level comes out the same."""
    draw, row = np.random.default_rng(2), NORMS["layer"]
    Z, (gain, shift) = draw.normal(size=(6, 3)), draw.normal(size=(2, 3))
    whole = row.f(Z, gain, shift, np)[0]
    for i, j in np.ndindex(Z.shape):
        mean = sum(Z[i]) / 3
        variance = sum((z - mean) ** 2 for z in Z[i]) / 3
        expected = gain[j] * (Z[i, j] - mean) / (variance + EPSILON) ** 0.5 + shift[j]
        assert whole[i, j] == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(row.f(1e3 * Z + 50, gain, shift, np)[0], whole, rtol=1e-2)


def test_only_batch_normalization_has_something_running():
    assert {name for name in ROWS if NORMS[name].fixed is not None} == {"batch"}


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained(name):
    row = NORMS[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.f.__doc__
    assert row.backward.__doc__


def test_fixed_statistics_treat_each_example_alone():
    draw = np.random.default_rng(1)
    Z, (gain, shift, mean) = draw.normal(size=(6, 3)), draw.normal(size=(3, 3))
    variance = draw.uniform(0.5, 2, 3)
    whole = batch_norm_fixed(Z, gain, shift, mean, variance)
    for i, j in np.ndindex(Z.shape):
        expected = gain[j] * (Z[i, j] - mean[j]) / (variance[j] + EPSILON) ** 0.5 + shift[j]
        assert whole[i, j] == pytest.approx(expected, rel=1e-13)


def test_with_fixed_statistics_derivatives_are_of_each_example_alone():
    """By differences: of dZ example by example, of gain and shift summed over them."""
    draw = np.random.default_rng(2)
    Z, dN = draw.normal(size=(6, 3)), draw.normal(size=(6, 3))
    gain, shift, mean = draw.normal(size=(3, 3))
    variance = draw.uniform(0.5, 2, 3)

    def total(Z, gain, shift):
        return float((dN * batch_norm_fixed(Z, gain, shift, mean, variance)).sum())

    found = batch_norm_fixed_backward(dN, Z, mean, variance, gain)
    for k, given in enumerate((Z, gain, shift)):
        for at in np.ndindex(given.shape):
            step = np.zeros_like(given)
            step[at] = 1e-6
            ahead, behind = (
                total(*(x + sign * step if i == k else x for i, x in enumerate((Z, gain, shift))))
                for sign in (1, -1)
            )
            assert found[k][at] == pytest.approx((ahead - behind) / 2e-6, abs=1e-8)


def test_running_average_by_hand():
    """A tenth of the new batch; the variance of n = 5 enters as 5/4 of itself."""
    mean, variance = running_average((np.array([1.0]), np.array([1.0])), *np.array([[11], [8]]), 5)
    assert MOMENTUM == 0.1
    np.testing.assert_allclose(mean, [0.9 * 1 + 0.1 * 11], rtol=1e-15)
    np.testing.assert_allclose(variance, [0.9 * 1 + 0.1 * 10], rtol=1e-15)


def test_running_average_of_a_single_example_divides_by_nothing():
    _, variance = running_average((np.zeros(1), np.ones(1)), np.zeros(1), np.zeros(1), 1)
    assert variance.tolist() == [0.9]
