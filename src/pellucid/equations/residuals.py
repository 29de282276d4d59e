"""Losses of the distance between prediction and target, each beside its derivative.

Their rows are in ``losses.py``. Numbers of a loss, such as Huber's δ, come last.
"""

from typing import Any

import numpy as np

from pellucid.arrays import Array

MEDIAN = (0.5,)  # the level of quantile where none is given


def half_sse(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """½ Σ (p − y)², summed over the outputs."""
    return 0.5 * xp.sum((P - Y) ** 2, axis=1)


def half_sse_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = p − y, which is also delta where the outputs are linear."""
    return P - Y


def mse(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """Σ (p − y)² / n_out, averaged over the outputs."""
    return xp.mean((P - Y) ** 2, axis=1)


def mse_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = 2 (p − y) / n_out, which is also delta where the outputs are linear."""
    return (P - Y) * (2.0 / P.shape[1])


def sse(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """Σ (p − y)², summed over the outputs."""
    return xp.sum((P - Y) ** 2, axis=1)


def sse_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = 2 (p − y), which is also delta where the outputs are linear."""
    return 2.0 * (P - Y)


def mae(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """Σ |p − y| / n_out."""
    return xp.mean(xp.abs(P - Y), axis=1)


def mae_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = ±1 / n_out, and 0 where p = y."""
    return _sign(P - Y, xp) / P.shape[1]


def huber(Z: Array, P: Array, Y: Array, xp: Any = np, delta: float = 1.0) -> Array:
    """Σ ½ e² where |e| = |p − y| ≤ δ, else δ (|e| − ½ δ); divided by n_out."""
    e = xp.abs(P - Y)
    inside = xp.where(e <= delta, e, 0.0)  # so that no square overflows
    return xp.mean(xp.where(e <= delta, 0.5 * inside * inside, delta * (e - 0.5 * delta)), axis=1)


def huber_dP(P: Array, Y: Array, xp: Any = np, delta: float = 1.0) -> Array:
    """∂/∂p = e between −δ and δ, which it does not leave; divided by n_out."""
    e = P - Y
    return xp.where(e > delta, delta, xp.where(e < -delta, -delta, e)) / P.shape[1]


def quantile(Z: Array, P: Array, Y: Array, xp: Any = np, *levels: float) -> Array:
    """Σ q (y − p) where y ≥ p, else (1 − q) (p − y); divided by n_out.

    The outputs take turns: with levels 0.1 and 0.9, outputs 0, 2, … are of 0.1, 1, 3, … of 0.9.
    Its minimum over all predictions is the quantile q of the targets.
    """
    e = Y - P
    q = _levels(levels or MEDIAN, e, xp)
    return xp.mean(xp.where(e >= 0, q * e, (q - 1.0) * e), axis=1)


def quantile_dP(P: Array, Y: Array, xp: Any = np, *levels: float) -> Array:
    """∂/∂p = −q where y > p, 1 − q where y < p, and 0 where they are equal; divided by n_out."""
    e = Y - P
    q = _levels(levels or MEDIAN, e, xp)
    return xp.where(e > 0, -q, xp.where(e < 0, 1.0 - q, e)) / P.shape[1]


def squared_hinge(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """Σ max(0, 1 − y p)² / n_out, for y = −1 or 1."""
    lacking = _lacking(P, Y, xp)
    return xp.mean(lacking * lacking, axis=1)


def squared_hinge_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = −2 y max(0, 1 − y p) / n_out."""
    return (-2.0 / P.shape[1]) * (Y * _lacking(P, Y, xp))


def _lacking(P: Array, Y: Array, xp: Any) -> Array:
    """max(0, 1 − y p): how far a prediction is from being clearly on its side."""
    margin = 1.0 - Y * P
    return xp.where(margin > 0, margin, 0.0)


def _sign(e: Array, xp: Any) -> Array:
    """−1, 0 or 1."""
    size = xp.abs(e)
    return e / xp.where(size > 0, size, 1.0)


def _levels(levels: tuple[float, ...], like: Array, xp: Any) -> Array:
    """The level of each column of `like`, in its precision: the levels take turns."""
    each = [levels[j % len(levels)] for j in range(like.shape[1])]
    return xp.asarray(each, dtype=like.dtype)
