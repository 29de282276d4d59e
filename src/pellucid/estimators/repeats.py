"""Rows that say the same, as one row with their weight: so that repeating a row is weighing it."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import numpy as np

from pellucid.arrays import Array

BLOCK = 4096  # rows that are looked at at the same time
DIGITS = 24  # binary ones of a weight: those of float32


def merged(X: Any, y: Array, weights: Array | None) -> tuple[Any, Array, Array | None]:
    """Return the distinct rows of inputs and targets, with the sum of their weights.

    Where random numbers go by a row's place (dropout, noise, a part held out), a row that is there
    twice and one of weight 2 would otherwise not be the same, and a row in both parts would be
    seen while it is held out. Rows of weight 0 are left out. The order depends on what the
    rows say alone, and on targets only among rows of the same inputs; the sums do not depend on the
    order in which rows came, since they have as many digits as float32.

    Parameters
    ----------
    X : ndarray or CSR array, (n, n_columns)
    y : (n, n_outputs)
    weights : (n,) or None

    Returns
    -------
    X, y, weights
        The weights are None where all are 1.
    """
    totals = np.ones(len(y)) if weights is None else weights
    X = _canonical(X) if hasattr(X, "tocsr") else X
    if not totals.all():
        there = np.flatnonzero(totals)
        X, y, totals = X[there], y[there], totals[there]
    said = y.astype(np.float64) + 0.0  # 1 and 1.0 are the same, and −0 and 0
    keys = np.array([_key(row, target) for row, target in zip(_bytes(X), said, strict=True)])
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    totals = _rounded(np.bincount(place, totals))
    return X[first], y[first], None if (totals == 1).all() else totals


def _key(row: bytes, target: Array) -> bytes:
    said, answer = blake2b(row, digest_size=16), blake2b(target.tobytes(), digest_size=8)
    return (said.hexdigest() + answer.hexdigest()).encode()


def _rounded(totals: Array) -> Array:
    mantissa, exponent = np.frexp(totals)
    return np.ldexp(np.round(np.ldexp(mantissa, DIGITS)), exponent - DIGITS)


def _canonical(X: Any) -> Any:
    """Sparse rows in the one way to write them: columns in order, each once, without zeros."""
    X = X.tocsr().copy()
    X.sum_duplicates()
    X.eliminate_zeros()
    return X


def _bytes(X: Any) -> Iterator[bytes]:
    """Each row's numbers; 1 and 1.0, −0 and 0, and all that is not a number are the same."""
    if hasattr(X, "tocsr"):
        places = X.indices.astype(np.int64)
        for a, b in zip(X.indptr[:-1], X.indptr[1:], strict=True):
            yield places[a:b].tobytes() + X.data[a:b].astype(np.float64).tobytes()
        return
    for begin in range(0, len(X), BLOCK):
        rows = X[begin : begin + BLOCK].astype(np.float64) + 0.0
        rows[np.isnan(rows)] = np.nan
        yield from (row.tobytes() for row in rows)
