import math
import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

from pellucid import SGD, Adam, Dense, DivergedError, Network, start, train
from pellucid.equations.solvers import LBFGS
from pellucid.training.run import Run
from pellucid.training.starts import Starts, several


def network(seed=0, initial=None):
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")], seed=seed, initial=initial)


def timeless(history):
    """A history without its times."""
    epochs = tuple(record._replace(seconds=0.0) for record in history.epochs)
    starts = tuple(replace(one, seconds=0.0) for one in history.starts)
    return repr(replace(history, seconds=0.0, epochs=epochs, starts=starts))


def the_parts(n, blobs, validation, seed):
    """The training part and the validation part, held out with the first seed for all of them."""
    run = start(n.copy(), *blobs, validation=validation, seed=seed)
    held = None if run.validation is None else (run.validation.X, run.validation.Y)
    return (run.examples.X, run.examples.Y), held


def one_by_one(blobs, seeds, network, **given):
    """The networks and histories of runs that are carried out by hand."""
    found = []
    for seed in seeds:
        n = network if not found else network.redrawn(seed)
        n = n.copy()
        found.append((n, train(n, *blobs, seed=seed, **given)))
    return found


@pytest.mark.parametrize("part", [None, "given", 0.2])
@pytest.mark.parametrize("monitor", ["cost", "f1", "log_loss"])
def test_the_best_of_several_networks_is_kept(blobs, engine, part, monitor):
    """Each as it would be alone, with the seed and the first weights of its own."""
    held = (blobs[0][:20], blobs[1][:20]) if part == "given" else part
    given = {"optimizer": Adam(0.03), "epochs": 3, "monitor": monitor, "engine": engine}
    n = network()
    history = train(n.copy(), *blobs, seed=5, starts=4, validation=held, **given)
    data, given["validation"] = the_parts(n, blobs, held, 5)
    alone = one_by_one(data, (5, 6, 7, 8), n, **given)
    kept = [one.kept for one in history.starts]
    assert sum(kept) == 1
    judged = [one.judged for one in history.starts]
    assert kept.index(True) == int(np.argmin(judged))
    assert [one.seed for one in history.starts] == [5, 6, 7, 8]
    best, best_history = alone[kept.index(True)]
    assert timeless(replace(history, starts=())) == timeless(best_history)
    for (other, its), one in zip(alone, history.starts, strict=True):
        assert (one.epochs, one.reason) == (len(its.epochs), its.reason)
        run = start(other, *data, seed=one.seed, **given)
        cost, score = run.cost(run.examples if held is None else run.validation)
        assert (one.cost, one.score, one.judged) == (cost, score, run.judge())
    again = network()
    train(again, *blobs, seed=5, starts=4, **given | {"validation": held})
    assert np.array_equal(again.parameters, best.parameters)


def test_the_first_is_what_one_start_gives(blobs, engine):
    """Where it is the best one, it is all that is seen; it has the weights it was given."""
    n, m = network(seed=3), network(seed=3)
    train(n, *blobs, optimizer=Adam(0.05), epochs=20, engine=engine)
    m.parameters[...] = n.parameters
    given = {"optimizer": Adam(0.01), "epochs": 1, "validation": 0.2, "engine": engine}
    alone = train(n, *blobs, **given)
    among = train(m, *blobs, starts=3, **given)
    assert [one.kept for one in among.starts] == [True, False, False]
    assert np.array_equal(n.parameters, m.parameters)
    assert timeless(replace(among, starts=())) == timeless(alone)
    assert alone.starts == ()


@pytest.mark.parametrize("optimizer", [Adam(0.02), LBFGS()], ids=["adam", "lbfgs"])
def test_how_many_run_at_the_same_time_does_not_matter(blobs, engine, sha, optimizer):
    found = set()
    for threads in (1, 2, 3, None):
        n = network()
        given = {"optimizer": optimizer, "epochs": 4, "starts": 5, "metrics": ["f1"]}
        history = train(n, *blobs, validation=0.2, threads=threads, engine=engine, **given)
        found.add((sha(n.parameters), timeless(history)))
    assert len(found) == 1


def test_at_most_so_many_run_at_the_same_time(blobs, monkeypatch):
    now, most, lock = [0], [0], threading.Lock()

    class Counted(Run):
        def __iter__(self):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            yield from super().__iter__()
            with lock:
                now[0] -= 1

    for threads in (1, 2):
        first = start(network(), *blobs, starts=6, epochs=5, threads=threads, engine="reference")
        first.__class__ = Counted
        monkeypatch.setattr(Run, "like", like_counted(Counted, Run.like))
        assert len(several(first).starts) == 6
        assert 1 <= most[0] <= threads
        monkeypatch.undo()


def like_counted(kind, like):
    def counted(self, *args):
        run = like(self, *args)
        run.__class__ = kind
        return run

    return counted


def test_running_averages_belong_to_the_best_network_too(blobs, engine):
    layers = [Dense(4, "tanh", norm="batch"), Dense(3, "softmax")]
    n = Network(2, layers)
    n.parameters[...] *= 50  # so that the first is not the best
    starts = Starts(start(n, *blobs, optimizer=Adam(0.03), starts=3, epochs=3, engine=engine))
    for _ in starts:
        pass
    kept = next(one for one in starts.keep_best().starts if one.kept)
    assert kept.seed != 0
    assert np.array_equal(n.buffers, starts.best.state.buffers)
    check = start(n, *blobs, engine=engine)
    assert check.cost(check.examples) == (kept.cost, kept.score)


@pytest.mark.parametrize("seed", [0, 1, 2, 7])
def test_no_two_begin_with_the_same_weights(blobs, seed):
    """Also where the network was drawn from one of the seeds that come later."""
    given = {"optimizer": LBFGS(), "epochs": 3, "starts": 4, "batch_size": "all"}
    history = train(network(seed), *blobs, engine="reference", **given)
    assert len({one.cost for one in history.starts}) == 4


def test_the_others_are_drawn_as_the_first_was(blobs):
    """From 0, every gradient of the hidden weights is 0: none of the networks gets anywhere."""
    n = network(initial="zeros")
    history = train(n, *blobs, starts=3, epochs=2, optimizer=SGD(0.5), engine="reference")
    assert len({one.cost for one in history.starts}) <= 3
    assert (n.weights[1] == 0).all()
    assert {one.reason for one in history.starts} == {"not learning"}


def test_early_stopping_compares_the_best_epochs(blobs, engine):
    given = {"optimizer": SGD(2.0), "epochs": 30, "patience": 3, "engine": engine}
    n = network()
    history = train(n, *blobs, starts=3, validation=0.3, **given)
    data, given["validation"] = the_parts(n, blobs, 0.3, 0)
    for (_, its), one in zip(
        one_by_one(data, (0, 1, 2), network(), **given), history.starts, strict=True
    ):
        assert one.judged == its.column("validation_cost").min()
    kept = next(one for one in history.starts if one.kept)
    assert kept.judged == min(one.judged for one in history.starts)
    check = start(n, *blobs, validation=0.3, engine=engine)
    assert check.cost(check.validation) == (kept.cost, kept.score)
    assert kept.cost == kept.judged


def test_one_that_diverged_is_told_of_and_not_kept(line):
    """The first begins with weights that overflow in the first step."""
    X, Y = line
    n = Network(3, [Dense(4, "relu"), Dense(2, "identity")])
    n.parameters[...] *= 1e18
    history = train(n, X, Y, optimizer=SGD(0.01), starts=3, epochs=2, engine="reference")
    assert [one.reason for one in history.starts][0] == "diverged"
    assert math.isinf(history.starts[0].judged)
    assert not history.starts[0].kept
    assert history.reason != "diverged"
    assert np.isfinite(n.predict(X)).all()
    assert np.abs(n.parameters).max() < 10


def test_where_all_diverged_it_is_an_error(line, engine):
    X, Y = line
    n = Network(3, [Dense(2, "identity")])
    before = n.parameters.copy()
    with pytest.raises(DivergedError, match=r"each of 3 starts: diverged at step \d+ .*: the cost"):
        train(n, X, Y, optimizer=SGD(1e30), starts=3, epochs=3, engine=engine, batch_size=40)
    assert np.array_equal(n.parameters, before)


@pytest.mark.parametrize("far", [1e30, np.float32(3e38)])
def test_diverging_over_the_validation_part_makes_no_noise(line, engine, far):
    """Costs are still worked out for the summary, of weights whose predictions overflow."""
    X, Y = line
    n = Network(3, [Dense(2, "identity")])
    with pytest.raises(DivergedError, match="the cost of the validation part"):
        train(n, X, Y, starts=2, validation=(np.full_like(X, far), Y), engine=engine)


def test_a_solver_that_begins_at_its_minimum_can_be_the_best(blobs):
    """It has nothing to do, and so no step, but it is as good as any."""
    n = network()
    tight = {"optimizer": LBFGS(tolerance=1e-3), "l2": 0.01, "epochs": 500, "engine": "reference"}
    train(n, *blobs, **tight)
    before = n.parameters.copy()
    history = train(n, *blobs, starts=2, **tight | {"epochs": 2})
    assert (history.starts[0].epochs, history.starts[0].kept) == (0, True)
    assert np.array_equal(n.parameters, before)


def test_a_run_by_itself_is_the_first_alone(blobs):
    n, alone = network(), network()
    run = start(n, *blobs, starts=3, epochs=2, engine="reference")
    list(run)
    train(alone, *blobs, epochs=2, engine="reference")
    assert np.array_equal(n.parameters, alone.parameters)
    assert run.history.starts == ()


def test_an_error_in_one_stops_all(blobs):
    """A metric of one's own that fails: the error comes out, and soon."""

    def broken(P, Y):
        raise ZeroDivisionError("in a metric")

    with pytest.raises(ZeroDivisionError, match="in a metric"):
        train(network(), *blobs, starts=4, epochs=10**9, metrics=[broken], engine="reference")


def test_ctrl_c_stops_all_of_them(blobs, engine):
    """A real signal, while endless runs are at work and others wait."""
    calls = []

    def metric(P, Y):
        calls.append(1)
        if len(calls) == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return 0.0

    given = {"starts": 5, "epochs": 10**9, "threads": 2, "metrics": [metric]}
    first = start(network(), *blobs, **given, engine=engine)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            several(first)
    finally:
        signal.signal(signal.SIGINT, before)
    assert first.history.reason == "asked"
    assert first.state.step > 0
    assert np.array_equal(first.network.parameters, first.state.parameters)
    assert not [t for t in threading.enumerate() if "ThreadPool" in t.name]


def test_each_run_is_given_out_when_it_is_over(blobs, engine):
    starts = Starts(start(network(), *blobs, starts=4, epochs=2, threads=2, engine=engine))
    assert [run.plan.recipe.seed for run in starts.runs] == [0, 1, 2, 3]
    seen = []
    for run in starts:
        assert run.history.reason in ("epochs", "not learning")
        seen.append(run)
    assert sorted(map(id, seen)) == sorted(map(id, starts.runs))
    history = starts.keep_best()
    assert history.reason == starts.best.history.reason
    assert np.array_equal(starts.runs[0].network.parameters, starts.best.network.parameters)
    assert [one.kept for one in history.starts] == [run is starts.best for run in starts.runs]


def test_whoever_leaves_early_stops_all_of_them(blobs, engine):
    """The best so far is still the best of those that have done something."""
    first = start(network(), *blobs, starts=5, epochs=10**9, threads=2, engine=engine)
    starts = Starts(first)
    endless = iter(starts)
    threading.Timer(0.2, starts.runs[1].stop).start()
    assert next(endless) is starts.runs[1]
    endless.close()
    assert {run.history.reason for run in starts.runs} == {"asked"}
    assert not [t for t in threading.enumerate() if "ThreadPool" in t.name]
    working = [run for run in starts.runs if run.state.step > 0]
    assert 1 <= len(working) < 5
    assert starts.best in working
    assert starts.best.judge() == min(run.judge() for run in working)
