"""From data, flags and a configuration file to a network and a recipe.

A configuration file is TOML with up to three tables. ``[network]``: layers (a list of tables with
the arguments of ``Dense``), initial, scale, shift. ``[recipe]``: the fields of ``Recipe``.
``[data]``: validation. What a flag says goes before what the file says.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.arrays import Array, one_hot
from pellucid.data.dataset import Dataset, Part
from pellucid.equations.losses import LOSSES
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.errors import DataError, RecipeError
from pellucid.files import read_bytes
from pellucid.model.model import Model
from pellucid.model.network import Network
from pellucid.network.architecture import Dense, layer_from_json
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.recipe import Recipe
from pellucid.plan.recipe import from_json as recipe_from_json

RECIPE_FLAGS = {"loss", "batch_size", "epochs", "steps", "target_cost", "patience", "min_delta"}
RECIPE_FLAGS |= {"l2", "l2_divisor", "precision", "seed"}
CONFIG = {
    "network": {"layers", "initial", "scale", "shift"},
    "recipe": set(Recipe.__dataclass_fields__),
    "data": {"validation"},
}
VALIDATION = 0.1  # share of the training part that is held out where nothing else is said


@dataclass(frozen=True)
class Settings:
    """What a run is to be: a model that is not trained yet, and how to train it."""

    model: Model
    recipe: Recipe
    validation: float  # 0 for none


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
    layers = _layers(data, flags, config)
    recipe = _recipe(layers[-1].activation, flags, config)
    network = _network(data, layers, recipe, flags, config)
    validation = flags.get("validation", config.get("data", {}).get("validation", VALIDATION))
    if not isinstance(validation, int | float) or not 0 <= validation < 1:
        raise RecipeError(f"validation: expected a share from 0 to less than 1, got {validation}.")
    model = Model(network, data.classes, data.image, recipe.loss)
    return Settings(model, recipe, float(validation))


def examples_of(model: Model, loss: str | None, part: Part) -> Examples:
    """Return a part of a data set as the model's network takes it."""
    network = model.network
    return as_examples(network.architecture, loss or "mse", part.X, _targets(model, part.Y))


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


def _layers(data: Dataset, flags: dict[str, Any], config: dict[str, Any]) -> list[Dense]:
    """Hidden layers from ``--hidden``, or all layers from the file."""
    described = config.get("network", {}).get("layers")
    shaping = ("hidden", "activation", "output", "bias", "norm")
    if described is not None:
        clash = [f"--{name}" for name in shaping if name in flags]
        if clash:
            raise RecipeError(
                f"the configuration file describes the layers already: leave out {clash[0]}."
            )
        if not isinstance(described, list) or not described:
            raise RecipeError("[network] layers: expected a list of at least one table.")
        return [layer_from_json(layer) for layer in described]
    output = flags.get("output", "identity" if data.classes is None else "softmax")
    common = {"bias": flags.get("bias", "neuron")}
    norm = flags.get("norm", "none")
    hidden = [
        Dense(units, flags.get("activation", "relu"), norm=norm, **common)
        for units in _sizes(flags.get("hidden", "100"))
    ]
    return [*hidden, Dense(_n_outputs(data, output), output, **common)]


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


def _n_outputs(data: Dataset, output: str) -> int:
    if data.classes is None:
        return int(data.train.Y.shape[1])
    return 1 if len(data.classes) == 2 and output != "softmax" else len(data.classes)


def _recipe(output: str, flags: dict[str, Any], config: dict[str, Any]) -> Recipe:
    described = dict(config.get("recipe", {}))
    described |= {name: flags[name] for name in RECIPE_FLAGS if name in flags}
    if "dropout" in flags:
        rates = _rates(flags["dropout"])
        described["dropout"] = rates[0] if len(rates) == 1 else rates
    if "loss" not in described:
        linked = [name for name, row in LOSSES.items() if row.needs_link and row.link == output]
        described["loss"] = linked[0] if linked else "mse"
    if optimizer := _optimizer(flags, described.get("optimizer", "adam")):
        described["optimizer"] = optimizer
    return recipe_from_json(described)


def _rates(text: str) -> list[float]:
    try:
        return [float(rate) for rate in text.split(",")]
    except ValueError:
        raise RecipeError(
            f'dropout: expected a share such as "0.5", or one for each hidden layer such as '
            f'"0.2,0.5", got {text!r}.'
        ) from None


def _optimizer(flags: dict[str, Any], described: Any) -> dict[str, Any]:
    """The optimizer's table, with the flags about it put in."""
    if not isinstance(described, str | dict):
        raise RecipeError(f"optimizer: expected a name or a table, got {described!r}.")
    table = {"name": described} if isinstance(described, str) else dict(described)
    if "optimizer" in flags and flags["optimizer"] != table.get("name"):
        table = {"name": flags["optimizer"]}
    if "momentum" in flags:
        table["momentum"] = flags["momentum"]
    rate = flags.get("learning_rate", table.get("learning_rate"))
    schedule = flags.get("schedule")
    if schedule in (None, "constant"):
        return table | ({} if rate is None else {"learning_rate": rate})
    if rate is None:
        row = OPTIMIZERS.get(str(table.get("name")))
        rate = row.numbers().learning_rate if row else None
    if isinstance(rate, dict):
        raise RecipeError("schedule: the configuration file gives one already; leave it out here.")
    return table | {"learning_rate": {"name": schedule, "start": rate}}


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
        initial=flags.get("init", described.get("initial")),
        precision=recipe.precision,
        scale=described.get("scale", scale),
        shift=described.get("shift", shift),
    )


def scaling(data: Dataset) -> tuple[Any, Any]:
    """How inputs are brought to sizes that train well.

    Pictures by their largest value; other numbers, column by column, to mean 0 and variance 1
    over the training part, a constant column to 0.
    """
    if data.image is not None:
        return data.scale, 0.0
    X: Array = data.train.X
    mean, deviation = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    # Of a constant column the computed deviation may be a rounding error instead of 0.
    varied = (X.max(axis=0) > X.min(axis=0)) & (deviation > 0)
    scale = 1.0 / np.where(varied, deviation, 1.0)
    return tuple(scale.tolist()), tuple((-mean * scale).tolist())


def _targets(model: Model, Y: Array) -> Array:
    """Codes as they are for softmax; rows of 0 and 1 for other outputs."""
    architecture = model.network.architecture
    if Y.ndim == 2 or architecture.layers[-1].activation == "softmax":
        return Y
    if architecture.n_outputs == 1:
        return Y[:, None].astype(np.float64)
    return one_hot(Y, architecture.n_outputs)
