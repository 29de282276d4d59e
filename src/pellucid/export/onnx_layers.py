"""A whole network as nodes of ONNX: scaled inputs, layer by layer sums, norms and activations.

The order is that of ``network/passes.py``, as for predicting: no dropout, no noise, and the running
averages of batch normalization.
"""

from collections.abc import Callable

import numpy as np

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.normalization import EPSILON
from pellucid.export.onnx_activations import ONNX_ACTIVATIONS, ONNX_GROUPED
from pellucid.export.onnx_graph import Graph
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import Named


def write_network(
    graph: Graph, architecture: Architecture, parameters: Named, buffers: Named, X: str
) -> str:
    """Write down how a network predicts; return the name of its prediction.

    Parameters
    ----------
    graph : Graph
        Where to. The values of layer l become "Z.l", "N.l" and "A.l".
    parameters, buffers : arrays by segment name
    X : str
        The inputs (n, n_inputs), in the precision of the graph.
    """
    A = [_scaled(graph, architecture, X)]
    for l, layer in enumerate(architecture.layers, start=1):
        Z = _sums(graph, architecture, l, parameters, A)
        N = _named(graph, ONNX_NORMS[layer.norm](graph, Z, l, parameters, buffers), Z, f"N.{l}")
        A.append(_named(graph, _activated(graph, layer, N), N, f"A.{l}"))
    return A[-1]


def _scaled(graph: Graph, architecture: Architecture, X: str) -> str:
    """A[0] = X · scale + shift."""
    A = X
    if architecture.scale != 1.0:
        A = graph.node("Mul", A, graph.constant(np.asarray(architecture.scale, float), "scale"))
    if architecture.shift != 0.0:
        A = graph.node("Add", A, graph.constant(np.asarray(architecture.shift, float), "shift"))
    return _named(graph, A, X, "A.0")


def _sums(graph: Graph, architecture: Architecture, l: int, parameters: Named, A: list[str]) -> str:
    """Z[l] = Σ over connections k→l of A[k] W[k→l]  +  b[l]; masked weights are 0."""
    terms = []
    for k in architecture.inputs(l):
        name = f"weights.{k}.{l}"
        terms.append(graph.node("MatMul", A[k], graph.constant(parameters[name], name)))
    if f"bias.{l}" in parameters:
        terms.append(graph.constant(parameters[f"bias.{l}"], f"bias.{l}"))
    Z = terms[0]
    for term in terms[1:]:
        Z = graph.node("Add", Z, term)
    return _named(graph, Z, "", f"Z.{l}")


def _activated(graph: Graph, layer: Dense, N: str) -> str:
    if ACTIVATIONS[layer.activation].grouped:
        return ONNX_GROUPED[layer.activation](graph, N, layer.units, layer.pieces)
    return ONNX_ACTIVATIONS[layer.activation](graph, N)


def no_norm(graph: Graph, Z: str, l: int, parameters: Named, buffers: Named) -> str:
    """N = z."""
    return Z


def batch_norm(graph: Graph, Z: str, l: int, parameters: Named, buffers: Named) -> str:
    """N = (z − mean) · gain / √(variance + ε) + shift, with running averages.

    Three plain steps: the operator BatchNormalization has its ε in float32.
    """
    centred = graph.node("Sub", Z, graph.constant(buffers[f"mean.{l}"], f"mean.{l}"))
    deviation = np.sqrt(buffers[f"variance.{l}"].astype(float) + EPSILON)
    slope = graph.constant(parameters[f"gain.{l}"] / deviation, f"slope.{l}")
    shift = graph.constant(parameters[f"shift.{l}"], f"shift.{l}")
    return graph.node("Add", graph.node("Mul", centred, slope), shift)


def layer_norm(graph: Graph, Z: str, l: int, parameters: Named, buffers: Named) -> str:
    """N = gain · (z − mean) / √(variance + ε) + shift over the sums of each example.

    A sum is written as a product with a column of ones: ReduceSum takes its axes in different
    ways in different versions of ONNX.
    """
    n = len(parameters[f"gain.{l}"])
    ones = graph.constant(np.ones((n, 1)), f"ones.{l}")
    centred = graph.node("Sub", Z, graph.node("Div", graph.node("MatMul", Z, ones), n))
    squares = graph.node("Mul", centred, centred)
    variance = graph.node("Div", graph.node("MatMul", squares, ones), n)
    deviation = graph.node("Sqrt", graph.node("Add", variance, EPSILON))
    Z_hat = graph.node("Div", centred, deviation)
    gain = graph.constant(parameters[f"gain.{l}"], f"gain.{l}")
    shift = graph.constant(parameters[f"shift.{l}"], f"shift.{l}")
    return graph.node("Add", graph.node("Mul", Z_hat, gain), shift)


ONNX_NORMS: dict[str, Callable[[Graph, str, int, Named, Named], str]] = {
    "none": no_norm,
    "batch": batch_norm,
    "layer": layer_norm,
}


def _named(graph: Graph, value: str, source: str, name: str) -> str:
    """Give what was made of `source` a name of its own; what is still the same keeps that."""
    if value == source:
        return value
    graph.rename({value: name})
    return name
