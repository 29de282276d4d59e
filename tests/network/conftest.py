"""What the tests of networks share: a network of any kind, drawn from a seed."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import loss_of
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense

# Those whose derivative differences of costs can show anywhere; maxout has kinks at its ties.
SMOOTH = sorted(
    name
    for name, row in ACTIVATIONS.items()
    if row.backward is not None and not row.kinks and not row.grouped
)
OUTPUTS_ONLY = {"softmax", "exp"}  # exp of exp of exp is soon infinite


def _draw_architecture(seed, output=None, activations=SMOOTH):
    """One to four layers; skip connections, masks, pieces, every form of bias and norm."""
    draw = np.random.default_rng(seed)
    n_layers, units = int(draw.integers(1, 5)), [int(draw.integers(2, 5))]
    hidden = [name for name in activations if name not in OUTPUTS_ONLY]
    layers = []
    for l in range(1, n_layers + 1):
        units.append(int(draw.integers(1, 5)))
        activation = str(draw.choice(hidden)) if l < n_layers or output is None else output
        pieces = int(draw.integers(2, 4)) if ACTIVATIONS[activation].grouped else 1
        skips = [k for k in range(l - 1) if draw.random() < 0.4]
        masks = {
            k: draw.integers(0, 2, (units[k], units[l] * pieces))
            for k in [*skips, l - 1]
            if draw.random() < 0.3
        }
        layers.append(
            Dense(
                units[l],
                activation,
                inputs=(*skips, l - 1) if skips or draw.random() < 0.3 else None,
                bias=str(draw.choice(["neuron", "layer", "none"])),
                norm=str(draw.choice(["none", "batch", "layer"], p=[0.6, 0.2, 0.2])),
                masks=masks,
                pieces=pieces,
            )
        )
    scaling = {}
    if draw.random() < 0.5:
        scaling = {"scale": draw.uniform(0.5, 2, units[0]), "shift": float(draw.normal())}
    return Architecture(units[0], tuple(layers), **scaling)


def _draw_targets(seed, loss, n, n_out):
    """Targets of the kind that a loss takes."""
    draw, kind = np.random.default_rng(seed), loss_of(loss).targets
    if kind == "numbers":
        return draw.normal(size=(n, n_out))
    if kind == "counts":
        return draw.poisson(2, (n, n_out)).astype(float)
    Y = draw.uniform(0, 1, (n, n_out))
    if kind == "signs":
        return np.where(Y > 0.5, 1.0, -1.0)
    return Y if kind == "bits" else Y / Y.sum(1, keepdims=True)


@pytest.fixture(scope="session")
def draw_architecture():
    """Make any architecture from a seed, an output and a choice of hidden activations."""
    return _draw_architecture


@pytest.fixture(scope="session")
def draw_targets():
    """Make targets from a seed, a loss, a number of rows and of outputs."""
    return _draw_targets
