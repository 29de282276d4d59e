"""What the comparisons share. torch is imported by a fixture, so that other tests never need it,
and so that asking for these without torch fails instead of passing."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import loss_of
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense


@pytest.fixture(scope="session")
def torch():
    """Return torch, in double precision, on one thread."""
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    return torch


# What gradients go through inside; exp of exp of exp is soon infinite.
HIDDEN = sorted(
    name
    for name, row in ACTIVATIONS.items()
    if row.backward is not None and name not in ("softmax", "exp")
)


def _draw_architecture(seed, output):
    """One to four layers; skips, masks, pieces, every form of bias and norm, any activation."""
    draw = np.random.default_rng(seed)
    n_layers, units = int(draw.integers(1, 5)), [int(draw.integers(2, 6))]
    layers = []
    for l in range(1, n_layers + 1):
        units.append(int(draw.integers(2, 7)))
        activation = output if l == n_layers else str(draw.choice(HIDDEN))
        pieces = int(draw.integers(2, 4)) if ACTIVATIONS[activation].grouped else 1
        inputs = (*(k for k in range(l - 1) if draw.random() < 0.4), l - 1)
        masks = {
            k: draw.integers(0, 2, (units[k], units[l] * pieces))
            for k in inputs
            if draw.random() < 0.3
        }
        layers.append(
            Dense(
                units[l],
                activation,
                inputs=inputs,
                bias=str(draw.choice(["neuron", "layer", "none"])),
                norm=str(draw.choice(["none", "batch", "layer"])),
                masks=masks,
                pieces=pieces,
            )
        )
    return Architecture(units[0], tuple(layers))


def _draw_targets(seed, loss, n, n_out):
    """Targets of the kind that a loss takes."""
    draw, kind = np.random.default_rng(seed), loss_of(loss).targets
    if kind == "numbers":
        return draw.normal(size=(n, n_out))
    if kind == "counts":
        return draw.poisson(2.0, (n, n_out)).astype(float)
    if kind == "signs":
        return draw.choice([-1.0, 1.0], (n, n_out))
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
    """torch's own, or its operators where it has none; maxout takes the sums of one neuron."""
    functional = torch.nn.functional
    return {
        "identity": lambda Z: Z,
        "sigmoid": functional.sigmoid,
        "tanh": functional.tanh,
        "relu": functional.relu,
        "step": lambda Z: torch.heaviside(Z, torch.zeros_like(Z)),
        "sign": lambda Z: torch.copysign(torch.ones_like(Z), Z + 0.0),
        "scaled_tanh": lambda Z: 1.7159 * torch.tanh(2 * Z / 3),
        "leaky_relu": functional.leaky_relu,
        "elu": functional.elu,
        "selu": functional.selu,
        "gelu": functional.gelu,
        "gelu_tanh": lambda Z: functional.gelu(Z, approximate="tanh"),
        "silu": functional.silu,
        "softplus": lambda Z: functional.softplus(Z, threshold=100),  # below, torch's is exact
        "softsign": functional.softsign,
        "hard_tanh": functional.hardtanh,
        "exp": torch.exp,
        "softmax": lambda Z: functional.softmax(Z, dim=1),
        "maxout": lambda Z: Z.amax(dim=1, keepdim=True),
    }


def _losses(torch):
    """Each example's loss, from the output's sums N and the prediction P, by torch's own.

    It has neither quantiles nor the squared hinge: those are put together from its operators, and
    autograd takes their derivatives.
    """
    functional = torch.nn.functional

    def huber(N, P, Y, delta=1.0):
        return functional.huber_loss(P, Y, reduction="none", delta=delta).mean(1)

    def quantile(N, P, Y, *levels):
        levels = levels or (0.5,)
        q = torch.tensor([levels[j % len(levels)] for j in range(P.shape[1])])
        return torch.maximum(q * (Y - P), (q - 1) * (Y - P)).mean(1)

    def poisson(N, P, Y):
        found = functional.poisson_nll_loss(N, Y, log_input=True, full=False, reduction="none")
        return (found + torch.xlogy(Y, Y) - Y).sum(1)

    return {
        "half_sse": lambda N, P, Y: functional.mse_loss(P, Y, reduction="none").sum(1) / 2,
        "mse": lambda N, P, Y: functional.mse_loss(P, Y, reduction="none").mean(1),
        "binary_cross_entropy": lambda N, P, Y: functional.binary_cross_entropy_with_logits(
            N, Y, reduction="none"
        ).sum(1),
        "cross_entropy": lambda N, P, Y: functional.cross_entropy(N, Y, reduction="none"),
        "sse": lambda N, P, Y: functional.mse_loss(P, Y, reduction="none").sum(1),
        "mae": lambda N, P, Y: functional.l1_loss(P, Y, reduction="none").mean(1),
        "huber": huber,
        "quantile": quantile,
        "poisson": poisson,
        "squared_hinge": lambda N, P, Y: (functional.relu(1 - Y * P) ** 2).mean(1),
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
            N = self.normalized(layer.norm, l, Z, training)
            f = _activations(torch)[layer.activation]
            if layer.pieces == 1:
                F = f(N)
            else:  # a column of maxout at a time
                F = torch.cat([f(part) for part in N.split(layer.pieces, dim=1)], dim=1)
            A.append(F * masks[l] if l in masks else F)
        return N, A[-1]

    def normalized(self, norm, l, Z, training):
        """Return a layer's sums as its activation sees them."""
        if norm == "none":
            return Z
        functional = self.torch.nn.functional
        gain, shift = self.named[f"gain.{l}"], self.named[f"shift.{l}"]
        if norm == "layer":
            return functional.layer_norm(Z, Z.shape[1:], gain, shift, eps=1e-5)
        running = self.buffers.get(f"mean.{l}"), self.buffers.get(f"variance.{l}")
        return functional.batch_norm(
            Z, *running, gain, shift, training=training, momentum=0.1, eps=1e-5
        )

    def losses(self, loss, X, Y, masks):
        """Each example's loss while training."""
        N, P = self.forward(X, masks)
        return _losses(self.torch)[loss.partition(":")[0]](N, P, Y, *loss_of(loss).numbers)


@pytest.fixture(scope="session")
def torch_network(torch):
    """Make a TorchNetwork of an architecture and its parameters by name."""
    return lambda *args: TorchNetwork(torch, *args)


@pytest.fixture(scope="session")
def torch_rows(torch):
    """Return torch's own activations and losses, by the names of the rows."""
    return _activations(torch), _losses(torch)
