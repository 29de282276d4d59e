"""Losses that are minus the logarithm of a probability, each beside its derivative.

Their rows are in ``losses.py``.
"""

from typing import Any

import numpy as np

from pellucid.arrays import Array


def binary_cross_entropy(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """−Σ y log p + (1 − y) log(1 − p), from z so that a certain p costs no infinity by rounding.

    With p = σ(z) it equals Σ max(z, 0) − z y + log(1 + e^−|z|).
    """
    return xp.sum(xp.where(Z > 0, Z, 0.0) - Z * Y + xp.log1p(xp.exp(-xp.abs(Z))), axis=1)


def binary_cross_entropy_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = −y/p + (1 − y)/(1 − p)."""
    return -Y / P + (1.0 - Y) / (1.0 - P)


def cross_entropy(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """−Σ y log p, with log p = z − log Σ eᶻ taken from the weighted sums, not from p."""
    shifted = Z - xp.amax(Z, axis=1, keepdims=True)
    log_P = shifted - xp.log(xp.sum(xp.exp(shifted), axis=1, keepdims=True))
    return -xp.sum(Y * log_P, axis=1)


def cross_entropy_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = −y/p."""
    return -Y / P


def poisson(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """Σ p − y log p + y log y − y, half the deviance of counts, with log p = z and 0 log 0 = 0."""
    logs = xp.log(xp.where(Y > 0, Y, 1.0))
    return xp.sum(P - Y - Y * (Z - logs), axis=1)


def poisson_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = 1 − y/p."""
    return 1.0 - Y / P


def difference(P: Array, Y: Array, xp: Any = np) -> Array:
    """Delta = p − y: what is left when a cross-entropy meets its link."""
    return P - Y
