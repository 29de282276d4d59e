"""Numbers that are no longer finite: noticed, undone, and said with the step they appeared at."""

import numpy as np
import pytest

from pellucid import (
    SGD,
    Adam,
    Dense,
    DivergedError,
    EpochEnded,
    Network,
    resume,
    start,
    train,
)
from pellucid.equations.solvers import LBFGS, LevenbergMarquardt


def linear(**options):
    return Network(3, [Dense(2, "identity")], **options)


def rectified():
    return Network(3, [Dense(4, "relu"), Dense(2, "identity")])


@pytest.mark.parametrize("rate", [1e6, 1e30])
def test_a_run_goes_back_to_the_epochs_start(line, engine, rate):
    n = rectified()
    before = n.parameters.copy()
    found = list(start(n, *line, optimizer=SGD(rate), epochs=5, engine=engine))
    assert found[-1].reason == "diverged"
    assert "the weights of the epoch's start were taken up again" in found[-1].sentence
    assert "Lower the learning rate" in found[-1].sentence
    if not any(isinstance(event, EpochEnded) for event in found):
        assert np.array_equal(n.parameters, before)
    assert np.isfinite(n.parameters).all()


def test_train_raises(line, engine):
    n = linear()
    before = n.parameters.copy()
    with pytest.raises(DivergedError, match="Lower the learning rate"):
        train(n, *line, optimizer=SGD(1e30), epochs=3, engine=engine)
    assert np.array_equal(n.parameters, before)


def test_later_the_epochs_before_are_kept(line, engine):
    n = rectified()
    run = start(n, *line, optimizer=SGD(0.01), epochs=9, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded) and event.record.epoch == 2:
            kept = n.parameters.copy()
            run.set_rate(1e25)
    assert run.history.reason == "diverged"
    assert "epoch 3" in run.history.sentence
    assert np.array_equal(n.parameters, kept)


def test_with_an_average_the_average_of_the_epochs_start_is_shown(line, engine):
    n = rectified()
    run = start(n, *line, optimizer=SGD(0.01), average=0.9, epochs=9, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded) and event.record.epoch == 2:
            kept = n.parameters.copy()
            run.set_rate(1e25)
    assert run.history.reason == "diverged"
    assert np.array_equal(n.parameters, kept)
    assert not np.array_equal(n.parameters, run.state.parameters)


@pytest.mark.parametrize("monitor", ["cost", "r2", "rmse", "mape"])
@pytest.mark.parametrize("patience", [None, 2])
def test_where_only_the_validation_cost_overflows_the_epoch_is_undone(
    line, engine, patience, monitor
):
    """Also with early stopping, by whatever metric: an epoch like this is never the best one."""
    X, Y = line
    n = linear()
    before = n.parameters.copy()
    far = (np.full_like(X, 1e30), Y)
    given = {"validation": far, "patience": patience, "monitor": monitor}
    run = start(n, X, Y, epochs=3, **given, engine=engine)
    last = list(run)[-1]
    assert last.reason == "diverged"
    assert "step 3 (epoch 1): the cost of the validation part" in last.sentence
    assert np.array_equal(n.parameters, before)
    assert (run.state.best, run.state.history) == (None, [])
    assert run.cost(run.validation)[0] == np.inf


def test_a_memory_that_overflows_is_noticed_too(line, engine, tmp_path):
    """Adam's mean of squares: a step would be 0 for ever, and no checkpoint could be read."""
    n = linear()
    before = n.parameters.copy()
    run = start(n, *line, optimizer=Adam(), l2=1e25, epochs=3, engine=engine)
    assert "step 3 (epoch 1): a number of the optimizer's memory" in list(run)[-1].sentence
    assert np.array_equal(n.parameters, before)
    run.save(tmp_path / "c")
    assert not resume(tmp_path / "c", *line).state.slots.any()


@pytest.mark.parametrize("solver", [LBFGS(), LevenbergMarquardt()], ids=["lbfgs", "lm"])
def test_a_solver_that_has_no_finite_cost_to_begin_with(line, engine, solver):
    X, Y = line
    n = linear(precision="float64")
    before = n.parameters.copy()
    run = start(n, X.astype(float) * 1e200, Y, optimizer=solver, epochs=3, engine=engine)
    last = list(run)[-1]
    assert last.reason == "diverged"
    assert "step 1 (epoch 1): the cost" in last.sentence
    assert np.array_equal(n.parameters, before)
    assert run.state.step == 0


@pytest.mark.parametrize("solver", [LBFGS(), LevenbergMarquardt()], ids=["lbfgs", "lm"])
def test_a_solver_whose_validation_overflows(line, engine, solver):
    X, Y = line
    n = linear()
    before = n.parameters.copy()
    far = (np.full_like(X, 1e30), Y)
    run = start(n, X, Y, optimizer=solver, epochs=3, validation=far, engine=engine)
    assert "step 1 (epoch 1): the cost of the validation part" in list(run)[-1].sentence
    assert np.array_equal(n.parameters, before)
