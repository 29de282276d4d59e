"""Every schedule: known answers, lengths, ends, many steps at once, bounds."""

from dataclasses import fields, replace
from math import cos, inf, nan, pi

import numpy as np
import pytest

from pellucid.equations.schedules import (
    BOUNDS,
    SCHEDULES,
    TINY,
    Bounds,
    Constant,
    Cosine,
    Course,
    Exponential,
    InverseTime,
    Linear,
    OneCycle,
    Plateau,
    StepDecay,
    WarmUp,
    name_of,
    numbers_of,
    values,
)

ROWS = sorted(SCHEDULES)

# A schedule, the run's course, steps → values, by hand.
KNOWN = {
    "constant": (Constant(0.3), Course(9, 3), [0, 5, 100], [0.3, 0.3, 0.3]),
    "linear": (Linear(2, 1), Course(4, 1), [0, 1, 2, 4, 9], [2, 1.75, 1.5, 1, 1]),
    "cosine": (Cosine(2, 1), Course(4, 1), [0, 1, 2, 4, 9], [2, 1.5 + cos(pi / 4) / 2, 1.5, 1, 1]),
    "exponential": (Exponential(8, 0.25), Course(9, 2), [0, 1, 2, 4], [8, 4, 2, 0.5]),
    "inverse_time": (InverseTime(6), Course(9, 2), [0, 1, 2, 4], [6, 4, 3, 2]),
    "step": (StepDecay(1, 0.5), Course(99, 2), [0, 19, 20, 39, 40], [1, 1, 0.5, 0.5, 0.25]),
    "warm_up": (
        *(WarmUp(Linear(8), epochs=2), Course(12, 2)),
        *([0, 1, 3, 4, 8, 12, 99], [2, 4, 8, 8, 4, 0, 0]),
    ),
    "one_cycle": (  # up until step 4, down until step 9
        *(OneCycle(2, 1, 0, rise=0.5), Course(10, 1)),
        *([0, 1, 2, 4, 5, 9, 99], [1, 1.5 - cos(pi / 4) / 2, 1.5, 2, 1 + cos(pi / 5), 0, 0]),
    ),
    "plateau": (  # falls, rests for 2 epochs, falls, rests for 2 and begins to rest
        *(Plateau(1, 0.5, patience=2), Course(99, 3, (3, 2, 2, 2.5, 1, 1, 2, 1))),
        *([24, 26], [0.25, 0.25]),
    ),
}
TIMED = [name for name in ROWS if hasattr(KNOWN[name][0], "steps")]


def at(schedule, t, course):
    return values(schedule, np.array(t, float), course).tolist()


def test_every_row_has_a_known_answer():
    assert set(KNOWN) == set(SCHEDULES), "give each row of SCHEDULES an entry in KNOWN"


@pytest.mark.parametrize("name", ROWS)
def test_known_answer(name):
    schedule, course, t, expected = KNOWN[name]
    found = values(schedule, np.array(t, float), course)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    np.testing.assert_array_equal(SCHEDULES[name].value(schedule, np.array(t), course), found)


@pytest.mark.parametrize("number", [0, 1, 0.25])
def test_a_plain_number_is_the_same_at_every_step(number):
    assert at(number, [0, 1, 2], Course(10, 5)) == [number] * 3


@pytest.mark.parametrize("name", ROWS)
def test_steps_together_are_steps_one_by_one(name):
    schedule, course, _, _ = KNOWN[name]
    single = [at(schedule, [t], course)[0] for t in range(12)]
    assert at(schedule, range(12), course) == single


@pytest.mark.parametrize("course", [Course(0, 1), Course(1, 1), Course(10**12, 10**6)])
@pytest.mark.parametrize("name", ROWS)
def test_extremes_are_finite(name, course):
    """Runs of no step, one step, very many; asked before, at and after the end."""
    found = at(KNOWN[name][0], [0, 1, 1e12, 1e300], course._replace(costs=(1.0,) * 5000))
    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", TIMED)
def test_a_length_is_given_in_steps_or_in_epochs(name):
    """Half an epoch of 7 steps is 4 steps, an epoch 7; the rest of the run does not matter."""
    schedule = replace(KNOWN[name][0], epochs=None)
    for epochs, steps in ((0.5, 4), (1, 7), (3, 21), (1e-9, 1)):
        in_epochs = replace(schedule, epochs=epochs)
        in_steps = replace(schedule, steps=steps)
        assert at(in_epochs, range(30), Course(25, 7)) == at(in_steps, range(30), Course(25, 7))


@pytest.mark.parametrize(
    ("schedule", "t", "expected"),
    [
        (Linear(2, 1, steps=4), 1, 1.75),
        (Cosine(2, 1, epochs=0.5), 2.5, 1.5),
        (Exponential(8, 0.25, steps=4), 2, 4),
        (InverseTime(6, epochs=0.2), 4, 2),
        (StepDecay(1, 0.5, steps=3), 6, 0.25),
        (WarmUp(8, steps=4), 1, 4),
        (OneCycle(2, 1, 0, rise=0.5, epochs=1), 4, 2),
    ],
)
def test_known_answer_of_a_given_length(schedule, t, expected):
    """In a run of 100 epochs of 10 steps."""
    assert at(schedule, [t], Course(1000, 10)) == pytest.approx([expected], rel=1e-15)


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        *(("linear", 60), ("cosine", 60), ("one_cycle", 60)),
        *(("exponential", 3), ("inverse_time", 3), ("warm_up", 3), ("step", 30)),
    ],
)
def test_default_lengths(name, steps):
    """The whole run, an epoch, or ten, of a run of 20 epochs of 3 steps."""
    schedule = replace(KNOWN[name][0], epochs=None)
    course = Course(60, 3)
    assert at(schedule, range(80), course) == at(replace(schedule, steps=steps), range(80), course)


@pytest.mark.parametrize("kind", [Cosine, Linear])
def test_start_to_end_takes_its_own_number_of_steps_and_can_rise(kind):
    """Momentum from 0.5 to 0.99 in 10 steps of a run of 1000, then constant."""
    found = values(kind(0.5, 0.99, steps=10), np.arange(1000.0), Course(1000, 5))
    assert found[0] == 0.5
    assert (np.diff(found[:11]) > 0).all()
    np.testing.assert_allclose(found[5], (0.5 + 0.99) / 2, rtol=1e-15)
    assert (found[10:] == 0.99).all()


def test_warm_up_of_a_plain_number():
    assert at(WarmUp(0.8, steps=4), range(6), Course(6, 2)) == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 0.8, 0.8], rel=1e-15
    )


@pytest.mark.parametrize("then", [Cosine(2, 1), StepDecay(3, steps=2), OneCycle(1), WarmUp(5)])
def test_after_the_warm_up_the_rest_is_a_run_of_its_own(then):
    warm = WarmUp(then, steps=6)
    later = at(warm, range(6, 30), Course(25, 5))
    assert later == at(then, range(24), Course(19, 5))
    rising = at(warm, range(6), Course(25, 5))
    np.testing.assert_allclose(rising, np.arange(1, 7) / 6 * later[0], rtol=1e-15)


def test_a_plateau_after_a_warm_up_does_not_look_at_the_epochs_before():
    """Three epochs of 2 steps warm up, and the fourth in part; two equal costs come after."""
    schedule = WarmUp(Plateau(8, 0.5, patience=1), steps=7)
    assert at(schedule, [8], Course(99, 2, (1.0,) * 5)) == [8]
    assert at(schedule, [10], Course(99, 2, (1.0,) * 6)) == [4]


def test_one_cycle_by_default():
    """From a 25th of the peak over the peak, at 30 % of the steps, to a ten thousandth of that."""
    found = at(OneCycle(0.5), range(100), Course(100, 10))
    assert found[29] == max(found) == 0.5
    assert (found[0], found[99]) == pytest.approx((0.02, 2e-6), rel=1e-12)
    assert (np.diff(found[:30]) > 0).all()
    assert (np.diff(found[29:]) < 0).all()
    assert at(OneCycle(0.5, end=0.1), [99], Course(100, 10)) == [0.1]


def test_one_cycle_of_momentum_goes_down_and_up():
    found = at(OneCycle(0.85, 0.95, 0.95), range(100), Course(100, 10))
    assert (found[0], min(found), found[29], found[99]) == (0.95, 0.85, 0.85, 0.95)


@pytest.mark.parametrize(
    ("rise", "steps", "expected"),
    [
        (0.3, 1, [0, 0]),  # a single step is the last
        (0.3, 2, [1 + cos(0.4 / 1.4 * pi), 0]),  # the peak would be 0.4 steps before the first
        (0.5, 2, [2, 0]),
        (0.0, 3, [1.5, 0.5]),  # a third of the way down already
    ],
)
def test_one_cycle_without_time_to_rise(rise, steps, expected):
    found = at(OneCycle(2, 1, 0, rise=rise, steps=steps), [0, 1], Course(9, 9))
    np.testing.assert_allclose(found, expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("costs", "times"),
    [
        ((), 0),
        ((1, 1, 1), 0),  # the first cost is the best one, two bad ones follow
        ((1, 1, 1, 1), 1),
        ((1,) * 7, 2),
        ((5, 4, 3, 2, 1), 0),
        ((1, 2, 2, 0.5, 2, 2), 0),  # a better cost begins the count anew
        ((1, 0.8, 0.7, 0.6), 0),  # small gains add up: 0.6 is below 1 − 0.25
        ((1, 0.9, 0.8, 0.75), 1),  # as low as best − min_delta is not below it
        ((inf, nan, 2, 3, 3, nan), 1),
        ((nan, nan, nan), 1),
    ],
)
def test_plateau_counts_epochs_without_a_better_cost(costs, times):
    schedule = Plateau(1.0, 0.5, patience=3, min_delta=0.25)
    assert at(schedule, [0, 7], Course(100, 7, costs)) == [0.5**times] * 2


def test_plateau_stays_at_the_smallest():
    found = at(Plateau(1.0, patience=1, smallest=0.03), [0], Course(9, 1, (1.0,) * 50))
    assert found == [0.03]


@pytest.mark.parametrize("name", ROWS)
def test_row_is_explained_and_found_by_its_numbers(name):
    row = SCHEDULES[name]
    assert row.formula.strip()
    assert row.source.strip()
    assert row.value.__doc__
    assert row.numbers.__doc__
    assert name_of(KNOWN[name][0]) == name
    assert eval(repr(KNOWN[name][0])) == KNOWN[name][0]


def test_every_number_is_a_value_or_has_bounds_and_its_default_lies_within():
    found = [item for row in SCHEDULES.values() for item in fields(row.numbers)]
    values_of_what_follows = {"value", "start", "end", "peak", "smallest", "then"}
    assert {item.name for item in found} == set(BOUNDS) | values_of_what_follows
    for item in found:
        if item.name in BOUNDS and item.default is not None:
            least, below, whole = BOUNDS[item.name]
            assert least <= item.default < below
            assert isinstance(item.default, int) or not whole


@pytest.mark.parametrize("name", ROWS)
def test_within_the_bounds_everything_is_finite_and_not_above_what_was_given(name):
    """At either end of each number's bounds; so momentum that begins below 1 stays below 1."""
    schedule, course, t, _ = KNOWN[name]
    of_what_follows = Bounds(0.0)
    numbers = numbers_of(name, schedule, of_what_follows)
    most = max(number for _, number, bounds in numbers if bounds is of_what_follows)
    for item in fields(schedule):
        if item.name not in BOUNDS:
            continue
        least, below, _ = BOUNDS[item.name]
        for value in (least, 1000 if below == inf else np.nextafter(below, 0)):
            changed = replace(schedule, **{item.name: value})
            found = np.array(at(changed, [*t, 1e6], course))
            assert np.isfinite(found).all()
            assert (found >= 0).all()
            assert (found <= most).all()


def test_numbers_of_a_plain_number_is_that_number():
    """Also of what is no number at all: whoever asks has to look."""
    for number in (0.5, None, "x", True):
        assert list(numbers_of("a", number, Bounds(0.0))) == [("a", number, Bounds(0.0))]


def test_numbers_of_leaves_out_what_may_be_absent_and_is():
    found = list(numbers_of("SGD.learning_rate", Plateau(None, 0.2), Bounds(0.0)))
    assert found == [
        ("SGD.learning_rate.start", None, Bounds(0.0)),
        ("SGD.learning_rate.factor", 0.2, Bounds(TINY, 1.0)),
        ("SGD.learning_rate.patience", 10, Bounds(1, whole=True)),
        ("SGD.learning_rate.min_delta", 0.0, Bounds(0.0)),
        ("SGD.learning_rate.smallest", 0.0, Bounds(0.0)),
    ]
    found = list(numbers_of("a", WarmUp(Linear(1.0, steps=3)), Bounds(0.0, 1.0)))
    assert [name for name, _, _ in found] == ["a.then.start", "a.then.end", "a.then.steps"]


def test_only_the_schedule_after_a_warm_up_is_looked_into():
    """Elsewhere a schedule within a schedule is no number, and is handed out for refusal."""
    assert list(numbers_of("a", Constant(Cosine(1)), Bounds(0.0))) == [
        ("a.value", Cosine(1), Bounds(0.0))
    ]
