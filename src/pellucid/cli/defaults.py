"""What ``pellucid train`` chooses where nothing is said: of tables, by their number of rows."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.data.dataset import Dataset
from pellucid.data.moments import moments

FEW, MANY = 2_000, 10_000  # rows
WIDE = 32  # inputs from which none is indispensable
VALIDATION = 0.1  # share of the training part that is held out
LOOKED_AT = 10_000_000  # numbers of photographs by which they are scaled


@dataclass(frozen=True)
class Defaults:
    """What a run is to be where flags and configuration say nothing.

    Attributes
    ----------
    hidden, activation : str
        Of the hidden layers, as flags.
    recipe : dict
        As the table of a configuration file.
    validation : float
        Share of the training part that is held out.
    said : str
        One sentence for the user; empty where there is nothing to say.
    """

    hidden: str = "100"
    activation: str = "relu"
    recipe: dict[str, Any] = field(default_factory=dict)
    validation: float = VALIDATION
    said: str = ""


def defaults_of(data: Dataset, flags: dict[str, Any]) -> Defaults:
    """Return what suits a data set, as far as `flags` leave it open.

    Whoever names an optimizer, or describes a run in a file, takes the whole recipe over. The
    numbers were chosen on six tables of 1,000 to 58,000 rows: see docs/architecture.md.
    """
    if data.table is None or data.image is not None or "optimizer" in flags or "config" in flags:
        return Defaults()
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
    if flags.get("hidden") in ("none", "0", ""):
        dropout = 0.0
    input_dropout = 0.1 if classes and n_inputs >= WIDE else 0.0
    recipe = {
        "optimizer": {
            "name": "adamw",
            "learning_rate": {"name": "cosine", "start": rate},
            "weight_decay": 0.03 if classes else 0.01,
        },
        "batch_size": batch_size,
        "epochs": epochs,
        "dropout": dropout,
        "input_dropout": input_dropout,
    }
    of_inputs = f" and {input_dropout:g} of inputs" if input_dropout else ""
    said = (
        f"chosen for {n:,} rows, where nothing else is said: hidden {width},{width} of silu, "
        f"dropout {dropout:g}{of_inputs}, AdamW with a rate of {rate:g} falling to 0 along a "
        f"cosine, {epochs} epochs in batches of {batch_size}, no validation"
    )
    return Defaults(f"{width},{width}", "silu", recipe, 0.0, said)


def scaling(data: Dataset) -> tuple[Any, Any]:
    """Return how inputs are brought to sizes that train well: scale and shift.

    Pictures of ink by their largest value, so that the paper stays 0; photographs, all numbers
    alike, to mean 0 and variance 1 over the training part. Tables by their encoding, which has
    done so. Other numbers column by column to mean 0 and variance 1, a constant column to 0.
    """
    if data.image is not None:
        return _of_photographs(data) if data.image.centring == "whole" else (data.scale, 0.0)
    if data.table is not None:
        return 1.0, 0.0
    mean, deviation, varied = moments(data.train.X)
    scale = 1.0 / np.where(varied, deviation, 1.0)
    return tuple(scale.tolist()), tuple((-mean * scale).tolist())


def _of_photographs(data: Dataset) -> tuple[float, float]:
    """One scale and shift for all numbers, from a sample spread over the training part."""
    X = data.train.X
    rows = min(len(X), max(LOOKED_AT // X.shape[1], 1))
    sample = np.asarray(X[:: -(-len(X) // rows)], np.float64)
    mean, deviation = float(sample.mean()), float(sample.std()) or 1.0
    return 1 / deviation, -mean / deviation
