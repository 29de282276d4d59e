"""The derivative of every prediction by every parameter, against differences of predictions."""

import numpy as np
import pytest

from pellucid.network.architecture import Architecture
from pellucid.network.jacobian import jacobian
from pellucid.network.layer import Dense
from pellucid.network.passes import backward, flat, forward, output_gradient, views
from pellucid.network.segments import initial_parameters, parameter_segments

CASES = {
    "no hidden layer": [Dense(2, "identity")],
    "one bias a layer": [Dense(3, "tanh", bias="layer"), Dense(2, "sigmoid", bias="layer")],
    "one bias a layer of one": [Dense(1, "tanh", bias="layer"), Dense(1, bias="layer")],
    "no bias": [Dense(3, "tanh", bias="none"), Dense(2, "identity", bias="none")],
    "a skip connection": [
        Dense(3, "tanh"),
        Dense(2, "silu"),
        Dense(2, "identity", inputs=(0, 2, 1)),
    ],
    "masks": [
        Dense(4, "sigmoid", masks={0: np.eye(3, 4)}),
        Dense(2, "identity", inputs=(0, 1), masks={1: ("10", "01", "11", "00")}),
    ],
    "a connection of which nothing is left": [
        Dense(2, "tanh"),
        Dense(2, "identity", inputs=(0, 1), masks={0: np.zeros((3, 2))}),
    ],
    "maxout": [Dense(3, "maxout", pieces=2), Dense(2, "identity")],
    "maxout with masks and one bias": [
        Dense(2, "maxout", pieces=3, bias="layer", masks={0: ("110011", "011101", "111111")}),
        Dense(2, "maxout", pieces=2, inputs=(0, 1)),
    ],
    "softmax outputs": [Dense(3, "gelu"), Dense(3, "softmax")],
    "exp outputs": [Dense(3, "softplus"), Dense(2, "exp")],
    "four layers": [Dense(2, "elu"), Dense(3, "tanh"), Dense(2, "softsign"), Dense(1, "identity")],
}


def case(layers, n=5, dtype="float64"):
    """The segments, a vector without zeros but for masked weights, and inputs."""
    architecture, draw = Architecture(3, layers), np.random.default_rng(7)
    segments = parameter_segments(architecture)
    vector = initial_parameters(architecture, 1, "nielsen", dtype)
    return architecture, segments, vector, draw.normal(size=(n, 3)).astype(dtype)


def found(layers, n=5, dtype="float64"):
    architecture, segments, vector, X = case(layers, n, dtype)
    named = views(vector, segments)
    return jacobian(architecture, named, forward(architecture, named, X), segments)


@pytest.mark.parametrize("name", sorted(CASES))
def test_jacobian_is_the_derivative_of_each_prediction(name):
    architecture, segments, vector, X = case(CASES[name])
    J = found(CASES[name])
    assert J.shape == (5, architecture.n_outputs, len(vector))
    absent = np.zeros(len(vector), bool)
    for segment in segments:
        mask = None if segment.source is None else architecture.mask(segment.source, segment.layer)
        if mask is not None:
            segment.view(absent)[...] = ~mask
    for i in range(len(vector)):
        P = []
        for step in (1e-4, -1e-4, 2e-4, -2e-4):
            moved = vector.copy()
            moved[i] += step
            P.append(forward(architecture, views(moved, segments), X).P)
        difference = (8 * (P[0] - P[1]) - (P[2] - P[3])) / 12e-4
        expected = 0 * difference if absent[i] else difference
        np.testing.assert_allclose(J[:, :, i], expected, rtol=1e-8, atol=1e-9)
    assert (J[:, :, absent] == 0).all()


@pytest.mark.parametrize("name", sorted(CASES))
def test_errors_times_jacobian_are_the_gradient(name):
    """Of half the sum of squared errors, as backward finds it."""
    architecture, segments, vector, X = case(CASES[name])
    named = views(vector, segments)
    tape = forward(architecture, named, X)
    Y = np.random.default_rng(2).normal(size=tape.P.shape)
    dN = output_gradient("half_sse", architecture, tape, Y, np.full((5, 1), 1 / 5))
    gradient = flat(backward(architecture, named, tape, dN).parameters, segments, np.float64)
    product = np.einsum("io,iop->p", tape.P - Y, found(CASES[name])) / 5
    np.testing.assert_allclose(product, gradient, rtol=1e-12, atol=1e-14)


def test_linear_regression_by_hand():
    """∂p_o/∂W is x in column o, ∂p_o/∂b is 1 at o."""
    architecture = Architecture(2, [Dense(2, "identity")])
    segments, X = parameter_segments(architecture), np.array([[3.0, 5], [7, 11]])
    named = views(np.zeros(6), segments)
    J = jacobian(architecture, named, forward(architecture, named, X), segments)
    assert J[0].tolist() == [[3, 0, 5, 0, 1, 0], [0, 3, 0, 5, 0, 1]]
    assert J[1].tolist() == [[7, 0, 11, 0, 1, 0], [0, 7, 0, 11, 0, 1]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_and_a_single_example(dtype):
    for layers in CASES.values():
        J = found(layers, n=1, dtype=dtype)
        assert J.dtype == dtype
        assert len(J) == 1
        assert np.isfinite(J).all()
