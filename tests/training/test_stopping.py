import math

import numpy as np
import pytest

from pellucid import SGD, Adam, Dense, EpochEnded, Network, Stopped, resume, start, train
from pellucid.equations.metrics import Metric
from pellucid.equations.solvers import LBFGS
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import EpochRecord, first_state
from pellucid.training.interrupts import ASKED, OUT_OF_TIME
from pellucid.training.stopping import REASONS, judge, reason_before_step

NAN = math.nan


def network():
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")], seed=1)


@pytest.fixture(scope="module")
def learnt(blobs):
    """A network that is better than any constant already, whatever little is done with it."""
    n = network()
    train(n, *blobs, optimizer=Adam(0.05), epochs=20, engine="reference")
    return n


def prepared(**options):
    n = network()
    plan = compile_plan(n.architecture, Recipe(**options), 90)
    return plan, first_state(plan, n.parameters, n.buffers)


def scripted(values, better="higher"):
    """A metric of the name "value" that takes these values, epoch by epoch."""
    coming = iter(values)

    def value(P, Y, xp=None):
        return next(coming)

    return Metric(value, better, "any", "", "")


def test_after_all_epochs(learnt, blobs, engine):
    history = train(learnt.copy(), *blobs, epochs=2, engine=engine)
    assert (history.reason, len(history.epochs)) == ("epochs", 2)
    assert history.sentence == "stopped after 2 epochs, as many as were asked for"


@pytest.mark.parametrize(("steps", "epochs"), [(3, 1), (4, 1), (6, 2), (1, 0)])
def test_after_so_many_steps_also_inside_an_epoch(learnt, blobs, engine, steps, epochs):
    run = start(learnt.copy(), *blobs, steps=steps, engine=engine)
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


@pytest.mark.parametrize("every", ["epoch", 1])
def test_when_the_time_is_over(learnt, blobs, engine, tmp_path, every):
    """Of so many epochs that they would take days."""
    run = start(learnt.copy(), *blobs, epochs=10**9, seconds=0.1, engine=engine, every=every)
    last = list(run)[-1]
    assert last.reason == "time"
    assert last.sentence.endswith(" s are over, 0.1 s were asked for")
    assert run.state.step < 10**9
    run.save(tmp_path / "c")
    again = resume(tmp_path / "c", *blobs)
    assert [type(event).__name__ for event in again] == ["Started", "Stopped"]
    assert again.history.reason == "time"


def test_when_the_time_is_over_inside_an_endless_epoch(engine):
    """The steps of an epoch are one call of the engine, which looks at the flag."""
    X = np.zeros((200_000, 2), np.float32)
    n = network()
    run = start(n, X, X[:, 0].astype(int), batch_size=1, epochs=9, seconds=0.05, engine=engine)
    assert list(run)[-1].reason == "time"
    assert run.state.step < 9 * len(X)
    assert np.array_equal(n.parameters, run.state.parameters)


def test_a_solver_has_no_time_either(learnt, blobs, engine):
    run = start(learnt.copy(), *blobs, optimizer=LBFGS(), epochs=99, seconds=1e-9, engine=engine)
    assert list(run)[-1].reason == "time"
    assert run.state.step <= 1


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
    assert run.cost(run.validation)[0] == costs[-1]  # at the weights it would go on from
    delivered = start(n, X, Y, validation=0.3, engine=engine)
    assert delivered.cost(delivered.validation)[0] == costs[best]
    shown = f"nothing better than the cost of {costs[best]:.6g} of epoch {best + 1} for 3 epochs"
    assert shown in run.history.sentence


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
    assert (state.best.epoch, state.best.judged) == (5, 0.78)


def test_a_cost_that_is_not_a_number_is_never_the_best():
    plan, state = prepared(patience=1)
    for cost in (NAN, math.inf):
        assert not judge(plan, state, cost)
    assert state.best is None


@pytest.mark.parametrize("part", [None, 0.2])
@pytest.mark.parametrize(
    ("better", "values", "best"),
    [
        ("higher", [0.1, 0.5, 0.4, 0.5, 0.9], 2),
        ("higher", [0.1, NAN, 0.5, NAN, NAN], 3),
        ("lower", [0.9, 0.5, 0.6, 0.7, 0.1], 2),
        ("lower", [NAN, 0.9, NAN, NAN], 2),
    ],
)
def test_patience_with_a_metric(blobs, better, values, best, part):
    """With two epochs of patience; what is undefined is never the best."""
    n, kept = network(), []
    metric = scripted(values, better)
    given = {"metrics": [metric], "monitor": "value", "patience": 2, "validation": part}
    run = start(n, *blobs, epochs=99, **given, engine="reference")
    for event in run:
        if isinstance(event, EpochEnded):
            kept.append((event.is_best, n.parameters.copy()))
    assert (run.history.reason, run.history.best_epoch, len(kept)) == ("converged", best, best + 2)
    assert np.array_equal(n.parameters, kept[best - 1][1])
    assert not any(is_best for is_best, _ in kept[best:])
    said = f"nothing better than the value of {values[best - 1]:.6g} of epoch {best} for 2 epochs"
    assert said in run.history.sentence
    assert np.array_equal(run.history.column("value"), values[: best + 2], equal_nan=True)


def test_patience_with_a_metric_that_is_never_defined(blobs, engine):
    """The area under the curve, judged on examples of one class alone."""
    X, Y = blobs
    n = network()
    only = (X[Y == 0], Y[Y == 0])
    given = {"monitor": "roc_auc", "validation": only, "patience": 2, "epochs": 9}
    run = start(n, X, Y, **given, engine=engine)
    sentence = "stopped after 2 epochs: the roc_auc was undefined for 2 epochs"
    assert list(run)[-1] == ("converged", sentence)
    assert run.history.best_epoch is None
    assert np.array_equal(n.parameters, run.state.parameters)


def test_when_what_is_judged_by_becomes_worse_again_and_again(blobs):
    n, kept = network(), []
    values = [0.3, 0.2, 0.4, 0.3, 0.2, 0.2, 0.15, 0.1, 0.9]
    run = start(n, *blobs, metrics=[scripted(values)], monitor="value", rises=2, epochs=99)
    for event in run:
        if isinstance(event, EpochEnded):
            kept.append(n.parameters.copy())
    sentence = (
        "stopped after 5 epochs: it became worse 2 times in a row, from a value of 0.4 to 0.2"
    )
    assert (run.history.reason, run.history.sentence) == ("cost rose", sentence)
    assert run.history.best_epoch == 3
    assert np.array_equal(n.parameters, kept[2])


def test_when_the_cost_rises(blobs, engine):
    run = start(
        network(), *blobs, optimizer=SGD(5.0), rises=2, validation=0.2, epochs=99, engine=engine
    )
    list(run)
    costs = run.history.column("validation_cost")
    assert run.history.reason == "cost rose"
    assert costs[-3] < costs[-2] < costs[-1]
    assert f"from a cost of {costs[-3]:.6g} to {costs[-1]:.6g}" in run.history.sentence
    rising = np.diff(costs) > 0
    assert not (rising[:-2] & rising[1:-1]).any()
    assert run.history.best_epoch == costs.argmin() + 1


@pytest.mark.parametrize(
    ("judged", "rises", "ends"),
    [
        ([1, 2, 3], 2, True),
        ([1, 2, 2], 2, False),
        ([1, 2], 2, False),
        ([1, 2], 1, True),
        ([1, NAN, 3], 2, False),
        ([3, 2, 1], 1, False),
    ],
)
def test_rises_are_counted_from_one_epoch_to_the_next(judged, rises, ends):
    plan, state = prepared(rises=rises, epochs=99)
    state.history += [EpochRecord(1, 1, 1, 1, 1, 1, 1, cost) for cost in judged]
    state.epoch = len(judged)
    found = reason_before_step(plan, state, 0)
    assert (found is not None and found.reason == "cost rose") is ends
    state.position = 1
    assert reason_before_step(plan, state, 0) is None


def test_one_reason_stands_before_the_other():
    plan, state = prepared(epochs=1, seconds=1.0)
    state.epoch, state.step = 1, 3
    assert reason_before_step(plan, state, 0).reason == "epochs"
    assert reason_before_step(plan, state, OUT_OF_TIME).reason == "time"
    assert reason_before_step(plan, state, ASKED).reason == "asked"
    state.seconds = 1.0
    assert reason_before_step(plan, state, 0).reason == "time"


def test_there_is_no_reason_in_the_middle():
    plan, state = prepared(epochs=2, steps=5, patience=3, rises=1, seconds=9.0)
    assert reason_before_step(plan, state, 0) is None
    state.epoch, state.position = 1, 2
    assert reason_before_step(plan, state, ASKED).sentence.endswith("after 1 epoch and 2 steps")


def test_every_reason_has_a_meaning(blobs):
    """Those that the tests of this file and its neighbours see are all there are."""
    seen = {"epochs", "steps", "time", "target cost", "converged", "cost rose", "asked"}
    assert set(REASONS) == seen | {"diverged", "not learning"}
    *_, last = start(network(), *blobs, epochs=1)
    assert isinstance(last, Stopped)
    assert last.reason in REASONS
