"""Whole networks as nodes: any connections, masks, norms and biases predict as the passes do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.normalization import NORMS
from pellucid.export.onnx_graph import Graph
from pellucid.export.onnx_layers import ONNX_NORMS, write_network
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import (
    buffer_segments,
    initial_buffers,
    initial_parameters,
    parameter_segments,
)
from tests.engines.strategies import OUTPUTS, architectures
from tests.export.reading import carry_out


def numbers(architecture, seed=0):
    """Parameters and buffers by segment name, none of them at its first value."""
    random = np.random.default_rng(seed)
    parameters = initial_parameters(architecture, seed, dtype="float64")
    parameters += 0.1 * random.normal(size=parameters.shape) * (parameters != 0)
    parameters = views(parameters, parameter_segments(architecture))
    for name, array in parameters.items():
        if name.startswith(("bias", "shift")):
            array[...] = random.normal(size=array.shape)
    buffers = initial_buffers(architecture, "float64")
    buffers[...] = random.uniform(0.5, 2.0, buffers.shape)
    return parameters, views(buffers, buffer_segments(architecture))


def written(architecture, parameters, buffers, X):
    """All values by their names, and the name of the prediction."""
    graph = Graph("float64")
    P = write_network(graph, architecture, parameters, buffers, "X")
    return carry_out(graph, X), P, graph


def test_every_norm_has_a_row():
    assert set(ONNX_NORMS) == set(NORMS)


@given(st.sampled_from(OUTPUTS).flatmap(architectures), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_any_network_predicts_as_the_passes_do(architecture, seed):
    parameters, buffers = numbers(architecture, seed)
    X = np.random.default_rng(seed).normal(size=(4, architecture.n_inputs))
    A0 = scale_inputs(architecture, X, np.float64)
    with np.errstate(over="ignore"):
        tape = forward(architecture, parameters, A0, buffers=buffers)
    values, P, _ = written(architecture, parameters, buffers, X)
    np.testing.assert_allclose(values[P], tape.P, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("activation", ["step", "sign"])
def test_units_without_a_derivative_predict_too(activation):
    architecture = Architecture(3, (Dense(8, activation), Dense(2, "identity")))
    parameters, buffers = numbers(architecture)
    X = np.random.default_rng(1).normal(size=(50, 3))
    values, P, _ = written(architecture, parameters, buffers, X)
    expected = forward(architecture, parameters, X, buffers=buffers).P
    np.testing.assert_allclose(values[P], expected, rtol=1e-12, atol=1e-12)


def test_every_quantity_has_its_name_and_is_that_of_the_tape():
    architecture = Architecture(
        3,
        (
            Dense(4, "tanh", norm="batch"),
            Dense(5, "elu", inputs=(0, 1), bias="layer", norm="layer"),
            Dense(2, "softmax", inputs=(0, 2), bias="none", norm="batch"),
        ),
        scale=(0.5, 1.0, 2.0),
        shift=-1.0,
    )
    parameters, buffers = numbers(architecture)
    X = np.random.default_rng(2).normal(size=(6, 3))
    A0 = scale_inputs(architecture, X, np.float64)
    tape = forward(architecture, parameters, A0, buffers=buffers)
    values, P, graph = written(architecture, parameters, buffers, X)
    assert P == "A.3"
    np.testing.assert_array_equal(values["A.0"], A0)
    for l in (1, 2, 3):
        for letter, expected in (("Z", tape.Z[l]), ("N", tape.N[l]), ("A", tape.A[l])):
            np.testing.assert_allclose(values[f"{letter}.{l}"], expected, rtol=1e-12, atol=1e-13)
    assert {name for name in graph.constants if name.startswith("weights")} == {
        *("weights.0.1", "weights.0.2", "weights.1.2", "weights.0.3", "weights.2.3")
    }


def test_what_does_nothing_is_not_written():
    architecture = Architecture(2, (Dense(3, "identity", bias="none"), Dense(1, "identity")))
    parameters, buffers = numbers(architecture)
    values, P, graph = written(architecture, parameters, buffers, np.eye(2))
    assert [node.operator for node in graph.nodes] == ["MatMul", "MatMul", "Add"]
    assert P == "Z.2"
    assert set(values) == {"X", "Z.1", "Z.2", "MatMul.2", "weights.0.1", "weights.1.2", "bias.2"}


def test_no_row_of_activations_is_left_out_of_what_is_tried():
    """The strategy draws all that can be trained; the rest is named above."""
    assert set(OUTPUTS) | {"step", "sign"} == set(ACTIVATIONS)
