"""The first state of a run, and going back to an epoch's start."""

import numpy as np
import pytest

from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam
from pellucid.network.architecture import Architecture, Dense
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state, go_back, keep_epoch_start


def begun(optimizer, precision="float32"):
    plan = compile_plan(
        Architecture(1, (Dense(2, "softmax"),)), Recipe(optimizer=optimizer, precision=precision), 5
    )
    parameters, buffers = np.arange(4, dtype=precision), np.ones(3, precision)
    return plan, first_state(plan, parameters, buffers), parameters


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_run_begins_with_empty_slots_and_nothing_done(name, precision):
    plan, state, parameters = begun(OPTIMIZERS[name].numbers(), precision)
    assert state.slots.shape == (len(OPTIMIZERS[name].slots), plan.n_parameters)
    assert state.slots.dtype == precision
    assert not state.slots.any()
    assert state.parameters is parameters
    assert (state.step, state.epoch, state.position, state.rate_scale) == (0, 0, 0, 1.0)
    assert (state.best, state.history) == (None, [])


def test_a_run_can_go_back_to_what_it_kept_in_place():
    plan, state, parameters = begun(Adam())
    parameters += 1
    state.slots += 2
    state.buffers += 3
    state.step = 2 * plan.steps_per_epoch
    state.history += ["first", "second"]
    keep_epoch_start(state)
    state.step, state.epoch, state.position, state.cost_sum = state.step + 1, 2, 1, 7.0
    state.history.append("of the epoch that is gone back over")
    for vector in (parameters, state.slots, state.buffers):
        vector[...] = np.nan
    go_back(plan, state)
    assert state.parameters is parameters
    assert (state.step, state.epoch, state.position) == (2 * plan.steps_per_epoch, 2, 0)
    assert (state.cost_sum, state.history) == (0.0, ["first", "second"])
    assert parameters.tolist() == [1, 2, 3, 4]
    assert (state.slots == 2).all()
    assert (state.buffers == 4).all()


def test_what_is_kept_does_not_change_with_the_run():
    plan, state, parameters = begun(SGD())
    parameters += 5
    assert state.epoch_start.parameters.tolist() == [0, 1, 2, 3]
    go_back(plan, state)
    parameters[0] = 9
    assert state.epoch_start.parameters.tolist() == [0, 1, 2, 3]


def test_each_run_has_a_history_of_its_own():
    (_, one, _), (_, other, _) = begun(SGD()), begun(SGD())
    one.history.append(None)
    assert other.history == []
