"""Networks of every kind, with numbers that are nowhere at their beginnings."""

import numpy as np

from pellucid.model.network import Network
from pellucid.network.layer import Dense

KINDS = {
    "no hidden layer": [Dense(2, "sigmoid")],
    "tanh and softmax": [Dense(4, "tanh"), Dense(3, "softmax")],
    "relu, three hidden layers": [
        Dense(6, "relu"),
        Dense(5, "relu"),
        Dense(4, "relu"),
        Dense(2, "identity"),
    ],
    "skip connections": [
        Dense(4, "relu"),
        Dense(3, "silu", inputs=(0, 1)),
        Dense(2, "sigmoid", inputs=(2, 0, 1)),
    ],
    "masks": [
        Dense(4, "sigmoid", masks={0: np.eye(3, 4)}),
        Dense(2, "tanh", inputs=(0, 1), masks={1: ("10", "01", "11", "00")}),
    ],
    "a connection of which nothing is left": [
        Dense(2, "tanh"),
        Dense(2, "identity", inputs=(0, 1), masks={0: np.zeros((3, 2))}),
    ],
    "one bias a layer": [Dense(4, "gelu", bias="layer"), Dense(1, "exp", bias="layer")],
    "no bias": [Dense(4, "elu", bias="none"), Dense(2, "identity", bias="none")],
    "batch normalization": [
        Dense(4, "relu", norm="batch"),
        Dense(3, "tanh", norm="batch", bias="none"),
        Dense(3, "softmax", norm="batch"),
    ],
    "layer normalization": [
        Dense(5, "tanh", norm="layer"),
        Dense(4, "relu", norm="layer"),
        Dense(1, "identity"),
    ],
    "maxout": [
        Dense(3, "maxout", pieces=3),
        Dense(4, "maxout", pieces=2, norm="batch"),
        Dense(2, "identity"),
    ],
    "an output of maxout": [Dense(3, "tanh"), Dense(2, "maxout", pieces=2)],
}
LINEAR = {
    "one layer": [Dense(2, "softmax")],
    "three layers": [Dense(4, "identity"), Dense(2, "identity"), Dense(3, "identity")],
    "a sigmoid output": [Dense(4, "identity"), Dense(2, "sigmoid")],
    "skips": [
        Dense(2, "identity"),
        Dense(3, "identity", inputs=(0, 1)),
        Dense(2, "identity", inputs=(1, 2, 0)),
    ],
    "masks and biases": [
        Dense(4, "identity", masks={0: np.eye(3, 4)}, bias="layer"),
        Dense(3, "identity", bias="none"),
        Dense(2, "tanh", bias="layer"),
    ],
    "batch normalization": [
        Dense(4, "identity", norm="batch"),
        Dense(2, "identity", norm="batch", bias="none"),
    ],
    "an output of maxout": [Dense(4, "identity"), Dense(2, "maxout", pieces=3)],
}
SCALING = {"scale": [0.5, 2.0, 1.0], "shift": [0.1, 0.0, -0.3]}


def network(layers, seed=0, **options):
    """A network with three inputs, whose every number that exists is drawn."""
    made = Network(3, layers, **{"precision": "float64", "seed": seed, **options})
    draw = np.random.default_rng(seed)
    for segment in made.segments:
        there = segment.view(made.parameters)
        mask = None
        if segment.source is not None:
            mask = made.architecture.mask(segment.source, segment.layer)
        there[...] += draw.normal(0, 0.3, there.shape) * (1 if mask is None else mask)
    made.buffers[...] = draw.uniform(0.5, 2, made.buffers.shape)
    return made


def rows(n=7, seed=1):
    """Examples with three columns."""
    return np.random.default_rng(seed).normal(size=(n, 3))


def targets(made, n=7, seed=2):
    """Targets that any of these networks may have: from 0 to 1; of softmax, codes."""
    draw = np.random.default_rng(seed)
    if made.architecture.layers[-1].activation == "softmax":
        return draw.integers(0, made.architecture.n_outputs, n)
    return draw.uniform(0, 1, (n, made.architecture.n_outputs))
