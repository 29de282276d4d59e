"""What a data set holds, as numbers: how many of what, from where to where, and what is rare."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.equations.random import INSPECTION, permutation

RARE = 0.1  # of what the class would have if all had the same
FEW = 10  # examples, below which a class can hardly be learnt


class ClassCount(NamedTuple):
    """How many examples a class has in each part, and its share of the training part."""

    name: str
    train: int
    test: int | None
    share: float
    rare: bool


class Spread(NamedTuple):
    """Five numbers that say where values lie, and their mean."""

    least: float
    lower_quartile: float
    median: float
    upper_quartile: float
    most: float
    mean: float


@dataclass(frozen=True)
class Description:
    """What a data set holds.

    Parameters
    ----------
    n_train, n_test : int
        Examples; `n_test` is None without a test part.
    n_inputs : int
        Numbers an example has, of which `n_constant` are the same in all of the training part.
    n_bytes : int
        That X takes in memory, all parts.
    n_missing : int
        Inputs of the training part that are not known, NaN.
    least, most, mean : float
        Of all others of the training part.
    classes : tuple of ClassCount, optional
        Of each class, in the order of the codes; None where Y holds numbers.
    targets : tuple of Spread, optional
        Of each column of the training part's Y; None where Y holds classes.
    """

    n_train: int
    n_test: int | None
    n_inputs: int
    n_constant: int
    n_bytes: int
    n_missing: int
    least: float
    most: float
    mean: float
    image: ImageFormat | None
    classes: tuple[ClassCount, ...] | None
    targets: tuple[Spread, ...] | None


def describe(data: Dataset) -> Description:
    """Return how many examples, inputs and classes a data set has, and where its numbers lie."""
    X, Y = data.train.X, data.train.Y
    least, most = np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)  # of what is not missing
    there = X if X.dtype == np.uint8 else X[~np.isnan(X)]
    return Description(
        n_train=len(X),
        n_test=None if data.test is None else len(data.test),
        n_inputs=X.shape[1],
        n_constant=int((least == most).sum()),
        n_bytes=X.nbytes + (0 if data.test is None else data.test.X.nbytes),
        n_missing=X.size - there.size,
        least=float(np.fmin.reduce(least)),
        most=float(np.fmax.reduce(most)),
        mean=float(there.mean(dtype=np.float64)) if there.size else math.nan,
        image=data.image,
        classes=None if data.classes is None else _counts(data.classes, data.train, data.test),
        targets=None if data.classes is not None else tuple(_spread(y) for y in Y.T),
    )


def warnings_of(found: Description) -> list[str]:
    """Return a sentence for each thing that is likely to lead to a poor model or judgement."""
    said = []
    rare = [row for row in found.classes or () if row.rare]
    if rare:
        named = ", ".join(f"{row.name} ({row.train:,})" for row in rare[:5])
        more = f" and {len(rare) - 5} more" * (len(rare) > 5)
        said.append(
            f"Rare: {named}{more}. Accuracy hardly counts them; judge with --metric f1, too."
        )
    if absent := [row.name for row in found.classes or () if row.test == 0]:
        said.append(f"Not in the test part: {', '.join(absent[:5])}{'…' * (len(absent) > 5)}.")
    if any(spread.least == spread.most for spread in found.targets or ()):
        said.append("A target is the same in all examples: there is nothing to learn about it.")
    return said


def _counts(names: Sequence[str], train: Part, test: Part | None) -> tuple[ClassCount, ...]:
    counts = np.bincount(train.Y, minlength=len(names)).tolist()
    tests = [None] * len(names) if test is None else np.bincount(test.Y, minlength=len(names))
    total, least = sum(counts), max(FEW, RARE * sum(counts) / len(names))
    return tuple(
        ClassCount(name, n, None if of_test is None else int(of_test), n / total, n < least)
        for name, n, of_test in zip(names, counts, tests, strict=True)
    )


def _spread(values: Array) -> Spread:
    five = np.quantile(values.astype(np.float64), [0, 0.25, 0.5, 0.75, 1]).tolist()
    return Spread._make((*five, float(values.mean(dtype=np.float64))))


class Group(NamedTuple):
    """Examples that belong together: of one class, or of targets from … to."""

    name: str
    n: int  # how many there are in all
    share: float
    rows: Array  # of which so many are to be shown


def groups(Y: Array, classes: Sequence[str] | None, each: int, seed: int) -> list[Group]:
    """Return up to `each` examples of every class, drawn by a seed.

    Parameters
    ----------
    Y : (n,) or (n, m)
        Class codes; or numbers, whose first column is cut into fifths.
    classes : sequence of str, optional
        None where Y holds numbers.
    """
    if classes is None:
        first = Y.reshape(len(Y), -1)[:, 0]
        codes, names = _fifths(first)
    else:
        codes, names = Y, list(classes)
    order = permutation(seed, INSPECTION, 0, len(codes))
    found = []
    for code, name in enumerate(names):
        rows = order[codes[order] == code]
        found.append(Group(name, len(rows), len(rows) / len(codes), rows[:each]))
    return found


def _fifths(values: Array) -> tuple[Array, list[str]]:
    """Codes 0 … 4 by size, and what each fifth is called; fewer where values are the same."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, 6)))
    codes = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))
    if len(edges) == 1:
        return codes, [f"{edges[0]:.4g}"]
    pairs = zip(edges[:-1], edges[1:], strict=True)
    return codes, [f"{low:.4g} … {high:.4g}" for low, high in pairs]
