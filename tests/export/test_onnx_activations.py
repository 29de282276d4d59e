"""Every activation function says in operators of ONNX what its row of ACTIVATIONS says."""

import numpy as np
import pytest
from scipy.special import log_ndtr

from pellucid.arrays import PRECISIONS
from pellucid.equations.activations import ACTIVATIONS
from pellucid.export.onnx_activations import ONNX_ACTIVATIONS, ONNX_GROUPED
from pellucid.export.onnx_graph import Graph
from tests.export.reading import carry_out

CLOSE = {"float32": 1e-6, "float64": 1e-12}
# Kinks and jumps, near and far from 0, and so far that powers overflow.
Z = np.concatenate([np.linspace(-6, 6, 49), [1e-30, -1e-30, 20, -20, 86, -86, 1e4, -1e4, 1e13]])


def test_every_activation_has_a_row():
    grouped = {name for name, row in ACTIVATIONS.items() if row.grouped}
    assert set(ONNX_ACTIVATIONS) == set(ACTIVATIONS) - grouped
    assert set(ONNX_GROUPED) == grouped


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ONNX_ACTIVATIONS)
def test_every_row_gives_the_activations(name, precision):
    rows = Z.reshape(-1, 2).astype(precision)
    graph = Graph(precision)
    out = ONNX_ACTIVATIONS[name](graph, "X")
    A = carry_out(graph, rows)[out]
    with np.errstate(over="ignore", under="ignore"):
        expected = ACTIVATIONS[name].f(rows, np)
    assert A.dtype == precision
    np.testing.assert_allclose(A, expected, rtol=CLOSE[precision], atol=CLOSE[precision])


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("units", "pieces"), [(1, 2), (3, 2), (2, 4)])
@pytest.mark.parametrize("name", ONNX_GROUPED)
def test_grouped_rows_take_the_pieces_of_each_neuron(name, units, pieces, precision):
    rows = np.random.default_rng(0).normal(size=(5, units * pieces)).astype(precision)
    graph = Graph(precision)
    out = ONNX_GROUPED[name](graph, "X", units, pieces)
    expected = ACTIVATIONS[name].f(rows.reshape(-1, pieces), np).reshape(-1, units)
    np.testing.assert_array_equal(carry_out(graph, rows)[out], expected)


def test_gelu_keeps_its_digits_in_the_tail():
    """Where erf is 1 to the last bit: relative to log Φ by another method of SciPy's."""
    rows = np.linspace(-37, 37, 1001).reshape(-1, 1)
    graph = Graph("float64")
    out = ONNX_ACTIVATIONS["gelu"](graph, "X")
    A = carry_out(graph, rows)[out]
    np.testing.assert_allclose(A, rows * np.exp(log_ndtr(rows)), rtol=3e-13)


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "selu", "softplus", "softsign"])
def test_float32_is_said_by_the_operator_of_that_name(name):
    graph = Graph("float32")
    ONNX_ACTIVATIONS[name](graph, "X")
    (node,) = graph.nodes
    assert node.operator.lower() == name.replace("_", "")
