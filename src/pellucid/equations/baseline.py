"""The best prediction that looks at no input: what a network that has learnt anything beats."""

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.losses import Loss, loss_of

NEVER = 1e-12  # how likely a class counts as that never occurs, so that no logarithm is infinite
HALVINGS = 30  # a billionth of the range is left, and of its cost, flat there, nothing


def constant_prediction(loss: Loss, Y: Array, weights: Array | None = None) -> Array:
    """Return the one prediction for every example that costs least, (n_out,).

    Parameters
    ----------
    Y : (n, n_out)
    weights : (n,), optional

    Notes
    -----
    The mean for squared errors and likelihoods, the median for absolute errors, each output's own
    quantile for quantiles, and for Huber's loss something between mean and median.
    """
    if loss.constant == "mean":
        return np.average(Y, axis=0, weights=weights)
    if loss.constant == "balance":
        return _balance(loss, Y, weights)
    levels = loss.numbers if loss.constant == "levels" else (0.5,)
    each = [levels[j % len(levels)] for j in range(Y.shape[1])]
    columns = zip(Y.T, each, strict=True)
    return np.array([_quantile(column, level, weights) for column, level in columns])


def constant_cost(text: str, Y: Array, weights: Array | None = None) -> float:
    """Return the cost of always predicting ``constant_prediction``, in float64.

    Parameters
    ----------
    text : str
        The loss, as in a recipe.
    Y : (n, n_out)
    weights : (n,), optional
    """
    loss, targets = loss_of(text), np.asarray(Y, np.float64)
    p, z = _with_sums(loss, constant_prediction(loss, targets, weights))
    P, Z = (np.broadcast_to(row, targets.shape) for row in (p, z))
    return float(np.average(loss.value(Z, P, targets, np), weights=weights))


def _with_sums(loss: Loss, p: Array) -> tuple[Array, Array]:
    """A prediction that its link can give, and the weighted sums that give it."""
    if not loss.needs_link:
        return p, p
    p = np.clip(p, NEVER, 1 - NEVER) if loss.link == "sigmoid" else np.maximum(p, NEVER)
    return p, np.log(p) - (np.log1p(-p) if loss.link == "sigmoid" else 0.0)


def _quantile(column: Array, level: float, weights: Array | None) -> float:
    """The smallest value with at least a share `level` of the weight at or below it."""
    order = np.argsort(column, kind="stable")
    w = np.ones(len(column)) if weights is None else np.asarray(weights, np.float64)[order]
    below = np.cumsum(w)
    return float(column[order][np.searchsorted(below, level * below[-1] * (1 - 1e-12))])


def _balance(loss: Loss, Y: Array, weights: Array | None) -> Array:
    """The constant from which the mean loss rises on both sides, by halving the range."""
    low, high = Y.min(axis=0), Y.max(axis=0)
    for _ in range(HALVINGS):
        middle = 0.5 * low + 0.5 * high
        slopes = loss.dP(np.broadcast_to(middle, Y.shape), Y, np)
        rises = np.average(slopes, axis=0, weights=weights) >= 0
        low, high = np.where(rises, low, middle), np.where(rises, middle, high)
    return high
