"""Constraints: by hand, what they keep, extremes."""

from math import inf

import numpy as np
import pytest

from pellucid.equations.constraints import clip_norm_factor, clip_value, max_norm_factors


def test_max_norm_by_hand():
    """Incoming weights (3, 4) are of length 5, (0, 1) of length 1; a limit of 2.5 halves one."""
    assert max_norm_factors([np.array([[3.0, 0], [4, 1]])], 2.5).tolist() == [0.5, 1]


def test_max_norm_takes_all_connections_of_a_unit_together():
    W, V = np.array([[3.0, 0, 0.6]]), np.array([[0.0, 0, 0], [-4, 0, 0.8]])
    assert max_norm_factors([W, V], 1.0).tolist() == [0.2, 1, 1]


@pytest.mark.parametrize("limit", [0.1, 1.0, 3.0, 100.0])
def test_max_norm_keeps_directions_and_short_weights(limit):
    draw = np.random.default_rng(0)
    Ws = [draw.normal(size=(k, 8)) for k in (2, 5)]
    factors = max_norm_factors(Ws, limit)
    before = np.sqrt(sum((W**2).sum(0) for W in Ws))
    after = np.sqrt(sum(((W * factors) ** 2).sum(0) for W in Ws))
    np.testing.assert_allclose(after, np.minimum(before, limit), rtol=1e-14)
    assert (factors[before <= limit] == 1).all()


def test_clip_value_by_hand():
    assert clip_value(np.array([-3.0, -1, 0, 0.5, 7]), 1.0).tolist() == [-1, -1, 0, 0.5, 1]


@pytest.mark.parametrize(
    ("norm", "limit", "factor"),
    [(5, 2.5, 0.5), (2, 2.5, 1), (2.5, 2.5, 1), (0, 1, 1), (1e300, 1e-300, 0), (inf, 1, 0)],
)
def test_clip_norm_factor_by_hand(norm, limit, factor):
    assert clip_norm_factor(norm, limit) == factor


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_are_finite_and_keep_the_precision(dtype):
    """No weight, tiny ones, large ones; and a limit beyond any of them."""
    tiny = np.finfo(dtype).tiny
    W = np.array([[0, tiny, 1e15, -1e4], [0, -tiny, -1e15, 745]], dtype)
    for limit in (1e-30, 1.0, 1e30):
        factors, clipped = max_norm_factors([W, W], limit), clip_value(W, limit)
        assert factors.dtype == clipped.dtype == dtype
        assert np.isfinite(factors).all()
        assert np.isfinite(clipped).all()
        assert (factors[:2] == 1).all()
