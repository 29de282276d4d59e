"""Random recipes, as Hypothesis draws them: each number anywhere within its bounds."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from pellucid.arrays import PRECISIONS
from pellucid.equations import optimizers, schedules, solvers
from pellucid.equations.augmenting import Augment
from pellucid.equations.losses import LOSSES
from pellucid.equations.metrics import METRICS
from pellucid.equations.optimizers import OPTIMIZERS, AdamW
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.schedules import SCHEDULES, Bounds, Linear, OneCycle
from pellucid.equations.solvers import SOLVERS
from pellucid.plan.recipe import Recipe

MOST = 10**6

# For each field something that is not its default.
OTHERS = {
    "loss": "huber:1.5",
    "optimizer": AdamW(OneCycle(0.1), weight_decay=Linear(0.1)),
    "batch_size": "all",
    "epochs": 3,
    "steps": 70,
    "seconds": 1.5,
    "target_cost": -0.25,
    "patience": 4,
    "min_delta": 0.001,
    "rises": 2,
    "give_up": 5,
    "monitor": "f1",
    "metrics": ("roc_auc", "my_own"),
    "l2": 0.1,
    "l2_divisor": "dataset",
    "l1": 0.2,
    "l1_divisor": "batch",
    "max_norm": (2.0, 0.0),
    "clip_value": 0.5,
    "clip_norm": 5.0,
    "label_smoothing": 0.1,
    "dropout": (0.2, 0.5),
    "input_dropout": 0.1,
    "noise": 0.3,
    "input_noise": 0.05,
    "augment": Augment((1, 2), shift=0.5, elastic=(4.0, 34.0), flip=True),
    "average": 0.999,
    "frozen": (1, 2),
    "rate_factors": {1: 0.1},
    "precision": "float64",
    "seed": 2**64 - 1,
    "starts": 5,
}

share = st.floats(0, 0.99)
number = st.floats(0, MOST)
positive = st.floats(1e-6, MOST)
count = st.integers(1, MOST)


def within(bounds: Bounds) -> st.SearchStrategy[Any]:
    """Draw a number that is allowed."""
    if bounds.whole:
        return st.integers(int(bounds.least), MOST)
    most = min(bounds.below, MOST)
    return st.floats(bounds.least, most, exclude_max=most == bounds.below)


def schedules_within(bounds: Bounds, depth: int = 2) -> st.SearchStrategy[Any]:
    """Draw any schedule, one inside another too, whose values are all allowed."""
    return st.one_of(*(_schedule(row.numbers, bounds, depth) for row in SCHEDULES.values()))


def methods() -> st.SearchStrategy[Any]:
    """Draw any optimizer, its numbers on schedules or not, or any solver."""
    return st.one_of(
        *(
            _made(row.numbers, lambda name: _number_or_schedule(optimizers.BOUNDS[name]))
            for row in OPTIMIZERS.values()
        ),
        *(
            _made(row.numbers, lambda name: within(solvers.BOUNDS[name]))
            for row in SOLVERS.values()
        ),
    )


def augments() -> st.SearchStrategy[Augment]:
    """Draw how small pictures are distorted."""
    sides = st.tuples(st.integers(1, 9), st.integers(1, 9))
    return st.builds(
        Augment,
        sides | sides.map(lambda s: (*s, 3)),
        shift=share,
        rotate=share,
        shear=share,
        scale=st.floats(0, 0.9),
        elastic=st.none() | st.tuples(st.floats(0.1, 9), number),
        noise=share,
        flip=st.booleans(),
        crop=st.integers(0, 1),
        fill=st.sampled_from(["paper", "edge"]),
        maximum=st.none() | positive,
    )


def recipes() -> st.SearchStrategy[Recipe]:
    """Draw a recipe, whether a network fits it or not."""
    by_layer = st.lists(share, max_size=3).map(tuple)
    names = st.lists(st.sampled_from([*METRICS, "my_own"]), unique=True, max_size=3).map(tuple)
    return st.builds(
        Recipe,
        loss=st.sampled_from([*LOSSES, "huber:1.5", "quantile:0.1,0.5,0.9"]),
        optimizer=methods(),
        batch_size=count | st.just("all"),
        epochs=count,
        steps=st.none() | count,
        seconds=st.none() | positive,
        target_cost=st.none() | st.floats(-MOST, MOST),
        patience=st.none() | count,
        min_delta=number,
        rises=st.none() | count,
        give_up=st.none() | count,
        monitor=st.sampled_from(["cost", "f1", "my_own"]),
        metrics=names,
        l2=number,
        l2_divisor=st.sampled_from(sorted(DIVISORS)),
        l1=number,
        l1_divisor=st.sampled_from(sorted(DIVISORS)),
        max_norm=st.none() | positive | by_layer,
        clip_value=st.none() | positive,
        clip_norm=st.none() | positive,
        label_smoothing=share,
        dropout=share | by_layer,
        input_dropout=share,
        noise=number | by_layer,
        input_noise=number,
        augment=st.none() | augments(),
        average=st.none() | st.floats(0.1, 0.999),
        frozen=st.lists(count, max_size=3).map(tuple),
        rate_factors=st.dictionaries(count, number, max_size=3),
        precision=st.sampled_from(PRECISIONS),
        seed=st.integers(0, 2**64 - 1),
        starts=count,
    )


def _number_or_schedule(bounds: Bounds) -> st.SearchStrategy[Any]:
    return within(bounds) | schedules_within(bounds)


def _made(kind: type[Any], of: Callable[[str], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{item.name: of(item.name) for item in fields(kind)})


def _schedule(kind: type[Any], bounds: Bounds, depth: int) -> st.SearchStrategy[Any]:
    named: dict[str, st.SearchStrategy[Any]] = {}
    for item in fields(kind):
        if item.name == "then":
            inner = schedules_within(bounds, depth - 1) if depth else st.nothing()
            named["then"] = within(bounds) | inner
        elif item.name not in ("steps", "epochs"):
            own = within(schedules.BOUNDS.get(item.name, bounds))
            named[item.name] = st.none() | own if item.default is None else own
    if "steps" not in {item.name for item in fields(kind)}:
        return st.builds(kind, **named)
    return st.one_of(  # a length in steps, in epochs, or by default
        st.builds(kind, **named, steps=st.none() | count),
        st.builds(kind, **named, epochs=st.none() | positive),
    )
