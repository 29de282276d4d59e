"""The reference engine's update: from the gradient of a batch to new parameters, in its order.

Penalties join the gradient; then it is clipped, the optimizer takes its step, long vectors of
weights are cut to their limit, and the average follows.
"""

import math

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.average import average
from pellucid.equations.constraints import clip_norm_factor, clip_value, max_norm_factors
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import DIVISORS, PENALTIES
from pellucid.plan.plan import Plan


def add_penalties(plan: Plan, parameters: Array, gradient: Array, weight: float) -> float:
    """Add the penalties' derivatives to `gradient` and return their values' sum.

    `weight` is Σ w of the batch.
    """
    recipe, total = plan.recipe, 0.0
    for name, strength, divisor in (
        ("l2", recipe.l2, recipe.l2_divisor),
        ("l1", recipe.l1, recipe.l1_divisor),
    ):
        if strength == 0.0 or weight == 0.0:
            continue
        factor, row = strength / DIVISORS[divisor](weight, plan.n_examples), PENALTIES[name]
        for segment in plan.segments:
            if segment.penalised:
                W = segment.view(parameters)
                total += factor * float(row.value(W, np))
                segment.view(gradient)[...] += factor * row.gradient(W, np)
    return total


def update(
    plan: Plan, parameters: Array, gradient: Array, slots: Array, t: int, numbers: Array
) -> None:
    """Do step `t`, counted from 1, with the optimizer's `numbers`; changes what it is given.

    Parameters
    ----------
    parameters, gradient : (n_parameters,)
    slots : (n_slots, n_parameters)
    """
    _clip(plan, gradient)
    _optimize(plan, parameters, gradient, slots, t, numbers)
    _limit_norms(plan, parameters)
    if plan.recipe.average is not None:
        slots[-1] = average(slots[-1], parameters, t, plan.recipe.average)


def _clip(plan: Plan, gradient: Array) -> None:
    recipe = plan.recipe
    parts = [gradient[begin:end] for begin, end, *_ in plan.ranges()]
    if recipe.clip_value is not None:
        for part in parts:
            part[...] = clip_value(part, recipe.clip_value, np)
    if recipe.clip_norm is not None:
        square = sum(float((part.astype(np.float64) ** 2).sum()) for part in parts)
        for part in parts:
            part *= clip_norm_factor(math.sqrt(square), recipe.clip_norm)


def _optimize(
    plan: Plan, parameters: Array, gradient: Array, slots: Array, t: int, numbers: Array
) -> None:
    row = OPTIMIZERS[plan.optimizer]
    names = list(row.numbers.__dataclass_fields__)
    for begin, end, factor, penalised in plan.ranges():
        own = dict(zip(names, numbers.tolist(), strict=True))
        own["learning_rate"] *= factor
        if not penalised:
            own |= dict.fromkeys(row.weights_only, 0.0)
        part = slice(begin, end)
        memory = slots[: len(row.slots), part]
        p, *changed = row.update(parameters[part], gradient[part], tuple(memory), t, *own.values())
        parameters[part] = p
        for slot, new in zip(memory, changed, strict=True):
            slot[...] = new


def _limit_norms(plan: Plan, parameters: Array) -> None:
    """Cut the weights into each neuron, of all its connections together, to the layer's limit."""
    for l in range(1, plan.architecture.n_layers + 1):
        into = [s for s in plan.segments if s.layer == l and s.norm_limit > 0 and s.trainable]
        if into:
            Ws = [segment.view(parameters) for segment in into]
            factors = max_norm_factors(Ws, into[0].norm_limit, np)
            for W in Ws:
                W *= factors
