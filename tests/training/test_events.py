import numpy as np
import pytest

from pellucid import SGD, Dense, EpochEnded, Network, Started, Stepped, Stopped, start
from pellucid.equations.solvers import LBFGS


def events(blobs, **options):
    network = Network(2, [Dense(3, "softmax")])
    given = {"optimizer": SGD(0.5), "batch_size": 20, "epochs": 2} | options
    return list(start(network, *blobs, **given))


def kinds(found):
    return [type(event).__name__ for event in found]


def test_epochs_are_told_in_order_between_start_and_stop(blobs, engine):
    found = events(blobs, engine=engine)
    assert kinds(found) == ["Started", "EpochEnded", "EpochEnded", "Stopped"]


@pytest.mark.parametrize(
    ("every", "steps"), [(1, range(1, 11)), (2, [2, 4, 5, 6, 8, 10]), (99, [5, 10])]
)
def test_steps_are_told_as_often_as_asked_for_and_at_each_epochs_end(blobs, engine, every, steps):
    found = events(blobs, engine=engine, every=every)
    stepped = [event for event in found if isinstance(event, Stepped)]
    assert [event.step for event in stepped] == list(steps)
    assert [event.epoch for event in stepped] == [1 if step <= 5 else 2 for step in steps]
    assert [event.position for event in stepped] == [(step - 1) % 5 + 1 for step in steps]
    assert sum(len(event.costs) for event in stepped) == 10
    for i, event in enumerate(found):
        if isinstance(event, EpochEnded):
            assert found[i - 1].step == event.record.step
    assert kinds(found)[0] == "Started"
    assert kinds(found)[-2:] == ["EpochEnded", "Stopped"]


def test_the_first_event_says_what_is_going_to_be_done(blobs, engine):
    first = events(blobs, engine=engine, validation=0.1)[0]
    assert isinstance(first, Started)
    assert first.engine.startswith(engine)
    assert (first.n_validation, first.score, first.step) == (9, "accuracy", 0)
    assert first.plan.n_examples == 81


def test_the_last_event_says_why_it_is_the_last(blobs, engine):
    last = events(blobs, engine=engine)[-1]
    assert isinstance(last, Stopped)
    assert last == ("epochs", "stopped after 2 epochs, as many as were asked for")


@pytest.mark.parametrize("every", ["epoch", 1, 7])
def test_each_iteration_of_a_solver_is_a_step_and_an_epoch(blobs, every):
    found = events(blobs, optimizer=LBFGS(), epochs=3, every=every)
    told = ["EpochEnded"] if every == "epoch" else ["Stepped", "EpochEnded"]
    assert kinds(found) == ["Started", *(3 * told), "Stopped"]
    assert [event.record.step for event in found if isinstance(event, EpochEnded)] == [1, 2, 3]


def test_seconds_only_grow(blobs, engine):
    seconds = [
        event.seconds
        for event in events(blobs, engine=engine, every=1)[1::2]
        if isinstance(event, Stepped)
    ]
    assert np.all(np.diff(seconds) >= 0)
    assert seconds[0] > 0
