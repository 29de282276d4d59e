import numpy as np
import pytest

from pellucid import SGD, Cosine, Dense, Network, Stepped, start, train
from pellucid.equations.solvers import LBFGS
from pellucid.plan.state import EpochRecord
from pellucid.training.history import History, Start

RECORDS = (
    EpochRecord(1, 5, 0.5, 0.6, 0.75, 0.1, 1.0, 0.6),
    EpochRecord(2, 10, 0.25, 0.3, 1, 0.1, 2, 0.3),
)


def network():
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")])


def test_the_cost_of_an_epoch_is_the_weighted_mean_of_its_steps(blobs, engine):
    """90 examples in batches of 32, 32 and 26: the last counts for less."""
    run = start(network(), *blobs, epochs=3, engine=engine, every=1)
    costs = np.concatenate([event.costs for event in run if isinstance(event, Stepped)])
    means = np.average(costs.reshape(3, 3), axis=1, weights=[32, 32, 26])
    np.testing.assert_allclose(run.history.costs, means, rtol=1e-12)


def test_with_sample_weights_batches_count_by_their_weight(blobs, engine):
    weight = np.random.default_rng(0).random(90)
    run = start(network(), *blobs, epochs=1, batch_size=90, sample_weight=weight, engine=engine)
    before = run.cost(run.examples)[0]
    list(run)
    assert run.history.costs[0] == pytest.approx(before, rel=1e-6)


def test_the_first_cost_is_that_of_the_untrained_network(blobs, engine):
    X, Y = blobs
    start_network = network()
    P = start_network.predict(X)
    history = train(start_network, X, Y, batch_size=90, epochs=1, engine=engine)
    assert history.costs[0] == pytest.approx(-np.log(P[np.arange(90), Y]).mean(), rel=1e-6)


def test_the_cost_holds_the_penalties_and_the_validation_cost_does_not(blobs, engine):
    X, Y = blobs
    n, options = network(), {"batch_size": 90, "epochs": 1, "engine": engine}
    squares = sum((n.weights[l] ** 2).sum() for l in (1, 2))
    sizes = sum(np.abs(n.weights[l]).sum() for l in (1, 2))
    plain = train(n.copy(), X, Y, optimizer=SGD(0.0), validation=(X, Y), **options)
    for given, penalty in (({"l2": 0.5}, 0.25 * squares), ({"l1": 0.5}, 0.5 * sizes)):
        other = train(n.copy(), X, Y, optimizer=SGD(0.0), validation=(X, Y), **given, **options)
        assert other.costs[0] - plain.costs[0] == pytest.approx(penalty, rel=1e-5)
        assert other.column("validation_cost")[0] == plain.column("validation_cost")[0]
    assert plain.column("validation_cost")[0] == pytest.approx(plain.costs[0], rel=1e-6)


def test_what_an_epoch_was_judged_by(blobs, engine):
    """The validation cost, without one the training cost, or a metric with its sign."""
    given = {"optimizer": SGD(0.5), "epochs": 3, "engine": engine}
    history = train(network(), *blobs, **given)
    assert (history.column("judged") == history.costs).all()
    history = train(network(), *blobs, validation=0.2, **given)
    assert (history.column("judged") == history.column("validation_cost")).all()
    history = train(network(), *blobs, validation=0.2, monitor="f1", **given)
    assert (history.column("judged") == -history.column("f1")).all()
    history = train(network(), *blobs, monitor="log_loss", **given)
    assert (history.column("judged") == history.column("log_loss")).all()


def test_a_solver_has_no_learning_rate(blobs, engine):
    history = train(network(), *blobs, optimizer=LBFGS(), epochs=3, engine=engine)
    assert np.isnan(history.column("learning_rate")).all()
    assert [record.step for record in history.epochs] == [1, 2, 3]


def test_each_record_says_where_the_run_was(blobs, engine):
    history = train(network(), *blobs, epochs=3, optimizer=SGD(Cosine(1.0)), engine=engine)
    assert [record.epoch for record in history.epochs] == [1, 2, 3]
    assert [record.step for record in history.epochs] == [3, 6, 9]
    rates = [(1 + np.cos(np.pi * t / 9)) / 2 for t in (2, 5, 8)]
    np.testing.assert_allclose(history.column("learning_rate"), rates, rtol=1e-12)
    assert np.isnan(history.column("validation_cost")).all()
    assert history.seconds >= history.epochs[-1].seconds > 0
    assert history.engine.startswith(engine)
    assert history.best_epoch is None


def test_it_prints_as_a_table_with_the_reason_below():
    text = str(History(RECORDS, "epochs", "stopped after 2 epochs", "accuracy", "native", 2.0))
    lines = text.split("\n")
    assert lines[0].split() == ["epoch", "cost", "validation", "accuracy", "seconds"]
    assert lines[2].split() == ["2", "0.250000", "0.300000", "1.0000", "2.00"]
    assert lines[3] == "stopped after 2 epochs (native)"
    assert len({len(line) for line in lines[:3]}) == 1


def test_metrics_are_columns_and_starts_are_lines():
    records = tuple(r._replace(metrics=(0.5 + i, -0.25)) for i, r in enumerate(RECORDS))
    starts = (
        Start(7, 0.3, 0.3, 0.75, 2, "epochs", 2.0, kept=True),
        Start(8, 0.4, 0.4, 0.5, 9, "not learning", 1.25, kept=False),
    )
    names = ("a_metric_with_a_long_name", "f1")
    history = History(
        records, "epochs", "stopped", "r2", "native", 2.0, metrics=names, starts=starts
    )
    lines = str(history).split("\n")
    assert lines[0].split() == ["epoch", "cost", "validation", "r2", *names, "seconds"]
    assert lines[2].split()[4:] == ["1.5000", "-0.2500", "2.00"]
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[3] == "start 7: cost 0.3, score 0.7500, 2 epochs, epochs, 2.00 s  kept"
    assert lines[4] == "start 8: cost 0.4, score 0.5000, 9 epochs, not learning, 1.25 s"
    assert history.column("f1").tolist() == [-0.25, -0.25]
    assert history.column(names[0]).tolist() == [0.5, 1.5]
    assert history.column("judged").tolist() == [0.6, 0.3]


def test_a_run_that_goes_on_has_a_history_too(blobs):
    run = start(network(), *blobs, optimizer=SGD(0.5), epochs=2)
    assert run.history.reason == ""
    assert run.history.sentence == "still running"
    events = iter(run)
    next(events), next(events)
    assert len(run.history.epochs) == 1
    list(events)
    assert run.history.reason == "epochs"
