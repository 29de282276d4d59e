"""The two loops, against neurons calculated one by one, closed forms and differences of costs."""

from math import erf, exp, expm1, log1p, pi, sqrt, tanh

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.equations.normalization import EPSILON
from pellucid.errors import UnsupportedError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.network.passes import (
    CHUNK,
    activate,
    activate_backward,
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

SELU = 1.0507009873554805, 1.6732632423543772

# Each function on the list of a layer's sums; maxout's on those of one neuron.
FUNCTIONS = {
    "identity": list,
    "sigmoid": lambda z: [1 / (1 + exp(-v)) for v in z],
    "tanh": lambda z: [tanh(v) for v in z],
    "relu": lambda z: [max(v, 0.0) for v in z],
    "step": lambda z: [1.0 if v > 0 else 0.0 for v in z],
    "sign": lambda z: [1.0 if v >= 0 else -1.0 for v in z],
    "scaled_tanh": lambda z: [1.7159 * tanh(2 * v / 3) for v in z],
    "leaky_relu": lambda z: [max(v, 0.01 * v) for v in z],
    "elu": lambda z: [v if v > 0 else expm1(v) for v in z],
    "selu": lambda z: [SELU[0] * (v if v > 0 else SELU[1] * expm1(v)) for v in z],
    "gelu": lambda z: [v * (1 + erf(v / sqrt(2))) / 2 for v in z],
    "gelu_tanh": lambda z: [v / 2 * (1 + tanh(sqrt(2 / pi) * (v + 0.044715 * v**3))) for v in z],
    "silu": lambda z: [v / (1 + exp(-v)) for v in z],
    "softplus": lambda z: [log1p(exp(v)) for v in z],
    "softsign": lambda z: [v / (1 + abs(v)) for v in z],
    "hard_tanh": lambda z: [min(max(v, -1.0), 1.0) for v in z],
    "exp": lambda z: [exp(v) for v in z],
    "softmax": lambda z: [exp(v) / sum(exp(w) for w in z) for v in z],
    "maxout": lambda z: [max(z)],
}
# Every loss on each output it takes, some with numbers; exp is for counts only.
OUTPUTS = sorted(
    name for name, row in ACTIVATIONS.items() if row.backward is not None and name != "exp"
)
PAIRS = [
    (text, output)
    for text in [*sorted(LOSSES), "huber:0.3", "quantile:0.2,0.8"]
    for output in ([loss_of(text).link] if loss_of(text).needs_link else OUTPUTS)
]


def drawn(architecture, seed, n=5):
    """Parameters, scaled inputs and running averages that are not at their beginnings."""
    draw = np.random.default_rng(seed)
    segments = parameter_segments(architecture)
    vector = initial_parameters(architecture, seed, "normal", "float64")
    for segment in segments:
        moved = draw.normal(0, 0.1, segment.shape)
        segment.view(vector)[...] += moved * existing(architecture, segment)
    buffers = draw.uniform(0.5, 2, length(buffer_segments(architecture)))
    A0 = scale_inputs(architecture, draw.normal(size=(n, architecture.n_inputs)), np.float64)
    return segments, vector, A0, views(buffers, buffer_segments(architecture))


def existing(architecture, segment):
    """Which parameters of a segment are there, in its shape: masked weights are not."""
    mask = None if segment.source is None else architecture.mask(segment.source, segment.layer)
    return np.ones(segment.shape, bool) if mask is None else mask


def neuron_by_neuron(architecture, named, buffers, row):
    """One example through the network as it predicts, in plain Python."""
    A = [list(row)]
    for l, layer in enumerate(architecture.layers, start=1):
        Z = []
        for j in range(layer.sums):
            z = 0.0
            for k in architecture.inputs(l):
                z += sum(a * named[f"weights.{k}.{l}"][i, j] for i, a in enumerate(A[k]))
            if layer.bias != "none":
                z += named[f"bias.{l}"][j if layer.bias == "neuron" else 0]
            Z.append(z)
        N = normalized(layer, l, Z, named, buffers)
        f = FUNCTIONS[layer.activation]
        if layer.pieces == 1:
            A.append(f(N))
        else:
            A.append(
                [a for j in range(layer.units) for a in f(N[j * layer.pieces :][: layer.pieces])]
            )
    return A


def normalized(layer, l, Z, named, buffers):
    """One example's sums of a layer as they predict: running averages, or its own mean."""
    if layer.norm == "none":
        return Z
    means, variances = buffers.get(f"mean.{l}"), buffers.get(f"variance.{l}")
    if layer.norm == "layer":
        mean = sum(Z) / len(Z)
        means = [mean] * len(Z)
        variances = [sum((z - mean) ** 2 for z in Z) / len(Z)] * len(Z)
    return [
        named[f"gain.{l}"][j] * (z - means[j]) / (variances[j] + EPSILON) ** 0.5
        + named[f"shift.{l}"][j]
        for j, z in enumerate(Z)
    ]


def test_every_activation_is_written_out_here():
    assert set(FUNCTIONS) == set(ACTIVATIONS), "give each row of ACTIVATIONS an entry in FUNCTIONS"


@pytest.mark.parametrize("seed", range(3 * len(ACTIVATIONS)))
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


def test_layer_normalization_needs_no_running_averages():
    """Each example by itself, while training and predicting alike, and whatever stands beside."""
    architecture = Architecture(3, (Dense(4, "tanh", norm="layer"), Dense(2, "softmax")))
    assert buffer_segments(architecture) == ()
    segments, vector, A0, buffers = drawn(architecture, 1, n=20)
    named = views(vector, segments)
    training, alone = forward(architecture, named, A0), forward(architecture, named, A0[3:4])
    assert (training.P == forward(architecture, named, A0, buffers=buffers).P).all()
    np.testing.assert_allclose(alone.P[0], training.P[3], rtol=1e-13)
    assert training.mean[1].shape == training.variance[1].shape == (20, 1)
    plain = (training.N[1] - named["shift.1"]) / named["gain.1"]
    np.testing.assert_allclose(plain.mean(1), 0, atol=1e-12)
    np.testing.assert_allclose(plain.std(1), 1, rtol=1e-2)


def test_noise_is_added_before_the_mask():
    """At the input and at a hidden layer: A = mask ⊙ (f(N) + noise), f(N) kept as it was."""
    architecture = Architecture(2, (Dense(3, "tanh"), Dense(2, "identity")))
    segments, vector, A0, _ = drawn(architecture, 5, n=4)
    draw, named = np.random.default_rng(0), views(vector, segments)
    noise = {0: draw.normal(size=(4, 2)), 1: draw.normal(size=(4, 3))}
    masks = {0: 2.0 * draw.integers(0, 2, (4, 2)), 1: 2.0 * draw.integers(0, 2, (4, 3))}
    before = A0.copy()
    tape = forward(architecture, named, A0, masks=masks, noise=noise)
    assert (before == A0).all()
    assert (tape.A[0] == masks[0] * (A0 + noise[0])).all()
    assert (tape.F[1] == np.tanh(tape.A[0] @ named["weights.0.1"] + named["bias.1"])).all()
    assert (tape.A[1] == masks[1] * (tape.F[1] + noise[1])).all()
    without = forward(architecture, named, A0)
    assert without.A[0] is A0
    assert without.A[1] is without.F[1]


def test_each_maxout_neuron_has_its_own_sums():
    """Neuron j takes those numbered j · pieces …, and gives back to the largest of them."""
    layer = Dense(2, "maxout", pieces=3)
    N = np.array([[1, 5, 2, -1, -3, -2], [0, 0, 0, 4, 1, 4.0]])
    A = activate(layer, N)
    assert A.tolist() == [[5, -1], [0, 4]]
    dN = activate_backward(layer, np.array([[7.0, 8], [3, 2]]), N, A)
    assert dN.tolist() == [[0, 7, 0, 8, 0, 0], [1, 1, 1, 1, 0, 1]]


@pytest.mark.parametrize("name", ["step", "sign"])
def test_nothing_goes_back_through_a_jump(name):
    N = np.zeros((1, 1))
    with pytest.raises(UnsupportedError, match=f"{name} has no derivative to go back through"):
        activate_backward(Dense(1, name), N, N, N)


def cost_and_gradient(architecture, segments, vector, A0, Y, loss, shares, masks=None, noise=None):
    named = views(vector, segments)
    tape = forward(architecture, named, A0, masks=masks, noise=noise)
    cost = float((losses(loss, architecture, tape, Y) * shares[:, 0]).sum())
    dN = output_gradient(loss, architecture, tape, Y, shares)
    found = backward(architecture, named, tape, dN)
    return cost, flat(found.parameters, segments, np.float64), found, tape


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_backward_is_the_derivative_of_the_weighted_cost(
    draw_architecture, draw_targets, loss, output
):
    """Every loss on each output it takes; weights of examples; masks, noise; batch statistics."""
    seed = PAIRS.index((loss, output))
    check_gradient(draw_architecture(seed, output=output), draw_targets, loss, seed)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("activation", ["maxout", "relu", "leaky_relu", "selu", "hard_tanh"])
def test_backward_through_hidden_layers_with_kinks(
    draw_architecture, draw_targets, activation, seed
):
    architecture = draw_architecture(seed, output="sigmoid", activations=[activation])
    check_gradient(architecture, draw_targets, "binary_cross_entropy", seed)


def check_gradient(architecture, draw_targets, loss, seed):
    """Each derivative against four costs; those of masked weights are 0."""
    segments, vector, A0, _ = drawn(architecture, seed, n=6)
    draw = np.random.default_rng(seed)
    Y = draw_targets(seed, loss, 6, architecture.n_outputs)
    weights = draw.uniform(0, 2, (6, 1))
    shares = weights / weights.sum()
    masks, noise = {}, {}
    for l in range(architecture.n_layers):
        masks[l] = 2.0 * draw.integers(0, 2, (6, architecture.units(l)))
        noise[l] = draw.normal(0, 0.1, (6, architecture.units(l)))
    args = (A0, Y, loss, shares, masks, noise)
    _, gradient, _, _ = cost_and_gradient(architecture, segments, vector, *args)
    there = np.concatenate([existing(architecture, s).reshape(-1) for s in segments])
    for i in range(len(vector)):
        costs = []
        for step in (2e-5, -2e-5, 4e-5, -4e-5):
            moved = vector.copy()
            moved[i] += step
            costs.append(cost_and_gradient(architecture, segments, moved, *args)[0])
        difference = (8 * (costs[0] - costs[1]) - (costs[2] - costs[3])) / 24e-5
        if not there[i]:
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
        assert found.dZ[l].shape == tape.Z[l].shape == (5, architecture.sums(l))
        assert tape.F[l].shape == tape.A[l].shape == (5, architecture.units(l))


@pytest.mark.parametrize("seed", range(10))
def test_backward_to_the_input_and_without_parameters(draw_architecture, seed):
    """∂C/∂A[0] by differences, with the statistics that predicting has; the rest is the same."""
    architecture = draw_architecture(seed)
    segments, vector, A0, buffers = drawn(architecture, seed)
    named = views(vector, segments)
    weights = np.random.default_rng(seed).normal(size=(len(A0), architecture.n_outputs))
    L = architecture.n_layers

    def cost(A0):
        return float((weights * forward(architecture, named, A0, buffers=buffers).P).sum())

    tape = forward(architecture, named, A0, buffers=buffers)
    dN = activate_backward(architecture.layer(L), weights, tape.N[L], tape.P)
    whole = backward(architecture, named, tape, dN, to_input=True)
    part = backward(architecture, named, tape, dN, to_input=True, to_parameters=False)
    for at in np.ndindex(A0.shape):
        step = np.zeros_like(A0)
        step[at] = 1e-6
        difference = (cost(A0 + step) - cost(A0 - step)) / 2e-6
        assert whole.dA[0][at] == pytest.approx(difference, abs=1e-6)
    assert not any(name.startswith(("weights", "bias")) for name in part.parameters)
    for l in range(L):
        np.testing.assert_array_equal(whole.dA[l], part.dA[l])
        np.testing.assert_array_equal(whole.dZ[l + 1], part.dZ[l + 1])
    assert 0 not in backward(architecture, named, tape, dN).dA


@pytest.mark.parametrize("n", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_predictions_go_through_all_rows_in_chunks(draw_architecture, n):
    """Every row once and in order, with the running averages, never more than a chunk at a time."""
    architecture = draw_architecture(0)
    assert {layer.norm for layer in architecture.layers} == {"none", "batch", "layer"}
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
    for seed, output in enumerate(OUTPUTS):
        architecture = draw_architecture(seed, output=output, activations=OUTPUTS)
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
