"""Noise: the table of quantiles against the error function, moments, derivative."""

from math import erfc, sqrt

import numpy as np
import pytest

from pellucid.equations.dropout import LANES
from pellucid.equations.noise import gaussian, noise, quantiles
from pellucid.equations.random import NOISE, lanes


def test_quantiles_are_those_of_the_normal_distribution():
    """Φ of entry i is (i + ½) / 65536; the lower half, the upper follows by symmetry."""
    for i in [*range(40), *range(40, LANES // 2, 97), LANES // 2 - 1]:
        assert erfc(-quantiles()[i] / sqrt(2)) / 2 == pytest.approx((i + 0.5) / LANES, rel=1e-13)


def test_quantiles_rise_are_antisymmetric_and_cannot_be_changed():
    table = quantiles()
    assert (table.dtype, table.shape) == (np.float64, (LANES,))
    assert (np.diff(table) > 0).all()
    assert (table == -table[::-1]).all()
    assert quantiles() is table
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 0


def test_moments_over_all_lanes():
    """Mean exactly 0; the variance lacks what lies beyond the outermost quantiles."""
    table = quantiles()
    assert table.sum() == 0
    assert (table**2).mean() == pytest.approx(0.99998, abs=1e-6)
    assert (table**4).mean() == pytest.approx(3, abs=1e-3)
    assert abs(table).max() == pytest.approx(4.32, abs=0.01)


def test_frozen_values():
    """For ever: what a saved seed's lanes stand for; computed with 40 digits elsewhere."""
    assert quantiles()[[0, 1, 1000, 32767]].tolist() == pytest.approx(
        [-4.324919040826046, -4.0762065160326175, -2.1631084815747497, -1.9124056051512083e-05],
        rel=1e-15,
    )


def test_gaussian_by_hand():
    """The lanes beside the middle, and Φ⁻¹ of nearly 0.975."""
    found = gaussian(np.array([[32767, 32768], [0, 63897]], np.uint16), 3.0)
    assert found.dtype == np.float64
    assert found[0, 0] == -found[0, 1]
    assert found[1, 0] == 3 * quantiles()[0]
    assert found[1, 1] == pytest.approx(3 * 1.95996, abs=1e-3)
    assert (gaussian(np.arange(LANES), 0.0) == 0).all()


def test_gaussian_of_drawn_lanes():
    """400000 draws of deviation 0.3: mean and variance within 6 standard errors."""
    found = gaussian(lanes(1, NOISE, (4000, 100), epoch=2, step=3, layer=1), 0.3)
    assert found.shape == (4000, 100)
    assert abs(found.mean()) < 6 * 0.3 / sqrt(found.size)
    assert abs(found.var() / 0.09 - 1) < 6 * sqrt(2 / found.size) + 1e-4


def test_derivative(assert_derivative):
    draw = np.random.default_rng(3)
    A, dF = draw.normal(size=(3, 4)), draw.normal(size=(3, 4))
    drawn = gaussian(draw.integers(0, LANES, (3, 4)), 0.5)
    assert noise(A, drawn).tolist() == (A + drawn).tolist()
    assert_derivative(dF, lambda at: (dF * noise(at, drawn)).sum(), A)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_are_finite_and_keep_the_precision(dtype):
    A = np.array([[0, 1e15, -1e4, np.finfo(dtype).tiny]], dtype)
    drawn = gaussian(np.array([[0, LANES - 1, 0, 32768]]), 1e4).astype(dtype)
    assert np.isfinite(noise(A, drawn)).all()
    assert noise(A, drawn).dtype == dtype
