"""Everything a run changes. Plan + state + data = the rest of the run, bit for bit."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.solvers import Solver, first_slots
from pellucid.plan.plan import Plan


class EpochRecord(NamedTuple):
    """What is remembered of an epoch; NaN where there is no validation."""

    epoch: int  # counted from 1
    step: int  # steps done since the run began
    cost: float  # mean cost of the epoch's steps, penalty and dropout included
    validation_cost: float  # at the epoch's end, without penalty and dropout
    validation_score: float  # accuracy, or R² for numbers
    learning_rate: float  # at the epoch's last step; NaN for solvers, which have none
    seconds: float  # since the run began
    judged: float  # what patience and the like judge by; the lower the better
    metrics: tuple[float, ...] = ()  # in the order of the recipe's


@dataclass
class Snapshot:
    """The part of a state that a run can go back to."""

    parameters: Array
    buffers: Array
    slots: Array
    step: int = 0  # steps done since the run began


@dataclass
class Best:
    """The best epoch so far, as judged by early stopping."""

    parameters: Array  # the average, where one is kept
    buffers: Array
    epoch: int
    judged: float


@dataclass
class State:
    """All that changes during a run.

    `epoch` counts the epochs that are done and `position` the steps of the next that are done
    already. `epoch_start` is what a diverged run goes back to.
    """

    parameters: Array
    buffers: Array
    slots: Array  # (n_slots, n_parameters); the average of the weights, if any, is the last
    epoch_start: Snapshot
    step: int = 0
    epoch: int = 0
    position: int = 0
    rate_scale: float = 1.0
    best: Best | None = None
    epochs_without_better: int = 0
    cost_sum: float = 0.0  # Σ cost · weight over the steps of this epoch
    weight_sum: float = 0.0
    seconds: float = 0.0
    history: list[EpochRecord] = field(default_factory=list)
    fingerprint: str = ""
    engine: str = ""
    instruction_set: str = ""
    skips_zeros: bool = False  # whether native leaves zeros of the input out; changes no bit
    window: int = 0  # rows that are shuffled together, where they stay in files


def first_state(plan: Plan, parameters: Array, buffers: Array) -> State:
    """Return the state of a run that has not begun; the two vectors are used in place."""
    slots = np.zeros((plan.n_slots, plan.n_parameters), plan.dtype)
    if isinstance(plan.recipe.optimizer, Solver):
        slots[...] = first_slots(plan.recipe.optimizer, parameters)
    if plan.recipe.average is not None:
        slots[-1] = parameters
    start = Snapshot(parameters.copy(), buffers.copy(), slots.copy())
    return State(parameters, buffers, slots, start)


def trained_weights(plan: Plan, state: State) -> Array:
    """Return what the run has to show: the average of the weights where one is kept."""
    return state.parameters if plan.recipe.average is None else state.slots[-1]


def judged_costs(state: State) -> tuple[float, ...]:
    """Return what each finished epoch was judged by, for plateau schedules."""
    return tuple(record.judged for record in state.history)


def infinite(state: State) -> str | None:
    """Return what is no longer finite, if anything; checkpoints hold finite numbers alone."""
    vectors = {
        "a weight": state.parameters,
        "a running mean or variance": state.buffers,
        "a number of the optimizer's memory": state.slots,
    }
    return next((name for name, v in vectors.items() if not np.isfinite(v).all()), None)


def keep_epoch_start(state: State) -> None:
    """Remember the state as the one to go back to."""
    state.epoch_start = Snapshot(
        state.parameters.copy(), state.buffers.copy(), state.slots.copy(), state.step
    )


def go_back(plan: Plan, state: State) -> None:
    """Take up the epoch's start again: vectors, counts and history."""
    start = state.epoch_start
    state.parameters[...] = start.parameters
    state.buffers[...] = start.buffers
    state.slots[...] = start.slots
    state.step, state.epoch, state.position = start.step, start.step // plan.steps_per_epoch, 0
    state.cost_sum = state.weight_sum = 0.0
    del state.history[state.epoch :]
