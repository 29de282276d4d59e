"""Optimizers, schedules, constraints and layer normalization against torch's own."""

from dataclasses import fields, replace

import numpy as np
import pytest

from pellucid.equations.constraints import clip_norm_factor, clip_value, max_norm_factors
from pellucid.equations.normalization import EPSILON, layer_norm, layer_norm_backward
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Course,
    Exponential,
    Linear,
    OneCycle,
    Plateau,
    StepDecay,
    WarmUp,
    name_of,
    values,
)

pytestmark = pytest.mark.peers

STEPS = 50


def own_optimizer(torch, name, p, n):
    """torch's optimizer of the same numbers `n`. Momentum is the same while the rate is."""
    of = torch.optim
    rate = n.learning_rate
    return {
        "sgd": lambda: of.SGD([p], rate),
        "momentum": lambda: of.SGD([p], rate, momentum=n.momentum),
        "nesterov": lambda: of.SGD([p], rate, momentum=n.momentum, nesterov=True),
        "adagrad": lambda: of.Adagrad([p], rate, eps=n.epsilon),
        "rmsprop": lambda: of.RMSprop([p], rate, alpha=n.decay, eps=n.epsilon),
        "adam": lambda: of.Adam([p], rate, (n.beta1, n.beta2), n.epsilon),
        "adamw": lambda: of.AdamW([p], rate, (n.beta1, n.beta2), n.epsilon, n.weight_decay),
        "rprop": lambda: of.Rprop([p], rate, (n.shrink, n.grow), (n.smallest, n.largest)),
    }[name]()


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-11), (np.float32, 1e-4)])
@pytest.mark.parametrize("changes", [{}, {"learning_rate": 0.1}], ids=["defaults", "faster"])
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_fifty_steps_are_torchs(torch, name, changes, dtype, tolerance):
    """Gradients that change in size and sign; now and then one is exactly 0."""
    row, draw = OPTIMIZERS[name], np.random.default_rng(1)
    optimizer = replace(row.numbers(), **changes)
    numbers = [getattr(optimizer, item.name) for item in fields(optimizer)]
    p, slots = draw.normal(size=20).astype(dtype), tuple(np.zeros(20, dtype) for _ in row.slots)
    theirs = torch.tensor(p.copy(), requires_grad=True)
    own = own_optimizer(torch, name, theirs, optimizer)
    level = draw.normal(size=20)
    for t in range(1, STEPS + 1):
        g = (level + draw.normal(size=20)) * 10.0 ** draw.uniform(-3, 1, 20)
        g = np.where(draw.random(20) < 0.05, 0.0, g).astype(dtype)
        p, *slots = row.update(p, g, tuple(slots), t, *numbers)
        theirs.grad = torch.tensor(g)
        own.step()
        np.testing.assert_allclose(p, theirs.detach(), rtol=tolerance, atol=tolerance)


def own_schedule(torch, name, optimizer, n, steps):
    """torch's scheduler of the same numbers `n`, each for a rate that begins at its start."""
    of = torch.optim.lr_scheduler
    return {
        "constant": lambda: of.ConstantLR(optimizer, factor=1.0),
        "linear": lambda: of.LinearLR(optimizer, 1.0, n.end / n.start, total_iters=steps),
        "cosine": lambda: of.CosineAnnealingLR(optimizer, steps, eta_min=n.end),
        "exponential": lambda: of.ExponentialLR(optimizer, n.factor),
        "step": lambda: of.StepLR(optimizer, n.steps, n.factor),
        "warm_up": lambda: of.SequentialLR(
            optimizer,
            [
                of.LinearLR(optimizer, 1 / n.steps, 1.0, total_iters=n.steps - 1),
                of.CosineAnnealingLR(optimizer, steps - n.steps, eta_min=n.then.end),
            ],
            milestones=[n.steps],
        ),
        "one_cycle": lambda: of.OneCycleLR(
            optimizer,
            n.peak,
            steps,
            pct_start=n.rise,
            div_factor=n.peak / (n.start or n.peak / 25),
            final_div_factor=(n.start or n.peak / 25) / (n.end or (n.start or n.peak / 25) / 1e4),
        ),
    }[name]()


SCHEDULED = [
    Constant(0.1),
    Linear(0.5, 0.02),
    Cosine(0.3, 0.01),
    Cosine(0.1),
    Exponential(0.2, 0.9, steps=1),
    StepDecay(0.7, 0.3, steps=7),
    WarmUp(Cosine(0.4, 0.01), steps=8),
    OneCycle(0.6),
    OneCycle(0.6, start=0.1, end=0.05, rise=0.45),
]


def test_every_schedule_is_compared_where_torch_has_it():
    """Not inverse_time, and plateau below."""
    assert {name_of(s) for s in SCHEDULED} == set(SCHEDULES) - {"inverse_time", "plateau"}


@pytest.mark.parametrize("steps", [10, 30, 47])
@pytest.mark.parametrize("schedule", SCHEDULED, ids=repr)
def test_schedules_are_torchs(torch, schedule, steps):
    name = name_of(schedule)
    course = Course(steps, 10)
    ours = values(schedule, np.arange(float(steps)), course)
    base = getattr(schedule, "start", None) or 0.1
    base = schedule.then.start if name == "warm_up" else base
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], base)
    scheduler, found = own_schedule(torch, name, optimizer, schedule, steps), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(found) < steps:
            scheduler.step()
    np.testing.assert_allclose(ours, found, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("min_delta", [0.0, 0.05])
@pytest.mark.parametrize("patience", [1, 2, 5])
def test_plateau_is_torchs_with_one_epoch_less_of_patience(torch, patience, min_delta, seed):
    """torch waits for one bad epoch more than its patience."""
    schedule = Plateau(0.5, 0.3, patience, min_delta, smallest=1e-3)
    draw = np.random.default_rng(seed)
    costs = np.maximum(2 - 0.1 * np.arange(60), 0.5) + 0.1 * draw.normal(size=60)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.5)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=0.3,
        patience=patience - 1,
        threshold=min_delta,
        threshold_mode="abs",
        min_lr=1e-3,
        eps=0,
    )
    for epoch in range(60):
        ours = values(schedule, np.zeros(1), Course(600, 10, tuple(costs[:epoch])))
        assert ours[0] == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        scheduler.step(costs[epoch])
    assert ours[0] < 0.5


def test_layer_norm_is_torchs(torch):
    """Value and the derivatives by sums, gain and shift; also on torch's own tensors."""
    draw = np.random.default_rng(2)
    Z, dN, (gain, shift) = (
        draw.normal(1, 3, (7, 5)),
        draw.normal(size=(7, 5)),
        draw.normal(size=(2, 5)),
    )
    leaves = [torch.tensor(array, requires_grad=True) for array in (Z, gain, shift)]
    theirs = torch.nn.functional.layer_norm(leaves[0], (5,), *leaves[1:], eps=EPSILON)
    (theirs * torch.tensor(dN)).sum().backward()
    for xp, of in ((np, np.array), (torch, torch.tensor)):
        N, Z_hat, mean, variance = layer_norm(of(Z), of(gain), of(shift), xp)
        found = layer_norm_backward(of(dN), Z_hat, variance, of(gain), xp)
        assert tuple(mean.shape) == tuple(variance.shape) == (7, 1)
        np.testing.assert_allclose(N, theirs.detach(), rtol=1e-12, atol=1e-14)
        for ours, leaf in zip(found, leaves, strict=True):
            np.testing.assert_allclose(ours, leaf.grad, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("limit", [0.5, 2.0, 100.0])
def test_constraints_are_torchs(torch, limit):
    """torch divides by the norm + 1e-6 or 1e-7; ours also on torch's own tensors."""
    W = np.random.default_rng(3).normal(size=(6, 4))
    W[:, 1] = 0
    leaf = torch.zeros(6, 4, requires_grad=True)
    leaf.grad = torch.tensor(W)
    torch.nn.utils.clip_grad_value_([leaf], limit)
    np.testing.assert_array_equal(clip_value(W, limit), leaf.grad)
    np.testing.assert_array_equal(clip_value(torch.tensor(W), limit, torch), leaf.grad)
    leaf.grad = torch.tensor(W)
    norm = float(torch.nn.utils.clip_grad_norm_([leaf], limit))
    np.testing.assert_allclose(W * clip_norm_factor(norm, limit), leaf.grad, rtol=1e-5)
    shorter = torch.renorm(torch.tensor(W), 2, 1, limit)
    np.testing.assert_allclose(W * max_norm_factors([W], limit), shorter, rtol=1e-5)
    on_torch = max_norm_factors([torch.tensor(W)], limit, torch)
    np.testing.assert_allclose(on_torch, max_norm_factors([W], limit), rtol=1e-14)
