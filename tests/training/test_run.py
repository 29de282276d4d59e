import threading

import numpy as np
import pytest

from pellucid import (
    SGD,
    Adam,
    Constant,
    Cosine,
    Dense,
    EpochEnded,
    Momentum,
    Network,
    RecipeError,
    Stepped,
    UnsupportedError,
    start,
    train,
)
from pellucid.equations.schedules import Plateau
from pellucid.equations.solvers import LBFGS
from pellucid.plan.state import first_state
from tests.training.runs import RUNS, begin, outcome


def network(**options):
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")], **options)


@pytest.mark.parametrize("monitor", ["cost", "f1", "log_loss"])
@pytest.mark.parametrize("part", [None, 0.3])
def test_a_run_can_be_judged_at_any_time(blobs, engine, monitor, part):
    """By what patience looks at: where there is validation, what its last record says."""
    run = start(network(), *blobs, monitor=monitor, validation=part, epochs=2, engine=engine)
    list(run)
    judged = run.history.column("judged")[-1]
    if monitor == "cost" and part is None:
        judged = run.cost(run.examples)[0]
    assert run.judge() == judged


def test_another_run_over_the_same_data(blobs, engine):
    run = start(network(), *blobs, metrics=["f1"], validation=0.2, engine=engine, threads=1)
    n = network(seed=5)
    state = first_state(run.plan, n.parameters.copy(), n.buffers.copy())
    other = run.like(n, run.plan, state)
    list(other)
    alone = network(seed=5)
    train(alone, *blobs, metrics=["f1"], validation=0.2, engine=engine)
    assert np.array_equal(n.parameters, alone.parameters)
    assert (other.examples, other.validation) == (run.examples, run.validation)
    assert (other.engine, other.threads) == (run.engine, 1)
    assert run.state.step == 0


def test_the_engine_says_its_name(blobs, engine):
    run = start(network(), *blobs, engine=engine)
    assert run.engine.split()[0].strip(":") == engine
    assert run.state.engine == engine
    assert run.state.instruction_set


def test_auto_says_why_it_took_the_reference(blobs, monkeypatch):
    n = network()
    monkeypatch.setattr("pellucid.engines.select.missing", lambda plan: "such a thing")
    assert start(n, *blobs).engine == "reference: native has no such a thing yet"
    with pytest.raises(UnsupportedError, match="no such a thing yet. Use the engine reference"):
        start(n, *blobs, engine="native")
    with pytest.raises(UnsupportedError, match="expected one of auto, native, reference"):
        start(n, *blobs, engine="cuda")


@pytest.mark.parametrize("every", [0, -1, 1.5, "step", None])
def test_an_event_comes_each_epoch_or_each_so_many_steps(blobs, every):
    with pytest.raises(RecipeError, match='every: expected "epoch" or a number of steps'):
        start(network(), *blobs, every=every)


@pytest.mark.parametrize("threads", [0, -1, 1.5, "all", True, 2**31])
def test_there_is_at_least_one_thread(blobs, threads):
    with pytest.raises(RecipeError, match="threads: expected a whole number from 1"):
        start(network(), *blobs, threads=threads)


@pytest.mark.parametrize("name", RUNS)
def test_where_stretches_are_cut_does_not_matter(blobs, engine, sha, name):
    found = []
    for every in ("epoch", 1, 2, 3, 7, 100):
        run = begin(blobs, RUNS[name], engine, every=every)
        list(run)
        found.append(outcome(run, sha))
    assert all(other == found[0] for other in found)


def test_how_many_threads_there_are_does_not_matter(blobs, engine, sha):
    found = set()
    for threads in (1, 2, 3, None):
        n = Network(2, [Dense(64, "relu"), Dense(64), Dense(3, "softmax")])
        train(n, *blobs, epochs=3, dropout=0.2, engine=engine, threads=threads)
        found.add(sha(n.parameters))
    assert len(found) == 1


@pytest.mark.parametrize("every", ["epoch", 2])
def test_the_network_holds_the_weights_after_each_event(blobs, engine, every):
    n = network()
    run = start(n, *blobs, epochs=2, every=every, engine=engine)
    seen = []
    for _ in run:
        assert np.array_equal(n.parameters, run.state.parameters)
        seen.append(n.parameters.tobytes())
    assert len(set(seen)) >= 3


def test_a_loop_that_was_left_can_be_taken_up_again(blobs, engine, sha):
    whole, parted = network(), network()
    train(whole, *blobs, epochs=4, engine=engine)
    run = start(parted, *blobs, epochs=4, every=2, engine=engine)
    for event in run:
        if isinstance(event, Stepped) and event.step >= 5:
            break
    list(run)
    assert sha(parted.parameters) == sha(whole.parameters)


def test_stopping_from_inside_the_loop(blobs, engine):
    run = start(network(), *blobs, epochs=9, every=1, engine=engine)
    for event in run:
        if isinstance(event, Stepped) and event.step == 4:
            run.stop()
    assert run.history.reason == "asked"
    assert run.history.sentence == "stopped as asked, after 1 epoch and 1 step"
    assert run.state.step == 4


def test_stopping_from_another_thread_inside_an_endless_epoch(engine):
    """The steps of an epoch are one call of the engine, which looks at the flag."""
    X = np.zeros((200_000, 2), np.float32)
    n = network()
    run = start(n, X, np.zeros(len(X), int), batch_size=1, epochs=10**6, engine=engine)
    timer = threading.Timer(0.05, run.stop)
    timer.start()
    found = list(run)
    timer.join()
    assert found[-1].reason == "asked"
    assert run.state.step < 10**6 * len(X)
    assert np.array_equal(n.parameters, run.state.parameters)


def test_a_rate_set_by_hand_acts_from_the_next_step(blobs, engine, sha):
    X, Y = blobs
    by_hand, planned = network(), network()
    run = start(by_hand, X, Y, optimizer=SGD(0.5), epochs=2, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded):
            run.set_rate(0.0)
    train(planned, X, Y, optimizer=SGD(0.5), epochs=1, engine=engine)
    assert sha(by_hand.parameters) == sha(planned.parameters)
    assert run.history.column("learning_rate").tolist() == [0.5, 0.0]


def test_a_rate_set_by_hand_scales_the_rest_of_a_schedule(blobs, engine):
    run = start(network(), *blobs, optimizer=SGD(Cosine(1.0)), epochs=3, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded) and event.record.epoch == 1:
            run.set_rate(0.375)
    rates = np.array([(1 + np.cos(np.pi * t / 9)) / 2 for t in (2, 5, 8)])
    factor = 0.375 / 0.75
    np.testing.assert_allclose(
        run.history.column("learning_rate"), rates * [1, factor, factor], rtol=1e-12
    )


def test_a_rate_set_by_hand_scales_what_a_plateau_makes_of_it(blobs, engine):
    """The first epoch is the best: the rate halves after each of the others."""
    coming = iter([5.0, 4.0, 3.0, 2.0])

    def value(P, Y):
        return next(coming)

    optimizer = SGD(Plateau(0.8, 0.5, patience=1))
    given = {"optimizer": optimizer, "metrics": [value], "monitor": "value", "epochs": 4}
    run = start(network(), *blobs, **given, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded) and event.record.epoch == 2:
            run.set_rate(0.1)  # 0.4 is planned
    assert run.history.column("learning_rate") == pytest.approx([0.8, 0.8, 0.1, 0.05])


def test_a_solver_has_no_rate_to_set(blobs, engine):
    run = start(network(), *blobs, optimizer=LBFGS(), engine=engine)
    with pytest.raises(RecipeError, match="a solver chooses its steps itself and has none"):
        run.set_rate(0.1)


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_a_rate_has_to_be_a_sensible_number(blobs, rate):
    run = start(network(), *blobs)
    with pytest.raises(RecipeError, match="learning_rate: expected a finite number"):
        run.set_rate(rate)


def test_any_number_of_an_optimizer_may_follow_a_schedule(blobs, engine, sha):
    def trained(optimizer):
        n = network()
        train(n, *blobs, optimizer=optimizer, epochs=2, engine=engine)
        return sha(n.parameters)

    assert trained(Momentum(0.1, Constant(0.5))) == trained(Momentum(0.1, 0.5))
    assert trained(Momentum(0.1, Cosine(0.5, 0.5))) == trained(Momentum(0.1, 0.5))
    assert trained(Momentum(0.1, Cosine(0.5, 0.9))) != trained(Momentum(0.1, 0.5))
    assert trained(Adam(0.1, beta1=Cosine(0.9, 0.0))) != trained(Adam(0.1))


def test_the_cost_of_a_part_is_without_dropout_and_penalty_and_weighted(blobs, engine):
    X, Y = blobs
    weight = np.arange(90) % 4
    n = network(precision="float64")
    run = start(n, X, Y, dropout=0.5, l2=1.0, sample_weight=weight, engine=engine)
    losses = -np.log(n.predict(X)[np.arange(90), Y])
    cost, accuracy = run.cost(run.examples)
    assert cost == pytest.approx(np.average(losses, weights=weight), rel=1e-12)
    assert accuracy == (n.predict(X).argmax(1) == Y).mean()
