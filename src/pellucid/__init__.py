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
    cli          the terminal door
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.arrays import one_hot
    from pellucid.equations.optimizers import SGD, Adam, Momentum
    from pellucid.equations.schedules import Constant, Cosine
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
    from pellucid.model.archive import load, load_model
    from pellucid.model.model import Model
    from pellucid.model.network import Network
    from pellucid.network.architecture import Architecture, Dense
    from pellucid.network.gradient_check import gradient_check
    from pellucid.plan.recipe import Recipe
    from pellucid.training.events import EpochEnded, Started, Stepped, Stopped
    from pellucid.training.run import Run
    from pellucid.training.start import resume, start, train

__version__ = "0.1.0"

# Where each public name lives. It is imported when it is first asked for, so that importing the
# package, and the command line's help, cost next to nothing.
_HOMES = {
    "pellucid.arrays": ("one_hot",),
    "pellucid.equations.optimizers": (
        "Adam",
        "Momentum",
        "SGD",
    ),
    "pellucid.equations.schedules": (
        "Constant",
        "Cosine",
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
    "pellucid.model.archive": (
        "load",
        "load_model",
    ),
    "pellucid.model.model": ("Model",),
    "pellucid.model.network": ("Network",),
    "pellucid.network.architecture": (
        "Architecture",
        "Dense",
    ),
    "pellucid.network.gradient_check": ("gradient_check",),
    "pellucid.plan.recipe": ("Recipe",),
    "pellucid.training.events": (
        "EpochEnded",
        "Started",
        "Stepped",
        "Stopped",
    ),
    "pellucid.training.run": ("Run",),
    "pellucid.training.start": (
        "resume",
        "start",
        "train",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "SGD",
    "Adam",
    "Architecture",
    "ArchitectureError",
    "Constant",
    "Cosine",
    "DataError",
    "Dense",
    "DivergedError",
    "DownloadError",
    "EpochEnded",
    "FileError",
    "Model",
    "ModelFileError",
    "Momentum",
    "Network",
    "PellucidError",
    "Recipe",
    "RecipeError",
    "Run",
    "Started",
    "Stepped",
    "Stopped",
    "UnsupportedError",
    "gradient_check",
    "load",
    "load_model",
    "one_hot",
    "resume",
    "start",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
