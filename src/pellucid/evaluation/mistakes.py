"""Which examples a network gets most wrong."""

from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.metrics import chosen


class Mistake(NamedTuple):
    """An example that was taken for another class."""

    row: int
    right: int
    taken_for: int
    loss: float


def worst_mistakes(P: Array, Y: Array, losses: Array, at_most: int = 1) -> list[Mistake]:
    """Return the misjudged examples with the largest losses, the worst first.

    Parameters
    ----------
    P : (n, n_out)
    Y : (n,) or (n, n_out)
        Codes, or one-hot rows.
    losses : (n,)
    """
    right = Y if Y.ndim == 1 else chosen(Y)
    taken = chosen(P)
    wrong = np.flatnonzero(right != taken)
    order = wrong[np.argsort(-losses[wrong], kind="stable")][:at_most]
    return [Mistake(int(i), int(right[i]), int(taken[i]), float(losses[i])) for i in order]
