"""The two loops, against neurons calculated one by one, closed forms and differences of costs."""

from math import exp, tanh

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.equations.normalization import EPSILON
from pellucid.network.architecture import Architecture, Dense
from pellucid.network.passes import (
    CHUNK,
    backward,
    flat,
    forward,
    losses,
    output_gradient,
    predictions,
    scale_inputs,
    views,
)
from pellucid.network.segments import (
    buffer_segments,
    initial_buffers,
    initial_parameters,
    length,
    parameter_segments,
)

# Each function on the list of a layer's sums.
FUNCTIONS = {
    "identity": list,
    "sigmoid": lambda z: [1 / (1 + exp(-v)) for v in z],
    "tanh": lambda z: [tanh(v) for v in z],
    "relu": lambda z: [max(v, 0.0) for v in z],
    "softmax": lambda z: [exp(v) / sum(exp(w) for w in z) for v in z],
}


def drawn(architecture, seed, n=5):
    """Parameters, scaled inputs and running averages that are not at their beginnings."""
    draw = np.random.default_rng(seed)
    segments = parameter_segments(architecture)
    vector = initial_parameters(architecture, seed, "normal", "float64")
    vector += draw.normal(0, 0.1, len(vector)) * (vector != 0)
    buffers = draw.uniform(0.5, 2, length(buffer_segments(architecture)))
    A0 = scale_inputs(architecture, draw.normal(size=(n, architecture.n_inputs)), np.float64)
    return segments, vector, A0, views(buffers, buffer_segments(architecture))


def neuron_by_neuron(architecture, named, buffers, row):
    """One example through the network as it predicts, in plain Python."""
    A = [list(row)]
    for l, layer in enumerate(architecture.layers, start=1):
        Z = []
        for j in range(layer.units):
            z = 0.0
            for k in architecture.inputs(l):
                z += sum(a * named[f"weights.{k}.{l}"][i, j] for i, a in enumerate(A[k]))
            if layer.bias != "none":
                z += named[f"bias.{l}"][j if layer.bias == "neuron" else 0]
            if layer.norm == "batch":
                z = (z - buffers[f"mean.{l}"][j]) / (buffers[f"variance.{l}"][j] + EPSILON) ** 0.5
                z = named[f"gain.{l}"][j] * z + named[f"shift.{l}"][j]
            Z.append(z)
        A.append(FUNCTIONS[layer.activation](Z))
    return A


def test_every_activation_is_written_out_here():
    assert set(FUNCTIONS) == set(ACTIVATIONS), "give each row of ACTIVATIONS an entry in FUNCTIONS"


@pytest.mark.parametrize("seed", range(25))
def test_forward_is_every_neuron_by_itself(draw_architecture, seed):
    """Any depth, skips, masks, biases and norms; every activation as output in its turn."""
    output = sorted(ACTIVATIONS)[seed % len(ACTIVATIONS)]
    architecture = draw_architecture(seed, output=output, activations=sorted(ACTIVATIONS))
    segments, vector, A0, buffers = drawn(architecture, seed)
    tape = forward(architecture, views(vector, segments), A0, buffers=buffers)
    for i, row in enumerate(A0):
        expected = neuron_by_neuron(architecture, views(vector, segments), buffers, row)
        for l, values in enumerate(expected):
            np.testing.assert_allclose(tape.A[l][i], values, rtol=1e-11, atol=1e-13)
    assert tape.P is tape.A[architecture.n_layers]


def test_forward_without_buffers_uses_the_batch():
    """Each column of N has the batch's mean at its shift and spread at its gain."""
    architecture = Architecture(3, (Dense(4, "identity", norm="batch"),))
    segments, vector, A0, _ = drawn(architecture, 1, n=50)
    tape = forward(architecture, views(vector, segments), A0)
    np.testing.assert_allclose(tape.mean[1], tape.Z[1].sum(0) / 50, rtol=1e-12)
    np.testing.assert_allclose(tape.variance[1], np.cov(tape.Z[1].T, bias=True).diagonal())
    named = views(vector, segments)
    np.testing.assert_allclose(tape.N[1].mean(0), named["shift.1"], atol=1e-12)
    np.testing.assert_allclose(tape.N[1].std(0), abs(named["gain.1"]), rtol=1e-4)


def test_a_mask_leaves_neurons_out_of_what_follows():
    architecture = Architecture(2, (Dense(3, "tanh"), Dense(1, "identity", bias="none")))
    segments, vector, A0, _ = drawn(architecture, 2, n=2)
    m = np.array([[0, 2, 0], [2, 2, 0]], float)
    tape = forward(architecture, views(vector, segments), A0, masks={1: m})
    W = views(vector, segments)["weights.1.2"]
    for i in range(2):
        expected = sum(m[i, j] * tape.F[1][i, j] * W[j, 0] for j in range(3))
        assert tape.P[i, 0] == pytest.approx(expected, rel=1e-13)
    assert (tape.A[1] == m * tape.F[1]).all()


def cost_and_gradient(architecture, segments, vector, A0, Y, loss, shares, masks=None):
    named = views(vector, segments)
    tape = forward(architecture, named, A0, masks=masks)
    cost = float((losses(loss, architecture, tape, Y) * shares[:, 0]).sum())
    dN = output_gradient(loss, architecture, tape, Y, shares)
    found = backward(architecture, named, tape, dN)
    return cost, flat(found.parameters, segments, np.float64), found, tape


@pytest.mark.parametrize("seed", range(40))
def test_backward_is_the_derivative_of_the_weighted_cost(draw_architecture, draw_targets, seed):
    """Every loss on each output it takes; weights of examples; dropout masks; batch statistics."""
    pairs = [
        (loss, output)
        for loss, row in sorted(LOSSES.items())
        for output in ([row.link] if row.needs_link else sorted(ACTIVATIONS))
    ]
    loss, output = pairs[seed % len(pairs)]
    architecture = draw_architecture(seed, output=output)
    segments, vector, A0, _ = drawn(architecture, seed, n=6)
    draw = np.random.default_rng(seed)
    Y = draw_targets(seed, loss, 6, architecture.n_outputs)
    weights = draw.uniform(0, 2, (6, 1))
    shares = weights / weights.sum()
    masks = {
        l: 2.0 * draw.integers(0, 2, (6, architecture.units(l)))
        for l in range(1, architecture.n_layers)
    }
    args = (A0, Y, loss, shares, masks)
    _, gradient, _, _ = cost_and_gradient(architecture, segments, vector, *args)
    absent = np.concatenate(
        [
            np.zeros(s.size, bool)
            if s.source is None or architecture.mask(s.source, s.layer) is None
            else ~architecture.mask(s.source, s.layer).reshape(-1)
            for s in segments
        ]
    )
    for i in range(len(vector)):
        costs = []
        for step in (1e-4, -1e-4, 2e-4, -2e-4):
            moved = vector.copy()
            moved[i] += step
            costs.append(cost_and_gradient(architecture, segments, moved, *args)[0])
        difference = (8 * (costs[0] - costs[1]) - (costs[2] - costs[3])) / 12e-4
        if absent[i]:
            assert gradient[i] == 0
        else:
            assert abs(gradient[i] - difference) <= 1e-7 * max(1, abs(difference))


def test_both_forms_of_the_output_gradient_agree():
    """Where the output is not the link: dP through the output's backward, worked out by hand."""
    architecture = Architecture(1, (Dense(1, "sigmoid", bias="none"),))
    segments = parameter_segments(architecture)
    tape = forward(architecture, views(np.array([0.0]), segments), np.array([[3.0]]))
    Y, share = np.array([[1.0]]), np.array([[0.5]])
    # p = ½: half_sse gives (p − y) p (1 − p) = −1/8, binary cross-entropy p − y = −½.
    assert output_gradient("half_sse", architecture, tape, Y, share).tolist() == [[-1 / 16]]
    assert output_gradient("mse", architecture, tape, Y, share).tolist() == [[-1 / 8]]
    assert output_gradient("binary_cross_entropy", architecture, tape, Y, share).tolist() == [
        [-1 / 4]
    ]


@pytest.mark.parametrize(
    ("loss", "output"),
    [("mse", "identity"), ("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")],
)
def test_without_hidden_layers_the_gradient_is_the_closed_form(loss, output, draw_targets):
    """Linear and logistic regression: Xᵀ (P − Y) / n, and the mean of P − Y for the bias."""
    architecture = Architecture(3, (Dense(4, output),))
    segments, vector, X, _ = drawn(architecture, 3, n=7)
    Y, shares = draw_targets(3, loss, 7, 4), np.full((7, 1), 1 / 7)
    _, gradient, _, tape = cost_and_gradient(architecture, segments, vector, X, Y, loss, shares)
    factor = 2 / 4 if loss == "mse" else 1
    dW = np.einsum("ni,nj->ij", X, tape.P - Y) * factor / 7
    np.testing.assert_allclose(gradient[:12].reshape(3, 4), dW, rtol=1e-12)
    np.testing.assert_allclose(gradient[12:], (tape.P - Y).mean(0) * factor, rtol=1e-12)


def test_tape_and_gradient_hold_every_layer(draw_architecture):
    architecture = draw_architecture(4)
    segments, vector, A0, _ = drawn(architecture, 4)
    Y, shares = np.zeros((5, architecture.n_outputs)), np.full((5, 1), 0.2)
    _, _, found, tape = cost_and_gradient(architecture, segments, vector, A0, Y, "mse", shares)
    layers = set(range(1, architecture.n_layers + 1))
    assert set(tape.Z) == set(tape.N) == set(tape.F) == set(found.dZ) == layers
    assert set(found.dA) == layers - {architecture.n_layers}
    assert set(found.parameters) == {segment.name for segment in segments}
    for l in layers:
        assert found.dZ[l].shape == tape.Z[l].shape == (5, architecture.units(l))


@pytest.mark.parametrize("n", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_predictions_go_through_all_rows_in_chunks(draw_architecture, n):
    """Every row once and in order, with the running averages, never more than a chunk at a time."""
    architecture = draw_architecture(0)
    assert {layer.norm for layer in architecture.layers} == {"none", "batch"}
    segments, vector, _, buffers = drawn(architecture, 0)
    X = np.random.default_rng(n).normal(size=(n, architecture.n_inputs))
    named = views(vector, segments)
    whole = forward(architecture, named, scale_inputs(architecture, X, float), buffers=buffers).P
    end = 0
    for rows, tape in predictions(architecture, named, buffers, X, np.float64):
        assert rows.start == end
        assert len(tape.P) == len(X[rows]) <= CHUNK
        np.testing.assert_allclose(tape.P, whole[rows], rtol=1e-10, atol=1e-13)
        end += len(tape.P)
    assert end == n


def test_flat_is_the_inverse_of_views(draw_architecture):
    segments, vector, _, _ = drawn(draw_architecture(9), 9)
    assert (flat(views(vector, segments), segments, np.float64) == vector).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scaling_in_the_precision_of_the_network(dtype):
    """X · scale + shift, one number for all inputs or one for each, from bytes too."""
    X = np.array([[0, 255], [51, 102]], np.uint8)
    one = Architecture(2, (Dense(1),), scale=1 / 255, shift=-0.5)
    each = Architecture(2, (Dense(1),), scale=(2.0, 0.0), shift=(1.0, 3.0))
    A = scale_inputs(one, X, dtype)
    assert A.dtype == dtype
    np.testing.assert_allclose(A, [[-0.5, 0.5], [-0.3, -0.1]], atol=1e-7)
    assert scale_inputs(each, X, dtype).tolist() == [[1, 3], [103, 3]]
    plain = scale_inputs(Architecture(2, (Dense(1),)), X, dtype)
    assert plain.tolist() == [[0, 255], [51, 102]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_number_keeps_the_precision(draw_architecture, dtype):
    for seed in range(10):
        architecture = draw_architecture(seed)
        segments = parameter_segments(architecture)
        named = views(initial_parameters(architecture, seed, dtype=np.dtype(dtype).name), segments)
        A0 = scale_inputs(architecture, np.ones((4, architecture.n_inputs)), dtype)
        buffers = initial_buffers(architecture, np.dtype(dtype).name)
        fixed = views(buffers, buffer_segments(architecture))
        tape = forward(architecture, named, A0)
        Y, share = np.zeros_like(tape.P), np.full((4, 1), 0.25, dtype)
        found = backward(
            architecture, named, tape, output_gradient("mse", architecture, tape, Y, share)
        )
        assert forward(architecture, named, A0, buffers=fixed).P.dtype == dtype
        everything = [*tape.A, *tape.Z.values(), *found.parameters.values(), *found.dA.values()]
        assert {array.dtype for array in everything} == {np.dtype(dtype)}
