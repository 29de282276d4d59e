"""Setting examples aside: seeded, and with every class in proportion on both sides."""

import math

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.random import SPLIT, permutation
from pellucid.errors import DataError


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


def _check(codes: Array, fraction: float) -> None:
    if not 0 < fraction < 1:
        raise DataError(
            f"expected a fraction between 0 and 1 to hold out, got {fraction}. "
            "Give 0.1 for one in ten."
        )
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
