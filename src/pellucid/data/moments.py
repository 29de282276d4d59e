"""Mean and deviation of each column of a matrix, whether it lies in memory or in files."""

from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.rows import StoredRows


class Moments(NamedTuple):
    """What is known of each column, float64 and bool (d,)."""

    mean: Array
    deviation: Array  # the square root of the variance, whose divisor is the number of rows
    varied: Array  # whether it has two different values


def moments(X: Array | StoredRows) -> Moments:
    """Return mean and deviation of each column; rows in files are read once, block by block.

    Notes
    -----
    Moments of blocks are joined by their counts (Chan, Golub and LeVeque 1979).
    """
    if not isinstance(X, StoredRows):
        mean, deviation = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
        return _moments(mean, deviation, X.max(axis=0) > X.min(axis=0))
    n, mean, squares = 0, np.zeros(X.shape[1]), np.zeros(X.shape[1])
    low, high = np.full(X.shape[1], np.inf), np.full(X.shape[1], -np.inf)
    for rows in X.blocks():
        block = X[rows]
        m = len(block)
        away = block.mean(axis=0, dtype=np.float64) - mean
        squares += m * block.var(axis=0, dtype=np.float64) + away**2 * (n * m / (n + m))
        mean += away * (m / (n + m))
        n += m
        low, high = np.minimum(low, block.min(axis=0)), np.maximum(high, block.max(axis=0))
    return _moments(mean, np.sqrt(squares / n), high > low)


def _moments(mean: Array, deviation: Array, differs: Array) -> Moments:
    # Of a constant column the computed deviation may be a rounding error instead of 0.
    return Moments(mean, deviation, differs & (deviation > 0))
