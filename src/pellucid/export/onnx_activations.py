"""How ONNX says each activation function: one row of a table each, by the names of ACTIVATIONS.

Only operators are used that are the same in every version of ONNX from 9 on. Where an operator has
the very name of the function it is taken, but onnxruntime carries some of these out in float32
only; for float64 the function is put together from operators that it has for both.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.bounded import HEIGHT
from pellucid.equations.rectifiers import CUBE, HALF_ROOT, ROOT, SELU_ALPHA, SELU_SCALE, SLOPE
from pellucid.export.onnx_graph import Graph

# From −1 to 1 where u goes from 0 to ∞, a polynomial in (u − MIDDLE) / (u + MIDDLE) is fitted.
MIDDLE, DEGREE = 4.0, 24


def identity(graph: Graph, Z: str) -> str:
    """A = z: nothing to do."""
    return Z


def sigmoid(graph: Graph, Z: str) -> str:
    """A = 1 / (1 + e⁻ᶻ)."""
    return graph.node("Sigmoid", Z)


def tanh(graph: Graph, Z: str) -> str:
    """A = tanh z."""
    return graph.node("Tanh", Z)


def relu(graph: Graph, Z: str) -> str:
    """A = max(z, 0)."""
    return graph.node("Relu", Z)


def step(graph: Graph, Z: str) -> str:
    """A = 1 where z > 0, else 0."""
    return graph.node("Where", graph.node("Greater", Z, 0.0), 1.0, 0.0)


def sign(graph: Graph, Z: str) -> str:
    """A = −1 where z < 0, else 1: ONNX's Sign is 0 at 0."""
    return graph.node("Where", graph.node("Less", Z, 0.0), -1.0, 1.0)


def scaled_tanh(graph: Graph, Z: str) -> str:
    """A = 1.7159 tanh(2z/3)."""
    return graph.node("Mul", HEIGHT, graph.node("Tanh", graph.node("Mul", 2.0 / 3.0, Z)))


def leaky_relu(graph: Graph, Z: str) -> str:
    """A = z where z > 0, else 0.01 z."""
    if graph.double:
        return graph.node("Max", Z, graph.node("Mul", SLOPE, Z))
    return graph.node("LeakyRelu", Z, attributes={"alpha": SLOPE})


def elu(graph: Graph, Z: str) -> str:
    """A = z where z > 0, else eᶻ − 1."""
    if graph.double:
        return graph.node("Add", graph.node("Relu", Z), _below(graph, Z))
    return graph.node("Elu", Z, attributes={"alpha": 1.0})


def selu(graph: Graph, Z: str) -> str:
    """A = λ z where z > 0, else λ α (eᶻ − 1)."""
    if graph.double:
        below = graph.node("Mul", SELU_ALPHA, _below(graph, Z))
        return graph.node("Mul", SELU_SCALE, graph.node("Add", graph.node("Relu", Z), below))
    return graph.node("Selu", Z, attributes={"alpha": SELU_ALPHA, "gamma": SELU_SCALE})


def gelu(graph: Graph, Z: str) -> str:
    """A = z Φ(z)."""
    if graph.double:
        return graph.node("Mul", Z, _normal_distribution(graph, Z))
    erf = graph.node("Erf", graph.node("Mul", HALF_ROOT, Z))
    return graph.node("Mul", Z, graph.node("Mul", 0.5, graph.node("Add", 1.0, erf)))


def gelu_tanh(graph: Graph, Z: str) -> str:
    """A = z/2 (1 + tanh u) with u = √(2/π) (z + 0.044715 z³)."""
    cube = graph.node("Mul", graph.node("Mul", Z, Z), Z)
    inside = graph.node("Add", Z, graph.node("Mul", CUBE, cube))
    t = graph.node("Tanh", graph.node("Mul", ROOT, inside))
    return graph.node("Mul", 0.5, graph.node("Mul", Z, graph.node("Add", 1.0, t)))


def silu(graph: Graph, Z: str) -> str:
    """A = z σ(z)."""
    return graph.node("Mul", Z, graph.node("Sigmoid", Z))


def softplus(graph: Graph, Z: str) -> str:
    """A = log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|)."""
    if graph.double:
        e = graph.node("Exp", graph.node("Neg", graph.node("Abs", Z)))
        log = graph.node("Log", graph.node("Add", 1.0, e))
        return graph.node("Add", graph.node("Relu", Z), log)
    return graph.node("Softplus", Z)


def softsign(graph: Graph, Z: str) -> str:
    """A = z / (1 + |z|)."""
    if graph.double:
        return graph.node("Div", Z, graph.node("Add", 1.0, graph.node("Abs", Z)))
    return graph.node("Softsign", Z)


def hard_tanh(graph: Graph, Z: str) -> str:
    """A = z between −1 and 1, and the nearer of them elsewhere."""
    return graph.node("Max", graph.node("Min", Z, 1.0), -1.0)


def exp(graph: Graph, Z: str) -> str:
    """A = eᶻ."""
    return graph.node("Exp", Z)


def softmax(graph: Graph, Z: str) -> str:
    """A_j = e^z_j / Σ e^z_k."""
    return graph.node("Softmax", Z, attributes={"axis": 1})


ONNX_ACTIVATIONS: dict[str, Callable[[Graph, str], str]] = {
    "identity": identity,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "step": step,
    "sign": sign,
    "scaled_tanh": scaled_tanh,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "hard_tanh": hard_tanh,
    "exp": exp,
    "softmax": softmax,
}


def maxout(graph: Graph, Z: str, units: int, pieces: int) -> str:
    """A = the largest of a neuron's sums, which are those numbered j · pieces …"""
    first = np.arange(units) * pieces
    each = [
        graph.node("Gather", Z, graph.constant(first + piece), attributes={"axis": 1})
        for piece in range(pieces)
    ]
    return graph.node("Max", *each)


ONNX_GROUPED: dict[str, Callable[[Graph, str, int, int], str]] = {"maxout": maxout}


def _below(graph: Graph, Z: str) -> str:
    """eᶻ − 1 where z < 0, else 0."""
    return graph.node("Sub", graph.node("Exp", graph.node("Min", Z, 0.0)), 1.0)


def _normal_distribution(graph: Graph, Z: str) -> str:
    """Φ(z) to the last digits, from operators that are there for float64, which Erf is not.

    For u = |z|/√2 the smaller of Φ(z) and Φ(−z) is ½ erfc(u) = ½ e^−u² g(u) / (1 + 2u), where g
    is smooth from 0 to ∞ (Shepherd and Laframboise 1981) and a polynomial.
    """
    u = graph.node("Mul", HALF_ROOT, graph.node("Abs", Z))
    t = graph.node("Div", graph.node("Sub", u, MIDDLE), graph.node("Add", u, MIDDLE))
    first, *rest = _polynomial()[::-1]
    g: str | float = float(first)
    for coefficient in rest:
        g = graph.node("Add", graph.node("Mul", g, t), float(coefficient))
    e = graph.node("Exp", graph.node("Neg", graph.node("Mul", u, u)))
    scale = graph.node("Div", 0.5, graph.node("Add", 1.0, graph.node("Mul", 2.0, u)))
    small = graph.node("Mul", graph.node("Mul", e, scale), g)
    large = graph.node("Sub", 1.0, small)
    return graph.node("Where", graph.node("Greater", Z, 0.0), large, small)


@cache
def _polynomial() -> Array:
    """The coefficients of g(u) = (1 + 2u) e^u² erfc(u), to relative errors of 1e-14."""
    from numpy.polynomial import chebyshev
    from scipy.special import erfcx

    t = chebyshev.chebpts1(DEGREE + 1)
    u = MIDDLE * (1.0 + t) / (1.0 - t)
    found: Array = chebyshev.cheb2poly(chebyshev.chebfit(t, (1.0 + 2.0 * u) * erfcx(u), DEGREE))
    return found
