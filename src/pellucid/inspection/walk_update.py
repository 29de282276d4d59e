"""The end of a walk: derivatives by weights and biases, the step, and the mean over the batch."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.engines.updating import add_penalties, update
from pellucid.equations.optimizers import OPTIMIZERS, SGD
from pellucid.inspection.expressions import number, put_in, total
from pellucid.inspection.lines import Line, Section, says, together
from pellucid.inspection.scene import DEEP, Scene, largest
from pellucid.inspection.traced import Trace
from pellucid.network.segments import Segment
from pellucid.plan.plan import Plan, optimizer_numbers

DISTURBING = ("dropout", "input_dropout", "noise", "input_noise")
# What optimizers with a memory begin with.
FIRST = {
    "momentum": "v was 0",
    "nesterov": "v was 0",
    "adagrad": "s was 0",
    "rmsprop": "s was 0",
    "adam": "m̂ = g and v̂ = g²",
    "adamw": "m̂ = g and v̂ = g²",
    "rprop": "the size is η",
}
NAMES = {"weights": "W", "bias": "b"}  # kinds of segments that notations have symbols for


class Place(NamedTuple):
    """A parameter that is shown: its segment, its place in the flat vector, the sum it is of."""

    segment: Segment
    where: int
    s: int

    @property
    def origin(self) -> int:
        """The unit that a weight comes from."""
        return (self.where - self.segment.offset) // self.segment.shape[1]


class Step(NamedTuple):
    """What an update does to the parameters that are shown."""

    gradient: dict[int, float]  # by place in the flat vector; penalties included
    before: dict[int, float]
    after: dict[int, float]


def update_section(scene: Scene, plan: Plan) -> Section:
    """Derivatives of this example's loss, and the step that it alone would make."""
    places = list(_shown(scene, plan))
    step = _step(plan, scene.trace, places)
    lines = [together(_derivative(scene, at), *_changes(scene, plan, step, at)) for at in places]
    if plan.is_solver:
        about = f"{plan.optimizer} chooses its steps itself, from the cost of all examples"
        return Section("Weights and biases", tuple(lines), about=about)
    rule = put_in(OPTIMIZERS[plan.optimizer].formula, {"p": scene.notation.symbols["W"]})
    about = "One step by this example alone: " + _about(plan)
    return Section("Weights and biases", tuple(lines), rule=rule, about=about)


def batch_section(scene: Scene, plan: Plan, batch: Trace) -> Section:
    """The cost over the batch, the mean of some derivatives, and the step that is really made."""
    if len(batch.losses) == 1:
        return Section("The batch: 1 example", (), about="Its means are what is above")
    places = _told(scene, plan)
    step = _step(plan, batch, places)
    lines = [_mean(scene, "C", batch.losses, batch)]
    for at in places:
        mean = _mean(scene, f"∂C/∂{_name(scene, at)}", _of_each(batch, at), batch)
        lines.append(together(mean, *_changes(scene, plan, step, at)))
    n = len(batch.losses)
    weighted = "weighted mean" if np.ptp(batch.shares) > 0 else "mean"
    title = f"The batch: {n} examples"
    about = f"Now C is the {weighted} over the batch, and so is each derivative"
    return Section(title, tuple(lines), about=about)


def _shown(scene: Scene, plan: Plan) -> Iterator[Place]:
    """Weights, bias, gain and shift of the sums that are shown, from the output back.

    Where a deep network is shortened, biases of hidden layers are left out: theirs is δ again.
    """
    L = scene.architecture.n_layers
    for l in range(L, 0, -1):
        short = scene.brief and L > DEEP and l < L
        segments = [
            segment
            for segment in plan.segments
            if segment.layer == l and not (short and segment.kind == "bias")
        ]
        for s in scene.shown[l]:
            for segment in segments:
                yield from _of_sum(scene, segment, s)


def _of_sum(scene: Scene, segment: Segment, s: int) -> Iterator[Place]:
    if segment.source is not None:
        for origin in scene.weights_shown(segment.layer, segment.source, s):
            yield Place(segment, segment.offset + origin * segment.shape[1] + s, s)
    elif segment.size == scene.layer(segment.layer).sums:
        yield Place(segment, segment.offset + s, s)
    elif s == scene.shown[segment.layer][0]:  # one bias for the whole layer
        yield Place(segment, segment.offset, s)


def _told(scene: Scene, plan: Plan) -> list[Place]:
    """What the batch's mean is told of: all that is shown, or of each layer the largest weight."""
    places = list(_shown(scene, plan))
    if not scene.brief:
        return places
    by_layer: dict[int, list[Place]] = {}
    for at in places:
        if at.segment.kind == "weights":
            by_layer.setdefault(at.segment.layer, []).append(at)
    return [max(some, key=lambda at: abs(_gradient(scene.trace, at))) for some in by_layer.values()]


def _name(scene: Scene, at: Place) -> str:
    l = at.segment.layer
    if at.segment.source is not None:
        skips = scene.skips(l)
        return scene.notation.weight(l, at.segment.source, at.origin, at.s, skips=skips)
    if at.segment.kind == "bias":
        return scene.bias_name(l, at.s)
    return f"{at.segment.kind} of {scene.notation.unit('Z', l, at.s)}"


def _derivative(scene: Scene, at: Place) -> Line:
    """∂C/∂w = δ a and ∂C/∂b = δ, of this example."""
    trace, notation, segment, l = scene.trace, scene.notation, at.segment, at.segment.layer
    value = _gradient(trace, at)
    name, result = f"∂C/∂{_name(scene, at)}", scene.n(value)
    delta = notation.unit("delta", l, at.s)
    if segment.source is not None:
        a = trace.A[segment.source][0, at.origin]
        formula = f"{delta} {notation.unit('A', segment.source, at.origin)}"
        numbers = f"{scene.f(trace.dZ[l][0, at.s])}·{scene.f(a)}"
        return says(name, formula, numbers, result, value=value)
    if segment.kind == "bias":
        every = f"Σ_{{{notation.letter(l)}}} {notation.every('delta', l)}"
        formula = delta if segment.size == trace.dZ[l].shape[1] else every
        return says(name, formula, result, value=value)
    if segment.kind == "shift":
        return says(name, "∂C/∂n", result, value=value)
    numbers = f"{scene.f(trace.dN[l][0, at.s])}·{scene.f(trace.Z_hat(l)[0, at.s])}"
    return says(name, "∂C/∂n ẑ", numbers, result, value=value)


def _gradient(trace: Trace, at: Place) -> float:
    return float(_of_each(trace, at) @ trace.shares)


def _changes(scene: Scene, plan: Plan, step: Step, at: Place) -> list[Line]:
    """Δw and the new weight, with their numbers where there is room."""
    if plan.is_solver:
        return []
    kind = at.segment.kind
    symbol = scene.notation.symbols[NAMES[kind]] if kind in NAMES else kind
    before, after, g = (held[at.where] for held in (step.before, step.after, step.gradient))
    lines = []
    if at.segment.penalised and (plan.recipe.l1 or plan.recipe.l2):
        added = [f"λ {symbol}"] * bool(plan.recipe.l2) + [f"λ₁ sign {symbol}"] * bool(
            plan.recipe.l1
        )
        formula = " + ".join([f"∂C/∂{symbol}", *added])
        lines.append(says("g", formula, scene.n(g), value=g))
    change, shown = after - before, []
    if _is_plain(plan) and at.segment.trainable:
        rate = _rate(plan) * at.segment.rate_factor
        change = -rate * g  # of which the sum may have lost digits
        if not scene.brief:
            formula = "−η g" if lines else f"−η ∂C/∂{symbol}"
            shown = [formula, f"−{scene.n(rate)}·{scene.f(g)}"]
    remark = "" if at.segment.trainable else "frozen"
    lines.append(says(f"Δ{symbol}", *shown, scene.n(change), value=change, remark=remark))
    shown = [] if scene.brief else [total([scene.n(before), scene.n(change)])]
    return [*lines, says(f"new {symbol}", *shown, scene.n(after), value=after)]


def _step(plan: Plan, trace: Trace, places: list[Place]) -> Step:
    """Do the first step of `plan` as the reference engine does, for the parameters shown.

    Only clipping and limits of norms look at other parameters too.
    """
    recipe = plan.recipe
    if recipe.clip_norm is None and recipe.max_norm is None:
        small = tuple(replace(at.segment, offset=i, shape=(1,)) for i, at in enumerate(places))
        index = np.array([at.where for at in places], int)
        before = trace.parameters[index]
        gradient = np.array([_gradient(trace, at) for at in places])
        plan = replace(plan, segments=small)
        where = {at.where: i for i, at in enumerate(places)}
    else:
        before, gradient = trace.parameters, trace.gradient.copy()
        where = {at.where: at.where for at in places}
    add_penalties(plan, before, gradient, trace.weight)
    after = before.copy()
    if not plan.is_solver and plan.ranges():
        slots = np.zeros((plan.n_slots, len(before)))
        update(plan, after, gradient.copy(), slots, 1, optimizer_numbers(plan, 0, 1, 1.0)[0])
    found = ({k: float(held[i]) for k, i in where.items()} for held in (gradient, before, after))
    return Step(*found)


def _about(plan: Plan) -> str:
    """What makes the step, in words: the optimizer, what it remembers, what limits it."""
    recipe = plan.recipe
    said = [f"{plan.optimizer}, learning rate η = {number(_rate(plan))}"]
    if not isinstance(getattr(recipe.optimizer, "learning_rate", 0), float | int):
        said.append("which is its schedule's first")
    if plan.optimizer in FIRST:
        said.append(f"first step, so {FIRST[plan.optimizer]}")
    if recipe.clip_value is not None:
        said.append(f"g no further from 0 than {recipe.clip_value:g}")
    if recipe.clip_norm is not None:
        said.append(f"all g together cut to length {recipe.clip_norm:g}")
    if recipe.max_norm is not None:
        said.append("weights into a unit cut to their limit")
    if recipe.label_smoothing:
        said.append(f"targets smoothed by {recipe.label_smoothing:g}")
    if any(np.any(getattr(recipe, name)) for name in DISTURBING):
        said.append("dropout and noise left out")
    if recipe.augment is not None:
        said.append("the picture as it is, not distorted")
    return ", ".join(said)


def _is_plain(plan: Plan) -> bool:
    """Whether the step is −η times the gradient and nothing else."""
    recipe = plan.recipe
    alone = recipe.clip_value is None and recipe.clip_norm is None and recipe.max_norm is None
    return type(recipe.optimizer) is SGD and alone


def _rate(plan: Plan) -> float:
    """The learning rate of a run's first step."""
    return float(optimizer_numbers(plan, 0, 1, 1.0)[0, 0])


def _mean(scene: Scene, name: str, each: Array, batch: Trace) -> Line:
    """A mean over the batch: the largest parts, the sum of the rest, divided."""
    shares, n = batch.shares, len(each)
    parts, value = each * shares, float((each * shares).sum())
    some, even = largest(parts, scene.terms, all_up_to=scene.terms), np.ptp(shares) == 0
    if even:
        terms = [scene.n(each[i]) for i in some]
        rest = float(np.delete(each, some).sum())
    else:
        terms = [f"{scene.f(shares[i])}·{scene.f(each[i])}" for i in some]
        rest = float(np.delete(parts, some).sum())
    if len(some) < n:
        terms = [f"{term} [{i}]" for term, i in zip(terms, some, strict=True)]
        terms.append(f"{scene.n(rest)} [{n - len(some)} more]")
    numbers = f"({total(terms)})/{n}" if even and n > 1 else total(terms)
    return says(name, numbers, scene.n(value), value=value)


def _of_each(batch: Trace, at: Place) -> Array:
    """The derivative of each example's own loss by one parameter, (n,)."""
    segment, l = at.segment, at.segment.layer
    if segment.source is not None:
        found: Array = batch.A[segment.source][:, at.origin] * batch.delta[l][:, at.s]
        return found
    if segment.kind == "bias":
        delta = batch.delta[l]
        return delta[:, at.s] if segment.size == delta.shape[1] else delta.sum(axis=1)
    dN = batch.delta_N[l][:, at.s]
    return dN if segment.kind == "shift" else dN * batch.Z_hat(l)[:, at.s]
