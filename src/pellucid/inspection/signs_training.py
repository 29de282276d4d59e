"""Signs of how a network was trained: the length of steps, the course of costs, what it learnt."""

from collections.abc import Iterator

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.inspection.signs_case import HALF, LEARNT, MASTERED, Case, Judged, Past, Sign
from pellucid.inspection.signs_network import dead_units, saturated_units
from pellucid.network.passes import forward, scale_inputs, views
from pellucid.network.segments import buffer_segments
from pellucid.plan.plan import Plan, optimizer_numbers

REPEATS = 20  # steps down the same gradient, whose mean is a step that momentum carries
FACTORS = 4.0 ** np.arange(16)  # how many such steps at once
GAIN = 0.1  # by which share of a constant's cost a longer step has to lower it
ALTOGETHER, WHOLE = 1.5, 1.0  # size of a step beside the weights; where not all is learnt
# Units that a rate may kill, from which share of a layer on.
LOST = (("dead units", dead_units, 0.7), ("saturated units", saturated_units, 0.85))
BOUNCE = 1.05  # cost of an epoch beside that of a constant, from which it is thrown about
ERRORS = 3.0  # standard errors that a gap has to be wide
SLOW = 3.0  # while a run goes on, which may find a quicker way, so many times the limit
JUDGES = 20  # validation examples; fewer say little


def rate_too_high(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a run whose steps throw the weights about."""
    past = case.past
    if past is None or past.plan.is_solver:
        return
    rate = "" if np.isnan(past.rate) else f", at a learning rate of {past.rate:g}"
    first, lost = max(past.first.values(), default=0.0), list(_lost(case))
    if past.reason == "diverged":
        yield Sign("the run", np.inf, f"the cost or a weight became infinite{rate}")
    elif first > _altogether(case):
        yield Sign("the run", first, f"a step is {first:.3g} times as large as first weights{rate}")
    elif lost:
        yield Sign("the run", lost[0].number, f"at first it was not so: {lost[0].evidence}{rate}")
    elif case.learnt < HALF and len(past.costs) > 2:
        yield from _restless(np.array(past.costs) / case.data.constant, case.learnt, limit, rate)


def born_with(case: Case) -> tuple[str, ...]:
    """Return which of the faults of units first weights show, half as much being enough."""
    return tuple(fault for fault, look, limit in LOST if list(look(case, limit / 2)))


def _lost(case: Case) -> Iterator[Sign]:
    """Layers whose units are no longer any good, with little learnt for it."""
    known = None if case.past is None else case.past.born_with
    if known is None or case.fresh or case.learnt >= HALF:
        return
    for fault, look, limit in LOST:
        if fault not in known:
            yield from look(case, limit)


def _altogether(case: Case) -> float:
    """How large a step has to be beside the weights to be too large."""
    return ALTOGETHER if case.learnt >= MASTERED else WHOLE


def _restless(shares: Array, learnt: float, limit: float, rate: str) -> Iterator[Sign]:
    """The costs of epochs, as shares of that of a constant prediction, as they come and go."""
    rises = np.maximum(np.diff(shares)[1:], 0.0)
    late, jump = float(shares[len(shares) // 2 :].mean()), float(rises.max())
    if late > BOUNCE and learnt < LEARNT and (rises > 0).mean() > 0.2:
        yield Sign(
            "the run",
            late,
            f"the later epochs cost {late:.2f} times what a constant prediction costs, and the "
            f"cost rose in {int((rises > 0).sum())} of {len(rises)} epochs{rate}",
        )
    elif jump > limit:
        yield Sign(
            "the run",
            jump,
            f"from one epoch to the next the cost rose by {jump:.2f} times what a constant "
            f"prediction costs{rate}",
        )


def rate_too_low(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a run whose steps are too short to get anywhere."""
    past = case.past
    if past is None or past.plan.is_solver or past.steps < 1 or case.learnt >= LEARNT:
        return
    factor, cost = reach(case, past)
    if factor > past.steps * (limit if past.reason else SLOW * limit):
        yield Sign(
            "the run",
            factor / past.steps,
            f"1 − cost / cost of a constant is {case.learnt:.3f}; {factor:.3g} steps in the "
            f"present direction would lower the cost from {case.trace.cost:.4g} to {cost:.4g}; the "
            f"whole run has {past.steps}",
        )


def small_updates(case: Case, limit: float) -> Iterator[Sign]:
    """Yield the layer that a step moves least, where there is something to learn."""
    past = case.past
    if past is None or not past.moved or case.learnt >= LEARNT:
        return
    smallest = min(past.moved, key=lambda l: past.moved[l])
    if past.moved[smallest] < limit and reach(case, past)[0] > 1:
        yield Sign(
            f"layer {smallest}",
            past.moved[smallest],
            f"a step changes the weights of layer {smallest} by {past.moved[smallest]:.2g} of "
            "their size; a thousandth is usual",
        )


def large_updates(case: Case, limit: float) -> Iterator[Sign]:
    """Yield the layer that a single step changes most, where it changes altogether."""
    past = case.past
    if past is None:
        return
    limit = limit if case.learnt >= MASTERED else WHOLE / ALTOGETHER * limit
    for which, ratios in (("first", past.first), ("the", past.moved)):
        largest = max(ratios, key=lambda l: ratios[l], default=0)
        if largest and ratios[largest] > limit:
            yield Sign(
                f"layer {largest}",
                ratios[largest],
                f"a step changes {which} weights of layer {largest} by {ratios[largest]:.3g} times "
                "their size; a thousandth is usual",
                limit,
            )
            return


def overfitting(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a gap between what is known of training and of validation examples."""
    training, validation = case.judged, case.judged_validation
    if validation is None or len(validation.losses) < JUDGES:
        return
    if training.right is not None and validation.right is not None:
        yield from _accuracy_gap(training.right, validation.right, limit)
    else:
        yield from _cost_gap(training, validation, 2.0 * limit)


def _accuracy_gap(training: Array, validation: Array, limit: float) -> Iterator[Sign]:
    gap = float(training.mean() - validation.mean())
    share = float(np.concatenate([training, validation]).mean())
    error = np.sqrt(share * (1 - share) * (1 / len(training) + 1 / len(validation)))
    if gap > limit and gap > ERRORS * error:
        yield Sign(
            "the run",
            gap,
            f"{training.mean():.1%} of the training examples are classified rightly, but "
            f"{validation.mean():.1%} of {len(validation)} validation examples",
        )


def _cost_gap(training: Judged, validation: Judged, limit: float) -> Iterator[Sign]:
    gap = training.learnt - validation.learnt
    n, m = len(training.losses), len(validation.losses)
    spread = np.sqrt(training.losses.var() / n + validation.losses.var() / m)
    wide = validation.losses.mean() - training.losses.mean() > ERRORS * spread
    if gap > limit and wide:
        yield Sign(
            "the run",
            gap,
            f"1 − cost / cost of a constant is {training.learnt:.3f} for training examples, but "
            f"{validation.learnt:.3f} for {m} validation examples",
        )


def reach(case: Case, past: Past) -> tuple[float, float]:
    """Return how many steps at once, in the present direction, lead to the lowest cost.

    Returns
    -------
    factor, cost : float
        0 and the present cost, where even that is not lower by a tenth of a constant's.
    """
    step = step_of(past, case.network.parameters, case.trace.gradient)
    here = case.network.parameters.astype(np.float64)
    costs = np.array([_cost(case, here + factor * step) for factor in FACTORS])
    costs[~np.isfinite(costs)] = np.inf
    best = int(costs.argmin())
    if costs[best] > case.trace.cost - GAIN * case.data.constant_of_probe:
        return 0.0, case.trace.cost
    return float(FACTORS[best]), float(costs[best])


def step_of(past: Past, parameters: Array, gradient: Array, repeats: int = REPEATS) -> Array:
    """Return a step down this gradient, as the run's optimizer does it, (n_parameters,) float64.

    It is the mean of several, each with the gradient of the first, so that momentum is in it. The
    rate is the largest the run has had.
    """
    plan = past.plan
    last = max(0, min(past.steps, plan.total_steps) - 1)
    at, costs = (0 if np.isnan(past.rate) else last), past.costs if plan.follows_costs else ()
    numbers = optimizer_numbers(plan, at, 1, 1.0, costs)[0]
    if not np.isnan(past.rate):
        numbers[0] = past.rate
    row = OPTIMIZERS[plan.optimizer]
    start, g = parameters.astype(np.float64), gradient.astype(np.float64)
    p, slots = start, tuple(np.zeros_like(g) for _ in row.slots)
    for t in range(1, repeats + 1):
        p, *kept = row.update(p, g, slots, t, *numbers.tolist(), np)
        slots = tuple(kept)
    each = [segment.rate_factor * segment.trainable for segment in plan.segments]
    factors = np.repeat(each, [segment.size for segment in plan.segments])
    return factors * (p - start) / repeats


def beside_weights(plan: Plan, change: Array, weights: Array) -> dict[int, float]:
    """Return, for each trained layer, the size of a change of its weights beside theirs.

    Weights count as at least half as large as such of variance 1 / fan-in, so that a beginning
    at 0 is nothing special.
    """
    found = {}
    for l in range(1, plan.architecture.n_layers + 1):
        parts = [s for s in plan.segments if (s.kind, s.layer) == ("weights", l) and s.trainable]
        if parts:
            n, fan_in = sum(s.size for s in parts), sum(s.shape[0] for s in parts)
            moved, size = (
                sum(float((s.view(vector) ** 2).sum()) for s in parts)
                for vector in (change, weights)
            )
            found[l] = float(np.sqrt(moved / max(size, 0.25 * n / fan_in)))
    return found


def _cost(case: Case, parameters: Array) -> float:
    """The cost of the probe with other parameters."""
    trace = case.trace
    architecture = trace.architecture
    A0 = scale_inputs(architecture, trace.X, np.float64)
    held = views(trace.buffers, buffer_segments(architecture))
    with np.errstate(all="ignore"):
        tape = forward(architecture, views(parameters, trace.segments), A0, buffers=held)
        N, Y = tape.N[architecture.n_layers], trace.Y.astype(np.float64)
        return float((case.data.row.value(N, tape.P, Y, np) * trace.shares).sum())


def disturbed(plan: Plan) -> bool:
    """Whether the costs of a run's steps hold more than the loss: penalties, dropout and such."""
    recipe = plan.recipe
    numbers = (
        recipe.l1,
        recipe.l2,
        recipe.label_smoothing,
        recipe.input_dropout,
        recipe.input_noise,
        recipe.augment,
    )
    return any(numbers) or bool(np.any(recipe.dropout)) or bool(np.any(recipe.noise))
