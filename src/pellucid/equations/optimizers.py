"""Optimizers: how one step uses the gradient. One small dataclass and one row of a table each.

Each works on the flat vector of all parameters. Any of its numbers may be a schedule
(`pellucid.equations.schedules`); Python evaluates it and hands the plain number of the step in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations import schedules
from pellucid.equations.schedules import TINY, Bounds, Schedule

Number = float | Schedule
Slots = tuple[Array, ...]


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
class Nesterov:
    """Momentum that looks ahead: v ← μ v − η g, p ← p + μ v − η g."""

    learning_rate: Number = 0.01
    momentum: Number = 0.9


@dataclass(frozen=True)
class AdaGrad:
    """Steps scaled by all g² so far (Duchi, Hazan and Singer 2011): rates that only fall."""

    learning_rate: Number = 0.01
    epsilon: Number = 1e-10


@dataclass(frozen=True)
class RMSprop:
    """Steps scaled by a running mean of g² (Tieleman and Hinton 2012)."""

    learning_rate: Number = 1e-3
    decay: Number = 0.9
    epsilon: Number = 1e-8


@dataclass(frozen=True)
class Adam:
    """Steps scaled by running means of g and g² (Kingma and Ba 2015)."""

    learning_rate: Number = 1e-3
    beta1: Number = 0.9
    beta2: Number = 0.999
    epsilon: Number = 1e-8


@dataclass(frozen=True)
class AdamW:
    """Adam whose weights, but not biases, also decay by themselves (Loshchilov and Hutter 2019).

    Unlike an l2 penalty the decay does not pass through Adam's scaling.
    """

    learning_rate: Number = 1e-3
    beta1: Number = 0.9
    beta2: Number = 0.999
    epsilon: Number = 1e-8
    weight_decay: Number = 0.01


@dataclass(frozen=True)
class Rprop:
    """Steps by the gradient's sign alone, each parameter's of its own size (iRprop−).

    A size grows while the sign stays and shrinks where it turns. `learning_rate` is the size of
    the first step. It is meant for whole batches: noise in the gradient turns signs.
    """

    learning_rate: Number = 0.01
    shrink: Number = 0.5
    grow: Number = 1.2
    smallest: Number = 1e-6
    largest: Number = 50.0


Optimizer = SGD | Momentum | Nesterov | AdaGrad | RMSprop | Adam | AdamW | Rprop

BOUNDS = {
    "learning_rate": Bounds(0.0),
    "momentum": Bounds(0.0, 1.0),
    "beta1": Bounds(0.0, 1.0),
    "beta2": Bounds(0.0, 1.0),
    "decay": Bounds(0.0, 1.0),
    "epsilon": Bounds(TINY),  # what divides a gradient of 0
    "weight_decay": Bounds(0.0),
    "shrink": Bounds(TINY, 1.0),
    "grow": Bounds(1.0),
    "smallest": Bounds(TINY),
    "largest": Bounds(TINY),
}


class OptimizerRow(NamedTuple):
    """An optimizer's numbers, memory and rule."""

    numbers: type[Optimizer]
    slots: tuple[str, ...]  # its memory: vectors of the layout of the parameters, 0 at first
    update: Callable[..., tuple[Array, ...]]  # (p, g, slots, t, *numbers, xp) → (p, *slots)
    formula: str
    source: str
    weights_only: tuple[str, ...] = ()  # numbers that count as 0 for biases, gains and shifts


def sgd(p: Array, g: Array, slots: Slots, t: int, learning_rate: float, xp: Any = np) -> Slots:
    """p ← p − η g."""
    return (p - learning_rate * g,)


def momentum(
    p: Array, g: Array, slots: Slots, t: int, learning_rate: float, momentum: float, xp: Any = np
) -> Slots:
    """v ← μ v − η g,  p ← p + v: a change of rate acts on new gradients only."""
    v = momentum * slots[0] - learning_rate * g
    return p + v, v


def nesterov(
    p: Array, g: Array, slots: Slots, t: int, learning_rate: float, momentum: float, xp: Any = np
) -> Slots:
    """v ← μ v − η g,  p ← p + μ v − η g: p stands where the next v will carry it.

    Nesterov's method takes the gradient at the point looked at; here p itself is that point.
    """
    v = momentum * slots[0] - learning_rate * g
    return p + momentum * v - learning_rate * g, v


def adagrad(
    p: Array, g: Array, slots: Slots, t: int, learning_rate: float, epsilon: float, xp: Any = np
) -> Slots:
    """s ← s + g²,  p ← p − η g / (√s + ε)."""
    s = slots[0] + g * g
    return p - learning_rate * (g / (xp.sqrt(s) + epsilon)), s


def rmsprop(
    p: Array,
    g: Array,
    slots: Slots,
    t: int,
    learning_rate: float,
    decay: float,
    epsilon: float,
    xp: Any = np,
) -> Slots:
    """s ← ρ s + (1 − ρ) g²,  p ← p − η g / (√s + ε)."""
    s = decay * slots[0] + (1 - decay) * (g * g)
    return p - learning_rate * (g / (xp.sqrt(s) + epsilon)), s


def adam(
    p: Array,
    g: Array,
    slots: Slots,
    t: int,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    xp: Any = np,
) -> Slots:
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← p − η m̂ / (√v̂ + ε).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start from 0; t counts steps from 1.
    """
    m = beta1 * slots[0] + (1 - beta1) * g
    v = beta2 * slots[1] + (1 - beta2) * (g * g)
    rate = learning_rate / (1 - beta1**t)
    root = (1 - beta2**t) ** 0.5
    return p - rate * (m / (xp.sqrt(v) / root + epsilon)), m, v


def adamw(
    p: Array,
    g: Array,
    slots: Slots,
    t: int,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float,
    xp: Any = np,
) -> Slots:
    """p ← p − η λ p − η m̂ / (√v̂ + ε): Adam's step from the decayed p."""
    decayed = p - learning_rate * weight_decay * p
    return adam(decayed, g, slots, t, learning_rate, beta1, beta2, epsilon, xp)


def rprop(
    p: Array,
    g: Array,
    slots: Slots,
    t: int,
    learning_rate: float,
    shrink: float,
    grow: float,
    smallest: float,
    largest: float,
    xp: Any = np,
) -> Slots:
    """p ← p − sign(g) size, where size grows while the sign of g stays, and shrinks when it turns.

    After a turn g counts as 0 once: that parameter waits, and its size stays for the step after.
    """
    previous, size = slots
    if t == 1:
        size = 0.0 * size + learning_rate
    # Signs are compared, not multiplied: a product of gradients may be too small or too large.
    kept = ((g > 0) & (previous > 0)) | ((g < 0) & (previous < 0))
    turned = ((g > 0) & (previous < 0)) | ((g < 0) & (previous > 0))
    size = xp.where(kept, size * grow, xp.where(turned, size * shrink, size))
    size = xp.where(size < smallest, smallest, xp.where(size > largest, largest, size))
    g = xp.where(turned, 0.0, g)
    return p - xp.where(g > 0, size, xp.where(g < 0, -size, 0.0)), g, size


OPTIMIZERS = {
    "sgd": OptimizerRow(SGD, (), sgd, "p ← p − η g", "Robbins and Monro 1951"),
    "momentum": OptimizerRow(
        Momentum, ("velocity",), momentum, "v ← μ v − η g,  p ← p + v", "Polyak 1964"
    ),
    "nesterov": OptimizerRow(
        Nesterov,
        ("velocity",),
        nesterov,
        "v ← μ v − η g,  p ← p + μ v − η g",
        "Nesterov 1983; Sutskever et al. 2013",
    ),
    "adagrad": OptimizerRow(
        AdaGrad, ("square",), adagrad, "s ← s + g²,  p ← p − η g / (√s + ε)", "Duchi et al. 2011"
    ),
    "rmsprop": OptimizerRow(
        RMSprop,
        ("square",),
        rmsprop,
        "s ← ρ s + (1 − ρ) g²,  p ← p − η g / (√s + ε)",
        "Tieleman and Hinton 2012, lecture 6.5",
    ),
    "adam": OptimizerRow(
        Adam, ("mean", "square"), adam, "p ← p − η m̂ / (√v̂ + ε)", "Kingma and Ba 2015, algorithm 1"
    ),
    "adamw": OptimizerRow(
        AdamW,
        ("mean", "square"),
        adamw,
        "p ← p − η λ p − η m̂ / (√v̂ + ε)",
        "Loshchilov and Hutter 2019, algorithm 2",
        weights_only=("weight_decay",),
    ),
    "rprop": OptimizerRow(
        Rprop,
        ("previous", "size"),
        rprop,
        "p ← p − sign(g) size;  size grows or shrinks",
        "Riedmiller and Braun 1993; Igel and Hüsken 2000",
    ),
}


def numbers_of(optimizer: Optimizer) -> Iterator[tuple[str, Any, Bounds]]:
    """Yield each number, those of schedules too, by its full name with its bounds, unchecked."""
    for item in fields(optimizer):
        name = f"{type(optimizer).__name__}.{item.name}"
        yield from schedules.numbers_of(name, getattr(optimizer, item.name), BOUNDS[item.name])
