"""A schedule that looks at what the epochs so far were judged by."""

import numpy as np
import pytest

from pellucid import SGD, Dense, Momentum, Network, Stepped, resume, start, train
from pellucid.equations.metrics import Metric
from pellucid.equations.schedules import Plateau, WarmUp
from tests.training.runs import outcome

# Judged by this, epoch for epoch; no better than the best so far in epochs 3, 4, 6, 7, 8.
SCRIPT = [5.0, 4.0, 4.5, 4.0, 3.0, 3.5, 3.5, 3.5, 1.0, 1.5]
BEFORE = 90 // 32 + 1  # steps of an epoch


def network():
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")])


def scripted(better="lower", script=SCRIPT, done=0):
    coming = iter(script[done:])

    def value(P, Y, xp=None):
        found = next(coming)
        return found if better == "lower" else -found

    return Metric(value, better, "any", "", "")


def rates(blobs, optimizer, better="lower", **given):
    """The learning rate of each step, by the costs it leads to being told after each."""
    given = {"monitor": "value", "epochs": 10, "engine": "reference"} | given
    run = start(network(), *blobs, optimizer=optimizer, metrics=[scripted(better)], **given)
    list(run)
    return run.history.column("learning_rate").tolist()


@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize("part", [None, 0.2])
def test_it_acts_at_the_end_of_the_epoch_that_was_one_too_many(blobs, better, part):
    """With patience 2 after the epochs 4 and 7; the next epoch is the first with a lower rate."""
    found = rates(blobs, SGD(Plateau(0.8, 0.5, patience=2)), better, validation=part)
    assert found == [0.8] * 4 + [0.4] * 3 + [0.2] * 3
    found = rates(blobs, SGD(Plateau(0.8, 0.5, patience=1)), better, validation=part)
    assert found == [0.8, 0.8, 0.8, 0.4, 0.2, 0.2, 0.1, 0.05, 0.025, 0.025]


def test_all_steps_of_an_epoch_have_its_rate(blobs, engine):
    """Epoch 3 is as bad as the second: its steps are still those of before, the next ones not."""

    def carried_out(optimizer, until):
        run = start(
            network(),
            *blobs,
            optimizer=optimizer,
            metrics=[scripted(script=[1.0, 2.0, 2.0, 2.0])],
            monitor="value",
            epochs=4,
            every=1,
            engine=engine,
        )
        return [run.state.parameters.copy() for event in run if isinstance(event, Stepped)][:until]

    plateau, constant = SGD(Plateau(0.5, 0.1, patience=2)), SGD(0.5)
    same = 3 * BEFORE
    one, other = carried_out(plateau, same + 1), carried_out(constant, same + 1)
    assert all(np.array_equal(p, q) for p, q in zip(one[:same], other[:same], strict=True))
    assert not np.array_equal(one[same], other[same])
    np.testing.assert_allclose(
        one[same] - one[same - 1], 0.1 * (other[same] - other[same - 1]), rtol=1e-2, atol=1e-6
    )


def test_a_small_gain_is_none_and_there_is_a_smallest_rate(blobs):
    found = rates(blobs, SGD(Plateau(0.8, 0.5, patience=2, min_delta=1.5)))
    assert found == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2]
    found = rates(blobs, SGD(Plateau(0.8, 0.5, patience=1, smallest=0.3)))
    assert min(found) == 0.3


def test_undefined_judgements_are_no_better(blobs):
    script = [np.nan, 5.0, np.nan, np.nan, 4.0]
    run = start(
        network(),
        *blobs,
        optimizer=SGD(Plateau(0.8, 0.5, patience=2)),
        metrics=[scripted(script=script)],
        monitor="value",
        epochs=5,
        engine="reference",
    )
    list(run)
    assert run.history.column("learning_rate").tolist() == [0.8] * 4 + [0.4]


def test_it_begins_after_a_warm_up(blobs):
    """Two epochs up: what they were judged by does not count."""
    found = rates(blobs, SGD(WarmUp(Plateau(0.8, 0.5, patience=2), epochs=2)))
    assert found[:2] == [pytest.approx(0.4), pytest.approx(0.8)]
    assert found[2:] == [0.8] * 5 + [0.4] * 3


def test_any_number_may_be_on_a_plateau(blobs, engine):
    """The momentum, which nothing else shows: a run of two parts set together by hand."""
    given = {"metrics": [scripted(script=[1.0, 2.0, 2.0])], "monitor": "value", "engine": engine}
    n = network()
    train(n, *blobs, optimizer=Momentum(0.1, Plateau(0.8, 0.5, patience=1)), epochs=3, **given)
    other = network()
    run = start(other, *blobs, optimizer=Momentum(0.1, 0.8), epochs=2, engine=engine)
    list(run)
    assert not np.array_equal(n.parameters, other.parameters)


def test_without_a_monitor_the_cost_is_looked_at(blobs, engine):
    optimizer = SGD(Plateau(3.0, 0.5, patience=1, min_delta=0.01))
    for part in (None, 0.3):
        history = train(
            network(), *blobs, optimizer=optimizer, epochs=12, validation=part, engine=engine
        )
        judged = history.costs if part is None else history.column("validation_cost")
        best, rate, expected = np.inf, 3.0, []
        for cost in judged:
            expected.append(rate)
            rate, best = (rate, cost) if cost < best - 0.01 else (rate / 2, best)
        assert history.column("learning_rate").tolist() == expected
        assert len(set(expected)) > 2


@pytest.mark.parametrize("part", [None, 0.2])
def test_a_resumed_run_sees_the_same_plateau(blobs, tmp_path, sha, engine, part):
    """At any step, also of the epoch that is the first with a lower rate."""
    optimizer = SGD(Plateau(3.0, 0.5, patience=1, min_delta=0.05))
    given = {"optimizer": optimizer, "epochs": 7, "validation": part, "engine": engine}
    run = start(network(), *blobs, every=1, **given)
    for i, _ in enumerate(run):
        run.save(tmp_path / f"{i}")
    assert len(set(run.history.column("learning_rate"))) > 2
    for i in range(len(list(tmp_path.iterdir()))):
        again = resume(tmp_path / f"{i}", *blobs, validation=part)
        list(again)
        assert outcome(again, sha) == outcome(run, sha)
