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
    export       models for other programs: ONNX
    estimators, cli   the doors: of scikit-learn's users, and of the terminal
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.arrays import one_hot
    from pellucid.data.dataset import Dataset, ImageFormat
    from pellucid.data.sources import load_data
    from pellucid.data.stored import stored, stored_rows
    from pellucid.equations.augmenting import Augment
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
    from pellucid.estimators.classifier import MLPClassifier
    from pellucid.estimators.regressor import MLPRegressor
    from pellucid.estimators.tabular_classifier import Classifier
    from pellucid.estimators.tabular_regressor import Regressor
    from pellucid.estimators.taking_over import from_sklearn
    from pellucid.export.onnx_model import to_onnx
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
    from pellucid.network.local import local_layers
    from pellucid.plan.recipe import Recipe
    from pellucid.training.events import EpochEnded, Started, Stepped, Stopped
    from pellucid.training.resume import resume
    from pellucid.training.run import Run
    from pellucid.training.start import start, train
    from pellucid.views.attributions import plot_attribution
    from pellucid.views.augmented import plot_augmented
    from pellucid.views.contact import plot_contact_sheet
    from pellucid.views.curves import plot_history, plot_sweep
    from pellucid.views.descent import plot_cost_line, plot_cost_surface, save_descent
    from pellucid.views.functions import plot_activation_function
    from pellucid.views.graph import plot_derivative_graph
    from pellucid.views.histograms import plot_activation_histograms, plot_histograms
    from pellucid.views.judgements import plot_calibration, plot_confusion, plot_roc
    from pellucid.views.network import plot_network
    from pellucid.views.numbers import plot_intervals, plot_residuals
    from pellucid.views.regions import plot_boundary, plot_response
    from pellucid.views.report.report import write_report
    from pellucid.views.weights import plot_activations, plot_ink, plot_signed, plot_unit_weights

__version__ = "0.1.0"

# Where each public name lives. It is imported when first asked for, so that help costs little.
_HOMES = {
    "pellucid.arrays": "one_hot",
    "pellucid.data.dataset": "Dataset ImageFormat",
    "pellucid.data.sources": "load_data",
    "pellucid.data.stored": "stored stored_rows",
    "pellucid.equations.augmenting": "Augment",
    "pellucid.equations.metrics": "Metric",
    "pellucid.equations.optimizers": "AdaGrad Adam AdamW Momentum Nesterov RMSprop Rprop SGD",
    "pellucid.equations.schedules": "Constant Cosine Exponential InverseTime "
    "Linear OneCycle Plateau StepDecay WarmUp",
    "pellucid.equations.solvers": "LBFGS LevenbergMarquardt",
    "pellucid.errors": "ArchitectureError DataError DivergedError DownloadError "
    "FileError ModelFileError PellucidError RecipeError UnsupportedError",
    "pellucid.estimators.classifier": "MLPClassifier",
    "pellucid.estimators.regressor": "MLPRegressor",
    "pellucid.estimators.tabular_classifier": "Classifier",
    "pellucid.estimators.tabular_regressor": "Regressor",
    "pellucid.estimators.taking_over": "from_sklearn",
    "pellucid.export.onnx_model": "to_onnx",
    "pellucid.inspection.attribution": "attribution",
    "pellucid.inspection.block": "block_form",
    "pellucid.inspection.cells": "cell",
    "pellucid.inspection.dimensions": "dimension_check",
    "pellucid.inspection.directions": "follow principal_directions random_direction",
    "pellucid.inspection.doctor": "Doctor examine",
    "pellucid.inspection.graph": "chain_rule derivative_graph",
    "pellucid.inspection.importance": "what_matters",
    "pellucid.inspection.linear": "collapse",
    "pellucid.inspection.merging": "merge",
    "pellucid.inspection.permutation": "permutation_importance",
    "pellucid.inspection.responses": "boundary response",
    "pellucid.inspection.surfaces": "cost_line cost_surface",
    "pellucid.inspection.trace": "trace",
    "pellucid.inspection.walk": "walk",
    "pellucid.model.archive": "load load_model",
    "pellucid.model.model": "Model",
    "pellucid.model.network": "Network",
    "pellucid.network.architecture": "Architecture",
    "pellucid.network.gradient_check": "gradient_check",
    "pellucid.network.layer": "Dense",
    "pellucid.network.local": "local_layers",
    "pellucid.plan.recipe": "Recipe",
    "pellucid.training.events": "EpochEnded Started Stepped Stopped",
    "pellucid.training.resume": "resume",
    "pellucid.training.run": "Run",
    "pellucid.training.start": "start train",
    "pellucid.views.attributions": "plot_attribution",
    "pellucid.views.augmented": "plot_augmented",
    "pellucid.views.contact": "plot_contact_sheet",
    "pellucid.views.curves": "plot_history plot_sweep",
    "pellucid.views.descent": "plot_cost_line plot_cost_surface save_descent",
    "pellucid.views.functions": "plot_activation_function",
    "pellucid.views.graph": "plot_derivative_graph",
    "pellucid.views.histograms": "plot_activation_histograms plot_histograms",
    "pellucid.views.judgements": "plot_calibration plot_confusion plot_roc",
    "pellucid.views.network": "plot_network",
    "pellucid.views.numbers": "plot_intervals plot_residuals",
    "pellucid.views.regions": "plot_boundary plot_response",
    "pellucid.views.report.report": "write_report",
    "pellucid.views.weights": "plot_activations plot_ink plot_signed plot_unit_weights",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "LBFGS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Architecture",
    "ArchitectureError",
    "Augment",
    "Classifier",
    "Constant",
    "Cosine",
    "DataError",
    "Dataset",
    "Dense",
    "DivergedError",
    "Doctor",
    "DownloadError",
    "EpochEnded",
    "Exponential",
    "FileError",
    "ImageFormat",
    "InverseTime",
    "LevenbergMarquardt",
    "Linear",
    "MLPClassifier",
    "MLPRegressor",
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
    "Regressor",
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
    "from_sklearn",
    "gradient_check",
    "load",
    "load_data",
    "load_model",
    "local_layers",
    "merge",
    "one_hot",
    "permutation_importance",
    "plot_activation_function",
    "plot_activation_histograms",
    "plot_activations",
    "plot_attribution",
    "plot_augmented",
    "plot_boundary",
    "plot_calibration",
    "plot_confusion",
    "plot_contact_sheet",
    "plot_cost_line",
    "plot_cost_surface",
    "plot_derivative_graph",
    "plot_histograms",
    "plot_history",
    "plot_ink",
    "plot_intervals",
    "plot_network",
    "plot_residuals",
    "plot_response",
    "plot_roc",
    "plot_signed",
    "plot_sweep",
    "plot_unit_weights",
    "principal_directions",
    "random_direction",
    "response",
    "resume",
    "save_descent",
    "start",
    "stored",
    "stored_rows",
    "to_onnx",
    "trace",
    "train",
    "walk",
    "what_matters",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    try:
        value = getattr(import_module(_HOME[name]), name)
    except ModuleNotFoundError as problem:
        if (library := str(problem.name).partition(".")[0]) not in ("matplotlib", "jinja2"):
            raise
        from pellucid.errors import unsupported

        return unsupported(name, library)
    return globals().setdefault(name, value)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
