"""Metrics: how good predictions are, in numbers that people use. One row of a table each."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array


class Metric(NamedTuple):
    """A metric and how to read it."""

    value: Callable[[Array, Array, Any], Any]  # (P, Y, xp) → number
    better: str  # "higher" or "lower"
    targets: str  # "classes" or "numbers"
    formula: str
    source: str


def chosen(P: Array) -> Array:
    """The class of the largest output; with a single output, 1 where it is at least ½."""
    return P.argmax(1) if P.shape[1] > 1 else (P[:, 0] >= 0.5) * 1


def accuracy(P: Array, Y: Array, xp: Any = np) -> Any:
    """Share of examples whose chosen class is the right one; Y codes (n,) or rows (n, n_out)."""
    right = Y if Y.ndim == 1 else chosen(Y)
    return xp.mean(xp.where(chosen(P) == right, 1.0, 0.0))


def r2(P: Array, Y: Array, xp: Any = np) -> Any:
    """1 − Σ (y − p)² / Σ (y − ȳ)², averaged over the outputs; constant targets count as 0 or 1.

    As scikit-learn's: an output whose targets are all equal scores 1 when predicted exactly,
    else 0.
    """
    residual = xp.sum((Y - P) ** 2, axis=0)
    total = xp.sum((Y - xp.mean(Y, axis=0)) ** 2, axis=0)
    constant = xp.where(residual == 0, 1.0, 0.0)
    return xp.mean(xp.where(total > 0, 1.0 - residual / xp.where(total > 0, total, 1.0), constant))


def mean_absolute_error(P: Array, Y: Array, xp: Any = np) -> Any:
    """Σ |p − y| / (n n_out)."""
    return xp.mean(xp.abs(P - Y))


METRICS = {
    "accuracy": Metric(accuracy, "higher", "classes", "share of right classes", "—"),
    "r2": Metric(r2, "higher", "numbers", "1 − Σ (y − p)² / Σ (y − ȳ)²", "Wright 1921"),
    "mean_absolute_error": Metric(
        mean_absolute_error, "lower", "numbers", "Σ |p − y| / n", "Laplace 1774"
    ),
}
