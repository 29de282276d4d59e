"""Each check by itself: what it lets pass, and what it says of the rest."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.equations import optimizers, schedules, solvers
from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Momentum, Rprop
from pellucid.equations.schedules import (
    SCHEDULES,
    TINY,
    Constant,
    Cosine,
    Exponential,
    Linear,
    OneCycle,
    Plateau,
    WarmUp,
)
from pellucid.equations.solvers import LBFGS, SOLVERS, LevenbergMarquardt
from pellucid.errors import RecipeError
from pellucid.plan.checks import (
    METHODS,
    check_choice,
    check_method,
    check_number,
    check_share,
    check_whole,
    numbers_by_layer,
)
from tests.plan.strategies import methods

INF, NAN = float("inf"), float("nan")
NO_NUMBERS = [None, "1", [1.0], {}, NAN, INF, -INF, True, 1j, np.ones(2)]


def test_there_is_a_check_for_every_number():
    """So that a new row cannot bring a number without bounds."""
    assert set(METHODS) == {*OPTIMIZERS, *SOLVERS}
    for row in OPTIMIZERS.values():
        assert {item.name for item in fields(row.numbers)} <= set(optimizers.BOUNDS)
    for row in SOLVERS.values():
        assert {item.name for item in fields(row.numbers)} <= set(solvers.BOUNDS)
    values = {"value", "start", "end", "peak", "then", "smallest"}  # bounded by what follows them
    for row in SCHEDULES.values():
        assert {item.name for item in fields(row.numbers)} <= set(schedules.BOUNDS) | values


def test_a_choice():
    check_choice("divisor", "cost", ("cost", "batch"))
    with pytest.raises(RecipeError, match="divisor: expected one of cost, batch, got 'all'"):
        check_choice("divisor", "all", ("cost", "batch"))


@pytest.mark.parametrize("value", [1, 7, np.int32(3), np.uint8(1), 10**30])
def test_whole_numbers(value):
    check_whole("steps", value, 1)


@pytest.mark.parametrize("value", [0, -1, 1.0, "1", None, True, NAN, np.float64(2), [1]])
def test_no_whole_numbers(value):
    with pytest.raises(RecipeError, match='steps: expected a whole number of at least 1 or "a"'):
        check_whole("steps", value, 1, ' or "a"')


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        (0, {"least": 0.0}),
        (-1e300, {}),
        (1, {"above": 0.0}),
        (TINY, {"least": TINY}),
        (0.999, {"below": 1.0}),
        (np.float64(0.5), {"least": 0.0, "below": 1.0}),
    ],
)
def test_numbers_within_their_bounds(value, bounds):
    check_number("l2", value, **bounds)


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_finite_number(value):
    with pytest.raises(RecipeError, match="l2: expected a finite number, got"):
        check_number("l2", value)


@pytest.mark.parametrize(
    ("value", "bounds", "message"),
    [
        (-1, {"least": 0.0}, "x: expected a finite number of at least 0, got -1"),
        (0, {"above": 0.0}, "x: expected a finite number above 0, got 0"),
        (0, {"least": TINY}, "x: expected a finite number above 0, got 0"),
        (1, {"below": 1.0}, "x: expected a finite number below 1, got 1"),
        (1, {"least": 0.0, "below": 1.0}, "a finite number of at least 0 and below 1, got 1"),
        (0, {"above": 0.5, "below": 1.0}, "a finite number above 0.5 and below 1, got 0"),
        (-1, {"least": 0.0, "below": INF}, "a finite number of at least 0, got -1"),
    ],
)
def test_numbers_outside_their_bounds(value, bounds, message):
    with pytest.raises(RecipeError, match=message):
        check_number("x", value, **bounds)


def test_a_share_of_lanes_is_less_than_all_of_them():
    """Dropout counts in 65,536ths: a share that rounds up to all would leave nothing over."""
    for name in ("dropout", "input_dropout"):
        check_share(name, 65535 / 65536)
        with pytest.raises(RecipeError, match="expected a share of less than 1, got 0.99999999"):
            check_share(name, 1 - 1e-9)
    check_share("label_smoothing", 1 - 1e-9)
    for value in (1.0, -0.1, NAN):
        with pytest.raises(RecipeError, match="of at least 0 and below 1"):
            check_share("label_smoothing", value)


@settings(deadline=None, derandomize=True)
@given(number=st.floats(0, 0.99), several=st.lists(st.floats(0, 0.99)))
def test_numbers_by_layer_are_one_or_a_tuple(number, several):
    assert numbers_by_layer("dropout", number) == number
    for kind in (list, tuple, np.array):
        assert numbers_by_layer("noise", kind(several)) == tuple(several)


@pytest.mark.parametrize("value", ["0.5", "half", "12", None, {0.5: 1}, {0.5}, NAN, True, -0.1])
def test_numbers_by_layer_are_nothing_else(value):
    for name in ("dropout", "noise", "max_norm"):
        for given_value in (value, (0.5, value)):
            with pytest.raises(RecipeError, match=f"{name}: expected a finite number"):
                numbers_by_layer(name, given_value)


def test_only_dropout_ends_at_1():
    assert numbers_by_layer("noise", (1.5, 0)) == (1.5, 0.0)
    with pytest.raises(RecipeError, match="dropout: expected .* below 1, got 1.5"):
        numbers_by_layer("dropout", (0.5, 1.5))


@settings(deadline=None, derandomize=True, max_examples=300)
@given(method=methods())
def test_any_method_within_its_bounds_passes(method):
    check_method(method)


METHOD_ERRORS = {
    "as text": ("sgd", r"optimizer: expected one of SGD, .*, LBFGS, .* such as SGD\(0.1\)"),
    "as a class": (SGD, "such as SGD.0.1., got <class"),
    "no method": (Cosine(0.1), "such as SGD.0.1., got Cosine"),
    "a negative rate": (SGD(-1.0), "SGD.learning_rate: expected .* of at least 0, got -1"),
    "an undefined rate": (Adam(NAN), "Adam.learning_rate: .* got nan"),
    "a rate as text": (SGD("fast"), "SGD.learning_rate: .* got 'fast'"),
    "no rate": (SGD(None), "SGD.learning_rate: .* got None"),
    "momentum of one": (Momentum(0.1, 1.0), "Momentum.momentum: .* and below 1, got 1"),
    "beta of one": (Adam(beta2=1.0), "Adam.beta2: .* of at least 0 and below 1, got 1"),
    "no epsilon": (Adam(epsilon=0.0), "Adam.epsilon: expected a finite number above 0, got 0"),
    "negative decay": (AdamW(weight_decay=-1), "AdamW.weight_decay: .* at least 0, got -1"),
    "sizes that shrink by growing": (Rprop(grow=0.9), "Rprop.grow: .* at least 1, got 0.9"),
    "momentum that rises to one": (
        Momentum(0.1, Linear(0.5, 1.0)),
        "Momentum.momentum.end: .* below 1, got 1",
    ),
    "a schedule from infinity": (
        SGD(Cosine(INF)),
        "SGD.learning_rate.start: expected a finite number of at least 0, got inf",
    ),
    "a schedule of no steps": (
        SGD(Cosine(1.0, steps=0)),
        "SGD.learning_rate.steps: expected a whole number of at least 1, got 0",
    ),
    "a schedule of half a step": (SGD(Linear(1.0, steps=0.5)), "rate.steps: .* got 0.5"),
    "a schedule of no epochs": (SGD(Linear(1.0, epochs=0)), "rate.epochs: .* above 0, got 0"),
    "two lengths": (
        SGD(Linear(1.0, steps=3, epochs=1)),
        "SGD.learning_rate: expected steps or epochs as its length, got both",
    ),
    "two lengths inside": (
        SGD(WarmUp(Linear(1.0, steps=3, epochs=1), epochs=1)),
        "SGD.learning_rate.then: expected steps or epochs",
    ),
    "a factor of one": (SGD(Exponential(1.0, 1.0)), "rate.factor: .* below 1, got 1"),
    "no patience": (SGD(Plateau(1.0, patience=0)), "rate.patience: .* at least 1, got 0"),
    "only a rise": (SGD(OneCycle(1.0, rise=1.0)), "rate.rise: .* below 1, got 1"),
    "a peak too high": (
        Momentum(0.1, OneCycle(1.0)),
        "Momentum.momentum.peak: .* below 1, got 1",
    ),
    "a bad end of what comes later": (
        SGD(WarmUp(Cosine(1.0, -1.0))),
        "SGD.learning_rate.then.end: .* got -1",
    ),
    "a schedule of schedules": (
        SGD(Constant(Constant(1.0))),
        "SGD.learning_rate.value: expected a finite number",
    ),
    "no memory": (LBFGS(memory=0), "LBFGS.memory: expected a whole number of at least 1, got 0"),
    "half a memory": (LBFGS(memory=2.5), "LBFGS.memory: .* got 2.5"),
    "a negative tolerance": (LBFGS(tolerance=-1), "LBFGS.tolerance: .* at least 0, got -1"),
    "an undefined tolerance": (LBFGS(cost_tolerance=NAN), "LBFGS.cost_tolerance: .* got nan"),
    "no damping": (LevenbergMarquardt(0), "LevenbergMarquardt.damping: .* above 0, got 0"),
    "damping that stays": (LevenbergMarquardt(grow=1.0), "LevenbergMarquardt.grow: .* got 1"),
    "damping that does not shrink": (LevenbergMarquardt(shrink=1), "shrink: .* below 1, got 1"),
    "no largest damping": (LevenbergMarquardt(largest=0), "largest: .* above 0, got 0"),
    "a solver's schedule": (
        LevenbergMarquardt(Cosine(0.1)),
        "LevenbergMarquardt.damping: expected a finite number above 0, got Cosine",
    ),
}


@pytest.mark.parametrize("name", METHOD_ERRORS)
def test_methods_that_cannot_work_are_refused_with_what_came(name):
    method, message = METHOD_ERRORS[name]
    with pytest.raises(RecipeError, match=message):
        check_method(method)
