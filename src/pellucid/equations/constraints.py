"""Constraints: what weights and gradients must not exceed. Applied around each update."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.arrays import Array


def max_norm_factors(Ws: Sequence[Array], limit: float, xp: Any = np) -> Array:
    """min(1, limit / ‖w‖) for each unit, with w its incoming weights from all connections.

    Parameters
    ----------
    Ws : sequence of (n_from, n_to)
        The weights of every connection into one layer; each is to be multiplied with the result.
    limit : float
        How long w may be, more than 0.

    Returns
    -------
    factors : (n_to,)
        1 where w is short enough.

    References
    ----------
    Srebro, Rennie and Jaakkola 2005; Srivastava et al. 2014, with dropout.
    """
    square = xp.sum(Ws[0] * Ws[0], axis=0)
    for W in Ws[1:]:
        square = square + xp.sum(W * W, axis=0)
    norm = xp.sqrt(square)
    long = norm > limit
    return xp.where(long, limit / xp.where(long, norm, 1.0), 1.0)


def clip_value(g: Array, limit: float, xp: Any = np) -> Array:
    """Each derivative brought between −limit and limit (Mikolov 2012)."""
    return xp.where(g > limit, limit, xp.where(g < -limit, -limit, g))


def clip_norm_factor(norm: float, limit: float) -> float:
    """min(1, limit / norm): by what a gradient of this norm is multiplied to keep its direction.

    References
    ----------
    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    return limit / norm if norm > limit else 1.0
