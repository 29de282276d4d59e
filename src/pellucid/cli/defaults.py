"""What ``pellucid train`` chooses where nothing is said, by how many examples there are."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.data.dataset import Dataset, ImageFormat
from pellucid.data.moments import moments

FEW, MANY = 2_000, 10_000  # rows of a table
WIDE = 32  # inputs from which none is indispensable
VALIDATION = 0.1  # share of the training part that is held out
LOOKED_AT = 10_000_000  # numbers of photographs by which they are scaled
SMALL = 16  # pixels of a side, below which a photograph has no parts worth looking at alone
LARGE = 1 << 14  # numbers of a photograph above which layers that see parts are not a default


@dataclass(frozen=True)
class Defaults:
    """What a run is to be where flags and configuration say nothing.

    Attributes
    ----------
    hidden, activation, norm : str
        Of the hidden layers, as flags.
    local : str
        The same of the layers before them; empty for none.
    recipe : dict
        As the table of a configuration file.
    validation : float
        Share of the training part that is held out.
    said : str
        One sentence for the user; empty where there is nothing to say.
    """

    hidden: str = "100"
    activation: str = "relu"
    norm: str = "none"
    local: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    validation: float = VALIDATION
    said: str = ""


def defaults_of(data: Dataset, flags: dict[str, Any], config: dict[str, Any]) -> Defaults:
    """Return what suits a data set, as far as flags and the tables of a file leave it open.

    Whoever names an optimizer, or describes layers in a file, takes the whole recipe over. The
    numbers were chosen on tables of 1,000 to 58,000 rows, and on small photographs: see
    docs/architecture.md.
    """
    given = config.get("recipe", {}) | config.get("data", {}) | flags
    if "optimizer" in given or "layers" in config.get("network", {}):
        return Defaults()
    if data.image is not None:
        return _of_photographs(data, data.image, given)
    return Defaults() if data.table is None else _of_table(data, given)


def _of_table(data: Dataset, given: dict[str, Any]) -> Defaults:
    n, n_inputs, classes = len(data.train), data.train.X.shape[1], data.classes is not None
    few, many = n < FEW, n >= MANY
    width, epochs, rate = (
        64 if few else 128,
        20 if few else 30 if many else 60,
        0.003 if few else 0.01,
    )
    batch_size = int(np.clip(2 ** int(np.log2(max(n / 40, 1))), 16, 256))
    dropout = 0.5 if few else 0.15 if many else 0.3
    if not classes:
        dropout = 0.0 if many else 0.15  # it blurs numbers
    bare = given.get("hidden") in ("none", "0", "")
    if bare:
        dropout = 0.0
    input_dropout = 0.1 if classes and n_inputs >= WIDE else 0.0
    decay = 0.03 if classes else 0.01
    recipe = _recipe(rate, decay, batch_size, epochs, dropout) | {"input_dropout": input_dropout}
    chosen = {
        "hidden": f"hidden {width},{width}",
        "activation": "" if bare else "silu",
        **_words(recipe),
        "input_dropout": f"{input_dropout:g} of inputs dropped" if input_dropout else "",
        "validation": "no validation",
    }
    said = _said(f"{n:,} rows", chosen, given)
    return Defaults(f"{width},{width}", "silu", recipe=recipe, validation=0.0, said=said)


def _of_photographs(data: Dataset, image: ImageFormat, given: dict[str, Any]) -> Defaults:
    """Of photographs that are large enough to have parts; ink is read well without."""
    side = min(image.height, image.width)
    if image.centring != "whole" or side < SMALL or image.n_values > LARGE:
        return Defaults()
    n, step, distorted = len(data.train), round(side / 8), "augment" in given
    local = f"{2 * step}:{step}:16,4:2:40"
    recipe = _recipe(
        rate=0.002,
        decay=0.01,
        batch_size=32 if n < FEW else 128,
        epochs=60 if distorted else 30,
        dropout=0.1 if distorted else 0.3,  # no picture comes twice where they are distorted
    )
    shape = {
        "local": f"local {local}",
        "hidden": "hidden 300",
        "activation": "silu",
        "norm": "batch norm",
    }
    said = _said(f"{n:,} photographs", shape | _words(recipe), given)
    if not distorted:
        said += "; --augment photos would make more of them"
    return Defaults("300", "silu", "batch", local, recipe, said=said)


def _recipe(
    rate: float, decay: float, batch_size: int, epochs: int, dropout: float
) -> dict[str, Any]:
    falling = {"name": "cosine", "start": rate}
    optimizer = {"name": "adamw", "learning_rate": falling, "weight_decay": decay}
    return {"optimizer": optimizer, "batch_size": batch_size, "epochs": epochs, "dropout": dropout}


def _words(recipe: dict[str, Any]) -> dict[str, str]:
    """What a recipe says, by the flag that would say something else."""
    rate = recipe["optimizer"]["learning_rate"]["start"]
    return {
        "dropout": f"dropout {recipe['dropout']:g}" if recipe["dropout"] else "",
        "optimizer": "AdamW",
        "learning_rate": f"a rate of {rate:g}",
        "schedule": "falling to 0 along a cosine",
        "epochs": f"{recipe['epochs']} epochs",
        "batch_size": f"batches of {recipe['batch_size']}",
    }


def _said(of: str, chosen: dict[str, str], given: Container[str]) -> str:
    """One sentence of all that was not given."""
    texts = [text for name, text in chosen.items() if text and name not in given]
    return f"chosen for {of}: {', '.join(texts)}" if texts else ""


def scaling(data: Dataset) -> tuple[Any, Any]:
    """Return how inputs are brought to sizes that train well: scale and shift.

    Pictures of ink by their largest value, so that the paper stays 0; photographs, all numbers
    alike, to mean 0 and variance 1 over the training part. Tables by their encoding, which has
    done so. Other numbers column by column to mean 0 and variance 1, a constant column to 0.
    """
    if data.image is not None:
        return _scale_of(data) if data.image.centring == "whole" else (data.scale, 0.0)
    if data.table is not None:
        return 1.0, 0.0
    mean, deviation, varied = moments(data.train.X)
    scale = 1.0 / np.where(varied, deviation, 1.0)
    return tuple(scale.tolist()), tuple((-mean * scale).tolist())


def _scale_of(data: Dataset) -> tuple[float, float]:
    """One scale and shift for all numbers, from a sample spread over the training part."""
    X = data.train.X
    rows = min(len(X), max(LOOKED_AT // X.shape[1], 1))
    sample = np.asarray(X[:: -(-len(X) // rows)], np.float64)
    mean, deviation = float(sample.mean()), float(sample.std()) or 1.0
    return 1 / deviation, -mean / deviation
