"""In which order an epoch takes its examples.

Every place of every order can be worked out alone, so nothing as long as the data is kept, and a
run that is resumed in the middle of an epoch goes on as it would have.
"""

import numpy as np

from pellucid.arrays import Array, Inputs
from pellucid.equations.random import SHUFFLE, permutation, permuted
from pellucid.plan.plan import Plan
from pellucid.rows import StoredRows

WINDOW = 32 << 20  # bytes of rows in files that are shuffled together
DISTORTED = 4 << 20  # bytes of rows that are distorted at a time


def window_of(plan: Plan, X: Inputs) -> int:
    """Return how many rows a window has: whole batches, at least one."""
    row = X.shape[1] * X.dtype.itemsize
    rows = (X.window if isinstance(X, StoredRows) else None) or _within(row, X)
    return -(-rows // plan.batch_size) * plan.batch_size


def order(plan: Plan, X: Inputs, window: int, epoch: int, begin: int, end: int) -> Array:
    """Return which rows stand at the places from `begin` to before `end` of an epoch's order.

    Rows in memory are permuted as a whole. Of rows in files the chunks are, one after the other;
    what that gives is cut into windows, and the rows of each window are permuted. So each window
    is read chunk by chunk, each row is taken once an epoch, and two that lay together in a file
    come together only by chance where a window has many chunks.

    Parameters
    ----------
    window : int
        Rows in a window.
    begin, end : int
        Places of one window, from its first on; only rows in memory know no such bounds.
    """
    seed, places = plan.recipe.seed, np.arange(begin, end)
    if not isinstance(X, StoredRows):
        return permuted(places, plan.n_examples, seed, SHUFFLE, epoch)
    chunks = permutation(seed, SHUFFLE, epoch, len(X.sizes))
    ends = np.cumsum(X.sizes[chunks])
    within = permutation(seed, SHUFFLE, epoch, end - begin, step=1 + begin // window)
    which = np.searchsorted(ends, places[within], "right")
    return X.begins[chunks[which] + 1] - ends[which] + places[within]


def _within(row_bytes: int, X: Inputs) -> int:
    return max(1, (WINDOW if isinstance(X, StoredRows) else DISTORTED) // row_bytes)
