"""Initial weights: where training starts from. One row of a table each."""

from collections.abc import Callable
from typing import NamedTuple

from pellucid.arrays import Array
from pellucid.equations.random import normal, uniform


class Initial(NamedTuple):
    """How first weights are drawn."""

    weights: Callable[[Array, int, int], Array]  # (raw words, fan in, fan out) → one a word
    biases: bool  # whether biases are drawn in the same way; else they are 0
    formula: str
    source: str


def standard_normal(raw: Array, fan_in: int, fan_out: int) -> Array:
    """N(0, 1)."""
    return normal(raw)


def xavier(raw: Array, fan_in: int, fan_out: int) -> Array:
    """U(−r, r) with r = √(6 / (fan_in + fan_out)): keeps the variance of sums and derivatives."""
    return (6.0 / (fan_in + fan_out)) ** 0.5 * uniform(raw)


def he(raw: Array, fan_in: int, fan_out: int) -> Array:
    """N(0, 2 / fan_in): xavier for units that are 0 half of the time."""
    return (2.0 / fan_in) ** 0.5 * normal(raw)


INITIALS = {
    "normal": Initial(standard_normal, True, "N(0, 1), biases too", "Nielsen 2015, chapter 1"),
    "xavier": Initial(xavier, False, "U(±√(6 / (n_in + n_out))), biases 0", "Glorot, Bengio 2010"),
    "he": Initial(he, False, "N(0, 2 / n_in), biases 0", "He et al. 2015"),
}
