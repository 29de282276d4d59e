"""Noise: normal numbers added to inputs or activations in each step of training."""

from functools import cache
from statistics import NormalDist

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.dropout import LANES


@cache
def quantiles() -> Array:
    """Φ⁻¹((i + ½) / 65536) for each lane i: an evenly drawn lane becomes a normal number.

    float64, read-only, and exactly antisymmetric: entry 65535 − i is minus entry i. The numbers
    reach to ±4.32 and have variance 0.99998.
    """
    inverse = NormalDist().inv_cdf
    lower = np.array([inverse((i + 0.5) / LANES) for i in range(LANES // 2)])
    table = np.concatenate([lower, -lower[::-1]])
    table.flags.writeable = False
    return table


def gaussian(lanes: Array, deviation: float) -> Array:
    """N(0, deviation²), one a lane, as float64."""
    return deviation * quantiles()[lanes]


def noise(A: Array, drawn: Array) -> Array:
    """A + drawn: what is added has no part in the derivative, so that dA passes unchanged.

    References
    ----------
    Sietsma and Dow 1991; Bishop 1995: small noise at the input acts as a penalty on slopes.
    """
    return A + drawn
