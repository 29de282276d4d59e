"""Losses: how wrong one prediction is, and the derivative of that. One row of a table each.

A row holds its link: the activation of the output for which delta becomes the plain difference
P − Y (times a constant). `pellucid.network.passes` uses this fused form where link and output
agree, and the chain rule, `dP` through the output's own backward, where they do not.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array


class Loss(NamedTuple):
    """A loss beside its derivatives."""

    value: Callable[[Array, Array, Array, Any], Array]  # (Z, P, Y, xp) → (n,) one an example
    dP: Callable[[Array, Array, Any], Array]  # (P, Y, xp) → (n, n_out), not yet a mean
    delta: Callable[[Array, Array, Any], Array]  # (P, Y, xp) → (n, n_out), for the link
    link: str
    needs_link: bool  # whether it is only defined for outputs of its link
    targets: str  # "numbers", "bits" (each 0 … 1) or "classes" (rows that sum to 1)
    outputs: str  # whether the outputs of an example are summed or averaged
    formula: str
    source: str


def half_sse(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """½ Σ (p − y)², summed over the outputs."""
    return 0.5 * xp.sum((P - Y) ** 2, axis=1)


def half_sse_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = p − y, which is also delta where the outputs are linear."""
    return P - Y


def mse(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """Σ (p − y)² / n_out, averaged over the outputs."""
    return xp.mean((P - Y) ** 2, axis=1)


def mse_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = 2 (p − y) / n_out, which is also delta where the outputs are linear."""
    return (P - Y) * (2.0 / P.shape[1])


def binary_cross_entropy(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """−Σ y log p + (1 − y) log(1 − p), from z so that a certain p costs no infinity by rounding.

    With p = σ(z) it equals Σ max(z, 0) − z y + log(1 + e^−|z|).
    """
    return xp.sum(xp.where(Z > 0, Z, 0.0) - Z * Y + xp.log1p(xp.exp(-xp.abs(Z))), axis=1)


def binary_cross_entropy_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = −y/p + (1 − y)/(1 − p)."""
    return -Y / P + (1.0 - Y) / (1.0 - P)


def cross_entropy(Z: Array, P: Array, Y: Array, xp: Any = np) -> Array:
    """−Σ y log p, with log p = z − log Σ eᶻ taken from the weighted sums, not from p."""
    shifted = Z - xp.amax(Z, axis=1, keepdims=True)
    log_P = shifted - xp.log(xp.sum(xp.exp(shifted), axis=1, keepdims=True))
    return -xp.sum(Y * log_P, axis=1)


def cross_entropy_dP(P: Array, Y: Array, xp: Any = np) -> Array:
    """∂/∂p = −y/p."""
    return -Y / P


def difference(P: Array, Y: Array, xp: Any = np) -> Array:
    """Delta = p − y: what is left when a cross-entropy meets its link."""
    return P - Y


LOSSES = {
    "half_sse": Loss(
        half_sse,
        half_sse_dP,
        half_sse_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="sum",
        formula="½ Σ (p − y)²",
        source="Rumelhart, Hinton and Williams 1986",
    ),
    "mse": Loss(
        mse,
        mse_dP,
        mse_dP,
        link="identity",
        needs_link=False,
        targets="numbers",
        outputs="mean",
        formula="Σ (p − y)² / n_out",
        source="Legendre 1805",
    ),
    "binary_cross_entropy": Loss(
        binary_cross_entropy,
        binary_cross_entropy_dP,
        difference,
        link="sigmoid",
        needs_link=True,
        targets="bits",
        outputs="sum",
        formula="−Σ y log p + (1 − y) log(1 − p)",
        source="Cox 1958; Bishop 1995, §6.7",
    ),
    "cross_entropy": Loss(
        cross_entropy,
        cross_entropy_dP,
        difference,
        link="softmax",
        needs_link=True,
        targets="classes",
        outputs="sum",
        formula="−Σ y log p",
        source="Bridle 1990; Bishop 1995, §6.9",
    ),
}
