"""The first state of a run, and going back to an epoch's start."""

import numpy as np
import pytest

from pellucid.equations.optimizers import OPTIMIZERS, SGD, Adam
from pellucid.equations.solvers import LBFGS, LevenbergMarquardt
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import (
    EpochRecord,
    first_state,
    go_back,
    infinite,
    judged_costs,
    keep_epoch_start,
    trained_weights,
)


def begun(optimizer, precision="float32", **given):
    recipe = Recipe("mse", optimizer, precision=precision, **given)
    plan = compile_plan(Architecture(1, (Dense(2, "softmax"),)), recipe, 5)
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


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_solvers_remember_their_start_or_their_damping(precision):
    _, state, parameters = begun(LBFGS(), precision)
    assert state.slots.tolist() == [[0, 1, 2, 3]]
    parameters += 1
    assert state.slots.tolist() == state.epoch_start.slots.tolist() == [[0, 1, 2, 3]]
    _, state, _ = begun(LevenbergMarquardt(0.25), precision)
    assert state.slots.tolist() == [[0.25] * 4]
    assert state.slots.dtype == precision


def test_the_average_is_a_last_slot_that_begins_with_the_first_weights():
    plan, state, parameters = begun(Adam(), average=0.9)
    assert state.slots.tolist() == [[0] * 4, [0] * 4, [0, 1, 2, 3]]
    parameters += 1
    assert trained_weights(plan, state).tolist() == [0, 1, 2, 3]
    plan, state, parameters = begun(Adam())
    assert trained_weights(plan, state) is parameters


def test_what_the_epochs_were_judged_by():
    _, state, _ = begun(SGD())
    assert judged_costs(state) == ()
    state.history += [EpochRecord(1, 5, 9.0, 8, 7, 6, 5, judged, (3.0,)) for judged in (0.5, 0.25)]
    assert judged_costs(state) == (0.5, 0.25)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_no_longer_finite_is_named(value):
    for name, what in (
        ("parameters", "a weight"),
        ("buffers", "a running mean or variance"),
        ("slots", "a number of the optimizer's memory"),
    ):
        _, state, _ = begun(Adam())
        assert infinite(state) is None
        getattr(state, name)[..., 1] = value
        assert infinite(state) == what


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
