"""Penalties: what is added to the cost to keep weights small. Weights only, never biases.

λ carries its divisor, because the literature does not agree on it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array

# What λ is divided by, given (Σw of the batch, examples in the training part).
DIVISORS: dict[str, Callable[[float, int], float]] = {
    "cost": lambda batch, dataset: 1.0,  # C + λ/2 Σ W²
    "batch": lambda batch, dataset: batch,  # scikit-learn: α divided by the batch's weight
    "dataset": lambda batch, dataset: float(dataset),  # Nielsen: λ/n
}


class Penalty(NamedTuple):
    """A penalty beside its derivative."""

    value: Callable[[Array, Any], Any]  # (W, xp) → number
    gradient: Callable[[Array, Any], Array]  # (W, xp) → like W
    formula: str
    source: str


def l2(W: Array, xp: Any = np) -> Any:
    """½ Σ W²."""
    return 0.5 * xp.sum(W * W)


def l2_gradient(W: Array, xp: Any = np) -> Array:
    """∂/∂W = W."""
    return W


def l1(W: Array, xp: Any = np) -> Any:
    """Σ |W|."""
    return xp.sum(xp.abs(W))


def l1_gradient(W: Array, xp: Any = np) -> Array:
    """∂/∂W = the sign of W, and 0 at 0, so that a weight of 0 is not driven away from it."""
    return W / xp.where(W == 0, 1.0, xp.abs(W))


PENALTIES = {
    "l2": Penalty(l2, l2_gradient, "λ/2 Σ W²", "Tikhonov 1943; Krogh and Hertz 1991"),
    "l1": Penalty(l1, l1_gradient, "λ Σ |W|", "Tibshirani 1996"),
}
