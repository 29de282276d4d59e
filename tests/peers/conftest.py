"""What the comparisons share. torch is imported by a fixture, so that other tests never need it,
and so that asking for these without torch fails instead of passing."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.network.architecture import Architecture, Dense


@pytest.fixture(scope="session")
def torch():
    """Return torch, in double precision, on one thread."""
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    return torch


def _draw_architecture(seed, output):
    """One to four layers; skips, masks, every form of bias, batch normalization, any activation."""
    draw = np.random.default_rng(seed)
    n_layers, units = int(draw.integers(1, 5)), [int(draw.integers(2, 6))]
    hidden = sorted(set(ACTIVATIONS) - {"softmax"})
    layers = []
    for l in range(1, n_layers + 1):
        units.append(int(draw.integers(2, 7)))
        inputs = (*(k for k in range(l - 1) if draw.random() < 0.4), l - 1)
        masks = {
            k: draw.integers(0, 2, (units[k], units[l])) for k in inputs if draw.random() < 0.3
        }
        layers.append(
            Dense(
                units[l],
                output if l == n_layers else str(draw.choice(hidden)),
                inputs=inputs,
                bias=str(draw.choice(["neuron", "layer", "none"])),
                norm=str(draw.choice(["none", "batch"])),
                masks=masks,
            )
        )
    return Architecture(units[0], tuple(layers))


def _draw_targets(seed, loss, n, n_out):
    draw, kind = np.random.default_rng(seed), LOSSES[loss].targets
    if kind == "numbers":
        return draw.normal(size=(n, n_out))
    Y = draw.uniform(0, 1, (n, n_out))
    return Y if kind == "bits" else Y / Y.sum(1, keepdims=True)


@pytest.fixture(scope="session")
def draw_architecture():
    """Make any architecture from a seed and an output."""
    return _draw_architecture


@pytest.fixture(scope="session")
def draw_targets():
    """Make targets from a seed, a loss, a number of rows and of outputs."""
    return _draw_targets


def _activations(torch):
    functional = torch.nn.functional
    return {
        "identity": lambda Z: Z,
        "sigmoid": functional.sigmoid,
        "tanh": functional.tanh,
        "relu": functional.relu,
        "softmax": lambda Z: functional.softmax(Z, dim=1),
    }


def _losses(torch):
    """Each example's loss, from the output's sums N and the prediction P, by torch's own."""
    functional = torch.nn.functional
    return {
        "half_sse": lambda N, P, Y: functional.mse_loss(P, Y, reduction="none").sum(1) / 2,
        "mse": lambda N, P, Y: functional.mse_loss(P, Y, reduction="none").mean(1),
        "binary_cross_entropy": lambda N, P, Y: functional.binary_cross_entropy_with_logits(
            N, Y, reduction="none"
        ).sum(1),
        "cross_entropy": lambda N, P, Y: functional.cross_entropy(N, Y, reduction="none"),
    }


class TorchNetwork:
    """A network of any architecture in torch: leaves for its parameters, torch's own functions.

    `buffers` are tensors by segment name; torch's batch_norm keeps them up to date.
    """

    def __init__(self, torch, architecture, named, buffers=None):
        self.torch, self.architecture = torch, architecture
        self.named = {name: torch.tensor(a, requires_grad=True) for name, a in named.items()}
        self.buffers = {name: torch.tensor(a) for name, a in (buffers or {}).items()}

    def forward(self, X, masks, training=True):
        """Return the output's (normalized) sums and the prediction."""
        torch, A, N = self.torch, [X], None
        for l, layer in enumerate(self.architecture.layers, start=1):
            Z = 0
            for k in self.architecture.inputs(l):
                W = self.named[f"weights.{k}.{l}"]
                mask = self.architecture.mask(k, l)
                Z = Z + A[k] @ (W if mask is None else W * torch.tensor(mask))
            if layer.bias != "none":
                Z = Z + self.named[f"bias.{l}"]
            N = Z
            if layer.norm == "batch":
                N = torch.nn.functional.batch_norm(
                    Z,
                    self.buffers.get(f"mean.{l}"),
                    self.buffers.get(f"variance.{l}"),
                    self.named[f"gain.{l}"],
                    self.named[f"shift.{l}"],
                    training=training,
                    momentum=0.1,
                    eps=1e-5,
                )
            F = _activations(torch)[layer.activation](N)
            A.append(F * masks[l] if l in masks else F)
        return N, A[-1]

    def losses(self, loss, X, Y, masks):
        """Each example's loss while training."""
        N, P = self.forward(X, masks)
        return _losses(self.torch)[loss](N, P, Y)


@pytest.fixture(scope="session")
def torch_network(torch):
    """Make a TorchNetwork of an architecture and its parameters by name."""
    return lambda *args: TorchNetwork(torch, *args)


@pytest.fixture(scope="session")
def torch_rows(torch):
    """Return torch's own activations and losses, by the names of the rows."""
    return _activations(torch), _losses(torch)
