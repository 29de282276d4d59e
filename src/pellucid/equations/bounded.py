"""Activation functions that are bounded, and those of outputs: each beside its derivative.

Their rows, with formulas and sources, are in ``activations.py``.
"""

from typing import Any

import numpy as np

from pellucid.arrays import Array

HEIGHT = 1.7159  # of scaled_tanh


def identity(Z: Array, xp: Any = np) -> Array:
    """A = z."""
    return Z


def identity_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA."""
    return dA


def sigmoid(Z: Array, xp: Any = np) -> Array:
    """A = 1 / (1 + e⁻ᶻ), written with e^−|z| so that nothing overflows."""
    e = xp.exp(-xp.abs(Z))
    return xp.where(Z >= 0, 1.0, e) / (1.0 + e)


def sigmoid_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · a (1 − a)."""
    return dA * (A * (1.0 - A))


def tanh(Z: Array, xp: Any = np) -> Array:
    """A = tanh z."""
    return xp.tanh(Z)


def tanh_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · (1 − a²)."""
    return dA * (1.0 - A * A)


def step(Z: Array, xp: Any = np) -> Array:
    """A = 1 where z > 0, else 0."""
    return xp.asarray(Z > 0, dtype=Z.dtype)


def sign(Z: Array, xp: Any = np) -> Array:
    """A = 1 where z ≥ 0, else −1."""
    return 2.0 * xp.asarray(Z >= 0, dtype=Z.dtype) - 1.0


def scaled_tanh(Z: Array, xp: Any = np) -> Array:
    """A = 1.7159 tanh(2z/3): ±1 at ±1, where its second derivative is largest."""
    return HEIGHT * xp.tanh((2.0 / 3.0) * Z)


def scaled_tanh_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · 2/3 (1.7159 − a² / 1.7159)."""
    return dA * ((2.0 / 3.0) * (HEIGHT - A * (A / HEIGHT)))


def softsign(Z: Array, xp: Any = np) -> Array:
    """A = z / (1 + |z|)."""
    return Z / (1.0 + xp.abs(Z))


def softsign_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA / (1 + |z|)²."""
    d = 1.0 + xp.abs(Z)
    return dA / d / d


def hard_tanh(Z: Array, xp: Any = np) -> Array:
    """A = z between −1 and 1, and the nearer of them elsewhere."""
    return xp.where(Z > 1.0, 1.0, xp.where(Z < -1.0, -1.0, Z))


def hard_tanh_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA between −1 and 1, else 0 (also at the kinks)."""
    return xp.where(xp.abs(Z) < 1.0, dA, 0.0)


def exp(Z: Array, xp: Any = np) -> Array:
    """A = eᶻ, the output for rates of counts; infinite where eᶻ is (z > 709, in float32 88)."""
    return xp.exp(Z)


def exp_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · a."""
    return dA * A


def softmax(Z: Array, xp: Any = np) -> Array:
    """A_j = e^z_j / Σ e^z_k, after subtracting each row's largest z, which changes nothing."""
    e = xp.exp(Z - xp.amax(Z, axis=1, keepdims=True))
    return e / xp.sum(e, axis=1, keepdims=True)


def softmax_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ_j = a_j (dA_j − Σ dA_k a_k): every output of a layer depends on each of its sums."""
    return A * (dA - xp.sum(dA * A, axis=1, keepdims=True))
