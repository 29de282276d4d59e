"""Whole networks against torch's autograd, which knows nothing of our derivatives."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES, loss_of
from pellucid.network.passes import backward, forward, losses, output_gradient, views
from pellucid.network.segments import initial_parameters, parameter_segments

pytestmark = pytest.mark.peers

# Every loss, some with numbers, on each output it takes; exp is for counts only.
OUTPUTS = sorted(
    name for name, row in ACTIVATIONS.items() if row.backward is not None and name != "exp"
)
PAIRS = [
    (text, output)
    for text in [*sorted(LOSSES), "huber:0.3", "quantile:0.1,0.5,0.9"]
    for output in ([loss_of(text).link] if loss_of(text).needs_link else OUTPUTS)
]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_cost_and_every_derivative(
    torch, torch_network, draw_architecture, draw_targets, loss, output, seed
):
    """Depth, skips, masks, pieces, biases, norms, fixed dropout masks, weights: to 1e-10."""
    architecture = draw_architecture(1000 * seed + PAIRS.index((loss, output)), output)
    segments, n = parameter_segments(architecture), 7
    draw = np.random.default_rng(seed)
    vector = initial_parameters(architecture, seed, "normal", "float64")
    named = views(vector, segments)
    for name, values in named.items():
        if name.startswith(("gain", "shift")):
            values += draw.normal(0, 0.3, values.shape)
    X = draw.normal(size=(n, architecture.n_inputs))
    Y = draw_targets(seed, loss, n, architecture.n_outputs)
    weights = draw.uniform(0, 3, n)
    masks = {
        l: draw.integers(0, 2, (n, architecture.units(l))) / 0.5
        for l in range(1, architecture.n_layers)
        if draw.random() < 0.5
    }

    tape = forward(architecture, named, X, masks=masks)
    cost = (losses(loss, architecture, tape, Y) * weights).sum() / weights.sum()
    shares = (weights / weights.sum())[:, None]
    dN = output_gradient(loss, architecture, tape, Y, shares)
    gradient = backward(architecture, named, tape, dN).parameters

    peer = torch_network(architecture, named)
    tensors = {l: torch.tensor(m) for l, m in masks.items()}
    found = peer.losses(loss, torch.tensor(X), torch.tensor(Y), tensors)
    theirs = (found * torch.tensor(weights)).sum() / weights.sum()
    theirs.backward()
    np.testing.assert_allclose(cost, theirs.item(), rtol=1e-11)
    for name, leaf in peer.named.items():
        expected = leaf.grad.numpy()
        error = np.abs(gradient[name] - expected)
        assert (error <= 1e-10 * np.maximum(1, np.abs(expected))).all(), (name, error.max())
