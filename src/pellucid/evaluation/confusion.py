"""Which classes are taken for which."""

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.metrics import chosen


def confusion(P: Array, Y: Array) -> Array:
    """Count the pairs of right and chosen class.

    Parameters
    ----------
    P : (n, n_out)
        Predictions; with a single output the classes are 0 and 1.
    Y : (n,) or (n, n_out)
        Codes, or one-hot rows.

    Returns
    -------
    table : (n_classes, n_classes) of int
        ``table[i, j]`` examples of class i were taken for j.
    """
    n = max(P.shape[1], 2)
    right = Y if Y.ndim == 1 else chosen(Y)
    return np.bincount(right * n + chosen(P), minlength=n * n).reshape(n, n)
