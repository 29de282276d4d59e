"""Pellucid trains dense feed-forward neural networks and shows what happens inside them.

How it flows, one folder a stage; each uses only those above it:

    equations    all the mathematics, each forward beside its backward
    data         files become arrays
    network      layers and connections; the two passes
    plan         what a run is, as data
    engines      how the steps are carried out: in NumPy, or in C++
    model        what people hold: networks, models, their files
    training     the loop, as events
    evaluation   judgements as numbers
    inspection   seeing inside, as numbers
    views        pictures
    cli          the terminal door
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.arrays import one_hot
    from pellucid.equations.metrics import Metric
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
    from pellucid.equations.schedules import (
        Constant,
        Cosine,
        Exponential,
        InverseTime,
        Linear,
        OneCycle,
        Plateau,
        StepDecay,
        WarmUp,
    )
    from pellucid.equations.solvers import LBFGS, LevenbergMarquardt
    from pellucid.errors import (
        ArchitectureError,
        DataError,
        DivergedError,
        DownloadError,
        FileError,
        ModelFileError,
        PellucidError,
        RecipeError,
        UnsupportedError,
    )
    from pellucid.inspection.attribution import attribution
    from pellucid.inspection.block import block_form
    from pellucid.inspection.cells import cell
    from pellucid.inspection.dimensions import dimension_check
    from pellucid.inspection.directions import follow, principal_directions, random_direction
    from pellucid.inspection.doctor import Doctor, examine
    from pellucid.inspection.graph import chain_rule, derivative_graph
    from pellucid.inspection.importance import what_matters
    from pellucid.inspection.linear import collapse
    from pellucid.inspection.merging import merge
    from pellucid.inspection.permutation import permutation_importance
    from pellucid.inspection.responses import boundary, response
    from pellucid.inspection.surfaces import cost_line, cost_surface
    from pellucid.inspection.trace import trace
    from pellucid.inspection.walk import walk
    from pellucid.model.archive import load, load_model
    from pellucid.model.model import Model
    from pellucid.model.network import Network
    from pellucid.network.architecture import Architecture
    from pellucid.network.gradient_check import gradient_check
    from pellucid.network.layer import Dense
    from pellucid.plan.recipe import Recipe
    from pellucid.training.events import EpochEnded, Started, Stepped, Stopped
    from pellucid.training.resume import resume
    from pellucid.training.run import Run
    from pellucid.training.start import start, train

__version__ = "0.1.0"

# Where each public name lives. It is imported when it is first asked for, so that importing the
# package, and the command line's help, cost next to nothing.
_HOMES = {
    "pellucid.arrays": ("one_hot",),
    "pellucid.equations.metrics": ("Metric",),
    "pellucid.equations.optimizers": (
        "AdaGrad",
        "Adam",
        "AdamW",
        "Momentum",
        "Nesterov",
        "RMSprop",
        "Rprop",
        "SGD",
    ),
    "pellucid.equations.schedules": (
        "Constant",
        "Cosine",
        "Exponential",
        "InverseTime",
        "Linear",
        "OneCycle",
        "Plateau",
        "StepDecay",
        "WarmUp",
    ),
    "pellucid.equations.solvers": (
        "LBFGS",
        "LevenbergMarquardt",
    ),
    "pellucid.errors": (
        "ArchitectureError",
        "DataError",
        "DivergedError",
        "DownloadError",
        "FileError",
        "ModelFileError",
        "PellucidError",
        "RecipeError",
        "UnsupportedError",
    ),
    "pellucid.inspection.attribution": ("attribution",),
    "pellucid.inspection.block": ("block_form",),
    "pellucid.inspection.dimensions": ("dimension_check",),
    "pellucid.inspection.directions": ("follow", "principal_directions", "random_direction"),
    "pellucid.inspection.doctor": ("Doctor", "examine"),
    "pellucid.inspection.graph": ("chain_rule", "derivative_graph"),
    "pellucid.inspection.importance": ("what_matters",),
    "pellucid.inspection.linear": ("collapse",),
    "pellucid.inspection.merging": ("merge",),
    "pellucid.inspection.cells": ("cell",),
    "pellucid.inspection.permutation": ("permutation_importance",),
    "pellucid.inspection.responses": ("boundary", "response"),
    "pellucid.inspection.surfaces": ("cost_line", "cost_surface"),
    "pellucid.inspection.trace": ("trace",),
    "pellucid.inspection.walk": ("walk",),
    "pellucid.model.archive": (
        "load",
        "load_model",
    ),
    "pellucid.model.model": ("Model",),
    "pellucid.model.network": ("Network",),
    "pellucid.network.architecture": ("Architecture",),
    "pellucid.network.gradient_check": ("gradient_check",),
    "pellucid.network.layer": ("Dense",),
    "pellucid.plan.recipe": ("Recipe",),
    "pellucid.training.events": (
        "EpochEnded",
        "Started",
        "Stepped",
        "Stopped",
    ),
    "pellucid.training.resume": ("resume",),
    "pellucid.training.run": ("Run",),
    "pellucid.training.start": (
        "start",
        "train",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "LBFGS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Architecture",
    "ArchitectureError",
    "Constant",
    "Cosine",
    "DataError",
    "Dense",
    "DivergedError",
    "Doctor",
    "DownloadError",
    "EpochEnded",
    "Exponential",
    "FileError",
    "InverseTime",
    "LevenbergMarquardt",
    "Linear",
    "Metric",
    "Model",
    "ModelFileError",
    "Momentum",
    "Nesterov",
    "Network",
    "OneCycle",
    "PellucidError",
    "Plateau",
    "RMSprop",
    "Recipe",
    "RecipeError",
    "Rprop",
    "Run",
    "Started",
    "StepDecay",
    "Stepped",
    "Stopped",
    "UnsupportedError",
    "WarmUp",
    "attribution",
    "block_form",
    "boundary",
    "cell",
    "chain_rule",
    "collapse",
    "cost_line",
    "cost_surface",
    "derivative_graph",
    "dimension_check",
    "examine",
    "follow",
    "gradient_check",
    "load",
    "load_model",
    "merge",
    "one_hot",
    "permutation_importance",
    "principal_directions",
    "random_direction",
    "response",
    "resume",
    "start",
    "trace",
    "train",
    "walk",
    "what_matters",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
