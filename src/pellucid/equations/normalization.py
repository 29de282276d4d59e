"""Normalization: weighted sums brought to mean 0 and variance 1, then to a gain and a shift.

Batch normalization does so for each sum over the mini-batch; afterwards, for predicting, mean and
variance are the running averages that the model carries in its buffers. Layer normalization does
so for each example over the sums of its layer, while training and afterwards alike.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array

EPSILON = 1e-5  # added to the variance; the value of the paper's authors' successors and of torch
MOMENTUM = 0.1  # share of a new batch in the running averages


class Norm(NamedTuple):
    """A normalization beside its derivatives."""

    f: Callable[[Array, Array, Array, Any], tuple[Array, ...]]
    # (Z, gain, shift, xp) → N, Z_hat, mean, variance
    backward: Callable[[Array, Array, Array, Array, Any], tuple[Array, Array, Array]]
    # (dN, Z_hat, variance, gain, xp) → dZ, dgain, dshift
    fixed: Callable[[Array, Array, Array, Array, Array, Any], Array] | None
    # (Z, gain, shift, mean, variance, xp) → N with running averages; None: there are none
    fixed_backward: Callable[..., tuple[Array, Array, Array]] | None
    # (dN, Z, mean, variance, gain, xp) → dZ, dgain, dshift where the averages are those
    formula: str
    source: str


def batch_norm(Z: Array, gain: Array, shift: Array, xp: Any = np) -> tuple[Array, ...]:
    """N = gain · Ẑ + shift with Ẑ = (Z − mean) / √(variance + ε) over the batch.

    Returns
    -------
    N, Z_hat : (n, units)
    mean, variance : (units,)
        The variance is the biased one, divided by n.
    """
    mean = xp.mean(Z, axis=0)
    centred = Z - mean
    variance = xp.mean(centred * centred, axis=0)
    Z_hat = centred / xp.sqrt(variance + EPSILON)
    return gain * Z_hat + shift, Z_hat, mean, variance


def batch_norm_backward(
    dN: Array, Z_hat: Array, variance: Array, gain: Array, xp: Any = np
) -> tuple[Array, Array, Array]:
    """dZ, dgain, dshift; mean and variance depend on Z too, hence the two subtracted terms.

    dZ = gain/√(variance + ε) · (dN − mean(dN) − Ẑ mean(dN Ẑ)) over the batch.
    """
    dgain = xp.sum(dN * Z_hat, axis=0)
    dshift = xp.sum(dN, axis=0)
    n = dN.shape[0]
    scale = gain / xp.sqrt(variance + EPSILON)
    return scale * (dN - dshift / n - Z_hat * (dgain / n)), dgain, dshift


def batch_norm_fixed(
    Z: Array, gain: Array, shift: Array, mean: Array, variance: Array, xp: Any = np
) -> Array:
    """N with the running mean and variance: how a trained network predicts."""
    return gain * (Z - mean) / xp.sqrt(variance + EPSILON) + shift


def batch_norm_fixed_backward(
    dN: Array, Z: Array, mean: Array, variance: Array, gain: Array, xp: Any = np
) -> tuple[Array, Array, Array]:
    """dZ = dN gain / √(variance + ε), dgain, dshift: with fixed averages no example sees another.

    What a trained network does with one example is differentiated so; training never is.
    """
    deviation = xp.sqrt(variance + EPSILON)
    Z_hat = (Z - mean) / deviation
    return dN * (gain / deviation), xp.sum(dN * Z_hat, axis=0), xp.sum(dN, axis=0)


def running_average(
    running: tuple[Array, Array], mean: Array, variance: Array, n: int
) -> tuple[Array, Array]:
    """The running mean and variance after a batch of n; the variance enters unbiased, n/(n − 1)."""
    unbiased = variance * (n / max(n - 1, 1))
    return (
        (1 - MOMENTUM) * running[0] + MOMENTUM * mean,
        (1 - MOMENTUM) * running[1] + MOMENTUM * unbiased,
    )


def layer_norm(Z: Array, gain: Array, shift: Array, xp: Any = np) -> tuple[Array, ...]:
    """N = gain · Ẑ + shift with Ẑ = (Z − mean) / √(variance + ε) over the sums of each example.

    Returns
    -------
    N, Z_hat : (n, units)
    mean, variance : (n, 1)
        The variance is the biased one, divided by the number of sums.
    """
    mean = xp.mean(Z, axis=1, keepdims=True)
    centred = Z - mean
    variance = xp.mean(centred * centred, axis=1, keepdims=True)
    Z_hat = centred / xp.sqrt(variance + EPSILON)
    return gain * Z_hat + shift, Z_hat, mean, variance


def layer_norm_backward(
    dN: Array, Z_hat: Array, variance: Array, gain: Array, xp: Any = np
) -> tuple[Array, Array, Array]:
    """dZ, dgain, dshift, as in batch normalization but over the sums of each example.

    With D = gain · dN:  dZ = (D − mean(D) − Ẑ mean(D Ẑ)) / √(variance + ε).
    """
    D = gain * dN
    direct = D - xp.mean(D, axis=1, keepdims=True)
    dZ = (direct - Z_hat * xp.mean(D * Z_hat, axis=1, keepdims=True)) / xp.sqrt(variance + EPSILON)
    return dZ, xp.sum(dN * Z_hat, axis=0), xp.sum(dN, axis=0)


NORMS: dict[str, Norm | None] = {
    "none": None,
    "batch": Norm(
        batch_norm,
        batch_norm_backward,
        batch_norm_fixed,
        batch_norm_fixed_backward,
        "gain (z − mean) / √(variance + ε) + shift, over the batch",
        "Ioffe and Szegedy 2015",
    ),
    "layer": Norm(
        layer_norm,
        layer_norm_backward,
        None,
        None,
        "gain (z − mean) / √(variance + ε) + shift, over the layer",
        "Ba, Kiros and Hinton 2016",
    ),
}
