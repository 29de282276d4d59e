"""What ``pellucid train`` chooses where nothing is said: of tables, by their number of rows."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from pellucid.data.dataset import Dataset
from pellucid.data.encode import Encoding
from pellucid.data.moments import moments

FEW, SOME = 2_000, 10_000  # rows
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


class Size(NamedTuple):
    """How a table's network is made and trained: neurons of each hidden layer, and so on."""

    width: int
    dropout: float
    rate: float
    epochs: int


def defaults_of(data: Dataset, flags: dict[str, Any]) -> Defaults:
    """Return what suits a data set, as far as `flags` leave it open.

    Whoever names an optimizer, or describes a run in a file, takes the whole recipe over. The
    numbers were chosen on six tables of 1,000 to 58,000 rows: see docs/architecture.md.
    """
    if data.table is None or data.image is not None or "optimizer" in flags or "config" in flags:
        return Defaults()
    n, (width, dropout, rate, epochs) = len(data.train), _size(data)
    if data.classes is None or flags.get("hidden") in ("none", "0", ""):
        dropout = 0.0  # it blurs numbers
    batch_size = int(np.clip(2 ** int(np.log2(max(n / 40, 1))), 16, 256))
    recipe = {
        "optimizer": {"name": "adamw", "learning_rate": {"name": "cosine", "start": rate}},
        "batch_size": batch_size,
        "epochs": epochs,
        "dropout": dropout,
    }
    said = (
        f"chosen for {n:,} rows, where nothing else is said: hidden {width},{width} of silu, "
        f"dropout {dropout:g}, AdamW with a rate of {rate:g} falling to 0 along a cosine, "
        f"{epochs} epochs in batches of {batch_size}, no validation"
    )
    return Defaults(f"{width},{width}", "silu", recipe, 0.0, said)


def _size(data: Dataset) -> Size:
    n = len(data.train)
    if n < FEW:
        return Size(64, 0.5, 0.003, 20)
    if n < SOME:
        return Size(128, 0.3, 0.01, 60)
    if data.classes is not None and _is_of_categories(data):
        return Size(128, 0.3, 0.01, 15)  # rare combinations of them are soon known by heart
    return Size(128, 0.15, 0.01, 30)


def _is_of_categories(data: Dataset) -> bool:
    """Whether most inputs are those of categories."""
    encoding = None if data.table is None else data.table.encoding
    return isinstance(encoding, Encoding) and 2 * len(encoding.numbers) < encoding.n_inputs


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
