"""Losses of the distance between prediction and target: kinks, limits, large errors."""

import numpy as np
import pytest

from pellucid.equations.residuals import (
    half_sse,
    half_sse_dP,
    huber,
    huber_dP,
    mae,
    mae_dP,
    mse,
    mse_dP,
    quantile,
    quantile_dP,
    squared_hinge,
    squared_hinge_dP,
    sse,
    sse_dP,
)

TYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def errors(*values, dtype=float):
    """Predictions that miss targets of 0 by these."""
    P = np.array([values], dtype)
    return P, np.zeros_like(P)


def test_squared_errors_differ_by_factors_only():
    draw = np.random.default_rng(0)
    P, Y = draw.normal(size=(2, 5, 3))
    for value, dP, factor in ((sse, sse_dP, 2), (mse, mse_dP, 2 / 3)):
        np.testing.assert_allclose(value(P, P, Y), factor * half_sse(P, P, Y), rtol=1e-15)
        np.testing.assert_allclose(dP(P, Y), factor * half_sse_dP(P, Y), rtol=1e-15)


@TYPES
def test_mae_is_flat_at_its_kink_only(dtype):
    tiny = np.finfo(dtype).tiny
    P, Y = errors(tiny, -tiny, 0, 1e30, dtype=dtype)
    assert mae_dP(P, Y).tolist() == [[0.25, -0.25, 0, 0.25]]
    assert mae_dP(P, Y).dtype == dtype
    np.testing.assert_allclose(mae(P, P, Y), 1e30 / 4, rtol=1e-6)


def test_huber_is_square_within_delta_and_straight_beyond():
    """Value and slope meet at ±δ."""
    P, Y = errors(-3, -2, -1, 0, 1, 2, 3)
    assert huber_dP(P, Y, np, 2.0).tolist() == [[e / 7 for e in (-2, -2, -1, 0, 1, 2, 2)]]
    each = [huber(*(a[:, [j]] for a in (P, P, Y)), np, 2.0)[0] for j in range(7)]
    assert each == [4, 2, 0.5, 0, 0.5, 2, 4]
    beside = np.array([[2 - 1e-9, 2 + 1e-9]])
    values = [huber(p, p, 0 * p, np, 2.0)[0] for p in (beside[:, :1], beside[:, 1:])]
    assert values[1] - values[0] == pytest.approx(4e-9, rel=1e-6)


def test_huber_is_mse_for_large_delta_and_mae_for_small():
    draw = np.random.default_rng(1)
    P, Y = draw.normal(size=(2, 6, 4))
    np.testing.assert_allclose(huber(P, P, Y, np, 1e6), mse(P, P, Y) / 2, rtol=1e-14)
    np.testing.assert_allclose(huber(P, P, Y, np, 1e-9) / 1e-9, mae(P, P, Y), rtol=1e-8)
    assert (np.sign(huber_dP(P, Y, np, 1e-9)) == np.sign(mae_dP(P, Y))).all()


@TYPES
def test_what_is_straight_does_not_overflow_where_a_square_would(dtype):
    P, Y = errors(np.finfo(dtype).max / 8, -np.finfo(dtype).max / 8, dtype=dtype)
    for value, dP in ((huber, huber_dP), (mae, mae_dP), (quantile, quantile_dP)):
        assert np.isfinite(value(P, P, Y)).all()
        assert np.isfinite(dP(P, Y)).all()


def test_quantile_of_a_half_is_half_of_mae():
    draw = np.random.default_rng(2)
    P, Y = draw.normal(size=(2, 6, 3))
    P[0] = Y[0]
    np.testing.assert_allclose(quantile(P, P, Y), mae(P, P, Y) / 2, rtol=1e-15)
    assert (quantile_dP(P, Y) == mae_dP(P, Y) / 2).all()


@TYPES
def test_quantile_levels_take_turns_over_the_outputs(dtype):
    """Too high by 1 costs 1 − q, too low by 1 costs q; nothing at the target itself."""
    for e, costs in ((1, [0.9, 0.1, 0.9]), (-1, [0.1, 0.9, 0.1]), (0, [0, 0, 0])):
        P, Y = errors(e, e, e, dtype=dtype)
        found = quantile(P, P, Y, np, 0.1, 0.9)
        np.testing.assert_allclose(found, [sum(costs) / 3], rtol=1e-6)
        slopes = quantile_dP(P, Y, np, 0.1, 0.9)
        np.testing.assert_allclose(3 * slopes, [[e * cost for cost in costs]], rtol=1e-6)
        assert found.dtype == slopes.dtype == dtype


@pytest.mark.parametrize("level", [0.05, 0.3, 0.5, 0.9])
def test_the_least_quantile_cost_is_at_the_quantile(level):
    """Of 1000 numbers: the best constant has a share `level` of them below."""
    Y = np.random.default_rng(3).normal(size=(1000, 1))
    grid = np.linspace(-3, 3, 1201)
    costs = [quantile(0 * Y, 0 * Y + p, Y, np, level).mean() for p in grid]
    best = grid[np.argmin(costs)]
    assert (best > Y).mean() == pytest.approx(level, abs=0.005)


def test_squared_hinge_asks_for_a_margin_of_one():
    """Nothing beyond it, flat at it, and the square of what is lacking before it."""
    P = np.array([[1.0, 5, 0, -2, -1, 3]])
    Y = np.array([[1.0, 1, 1, 1, -1, -1]])
    assert squared_hinge(P, P, Y).tolist() == [(0 + 0 + 1 + 9 + 0 + 16) / 6]
    expected = np.array([[0, 0, -2, -6, 0, 8]]) / 6
    np.testing.assert_allclose(squared_hinge_dP(P, Y), expected, rtol=1e-15)
