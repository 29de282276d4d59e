"""Activation functions: what a neuron makes of its weighted sum. One row of a table each.

To add one, write its two functions in ``bounded.py`` or ``rectifiers.py`` and its row here (and its
pair in the native core's table); the documentation and the derivative tests follow.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from pellucid.arrays import Array
from pellucid.equations import bounded, rectifiers


class Activation(NamedTuple):
    """An activation function beside its derivative."""

    f: Callable[[Array, Any], Array]  # (Z, xp) → A
    # (dA, Z, A, xp) → dZ; None where the derivative is 0 on both sides of a jump
    backward: Callable[[Array, Array, Array, Any], Array] | None
    initial: str  # the row of initial weights used where none is named
    formula: str
    derivative: str
    source: str
    kinks: tuple[float, ...] = ()  # where the derivative jumps
    grouped: bool = False  # whether it makes one activation of several sums: (rows, k) → (rows, 1)


ACTIVATIONS = {
    "identity": Activation(
        bounded.identity,
        bounded.identity_backward,
        "xavier",
        "z",
        "1",
        "linear units; Gauss and Legendre",
    ),
    "sigmoid": Activation(
        bounded.sigmoid,
        bounded.sigmoid_backward,
        "xavier",
        "1 / (1 + e⁻ᶻ)",
        "a (1 − a)",
        "Verhulst 1845",
    ),
    "tanh": Activation(
        bounded.tanh,
        bounded.tanh_backward,
        "xavier",
        "tanh z",
        "1 − a²",
        "LeCun et al. 1998, Efficient BackProp",
    ),
    "relu": Activation(
        rectifiers.relu,
        rectifiers.relu_backward,
        "he",
        "max(z, 0)",
        "1 where z > 0, else 0",
        "Nair and Hinton 2010",
        kinks=(0.0,),
    ),
    "step": Activation(
        bounded.step, None, "xavier", "1 where z > 0, else 0", "—", "McCulloch, Pitts 1943"
    ),
    "sign": Activation(
        bounded.sign, None, "xavier", "1 where z ≥ 0, else −1", "—", "Rosenblatt 1958"
    ),
    "scaled_tanh": Activation(
        bounded.scaled_tanh,
        bounded.scaled_tanh_backward,
        "lecun",
        "1.7159 tanh(2z/3)",
        "2/3 (1.7159 − a²/1.7159)",
        "LeCun et al. 1998, Efficient BackProp",
    ),
    "leaky_relu": Activation(
        rectifiers.leaky_relu,
        rectifiers.leaky_relu_backward,
        "he",
        "z where z > 0, else 0.01 z",
        "1 where z > 0, else 0.01",
        "Maas, Hannun and Ng 2013",
        kinks=(0.0,),
    ),
    "elu": Activation(
        rectifiers.elu,
        rectifiers.elu_backward,
        "he",
        "z where z > 0, else eᶻ − 1",
        "1 where z > 0, else a + 1",
        "Clevert, Unterthiner and Hochreiter 2016",
    ),
    "selu": Activation(
        rectifiers.selu,
        rectifiers.selu_backward,
        "lecun",
        "λ z where z > 0, else λ α (eᶻ − 1)",
        "λ where z > 0, else a + λ α",
        "Klambauer et al. 2017",
        kinks=(0.0,),
    ),
    "gelu": Activation(
        rectifiers.gelu,
        rectifiers.gelu_backward,
        "he",
        "z Φ(z)",
        "Φ(z) + z φ(z)",
        "Hendrycks and Gimpel 2016",
    ),
    "gelu_tanh": Activation(
        rectifiers.gelu_tanh,
        rectifiers.gelu_tanh_backward,
        "he",
        "z/2 (1 + tanh u), u = √(2/π) (z + 0.044715 z³)",
        "(1 + tanh u)/2 + z/2 (1 − tanh² u) u′",
        "Hendrycks and Gimpel 2016",
    ),
    "silu": Activation(
        rectifiers.silu,
        rectifiers.silu_backward,
        "he",
        "z σ(z)",
        "σ(z) + a (1 − σ(z))",
        "Elfwing, Uchibe and Doya 2018",
    ),
    "softplus": Activation(
        rectifiers.softplus,
        rectifiers.softplus_backward,
        "he",
        "log(1 + eᶻ)",
        "σ(z)",
        "Dugas et al. 2001",
    ),
    "softsign": Activation(
        bounded.softsign,
        bounded.softsign_backward,
        "xavier",
        "z / (1 + |z|)",
        "1 / (1 + |z|)²",
        "Bergstra et al. 2009",
    ),
    "hard_tanh": Activation(
        bounded.hard_tanh,
        bounded.hard_tanh_backward,
        "xavier",
        "z between −1 and 1, which it does not leave",
        "1 between −1 and 1, else 0",
        "Collobert 2004",
        kinks=(-1.0, 1.0),
    ),
    "exp": Activation(
        bounded.exp, bounded.exp_backward, "xavier", "eᶻ", "a", "Nelder and Wedderburn 1972"
    ),
    "softmax": Activation(
        bounded.softmax,
        bounded.softmax_backward,
        "xavier",
        "eᶻʲ / Σ eᶻᵏ",
        "a_j (1{j = k} − a_k)",
        "Bridle 1990",
    ),
    "maxout": Activation(
        rectifiers.maxout,
        rectifiers.maxout_backward,
        "he",
        "max z_j over the neuron's pieces",
        "1 for the largest z_j, else 0",
        "Goodfellow et al. 2013",
        grouped=True,
    ),
}
