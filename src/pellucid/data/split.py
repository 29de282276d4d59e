"""Setting examples aside: by lot with every class in proportion, by groups, or by time."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.random import SPLIT, permutation
from pellucid.errors import DataError
from pellucid.rows import StoredRows


def split(examples: int | Array, fraction: float, seed: int) -> tuple[Array, Array]:
    """Return the rows to train on and the rows held out, each in ascending order.

    ceil(fraction n) rows are held out. Given class codes, each class gives its share; a class
    of two or more examples has at least one on each side, and a single example is trained on.

    Parameters
    ----------
    examples : int or Array, shape (n,)
        How many examples there are, or their class codes.
    fraction : float
        The share held out, 0 < fraction < 1.
    seed : int
        The same seed gives the same rows, on every machine.

    Raises
    ------
    DataError
        A fraction outside (0, 1), fewer than two examples, or no class that has two.
    """
    codes = np.zeros(examples, np.int32) if isinstance(examples, int) else np.asarray(examples)
    _check(codes, fraction)
    _, codes, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if counts.max() < 2:
        raise DataError(f"expected a class of two examples or more, got {len(codes)} of one each.")
    order = permutation(seed, SPLIT, 0, len(codes))
    quotas = _quotas(counts, fraction)
    # Sorted by class, in the shuffled order within each: the first of each class are held out.
    by_class = order[np.argsort(codes[order], kind="stable")]
    place_in_class = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    held = place_in_class < np.repeat(quotas, counts)
    return np.sort(by_class[~held]), np.sort(by_class[held])


@dataclass(frozen=True, eq=False)
class Holding:
    """By what examples are held out, where not by lot alone.

    Parameters
    ----------
    rule : {"class", "group", "time"}
        "class": by lot, each class in proportion. "group": what has the same key stays together.
        "time": what has the largest keys is held out, and examples of one moment stay together.
    keys : (n,)
        Of each example: its class, whole numbers, or numbers.
    """

    rule: Literal["class", "group", "time"]
    keys: Array

    def take(self, rows: Array) -> "Holding":
        """Return that of some of the examples."""
        return Holding(self.rule, self.keys[rows])

    def split(self, fraction: float, seed: int) -> tuple[Array, Array]:
        """Return the rows to train on and the rows held out, about that fraction of all.

        Raises
        ------
        DataError
            A fraction outside (0, 1), the same group or time everywhere, or no class of two.
        """
        if self.rule == "class":
            return split(self.keys, fraction, seed)
        _check_fraction(fraction)
        keys, places, counts = np.unique(self.keys, return_inverse=True, return_counts=True)
        if len(keys) < 2:
            raise DataError(
                f"expected examples of at least two {self.rule}s to divide, got the same for all "
                f"{len(places)}. Split by another column."
            )
        order = np.arange(len(keys))[::-1]
        if self.rule == "group":
            order = permutation(seed, SPLIT, 0, len(keys))
        # As many as come nearest to the fraction, and at least one on each side.
        sums = np.cumsum(counts[order])
        n_held = int(np.abs(sums - fraction * len(places)).argmin()) + 1
        is_held = np.zeros(len(keys), bool)
        is_held[order[: min(n_held, len(keys) - 1)]] = True
        held = is_held[places]
        return np.flatnonzero(~held), np.flatnonzero(held)


def split_chunks(X: StoredRows, fraction: float, seed: int) -> tuple[Array, Array]:
    """Return the chunks to train on and the chunks held out of rows that stay in files.

    Raises
    ------
    DataError
        A fraction outside (0, 1), or fewer than two chunks.
    """
    if len(X.sizes) < 2:
        raise DataError(
            f"expected at least 2 chunks of rows to divide, got {len(X.sizes)}. Cut smaller ones, "
            "as in stored(path, chunk=1000), or load the rows into memory."
        )
    return split(len(X.sizes), fraction, seed)


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise DataError(
            f"expected a fraction between 0 and 1 to hold out, got {fraction}. "
            "Give 0.1 for one in ten."
        )


def _check(codes: Array, fraction: float) -> None:
    _check_fraction(fraction)
    if codes.ndim != 1 or codes.dtype.kind not in "iu":
        raise DataError(
            f"expected a vector of class codes, got {codes.dtype} of shape {codes.shape}."
        )
    if len(codes) < 2:
        raise DataError(f"expected at least 2 examples to divide, got {len(codes)}.")


def _quotas(counts: Array, fraction: float) -> Array:
    """How many of each class are held out: rounded down, the rest by the largest remainders."""
    exact = fraction * counts
    quotas = np.floor(exact + 1e-9).astype(np.int64)
    # As scikit-learn: rounded up in all. The epsilon keeps 0.07 · 100 from becoming 8.
    total = math.ceil(fraction * int(counts.sum()) - 1e-9)
    by_remainder = np.argsort(quotas - exact, kind="stable")
    quotas[by_remainder[: total - int(quotas.sum())]] += 1
    return np.clip(quotas, np.minimum(counts - 1, 1).clip(0), (counts - 1).clip(0))
