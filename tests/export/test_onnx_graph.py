"""Graphs as plain data: names, constants, precision."""

import numpy as np
import pytest

from pellucid.export.onnx_graph import Graph, Node
from tests.export.reading import carry_out


def test_numbers_become_constants_in_the_precision_of_the_graph():
    graph = Graph("float32")
    out = graph.node("Mul", graph.node("Add", "X", 0.1), "X")
    assert [node.operator for node in graph.nodes] == ["Add", "Mul"]
    (constant,) = graph.constants.values()
    assert constant.dtype == np.float32
    X = np.array([[1.0, 2.0]], np.float32)
    np.testing.assert_array_equal(carry_out(graph, X)[out], (X + np.float32(0.1)) * X)


def test_only_fractions_follow_the_precision():
    graph = Graph("float32")
    for value, kind in ((np.arange(3), np.int64), (np.array(["a"]), "<U1"), (0.5, np.float32)):
        assert graph.constants[graph.constant(value)].dtype == kind
    assert Graph("float64").double
    assert not graph.double


def test_every_value_has_a_name_of_its_own():
    graph = Graph("float64")
    for _ in range(3):
        graph.node("TopK", "X", 1.0, n_outputs=2)
    outputs = [name for node in graph.nodes for name in node.outputs]
    assert len(outputs) == 6
    assert len({*outputs, *graph.constants}) == 9


def test_renaming_reaches_values_and_constants_everywhere():
    graph = Graph("float64")
    first = graph.node("Add", "X", graph.constant(1.0, "one"))
    last = graph.node("Mul", first, "one")
    before = carry_out(graph, np.ones((2, 2)))[last]
    graph.rename({first: "sum", "one": "1", last: "P", "X": "x"})
    assert graph.nodes == [
        Node("Add", ("x", "1"), ("sum",), {}),
        Node("Mul", ("sum", "1"), ("P",), {}),
    ]
    assert list(graph.constants) == ["1"]
    graph.rename({"x": "X"})
    np.testing.assert_array_equal(carry_out(graph, np.ones((2, 2)))["P"], before)


def test_an_operator_of_another_domain_says_so_and_keeps_it():
    graph = Graph("float64")
    graph.rename({graph.node("OneHotEncoder", "X", domain="ai.onnx.ml"): "P"})
    graph.node("Add", "P", 1.0)
    assert [node.domain for node in graph.nodes] == ["ai.onnx.ml", ""]


def test_a_value_that_nobody_made_cannot_be_read():
    graph = Graph("float64")
    graph.node("Exp", "Y")
    with pytest.raises(KeyError):
        carry_out(graph, np.ones((1, 1)))
