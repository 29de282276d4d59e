"""Activation functions: what a neuron makes of its weighted sum. One row of a table each.

To add one, write its two functions and its row here (and its pair in the native core's table);
the command line, the documentation and the derivative tests follow.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array


class Activation(NamedTuple):
    """An activation function beside its derivative."""

    f: Callable[[Array, Any], Array]  # (Z, xp) → A
    backward: Callable[[Array, Array, Array, Any], Array]  # (dA, Z, A, xp) → dZ
    initial: str  # the row of initial weights used where none is named
    formula: str
    derivative: str
    source: str
    kinks: tuple[float, ...] = ()  # where the derivative jumps


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


def relu(Z: Array, xp: Any = np) -> Array:
    """A = max(z, 0)."""
    return xp.where(Z > 0, Z, 0.0)


def relu_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ = dA where z > 0, else 0 (also at the kink)."""
    return xp.where(Z > 0, dA, 0.0)


def softmax(Z: Array, xp: Any = np) -> Array:
    """A_j = e^z_j / Σ e^z_k, after subtracting each row's largest z, which changes nothing."""
    e = xp.exp(Z - xp.amax(Z, axis=1, keepdims=True))
    return e / xp.sum(e, axis=1, keepdims=True)


def softmax_backward(dA: Array, Z: Array, A: Array, xp: Any = np) -> Array:
    """dZ_j = a_j (dA_j − Σ dA_k a_k): every output of a layer depends on each of its sums."""
    return A * (dA - xp.sum(dA * A, axis=1, keepdims=True))


ACTIVATIONS = {
    "identity": Activation(
        identity, identity_backward, "xavier", "z", "1", "linear units; Gauss and Legendre"
    ),
    "sigmoid": Activation(
        sigmoid, sigmoid_backward, "xavier", "1 / (1 + e⁻ᶻ)", "a (1 − a)", "Verhulst 1845"
    ),
    "tanh": Activation(
        tanh, tanh_backward, "xavier", "tanh z", "1 − a²", "LeCun et al. 1998, Efficient BackProp"
    ),
    "relu": Activation(
        relu,
        relu_backward,
        "he",
        "max(z, 0)",
        "1 where z > 0, else 0",
        "Nair and Hinton 2010",
        kinks=(0.0,),
    ),
    "softmax": Activation(
        softmax,
        softmax_backward,
        "xavier",
        "eᶻʲ / Σ eᶻᵏ",
        "a_j (1{j = k} − a_k)",
        "Bridle 1990",
    ),
}
