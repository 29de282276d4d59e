"""Schedules: a number that changes as training goes on, such as a falling learning rate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array


@dataclass(frozen=True)
class Constant:
    """The same value at every step."""

    value: float


@dataclass(frozen=True)
class Cosine:
    """From `start` down (or up) to `end` along half a cosine.

    It takes `steps` steps, by default as many as the run has; afterwards it stays at `end`.
    """

    start: float
    end: float = 0.0
    steps: int | None = None


Schedule = Constant | Cosine


class ScheduleRow(NamedTuple):
    """A schedule's numbers and its curve."""

    numbers: type[Schedule]
    value: Callable[[Any, Array, int], Array]  # (schedule, steps from 0, steps of the run)
    formula: str
    source: str


def constant(schedule: Constant, t: Array, total: int) -> Array:
    """The value itself."""
    return np.full(t.shape, schedule.value)


def cosine(schedule: Cosine, t: Array, total: int) -> Array:
    """End + (start − end) (1 + cos(π t/T)) / 2, with T the number of steps."""
    T = schedule.steps or max(total, 1)
    share = np.minimum(t / T, 1.0)
    return schedule.end + (schedule.start - schedule.end) * (1 + np.cos(np.pi * share)) / 2


SCHEDULES = {
    "constant": ScheduleRow(Constant, constant, "η", "—"),
    "cosine": ScheduleRow(
        Cosine,
        cosine,
        "end + (start − end) (1 + cos πt/T) / 2",
        "Loshchilov and Hutter 2017, without restarts",
    ),
}


def values(number: float | Schedule, t: Array, total: int) -> Array:
    """Return the value of `number` at each of the steps `t`, counted from 0, as float64."""
    if isinstance(number, (int, float)):
        return np.full(t.shape, float(number))
    return SCHEDULES[name_of(number)].value(number, t, total)


def name_of(schedule: Schedule) -> str:
    """Return the name of the row that `schedule` belongs to."""
    return next(name for name, row in SCHEDULES.items() if row.numbers is type(schedule))
