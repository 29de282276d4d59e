"""From data, flags and a configuration file to a network and a recipe.

A configuration file is TOML with up to three tables. ``[network]``: layers (a list of tables with
the arguments of ``Dense``), initial, scale, shift. ``[recipe]``: the fields of ``Recipe``.
``[data]``: validation. What a flag says goes before what the file says.
"""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.arrays import Array, one_hot
from pellucid.cli.augmenting import augment_of
from pellucid.cli.defaults import Defaults, defaults_of, scaling
from pellucid.cli.local import local_layers_of
from pellucid.cli.recipes import recipe_of
from pellucid.data.dataset import Dataset, Part
from pellucid.data.target import scaling_of
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.losses import Loss, loss_of
from pellucid.errors import ArchitectureError, DataError, RecipeError
from pellucid.evaluation.report import check_metrics
from pellucid.files import read_bytes
from pellucid.model.model import Model
from pellucid.model.network import Network
from pellucid.network.layer import Dense, layer_from_json
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.recipe import Recipe

CONFIG = {
    "network": {"layers", "initial", "scale", "shift"},
    "recipe": set(Recipe.__dataclass_fields__),
    "data": {"validation"},
}


@dataclass(frozen=True)
class Settings:
    """What a run is to be: a model that is not trained yet, and how to train it."""

    model: Model
    recipe: Recipe
    validation: float  # share of the training part; 0 for none
    own_validation: bool = False  # whether the data set's own validation part is used instead
    said: str = ""  # what was chosen, where nothing was said


def settings(data: Dataset, given: dict[str, Any]) -> Settings:
    """Return what the flags in `given` (None: not given) and their ``config`` ask for.

    Raises
    ------
    RecipeError, ArchitectureError
        Unknown names, or values that do not fit.
    DataError
        Fewer than two classes.
    """
    if data.classes is not None and len(data.classes) < 2:
        raise DataError(
            f"{data.name}: expected examples of at least two classes, got only "
            f"{data.classes[0]!r}. Add examples of another class, or store quantities as floats."
        )
    config = read_config(given["config"]) if given.get("config") else {}
    flags = {name: value for name, value in given.items() if value is not None}
    asked = flags.get("loss", config.get("recipe", {}).get("loss"))
    loss = None if asked is None else loss_of(asked)
    usual = defaults_of(data, flags, config)
    layers = _layers(data, loss, flags, config, usual)
    described = usual.recipe | config.get("recipe", {})
    recipe = _recipe(data, layers[-1].activation, flags, described)
    _check_loss(data, recipe.loss)
    network = _network(data, layers, recipe, flags, config)
    share = flags.get("validation", config.get("data", {}).get("validation"))
    own = share is None and data.validation is not None
    validation = 0.0 if own else usual.validation if share is None else share
    if not isinstance(validation, int | float) or not 0 <= validation < 1:
        raise RecipeError(f"validation: expected a share from 0 to less than 1, got {validation}.")
    model = model_of(network, data, recipe.loss)
    check_metrics(recipe.metrics, network.architecture, recipe.loss, data.classes is not None)
    return Settings(model, recipe, float(validation), own, usual.said)


def model_of(network: Network, data: Dataset, loss: str) -> Model:
    """Return a network with what its numbers mean.

    The numbers that a column of a table holds are scaled, unless their size is of importance to
    the loss or to the output.
    """
    output = network.architecture.layers[-1].activation
    numbers = data.table is not None and data.table.task == "numbers"
    scaled = numbers and output == "identity" and loss_of(loss).targets == "numbers"
    scaling = scaling_of(data.train.Y) if scaled else None
    return Model(network, data.classes, data.image, loss, data.table, scaling)


def _recipe(data: Dataset, output: str, flags: dict[str, Any], described: dict[str, Any]) -> Recipe:
    """The recipe; how pictures are distorted depends on how they are laid out."""
    distorting = flags.pop("augment", described.pop("augment", None))
    recipe = recipe_of(output, flags, described)
    if distorting is None:
        return recipe
    return replace(recipe, augment=augment_of(distorting, data.image, data.name))


def examples_of(model: Model, loss: str | None, part: Part) -> Examples:
    """Return a part of a data set as the model's network takes it."""
    network = model.network
    Y = part.Y if model.scaling is None else model.scaling.apply(part.Y)
    return as_examples(network.architecture, loss or "mse", part.X, _targets(model, Y))


def validation_of(
    model: Model, loss: str | None, data: Dataset, share: float, own: bool
) -> float | tuple[Array, Array] | None:
    """Return what epochs are judged by, as ``hold_out`` takes it."""
    if not own or data.validation is None:
        return share or None
    return data.validation.X, examples_of(model, loss, data.validation).Y


def read_config(path: str | Path) -> dict[str, Any]:
    """Return the tables of a configuration file, checked for entries that nobody knows."""
    try:
        config = tomllib.loads(read_bytes(Path(path)).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RecipeError(f"{path} is not TOML: {problem}. Correct the file.") from None
    for table, entries in config.items():
        known = CONFIG.get(table)
        if known is None or not isinstance(entries, dict):
            raise RecipeError(f"{path}: expected the tables {', '.join(CONFIG)}; got {table!r}.")
        if not set(entries) <= known:
            unknown = ", ".join(sorted(set(entries) - known))
            raise RecipeError(
                f"{path}: [{table}] has the entries {', '.join(sorted(known))}; got {unknown}."
            )
    return config


def _layers(
    data: Dataset,
    loss: Loss | None,
    flags: dict[str, Any],
    config: dict[str, Any],
    usual: Defaults,
) -> list[Dense]:
    """Hidden layers from ``--local`` and ``--hidden``, or all layers from the file."""
    described = config.get("network", {}).get("layers")
    shaping = ("local", "hidden", "activation", "pieces", "output", "bias", "norm")
    if described is not None:
        clash = [f"--{name}" for name in shaping if name in flags]
        if clash:
            raise RecipeError(
                f"the configuration file describes the layers already: leave out {clash[0]}."
            )
        if not isinstance(described, list) or not described:
            raise RecipeError("[network] layers: expected a list of at least one table.")
        return [layer_from_json(layer) for layer in described]
    activation, norm = flags.get("activation", usual.activation), flags.get("norm", usual.norm)
    output, bias = flags.get("output", _natural_output(data, loss)), flags.get("bias", "neuron")
    # Only where neither is given is maxout's number of pieces ours to choose.
    pieces = flags.get("pieces", 2 if _takes_pieces(activation) else 1)
    alike = {"activation": activation, "bias": bias, "norm": norm, "pieces": pieces}
    hidden = [Dense(units, **alike) for units in _sizes(flags.get("hidden", usual.hidden))]
    if local := flags.get("local", usual.local):
        hidden = [*local_layers_of(local, data.image, data.name, alike), *hidden]
    last = flags.get("pieces", 2) if _takes_pieces(output) else 1
    return [*hidden, Dense(_n_outputs(data, loss, output), output, bias=bias, pieces=last)]


def _natural_output(data: Dataset, loss: Loss | None) -> str:
    """The output that a loss is made for; without one, that of classes or of numbers."""
    if loss is not None and (loss.needs_link or loss.targets == "signs"):
        return loss.link
    if data.table is not None and data.table.task == "labels":
        return "sigmoid"
    return "identity" if data.classes is None else "softmax"


def _takes_pieces(activation: str) -> bool:
    return activation in ACTIVATIONS and ACTIVATIONS[activation].grouped


def _sizes(text: str) -> list[int]:
    """Sizes of hidden layers from "30", "30,20", "30-20" or "none"."""
    if text.strip().lower() in ("none", "0", ""):
        return []
    try:
        return [int(size) for size in text.replace("-", ",").split(",")]
    except ValueError:
        raise RecipeError(
            f'hidden: expected sizes such as "30" or "100,50", or "none", got {text!r}.'
        ) from None


def _n_outputs(data: Dataset, loss: Loss | None, output: str) -> int:
    if data.classes is None:
        levels = len(loss.numbers) if loss is not None and loss.constant == "levels" else 1
        return int(data.train.Y.shape[1]) * levels
    return 1 if len(data.classes) == 2 and output != "softmax" else len(data.classes)


def _check_loss(data: Dataset, name: str) -> None:
    """Quantiles and counts of classes mean nothing, though they could be calculated."""
    loss = loss_of(name)
    if data.classes is not None and (loss.constant == "levels" or loss.targets == "counts"):
        raise RecipeError(
            f"loss: {name} is for numbers, and {data.name} has classes. Use cross_entropy, or "
            "store the targets as floats."
        )


def _network(
    data: Dataset,
    layers: list[Dense],
    recipe: Recipe,
    flags: dict[str, Any],
    config: dict[str, Any],
) -> Network:
    described = config.get("network", {})
    scale, shift = scaling(data)
    return Network(
        data.train.X.shape[1],
        layers,
        seed=recipe.seed,
        initial=_initial(flags.get("init", described.get("initial"))),
        precision=recipe.precision,
        scale=described.get("scale", scale),
        shift=described.get("shift", shift),
    )


def _initial(given: Any) -> str | list[str] | None:
    """One text for all layers, or from "he,small" one for each."""
    if isinstance(given, str) and "," in given:
        return [name.strip() for name in given.split(",")]
    texts = given if isinstance(given, list) else ["" if given is None else given]
    if not all(isinstance(text, str) for text in texts):
        raise ArchitectureError(
            f'initial: expected a text such as "he", or one for each layer, got {given!r}.'
        )
    return given


def _targets(model: Model, Y: Array) -> Array:
    """Codes as they are for softmax; rows of 0 and 1 for other outputs."""
    architecture = model.network.architecture
    if Y.ndim == 2 or architecture.layers[-1].activation == "softmax":
        return Y
    if architecture.n_outputs == 1:
        return Y[:, None].astype(np.float64)
    return one_hot(Y, architecture.n_outputs)
