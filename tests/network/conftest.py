"""What the tests of networks share: a network of any kind, drawn from a seed."""

import numpy as np
import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import LOSSES
from pellucid.network.architecture import Architecture, Dense

SMOOTH = sorted(name for name, row in ACTIVATIONS.items() if not row.kinks)


def _draw_architecture(seed, output=None, activations=SMOOTH):
    """One to four layers; skip connections, masks, every form of bias, batch normalization."""
    draw = np.random.default_rng(seed)
    n_layers, units = int(draw.integers(1, 5)), [int(draw.integers(2, 5))]
    hidden = [name for name in activations if name != "softmax"]
    layers = []
    for l in range(1, n_layers + 1):
        units.append(int(draw.integers(1, 5)))
        skips = [k for k in range(l - 1) if draw.random() < 0.4]
        masks = {
            k: draw.integers(0, 2, (units[k], units[l]))
            for k in [*skips, l - 1]
            if draw.random() < 0.3
        }
        layers.append(
            Dense(
                units[l],
                str(draw.choice(hidden)) if l < n_layers or output is None else output,
                inputs=(*skips, l - 1) if skips or draw.random() < 0.3 else None,
                bias=str(draw.choice(["neuron", "layer", "none"])),
                norm="batch" if draw.random() < 0.3 else "none",
                masks=masks,
            )
        )
    scaling = {}
    if draw.random() < 0.5:
        scaling = {"scale": draw.uniform(0.5, 2, units[0]), "shift": float(draw.normal())}
    return Architecture(units[0], tuple(layers), **scaling)


def _draw_targets(seed, loss, n, n_out):
    """Targets of the kind that a loss takes."""
    draw, kind = np.random.default_rng(seed), LOSSES[loss].targets
    if kind == "numbers":
        return draw.normal(size=(n, n_out))
    Y = draw.uniform(0, 1, (n, n_out))
    return Y if kind == "bits" else Y / Y.sum(1, keepdims=True)


@pytest.fixture(scope="session")
def draw_architecture():
    """Make any architecture from a seed, an output and a choice of hidden activations."""
    return _draw_architecture


@pytest.fixture(scope="session")
def draw_targets():
    """Make targets from a seed, a loss, a number of rows and of outputs."""
    return _draw_targets
