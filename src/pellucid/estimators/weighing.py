"""How much each example counts: its own weight, times that of its class."""

from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight

from pellucid.arrays import Array


def weigh(class_weight: Any, labels: Array, weights: Array | None) -> Array | None:
    """Return each example's weight, (n,), or None where all count the same.

    Parameters
    ----------
    class_weight : dict, list of dict, "balanced" or None
        As scikit-learn has it. "balanced" gives all classes the same weight in total, in which
        examples count by their own weights, so that one of weight 2 is two of them.
    labels : (n,) or (n, n_labels)
    weights : (n,) or None

    Raises
    ------
    ValueError
        A class is not among those that have a weight.
    """
    if class_weight is None:
        return weights
    own = np.ones(len(labels)) if weights is None else weights
    if not isinstance(class_weight, str):
        each: Array = compute_sample_weight(class_weight, labels)
        return own * each
    columns = labels.reshape(len(labels), -1).T
    return own * np.prod([_balanced(column, own) for column in columns], axis=0)


def _balanced(labels: Array, weights: Array) -> Array:
    """Return Σw / (number of classes · Σw of the class) for each example."""
    _, codes = np.unique(labels, return_inverse=True)
    totals = np.bincount(codes, weights)
    there = totals > 0
    even = totals.sum() / there.sum()
    factors = np.divide(even, totals, out=np.zeros(len(totals)), where=there)
    found: Array = factors[codes]
    return found
