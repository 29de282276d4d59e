"""Everything a run changes. Plan + state + data = the rest of the run, bit for bit."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.plan.plan import Plan


class EpochRecord(NamedTuple):
    """What is remembered of an epoch; NaN where there is no validation."""

    epoch: int  # counted from 1
    step: int  # steps done since the run began
    cost: float  # mean cost of the epoch's steps, penalty and dropout included
    validation_cost: float  # at the epoch's end, without penalty and dropout
    validation_score: float  # accuracy, or R² for numbers
    learning_rate: float  # at the epoch's last step
    seconds: float  # since the run began


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

    parameters: Array
    buffers: Array
    epoch: int
    cost: float


@dataclass
class State:
    """All that changes during a run.

    `epoch` counts the epochs that are done and `position` the steps of the next that are done
    already. `epoch_start` is what a diverged run goes back to.
    """

    parameters: Array
    buffers: Array
    slots: Array  # (n_slots, n_parameters)
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


def first_state(plan: Plan, parameters: Array, buffers: Array) -> State:
    """Return the state of a run that has not begun; the two vectors are used in place."""
    slots = np.zeros((plan.n_slots, plan.n_parameters), plan.dtype)
    start = Snapshot(parameters.copy(), buffers.copy(), slots.copy())
    return State(parameters, buffers, slots, start)


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
