"""Whether probabilities can be believed: what was said beside what came."""

from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.metrics import chosen
from pellucid.errors import DataError


class Reliability(NamedTuple):
    """Examples in bins of the probability that their chosen class was given.

    Attributes
    ----------
    said, came : (bins,)
        Mean probability of the chosen class, and how often it was right; 0 in empty bins.
    counts : (bins,) of int
    """

    said: Array
    came: Array
    counts: Array

    @property
    def error(self) -> float:
        """The expected calibration error: mean distance of both over the examples."""
        return float(np.average(np.abs(self.came - self.said), weights=self.counts))


def reliability(P: Array, Y: Array, bins: int = 10) -> Reliability:
    """Compare the probability of the chosen class with how often it is right.

    Parameters
    ----------
    P : (n, n_out)
        Probabilities; several that do not sum to 1 are taken as shares in their sum. A single
        output is the probability of class 1.
    Y : (n,)
        Codes.
    bins : int
        Of equal width, from 0 to 1; each holds its upper end.

    Raises
    ------
    DataError
        P are no probabilities.

    References
    ----------
    Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian
    binning; of the chosen class as in Guo et al. 2017, On calibration of modern neural networks.
    """
    if not ((P >= 0) & (P <= 1)).all() or (P.shape[1] > 1 and not P.sum(axis=1).all()):
        raise DataError(
            f"P: expected probabilities, from 0 to 1, got numbers from {P.min():g} to "
            f"{P.max():g}, or rows of 0. Use softmax or sigmoid outputs."
        )
    taken = chosen(P)
    if P.shape[1] == 1:
        sure = np.where(taken == 1, P[:, 0], 1 - P[:, 0])
    else:
        sure = P.max(axis=1) / P.sum(axis=1)
    place = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    said, came = (
        np.bincount(place, weights=values, minlength=bins) / np.maximum(counts, 1)
        for values in (sure, taken == Y)
    )
    return Reliability(said, came, counts)
