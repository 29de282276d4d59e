"""Small runs that have everything a state may hold, and what is the same of two that end alike."""

import numpy as np

from pellucid.equations.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSprop,
    Rprop,
)
from pellucid.equations.schedules import Cosine, Linear, OneCycle, Plateau, WarmUp
from pellucid.equations.solvers import LBFGS, LevenbergMarquardt
from pellucid.model.network import Network
from pellucid.network.layer import Dense
from pellucid.training.start import start

# Runs of 4 steps an epoch over 90 examples.
RUNS = {
    "sgd": {"optimizer": SGD(0.3), "epochs": 3},
    "adam": {"optimizer": Adam(Cosine(0.05)), "dropout": 0.3, "epochs": 3},
    "momentum": {"optimizer": Momentum(0.1, Cosine(0.5, 0.9)), "l2": 0.01, "epochs": 3},
    "nesterov": {
        "optimizer": Nesterov(WarmUp(Cosine(0.1), epochs=2), Linear(0.5, 0.9)),
        "clip_value": 0.1,
        "clip_norm": 0.3,
        "epochs": 3,
    },
    "adagrad": {"optimizer": AdaGrad(0.1), "max_norm": 1.0, "epochs": 3},
    "rmsprop": {"optimizer": RMSprop(OneCycle(0.01)), "l1": 0.01, "epochs": 3},
    "adamw": {"optimizer": AdamW(0.05), "label_smoothing": 0.2, "average": 0.7, "epochs": 3},
    "rprop": {"optimizer": Rprop(0.01), "batch_size": "all", "epochs": 9},
    "noise": {"noise": 0.3, "input_noise": 0.1, "input_dropout": 0.2, "epochs": 3},
    "steps": {"optimizer": Adam(0.05), "steps": 10, "epochs": 9},
    "early": {"optimizer": Adam(0.3), "patience": 2, "epochs": 20, "validation": 0.2},
    "target": {"optimizer": Adam(0.03), "target_cost": 0.7, "epochs": 20},
    "plateau": {
        "optimizer": SGD(Plateau(2.0, 0.5, patience=1, min_delta=0.02)),
        "validation": 0.2,
        "epochs": 7,
    },
    "rises": {"optimizer": SGD(5.0), "rises": 2, "validation": 0.2, "epochs": 40},
    "metrics": {
        "optimizer": Adam(0.1),
        "metrics": ["roc_auc"],
        "monitor": "recall",
        "patience": 3,
        "average": 0.9,
        "epochs": 12,
    },
    "stuck": {"optimizer": SGD(0.0), "give_up": 3, "epochs": 9},
    "weights": {"sample_weight": np.arange(90) % 4 + 0.5, "epochs": 3, "validation": 0.2},
    "frozen": {"frozen": (1,), "rate_factors": {2: 2.0}, "epochs": 3},
    "lbfgs": {"optimizer": LBFGS(memory=3), "epochs": 8, "frozen": (1,), "l2": 0.01},
    "levenberg_marquardt": {
        "loss": "mse",
        "optimizer": LevenbergMarquardt(),
        "epochs": 9,
        "patience": 2,
        "validation": 0.2,
    },
}
DATA_OPTIONS = ("sample_weight", "validation")


def network(norm="none"):
    """Return a network with a skip connection, a mask, and scaled inputs."""
    layers = [
        Dense(4, "tanh", norm=norm, masks={0: ("1101", "0111")}),
        Dense(3, "softmax", inputs=(0, 1)),
    ]
    return Network(2, layers, seed=2, scale=(0.5, 2.0), shift=0.1)


def begin(blobs, options, engine, norm="none", every=2):
    """Begin one of RUNS."""
    given = {"batch_size": 24} | options
    return start(network(norm), *blobs, every=every, engine=engine, **given)


def as_data(options):
    """Return what a resumed run has to be given again."""
    return {name: options[name] for name in DATA_OPTIONS if name in options}


def timeless(history):
    """Return the records of a history as texts, times left out."""
    return [repr(record._replace(seconds=0.0)) for record in history.epochs]


def outcome(run, sha):
    """Return all that is the same, or not, at the end of two runs, times left out."""
    history = run.history
    digest = sha(run.network.parameters, run.network.buffers, run.state.slots)
    return digest, timeless(history), history.reason, history.sentence, history.best_epoch
