"""Every row on torch tensors gives NumPy's numbers, and torch's own where torch has it."""

from dataclasses import fields

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.affine import affine, bias_gradient, source_gradient, weight_gradient
from pellucid.equations.dropout import dropout, dropout_backward, mask
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.equations.metrics import METRICS
from pellucid.equations.normalization import (
    batch_norm,
    batch_norm_backward,
    batch_norm_fixed,
    batch_norm_fixed_backward,
    running_average,
)
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import PENALTIES
from pellucid.network.passes import backward, forward, losses, output_gradient, views
from pellucid.network.segments import initial_parameters, parameter_segments

pytestmark = pytest.mark.peers

# Every loss, and those that take numbers at others than their own.
TEXTS = [*sorted(LOSSES), "huber:0.3", "quantile:0.1,0.5,0.9"]
# Metrics that are ours: scikit-learn's take NumPy's arrays only.
OURS = sorted(name for name, row in METRICS.items() if row.imports is None)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request):
    """Either precision."""
    return request.param


@pytest.fixture
def same(torch):
    """Call a function with NumPy's arrays and with torch's; all results must agree."""

    def check(f, *arrays, rtol=None):
        found = f(*arrays, np)
        on_torch = f(*(torch.tensor(a) for a in arrays), torch)
        if not isinstance(found, tuple):
            found, on_torch = (found,), (on_torch,)
        assert len(found) == len(on_torch)
        for ours, theirs in zip(found, on_torch, strict=True):
            assert isinstance(theirs, torch.Tensor)
            ours = np.asarray(ours)
            epsilon = np.finfo(ours.dtype).eps if ours.dtype.kind == "f" else 0
            theirs = theirs.numpy()
            assert theirs.shape == ours.shape
            np.testing.assert_allclose(theirs, ours, rtol=rtol or 16 * epsilon, atol=8 * epsilon)

    return check


def drawn(dtype, *shapes, scale=2.0):
    draw = np.random.default_rng(3)
    return [(scale * draw.normal(size=shape)).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations(same, dtype, name):
    row = ACTIVATIONS[name]
    (Z,) = drawn(dtype, (5, 4))
    Z[0] = [0, 50 if name == "exp" else 1e4, -1e4, -50]
    Z[1] = [1, 1, -1, -1]  # a kink, and pieces that are equally large
    A = row.f(Z, np)
    same(row.f, Z)
    if row.backward is not None:
        same(row.backward, *drawn(dtype, A.shape), Z, A)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_are_torchs(torch, torch_rows, name):
    """Value and vector-Jacobian product, also at kinks and ties; of steps only the value."""
    row, own = ACTIVATIONS[name], torch_rows[0][name]
    (Z,) = drawn(np.float64, (6, 4))
    Z[:3] = [[0, 0, 0, 0], [1, 1, -1, -1], [20, -20, 60, -60]]
    leaf = torch.tensor(Z, requires_grad=True)
    ours, theirs = row.f(Z, np), own(leaf)
    np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-13, atol=1e-15)
    if row.backward is not None:
        (dA,) = drawn(np.float64, ours.shape)
        (theirs * torch.tensor(dA)).sum().backward()
        dZ = row.backward(dA, Z, ours, np)
        # Taken from a, slopes near 0 are differences such as 1 − a²: exact to a rounding of 1.
        np.testing.assert_allclose(dZ, leaf.grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("text", TEXTS)
def test_losses(same, draw_targets, dtype, text):
    row = loss_of(text)
    (Z,) = drawn(dtype, (5, 4))
    P = ACTIVATIONS[row.link].f(Z, np)
    Y = draw_targets(1, text, 5, 4).astype(dtype)
    same(row.value, Z, P, Y, rtol=1e-5 if dtype == np.float32 else 1e-13)
    same(row.dP, P, Y)
    same(row.delta, P, Y)


@pytest.mark.parametrize("text", TEXTS)
def test_losses_are_torchs(torch, torch_rows, draw_targets, text):
    """Value and delta, up to sums of ±1000; of poisson, whose P is eᶻ, up to 100."""
    row, own = loss_of(text), torch_rows[1][text.partition(":")[0]]
    (Z,) = drawn(np.float64, (6, 4))
    Z[0] = [100 if row.link == "exp" else 1000, -1000, 0, 3]
    Y = draw_targets(2, text, 6, 4)
    P = ACTIVATIONS[row.link].f(Z, np)
    leaf = torch.tensor(Z, requires_grad=True)
    found = own(leaf, torch_rows[0][row.link](leaf), torch.tensor(Y), *row.numbers)
    np.testing.assert_allclose(row.value(Z, P, Y, np), found.detach(), rtol=1e-13, atol=1e-15)
    found.sum().backward()
    np.testing.assert_allclose(row.delta(P, Y, np), leaf.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "Y"),
    [
        ("mae", [1, 2, 0, -1]),
        ("quantile", [1, 2, 0, -1]),
        ("huber", [2, 1, 1, -2]),
        ("squared_hinge", [1, 1, -1, -1]),
    ],
)
def test_losses_break_as_torchs(torch, torch_rows, name, Y):
    """At p = y, at |p − y| = δ, at y p = 1: the same choice among the derivatives beside it."""
    P, Y = np.array([[1.0, 2, 0, -1]]), np.array([Y], float)
    leaf = torch.tensor(P, requires_grad=True)
    torch_rows[1][name](leaf, leaf, torch.tensor(Y)).sum().backward()
    np.testing.assert_allclose(LOSSES[name].dP(P, Y, np), leaf.grad, rtol=1e-15)


@pytest.mark.parametrize("name", sorted(PENALTIES))
def test_penalties(torch, same, dtype, name):
    row = PENALTIES[name]
    (W,) = drawn(dtype, (4, 3))
    same(row.value, W)
    same(row.gradient, W)
    leaf = torch.tensor(W, requires_grad=True)
    row.value(leaf, torch).backward()
    np.testing.assert_allclose(row.gradient(W, np), leaf.grad, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_optimizers(same, dtype, name):
    row = OPTIMIZERS[name]
    numbers = [getattr(row.numbers(), item.name) for item in fields(row.numbers)]
    p, g, *slots = drawn(dtype, *[(9,)] * (2 + len(row.slots)))

    def update(p, g, *rest):
        return row.update(p, g, tuple(abs(s) for s in rest[:-1]), 3, *numbers, rest[-1])

    same(update, p, g, *slots)


@pytest.mark.parametrize("name", OURS)
def test_metrics(same, dtype, name):
    P, Y = drawn(dtype, (30, 3), (30, 3))
    Y[:, 1] = 5
    for columns in (slice(None), slice(1)):
        same(METRICS[name].value, P[:, columns], Y[:, columns], rtol=1e-5)
    if METRICS[name].targets == "classes":
        same(METRICS[name].value, P, Y.argmax(1))


def test_batch_norm(same, dtype):
    Z, dN, gain, shift = drawn(dtype, (7, 3), (7, 3), (3,), (3,))
    _, Z_hat, mean, variance = batch_norm(Z, gain, shift)
    same(batch_norm, Z, gain, shift)
    same(
        batch_norm_backward, dN, Z_hat, variance, gain, rtol=1e-4 if dtype == np.float32 else 1e-12
    )
    same(batch_norm_fixed, Z, gain, shift, mean, variance)
    same(batch_norm_fixed_backward, dN, Z, mean, variance, gain)
    same(lambda a, b, c, d, xp: running_average((a, b), c, d, 7), gain, shift, mean, variance)


def test_dropout(same, dtype):
    A, dA = drawn(dtype, (6, 5), (6, 5))
    drawn_lanes = np.random.default_rng(0).integers(0, 65536, (6, 5))
    same(lambda given, xp: mask(given, 0.3, xp), drawn_lanes)
    m = mask(drawn_lanes, 0.3).astype(dtype)
    same(lambda A, m, xp: dropout(A, m), A, m)
    same(lambda dA, m, xp: dropout_backward(dA, m), dA, m)


def test_affine(same, dtype):
    A, B, W, V, b, dZ = drawn(dtype, (5, 2), (5, 3), (2, 4), (3, 4), (4,), (5, 4))
    same(lambda A, B, W, V, b, xp: affine([A, B], [W, V], b), A, B, W, V, b)
    same(lambda dZ, A, xp: weight_gradient(dZ, A), dZ, A)
    same(lambda dZ, W, xp: source_gradient(dZ, W), dZ, W)
    for form in ("neuron", "layer"):
        same(lambda dZ, xp, form=form: bias_gradient(dZ, form), dZ)


@pytest.mark.parametrize("seed", range(3 * len(LOSSES)))
def test_both_passes(torch, draw_architecture, draw_targets, seed):
    """Whole networks on torch tensors: prediction and every derivative as on NumPy's arrays."""
    loss = sorted(LOSSES)[seed % len(LOSSES)]
    architecture = draw_architecture(seed, LOSSES[loss].link)
    segments = parameter_segments(architecture)
    vector = initial_parameters(architecture, seed, "normal", "float64")
    X = np.random.default_rng(seed).normal(size=(6, architecture.n_inputs))
    Y = draw_targets(seed, loss, 6, architecture.n_outputs)
    found = []
    for xp, of in ((np, np.array), (torch, torch.tensor)):
        named = views(of(vector), segments)
        tape = forward(architecture, named, of(X), xp=xp)
        dN = output_gradient(loss, architecture, tape, of(Y), of(np.full((6, 1), 1 / 6)), xp)
        gradient = backward(architecture, named, tape, dN, xp).parameters
        found.append((losses(loss, architecture, tape, of(Y), xp), tape.P, gradient))
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=1e-10)
    np.testing.assert_allclose(found[1][1], found[0][1], rtol=1e-9, atol=1e-12)
    for name, derivative in found[0][2].items():
        np.testing.assert_allclose(found[1][2][name], derivative, rtol=1e-8, atol=1e-11)
