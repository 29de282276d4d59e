"""Optimizers: how one step uses the gradient. One small dataclass and one row of a table each.

Each works on the flat vector of all parameters. Any of its numbers may be a schedule
(`pellucid.equations.schedules`); Python evaluates it and hands the plain number of the step in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.schedules import Schedule

Number = float | Schedule


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: p ← p − η g."""

    learning_rate: Number = 0.1


@dataclass(frozen=True)
class Momentum:
    """Gradient descent with momentum: v ← μ v − η g, p ← p + v."""

    learning_rate: Number = 0.01
    momentum: Number = 0.9


@dataclass(frozen=True)
class Adam:
    """Steps scaled by running means of g and g² (Kingma and Ba 2015)."""

    learning_rate: Number = 1e-3
    beta1: Number = 0.9
    beta2: Number = 0.999
    epsilon: Number = 1e-8


Optimizer = SGD | Momentum | Adam


class OptimizerRow(NamedTuple):
    """An optimizer's numbers, memory and rule."""

    numbers: type[Optimizer]
    slots: tuple[str, ...]  # its memory: vectors of the layout of the parameters, 0 at first
    update: Callable[..., tuple[Array, ...]]  # (p, g, slots, t, *numbers, xp) → (p, *slots)
    formula: str
    source: str


def sgd(
    p: Array, g: Array, slots: tuple[Array, ...], t: int, learning_rate: float, xp: Any = np
) -> tuple[Array, ...]:
    """p ← p − η g."""
    return (p - learning_rate * g,)


def momentum(
    p: Array,
    g: Array,
    slots: tuple[Array, ...],
    t: int,
    learning_rate: float,
    momentum: float,
    xp: Any = np,
) -> tuple[Array, ...]:
    """v ← μ v − η g,  p ← p + v: a change of rate acts on new gradients only."""
    v = momentum * slots[0] - learning_rate * g
    return p + v, v


def adam(
    p: Array,
    g: Array,
    slots: tuple[Array, ...],
    t: int,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    xp: Any = np,
) -> tuple[Array, ...]:
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← p − η m̂ / (√v̂ + ε).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start from 0; t counts steps from 1.
    """
    m = beta1 * slots[0] + (1 - beta1) * g
    v = beta2 * slots[1] + (1 - beta2) * (g * g)
    rate = learning_rate / (1 - beta1**t)
    root = (1 - beta2**t) ** 0.5
    return p - rate * (m / (xp.sqrt(v) / root + epsilon)), m, v


OPTIMIZERS = {
    "sgd": OptimizerRow(SGD, (), sgd, "p ← p − η g", "Robbins and Monro 1951"),
    "momentum": OptimizerRow(
        Momentum, ("velocity",), momentum, "v ← μ v − η g,  p ← p + v", "Polyak 1964"
    ),
    "adam": OptimizerRow(
        Adam,
        ("mean", "square"),
        adam,
        "p ← p − η m̂ / (√v̂ + ε)",
        "Kingma and Ba 2015, algorithm 1",
    ),
}


def name_of(optimizer: Optimizer) -> str:
    """Return the name of the row that `optimizer` belongs to."""
    return next(name for name, row in OPTIMIZERS.items() if row.numbers is type(optimizer))
