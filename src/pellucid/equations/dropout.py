"""Dropout: in each step of training every hidden neuron is left out with a certain probability."""

from typing import Any

import numpy as np

from pellucid.arrays import Array

LANES = 1 << 16  # random lanes are numbers of 16 bits, so a rate is a multiple of 1/65536


def threshold(rate: float) -> int:
    """How many of the 65536 values of a lane mean "left out"."""
    return round(rate * LANES)


def mask(lanes: Array, rate: float, xp: Any = np) -> Array:
    """0 where a neuron is left out, 1/(1 − rate) where it stays, so that the mean is kept.

    Parameters
    ----------
    lanes : integers 0 … 65535, shape (n, units)
    rate : float
        Share of neurons left out, 0 ≤ rate < 1; rounded to a multiple of 1/65536.

    References
    ----------
    Srivastava et al. 2014; scaled while training, as is usual since.
    """
    out = threshold(rate)
    return xp.where(lanes >= out, LANES / (LANES - out), 0.0)


def dropout(A: Array, mask: Array) -> Array:
    """mask ⊙ A."""
    return A * mask


def dropout_backward(dA: Array, mask: Array) -> Array:
    """∂/∂A = mask ⊙ dA."""
    return dA * mask
