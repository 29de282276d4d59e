"""Initial weights: where training starts from. One row of a table each.

A row draws from raw words as many numbers as a shape (n_from, n_to) has, or more. Every row has a
factor, `size`, that may be given after its name: "uniform:0.05".
"""

from collections.abc import Callable
from math import isfinite, prod
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.named import name_and_numbers
from pellucid.equations.random import normal, uniform
from pellucid.errors import ArchitectureError


class Fans(NamedTuple):
    """How many weights lead to a unit, over all its connections, and how many of this one from it.

    Where masks make them differ, they are those of each draw's units.
    """

    into: int | Array
    out: int | Array


Draw = Callable[[Array, tuple[int, ...], Fans], Array]  # (raw words, shape, fans) → flat


class Initial(NamedTuple):
    """How first weights and biases are drawn: `size` times what these functions return."""

    weights: Draw
    biases: Draw | None  # None: they are 0
    formula: str
    source: str
    size: float = 1.0


def standard_normal(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """N(0, 1)."""
    return normal(raw)


def xavier(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """U(−r, r) with r = √(6 / (fan_in + fan_out)): keeps the variance of sums and derivatives."""
    return (6.0 / (fans.into + fans.out)) ** 0.5 * uniform(raw)


def he(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """N(0, 2 / fan_in): for units that are 0 half of the time."""
    return (2.0 / fans.into) ** 0.5 * normal(raw)


def lecun(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """N(0, 1 / fan_in): keeps the variance of sums."""
    return (1.0 / fans.into) ** 0.5 * normal(raw)


def standard_uniform(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """U(−1, 1)."""
    return uniform(raw)


def orthogonal(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """W with WᵀW = 1, or WWᵀ = 1 where it is wider than high, every such W equally likely.

    W is the Q of normal numbers = Q R, with signs that make the diagonal of R positive; without
    them Q would not be evenly distributed (Mezzadri 2007).
    """
    drawn = normal(raw)[: prod(shape)].reshape(shape)
    wide = shape[0] < shape[1]
    Q, R = np.linalg.qr(drawn.T if wide else drawn)
    Q = Q * np.where(np.diag(R) < 0, -1.0, 1.0)
    return (Q.T if wide else Q).reshape(-1)


def zeros(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """0: the units of a layer stay alike for ever."""
    return np.zeros(len(raw))


def ones(raw: Array, shape: tuple[int, ...], fans: Fans) -> Array:
    """1 times the size: alike too, but with something to pass on."""
    return np.ones(len(raw))


INITIALS = {
    "normal": Initial(
        standard_normal, standard_normal, "N(0, 1), biases too", "Nielsen 2015, chapter 1"
    ),
    "xavier": Initial(xavier, None, "U(±√(6 / (n_in + n_out))), biases 0", "Glorot, Bengio 2010"),
    "he": Initial(he, None, "N(0, 2 / n_in), biases 0", "He et al. 2015"),
    "lecun": Initial(
        lecun, None, "N(0, 1 / n_in), biases 0", "LeCun et al. 1998; Klambauer et al. 2017"
    ),
    "nielsen": Initial(
        lecun, standard_normal, "N(0, 1 / n_in), biases N(0, 1)", "Nielsen 2015, chapter 3"
    ),
    "orthogonal": Initial(
        orthogonal, None, "WᵀW = 1, biases 0", "Saxe, McClelland and Ganguli 2014"
    ),
    "uniform": Initial(
        standard_uniform,
        None,
        "U(±size), biases 0",
        "Rumelhart, Hinton and Williams 1986",
        size=0.5,
    ),
    "small": Initial(
        standard_normal,
        None,
        "N(0, size²), biases 0",
        "Krizhevsky, Sutskever and Hinton 2012",
        size=0.01,
    ),
    "constant": Initial(ones, None, "size, biases 0", "—", size=0.5),
    "zeros": Initial(zeros, None, "0, biases 0", "—"),
}


def initial_of(text: str) -> tuple[Initial, float]:
    """Return the row that a text such as "he" or "uniform:0.05" names, and its size.

    Raises
    ------
    ArchitectureError
        An unknown name, or anything but one finite number after it.
    """
    try:
        name, numbers = name_and_numbers(text)
    except ValueError as problem:
        raise ArchitectureError(f"initial: {problem}.") from None
    if name not in INITIALS:
        raise ArchitectureError(f"initial: expected one of {', '.join(INITIALS)}, got {text!r}.")
    if len(numbers) > 1 or not all(map(isfinite, numbers)):
        raise ArchitectureError(
            f"initial: expected a name alone or with one number, its size, got {text!r}. "
            'Such as "uniform:0.05".'
        )
    row = INITIALS[name]
    return row, numbers[0] if numbers else row.size
