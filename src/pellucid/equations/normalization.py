"""Batch normalization: weighted sums brought to mean 0 and variance 1 over the mini-batch.

Ioffe and Szegedy 2015. While training, mean and variance are the batch's own; afterwards they
are the running averages that the model carries in its buffers.
"""

from typing import Any

import numpy as np

from pellucid.arrays import Array

NORMS = ("none", "batch")
EPSILON = 1e-5  # added to the variance; the value of the paper's authors' successors and of torch
MOMENTUM = 0.1  # share of a new batch in the running averages


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


def running_average(
    running: tuple[Array, Array], mean: Array, variance: Array, n: int
) -> tuple[Array, Array]:
    """The running mean and variance after a batch of n; the variance enters unbiased, n/(n − 1)."""
    unbiased = variance * (n / max(n - 1, 1))
    return (
        (1 - MOMENTUM) * running[0] + MOMENTUM * mean,
        (1 - MOMENTUM) * running[1] + MOMENTUM * unbiased,
    )
