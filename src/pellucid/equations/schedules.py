"""Schedules: a number that changes as training goes on, such as a falling learning rate.

A schedule's length is given in `steps` or in `epochs`; where neither is, each has its own default.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from math import inf
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array


class Course(NamedTuple):
    """What a schedule may look at: how long the run is, and how it has gone so far."""

    total: int  # steps of the run
    per_epoch: int  # steps of an epoch
    costs: tuple[float, ...] = ()  # the judged cost of each finished epoch


@dataclass(frozen=True)
class Constant:
    """The same value at every step."""

    value: float


@dataclass(frozen=True)
class Linear:
    """From `start` to `end` in a straight line, by default over the whole run; then `end`."""

    start: float
    end: float = 0.0
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class Cosine:
    """From `start` to `end` along half a cosine, by default over the whole run; then `end`."""

    start: float
    end: float = 0.0
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class Exponential:
    """Multiplied with `factor`, evenly, in every stretch of `steps`, by default an epoch."""

    start: float
    factor: float = 0.95
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class InverseTime:
    """A half, a third, a quarter of `start` after one, two, three `steps`, by default epochs."""

    start: float
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class StepDecay:
    """Multiplied with `factor` at once at the end of every stretch, by default of 10 epochs."""

    start: float
    factor: float = 0.1
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class WarmUp:
    """Evenly up to the first value of `then` in `steps`, by default an epoch; afterwards `then`."""

    then: "float | Schedule"
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class OneCycle:
    """Up from `start` to `peak` and down to `end`, each along half a cosine; then `end`.

    `rise` is the share of the steps that goes up. By default it takes the whole run, starts at
    peak/25 and ends at start/10000. With a `start` above `peak` it is the momentum's counterpart.
    """

    peak: float
    start: float | None = None
    end: float | None = None
    rise: float = 0.3
    steps: int | None = None
    epochs: float | None = None


@dataclass(frozen=True)
class Plateau:
    """Multiplied with `factor` whenever the cost has stopped falling, but never below `smallest`.

    That is after `patience` epochs in a row whose cost was not below the best one − `min_delta`.
    """

    start: float
    factor: float = 0.1
    patience: int = 10
    min_delta: float = 0.0
    smallest: float = 0.0


Schedule = (
    Constant | Linear | Cosine | Exponential | InverseTime | StepDecay | WarmUp | OneCycle | Plateau
)


class Bounds(NamedTuple):
    """Where a number has to lie: it is at least `least`, and less than `below`."""

    least: float
    below: float = inf
    whole: bool = False


TINY = 2.0**-126  # the smallest normal number of float32: what has to be positive is at least this

# A schedule's numbers that are not named here are values of what follows the schedule, and lie
# where that has to lie.
BOUNDS = {
    "steps": Bounds(1, whole=True),
    "epochs": Bounds(TINY),
    "factor": Bounds(TINY, 1.0),
    "rise": Bounds(0.0, 1.0),
    "patience": Bounds(1, whole=True),
    "min_delta": Bounds(0.0),
}


class ScheduleRow(NamedTuple):
    """A schedule's numbers and its curve."""

    numbers: type[Schedule]
    value: Callable[[Any, Array, Course], Array]  # (schedule, steps from 0, the run's course)
    formula: str
    source: str


def constant(schedule: Constant, t: Array, course: Course) -> Array:
    """The value itself."""
    return np.full(t.shape, float(schedule.value))


def linear(schedule: Linear, t: Array, course: Course) -> Array:
    """End + (start − end) (1 − t/T)."""
    share = np.minimum(t / _length(schedule, course, course.total), 1.0)
    return schedule.end + (schedule.start - schedule.end) * (1 - share)


def cosine(schedule: Cosine, t: Array, course: Course) -> Array:
    """End + (start − end) (1 + cos(π t/T)) / 2."""
    share = np.minimum(t / _length(schedule, course, course.total), 1.0)
    return _half_cosine(schedule.start, schedule.end, share)


def exponential(schedule: Exponential, t: Array, course: Course) -> Array:
    """Start · factor^(t/T)."""
    return schedule.start * schedule.factor ** (t / _length(schedule, course, course.per_epoch))


def inverse_time(schedule: InverseTime, t: Array, course: Course) -> Array:
    """Start / (1 + t/T)."""
    return schedule.start / (1 + t / _length(schedule, course, course.per_epoch))


def step_decay(schedule: StepDecay, t: Array, course: Course) -> Array:
    """Start · factor^⌊t/T⌋."""
    T = _length(schedule, course, 10 * course.per_epoch)
    return schedule.start * schedule.factor ** np.floor(t / T)


def warm_up(schedule: WarmUp, t: Array, course: Course) -> Array:
    """(t + 1)/T times the first value of `then`, which begins at T as if the run began there."""
    T = _length(schedule, course, course.per_epoch)
    epochs = -(-T // max(course.per_epoch, 1))  # those that were not wholly of `then`
    rest = Course(max(course.total - T, 0), course.per_epoch, course.costs[epochs:])
    first = values(schedule.then, np.zeros(1), rest)
    later = values(schedule.then, np.maximum(t - T, 0.0), rest)
    return np.where(t < T, (t + 1) / T * first, later)


def one_cycle(schedule: OneCycle, t: Array, course: Course) -> Array:
    """Half a cosine from start to peak at rise·T − 1, and one from there to end at T − 1."""
    T = _length(schedule, course, course.total)
    start = schedule.peak / 25 if schedule.start is None else schedule.start
    end = start / 1e4 if schedule.end is None else schedule.end
    top, last = schedule.rise * T - 1, T - 1
    up = t / top if top > 0 else 1.0  # where there is no time to rise, it begins at the peak
    rising = _half_cosine(start, schedule.peak, np.minimum(up, 1.0))
    falling = _half_cosine(schedule.peak, end, np.clip((t - top) / (last - top), 0.0, 1.0))
    return np.where(t <= top, rising, falling)


def plateau(schedule: Plateau, t: Array, course: Course) -> Array:
    """Start · factor^k, at least `smallest`; k says how often the cost has stopped falling."""
    best, waited, k = inf, 0, 0
    for cost in course.costs:
        better = cost < best - schedule.min_delta
        best, waited = (cost, 0) if better else (best, waited + 1)
        if waited == schedule.patience:
            k, waited = k + 1, 0
    return np.full(t.shape, max(schedule.start * schedule.factor**k, schedule.smallest))


SCHEDULES = {
    "constant": ScheduleRow(Constant, constant, "η", "—"),
    "linear": ScheduleRow(
        Linear,
        linear,
        "end + (start − end) (1 − t/T)",
        "Goodfellow, Bengio and Courville 2016, §8.3.1",
    ),
    "cosine": ScheduleRow(
        Cosine,
        cosine,
        "end + (start − end) (1 + cos πt/T) / 2",
        "Loshchilov and Hutter 2017, without restarts",
    ),
    "exponential": ScheduleRow(
        Exponential, exponential, "start · factor^(t/T)", "Senior et al. 2013"
    ),
    "inverse_time": ScheduleRow(
        InverseTime, inverse_time, "start / (1 + t/T)", "Robbins and Monro 1951; Bottou 2012"
    ),
    "step": ScheduleRow(StepDecay, step_decay, "start · factor^⌊t/T⌋", "He et al. 2016"),
    "warm_up": ScheduleRow(
        WarmUp, warm_up, "(t + 1)/T · then(0); later then(t − T)", "Goyal et al. 2017"
    ),
    "one_cycle": ScheduleRow(
        OneCycle, one_cycle, "start … peak … end, half cosines", "Smith and Topin 2019; as in torch"
    ),
    "plateau": ScheduleRow(
        Plateau,
        plateau,
        "start · factor^k, k times no better cost",
        "Krizhevsky, Sutskever and Hinton 2012, §5, done by rule as in torch",
    ),
}


def values(number: float | Schedule, t: Array, course: Course) -> Array:
    """Return the value of `number` at each of the steps `t`, counted from 0, as float64."""
    if isinstance(number, (int, float)):
        return np.full(t.shape, float(number))
    return SCHEDULES[name_of(number)].value(number, t, course)


def follows_costs(number: float | Schedule) -> bool:
    """Whether a number looks at the costs of the run's course."""
    if isinstance(number, WarmUp):
        return follows_costs(number.then)
    return isinstance(number, Plateau)


def name_of(schedule: Schedule) -> str:
    """Return the name of the row that `schedule` belongs to."""
    return next(name for name, row in SCHEDULES.items() if row.numbers is type(schedule))


def numbers_of(name: str, number: Any, bounds: Bounds) -> Iterator[tuple[str, Any, Bounds]]:
    """Yield `number`, or each number of the schedule that it is, by its full name with its bounds.

    Nothing is checked here. What may be absent and is, is left out.
    """
    if not any(type(number) is row.numbers for row in SCHEDULES.values()):
        yield name, number, bounds
        return
    for item in fields(number):
        value, full = getattr(number, item.name), f"{name}.{item.name}"
        if item.name == "then":
            yield from numbers_of(full, value, bounds)
        elif value is not None or item.default is not None:
            yield full, value, BOUNDS.get(item.name, bounds)


def _length(schedule: Any, course: Course, default: int) -> int:
    """T, a whole number of steps, at least 1."""
    if schedule.epochs is not None:
        return max(round(schedule.epochs * course.per_epoch), 1)
    return max(default if schedule.steps is None else schedule.steps, 1)


def _half_cosine(begin: float, end: float, share: Array) -> Array:
    return end + (begin - end) * (1 + np.cos(np.pi * share)) / 2
