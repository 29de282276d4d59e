import numpy as np
import pytest

from pellucid import SGD, Dense, EpochEnded, Network, Stopped, start, train
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from pellucid.training.stopping import REASONS, judge, reason_before_step


def network():
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")], seed=1)


def prepared(**options):
    n = network()
    plan = compile_plan(n.architecture, Recipe(**options), 90)
    return plan, first_state(plan, n.parameters, n.buffers)


def test_after_all_epochs(blobs, engine):
    history = train(network(), *blobs, epochs=2, engine=engine)
    assert (history.reason, len(history.epochs)) == ("epochs", 2)


@pytest.mark.parametrize(("steps", "epochs"), [(3, 1), (4, 1), (6, 2), (1, 0)])
def test_after_so_many_steps_also_inside_an_epoch(blobs, engine, steps, epochs):
    run = start(network(), *blobs, steps=steps, engine=engine)
    last = list(run)[-1]
    counted = "1 step" if steps == 1 else f"{steps} steps"
    assert last == ("steps", f"stopped after {counted}, as many as were asked for")
    assert (run.state.step, len(run.state.history)) == (steps, epochs)


def test_a_step_of_the_middle_of_an_epoch_is_kept(blobs, engine):
    whole, part = network(), network()
    run = start(whole, *blobs, epochs=1, engine=engine, every=1)
    events = iter(run)
    next(events), next(events)
    train(part, *blobs, steps=1, engine=engine)
    assert np.array_equal(whole.parameters, part.parameters)


def test_at_a_target_cost_that_is_judged_at_fixed_weights(blobs, engine):
    X, Y = blobs
    n = network()
    history = train(n, X, Y, optimizer=SGD(0.5), epochs=99, target_cost=0.6, engine=engine)
    fixed = -np.log(n.predict(X)[np.arange(90), Y]).mean()
    assert history.reason == "target cost"
    assert fixed <= 0.6
    assert f"{fixed:.4f}"[:-1] in history.sentence
    shorter = network()
    train(shorter, X, Y, optimizer=SGD(0.5), epochs=len(history.epochs) - 1, engine=engine)
    assert -np.log(shorter.predict(X)[np.arange(90), Y]).mean() > 0.6


def test_when_nothing_becomes_better_with_the_best_weights(blobs, engine):
    X, Y = blobs
    n, kept = network(), []
    run = start(n, X, Y, optimizer=SGD(2.0), epochs=99, patience=3, validation=0.3, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded) and event.is_best:
            kept.append((event.record, n.parameters.copy()))
    costs = run.history.column("validation_cost")
    best = int(costs.argmin())
    assert run.history.reason == "converged"
    assert len(costs) == best + 1 + 3
    assert run.history.best_epoch == kept[-1][0].epoch == best + 1
    assert np.array_equal(n.parameters, kept[-1][1])
    assert run.cost(run.validation)[0] == costs[-1]
    assert f"lower than {costs[best]:.6g} (epoch {best + 1}) for 3 epochs" in run.history.sentence


def test_without_validation_the_training_cost_is_judged(blobs, engine):
    options = {"optimizer": SGD(0.0), "epochs": 99, "patience": 2, "min_delta": 1e-6}
    history = train(network(), *blobs, **options, engine=engine)
    assert (history.reason, len(history.epochs), history.best_epoch) == ("converged", 3, 1)


def test_best_weights_are_kept_also_where_all_epochs_were_done(blobs, engine):
    X, Y = blobs
    n = network()
    run = start(n, X, Y, optimizer=SGD(3.0), epochs=12, patience=99, validation=0.3, engine=engine)
    list(run)
    costs = run.history.column("validation_cost")
    assert run.history.reason == "epochs"
    assert run.history.best_epoch == costs.argmin() + 1 < 12
    other = start(n, X, Y, validation=0.3, engine=engine)
    assert other.cost(other.validation)[0] == costs.min()


def test_better_means_lower_by_more_than_min_delta():
    plan, state = prepared(patience=2, min_delta=0.1)
    verdicts = []
    for state.epoch, cost in enumerate([1.0, 0.95, 0.89, 0.8, 0.78], start=1):
        verdicts.append((judge(plan, state, cost), state.epochs_without_better))
    assert verdicts == [(True, 0), (False, 1), (True, 0), (False, 1), (True, 0)]
    assert (state.best.epoch, state.best.cost) == (5, 0.78)


def test_a_cost_that_is_not_a_number_is_never_the_best():
    plan, state = prepared(patience=1)
    for cost in (float("nan"), float("inf")):
        assert not judge(plan, state, cost)
    assert state.best is None


@pytest.mark.parametrize("rate", [1e6, 1e30])
def test_diverged_goes_back_to_the_epochs_start(line, engine, rate):
    X, Y = line
    n = Network(3, [Dense(4, "relu"), Dense(2, "identity")])
    before = n.parameters.copy()
    found = list(start(n, X, Y, optimizer=SGD(rate), epochs=5, engine=engine))
    assert found[-1].reason == "diverged"
    assert "the weights of the epoch's start were taken up again" in found[-1].sentence
    assert "Lower the learning rate" in found[-1].sentence
    if not any(isinstance(event, EpochEnded) for event in found):
        assert np.array_equal(n.parameters, before)
    assert np.isfinite(n.parameters).all()


def test_diverging_later_keeps_the_epochs_before(line, engine):
    X, Y = line
    n = Network(3, [Dense(4, "relu"), Dense(2, "identity")])
    run = start(n, X, Y, optimizer=SGD(0.01), epochs=9, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded) and event.record.epoch == 2:
            kept = n.parameters.copy()
            run.set_rate(1e25)
    assert run.history.reason == "diverged"
    assert "epoch 3" in run.history.sentence
    assert np.array_equal(n.parameters, kept)


def test_where_only_the_validation_cost_overflows_the_epoch_is_undone(line, engine):
    """Also with early stopping: an epoch like this is never the best one."""
    X, Y = line
    n = Network(3, [Dense(2, "identity")])
    before = n.parameters.copy()
    far = (np.full_like(X, 1e30), Y)
    for patience in (None, 2):
        found = list(start(n, X, Y, epochs=3, validation=far, patience=patience, engine=engine))
        assert found[-1].reason == "diverged"
        assert "the cost of the validation part" in found[-1].sentence
        assert np.array_equal(n.parameters, before)


def test_asked_stands_before_the_other_reasons():
    plan, state = prepared(epochs=1)
    state.epoch, state.step = 1, 3
    assert reason_before_step(plan, state, False).reason == "epochs"
    assert reason_before_step(plan, state, True).reason == "asked"


def test_there_is_no_reason_in_the_middle():
    plan, state = prepared(epochs=2, steps=5, patience=3)
    assert reason_before_step(plan, state, False) is None
    state.epoch, state.position = 1, 2
    assert reason_before_step(plan, state, True).sentence.endswith("after 1 epoch and 2 steps")


def test_every_reason_has_a_meaning(blobs):
    """Those that the tests of this file see are all there are."""
    assert set(REASONS) == {"epochs", "steps", "target cost", "converged", "diverged", "asked"}
    *_, last = start(network(), *blobs, epochs=1)
    assert isinstance(last, Stopped)
    assert last.reason in REASONS
