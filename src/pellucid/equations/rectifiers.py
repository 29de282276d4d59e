"""Activation functions that let large sums through: each beside its derivative.

Their rows, with formulas and sources, are in ``activations.py``.
"""

from math import pi
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.bounded import sigmoid

SLOPE = 0.01  # of leaky_relu below 0
# The fixed point of Klambauer et al. 2017: mean 0 and variance 1 stay so through selu.
SELU_SCALE, SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
HALF_ROOT = 0.5**0.5
DENSITY = (2.0 * pi) ** -0.5  # of the normal distribution at 0
ROOT, CUBE = (2.0 / pi) ** 0.5, 0.044715  # of gelu_tanh


def relu(Z: Array, xp: Any = np) -> Array:
    """A = max(z, 0)."""
    return xp.where(Z > 0, Z, 0.0)


def relu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA where z > 0, else 0 (also at the kink)."""
    return xp.where(Z > 0, dA, 0.0)


def leaky_relu(Z: Array, xp: Any = np) -> Array:
    """A = z where z > 0, else 0.01 z."""
    return xp.where(Z > 0, Z, SLOPE * Z)


def leaky_relu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA where z > 0, else 0.01 dA (also at the kink)."""
    return xp.where(Z > 0, dA, SLOPE * dA)


def elu(Z: Array, xp: Any = np) -> Array:
    """A = z where z > 0, else eᶻ − 1."""
    return xp.where(Z > 0, Z, _below(Z, xp))


def elu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA where z > 0, else dA · eᶻ = dA (a + 1)."""
    return dA * xp.where(Z > 0, 1.0, A + 1.0)


def selu(Z: Array, xp: Any = np) -> Array:
    """A = λ z where z > 0, else λ α (eᶻ − 1): keeps mean 0 and variance 1 from layer to layer."""
    return xp.where(Z > 0, SELU_SCALE * Z, (SELU_SCALE * SELU_ALPHA) * _below(Z, xp))


def selu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = λ dA where z > 0, else dA · λ α eᶻ = dA (a + λ α)."""
    return dA * xp.where(Z > 0, SELU_SCALE, A + SELU_SCALE * SELU_ALPHA)


def gelu(Z: Array, xp: Any = np) -> Array:
    """A = z Φ(z), with Φ the normal distribution: z times the chance that a normal number is less.

    Written as z/2 · erfc(−z/√2), which keeps its digits where z is far below 0.
    """
    return Z * (0.5 * _erfc(-Z * HALF_ROOT, xp))


def gelu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · (Φ(z) + z φ(z)), with φ the density."""
    inside = xp.where(xp.abs(Z) < 40.0, Z, 0.0)  # beyond, z φ(z) is 0, and z² may overflow
    density = xp.exp(-0.5 * (inside * inside)) * DENSITY
    return dA * (0.5 * _erfc(-Z * HALF_ROOT, xp) + inside * density)


def gelu_tanh(Z: Array, xp: Any = np) -> Array:
    """A = z/2 (1 + tanh u) with u = √(2/π) (z + 0.044715 z³): gelu without the error function."""
    return 0.5 * (Z * (1.0 + xp.tanh(_cubic(Z, xp))))


def gelu_tanh_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · ((1 + tanh u)/2 + z/2 (1 − tanh² u) u′)."""
    inside = xp.where(xp.abs(Z) < 40.0, Z, 0.0)
    t = xp.tanh(_cubic(Z, xp))
    slope = ROOT * (1.0 + 3.0 * CUBE * (inside * inside))
    return dA * (0.5 * (1.0 + t) + 0.5 * (inside * ((1.0 - t * t) * slope)))


def silu(Z: Array, xp: Any = np) -> Array:
    """A = z σ(z)."""
    return Z * sigmoid(Z, xp)


def silu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · (σ(z) + a (1 − σ(z)))."""
    s = sigmoid(Z, xp)
    return dA * (s + A * (1.0 - s))


def softplus(Z: Array, xp: Any = np) -> Array:
    """A = log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|)."""
    return xp.where(Z > 0, Z, 0.0) + xp.log1p(xp.exp(-xp.abs(Z)))


def softplus_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA · σ(z)."""
    return dA * sigmoid(Z, xp)


def maxout(Z: Array, xp: Any = np) -> Array:
    """A = the largest of a neuron's sums, (rows, pieces) → (rows, 1)."""
    return xp.amax(Z, axis=1, keepdims=True)


def maxout_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ_j = dA where z_j is the largest, else 0; sums that are equally large share it evenly."""
    largest = xp.asarray(Z == A, dtype=A.dtype)
    return dA * (largest / xp.sum(largest, axis=1, keepdims=True))


def _below(Z: Array, xp: Any) -> Array:
    """eᶻ − 1 without losing digits near 0; 0 above it, where nobody asks and eᶻ would overflow."""
    return xp.expm1(xp.where(Z > 0, 0.0, Z))


def _cubic(Z: Array, xp: Any) -> Array:
    """u = √(2/π) (z + 0.044715 z³)."""
    inside = xp.where(Z > 40.0, 40.0, xp.where(Z < -40.0, -40.0, Z))  # tanh is ±1 beyond
    return ROOT * (inside + CUBE * (inside * inside * inside))


def _erfc(Z: Array, xp: Any) -> Array:
    """The complementary error function, by SciPy for NumPy, which has none."""
    if xp is np:
        from scipy.special import erfc

        return erfc(Z)
    return xp.special.erfc(Z)
