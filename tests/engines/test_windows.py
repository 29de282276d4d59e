"""Sessions that go by windows: the same run, in pieces, read by a thread of its own."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import LBFGS, DataError, RecipeError, UnsupportedError
from pellucid.engines.native import NativeEngine
from pellucid.engines.reference import ReferenceEngine
from pellucid.engines.windows import WindowedSession, Windows, in_background, open_session
from pellucid.equations.augmenting import Augment, distorted
from pellucid.plan.examples import Examples
from pellucid.plan.order import order
from pellucid.plan.plan import compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe
from pellucid.plan.state import first_state
from tests.engines.strategies import BUILT, Case, cases
from tests.rows import network, on_disk

ENGINES = [ReferenceEngine, NativeEngine] if BUILT else [ReferenceEngine]
GO = np.zeros(1, np.int32)


def carry_out(case: Case, session, n: int, cut: int):
    """Do n steps in stretches of at most `cut`; return costs, weights and the state's vectors."""
    plan, first, costs = case.plan, case.state.step, []
    while n > 0:
        numbers = optimizer_numbers(plan, first, min(n, cut), 1.0)
        stretch = session.advance(numbers, GO)
        done = len(stretch.costs)
        costs += stretch.costs.tolist() + stretch.weights.tolist()
        n, first = n - done, first + done
        if stretch.stopped != "done":
            break
    case.state.seconds = 0.0
    session.sync(case.state)
    state = case.state
    return costs, state.parameters.tobytes(), state.slots.tobytes(), state.buffers.tobytes()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@settings(deadline=None, max_examples=40)
@given(
    case=cases(),
    steps=st.integers(1, 9),
    cut=st.integers(1, 7),
    n=st.integers(1, 12),
)
def test_windows_of_the_plans_own_order_change_no_bit(engine, threads, case, steps, cut, n):
    """Whatever the plan, the size of windows, where the run begins and where it is cut."""
    plan, state = case.plan, case.state
    vectors = [x.copy() for x in (state.parameters, state.slots, state.buffers)]
    place = state.step, state.epoch, state.position
    whole = carry_out(case, engine().open(plan, state, case.examples, threads), n, cut)
    for old, new in zip(vectors, (state.parameters, state.slots, state.buffers), strict=True):
        new[...] = old
    state.step, state.epoch, state.position = place
    windows = Windows(plan, case.examples, steps * plan.batch_size)
    session = WindowedSession(
        engine().open(plan, state, case.examples.take(slice(0, 0)), threads),
        windows,
        case.examples,
    )
    assert carry_out(case, session, n, cut) == whole


@pytest.fixture
def stored(tmp_path):
    """A plan over rows in a file: 13 batches of 8, 6 windows of 16, and a state to begin from."""
    return begun(on_disk(tmp_path, 100, chunk=7, window=16))


def begun(examples, **options):
    n = network()
    plan = compile_plan(n.architecture, Recipe(**{"batch_size": 8, "epochs": 3} | options), 100)
    return plan, first_state(plan, n.parameters, n.buffers), examples


def numbers(plan, n, first=0):
    return optimizer_numbers(plan, first, n, 1.0)


def settled():
    """Wait until every thread that reads is over, as it has to be soon."""
    for thread in threading.enumerate():
        if thread.name == "pellucid-window":
            thread.join(20)
            assert not thread.is_alive()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_rows_in_files_are_all_seen_once_an_epoch(engine, stored):
    """Each row counts as its number + 1: the weights of the steps add up to 1 + 2 + … + 100."""
    plan, state, examples = stored
    weighted = Examples(examples.X, examples.Y, np.arange(100) + 1.0)
    session = open_session(engine(), plan, state, weighted, 1)
    for epoch in range(2):
        stretch = session.advance(numbers(plan, 99, epoch * 13), GO)
        assert len(stretch.costs) == 13
        assert stretch.weights.sum() == 5050
        assert session.place() == (epoch + 1, 0)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_run_over_files_is_that_over_the_same_rows_in_that_order(engine, stored):
    """An epoch by hand: the order of each window, given to a session over the rows in memory."""
    plan, state, examples = stored
    here = Examples(examples.X[:], examples.Y)
    windows = Windows(plan, examples, 16)
    parts = [windows.at(0, first) for first in range(0, 13, 2)]
    rows = np.concatenate([np.flatnonzero((x == here.X).all(1)) for p in parts for x in p.X])
    assert sorted(rows) == list(range(100))
    other = engine().open(plan, state, here, 1)
    other.follow(rows)
    session = open_session(engine(), plan, state, examples, 1)
    found, wanted = (each.advance(numbers(plan, 13), GO) for each in (session, other))
    assert found.costs.tolist() == wanted.costs.tolist()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_predictions_over_files_are_those_over_the_same_rows_in_memory(engine, stored, monkeypatch):
    monkeypatch.setattr("pellucid.rows.BLOCK", 300)  # of several blocks
    plan, state, examples = stored
    session = open_session(engine(), plan, state, examples, 1)
    here = Examples(examples.X[:], examples.Y)
    assert len(list(examples.X.blocks())) > 3
    assert (session.predict(examples.X) == session.predict(here.X)).all()
    assert (session.predict(examples.X, state.parameters) == session.predict(here.X)).all()
    for found, wanted in zip(session.losses(examples), session.losses(here), strict=True):
        assert (found == wanted).all()


def test_what_needs_all_rows_at_once_says_what_to_do(stored):
    plan, state, examples = stored
    session = open_session(ReferenceEngine(), plan, state, examples)
    with pytest.raises(UnsupportedError, match="these stay in files. Load some into memory"):
        session.cost_and_gradient(state.parameters)
    with pytest.raises(UnsupportedError, match="come in the plan's order"):
        session.follow(np.arange(100))
    with pytest.raises(UnsupportedError, match="window by window already"):
        session.show(0, examples)
    for options, message in (
        ({"optimizer": LBFGS()}, "LBFGS looks at all examples at once.*Use an optimizer"),
        ({"batch_size": "all"}, 'batch_size: "all" needs all rows'),
    ):
        plan, state, examples = begun(examples, **options)
        with pytest.raises(RecipeError, match=message):
            open_session(ReferenceEngine(), plan, state, examples)


def test_rows_in_memory_need_no_windows(stored):
    plan, state, examples = stored
    session = open_session(ReferenceEngine(), plan, state, Examples(examples.X[:], examples.Y))
    assert not isinstance(session, WindowedSession)


def test_an_engine_is_not_given_files_directly(stored):
    plan, state, examples = stored
    for engine in ENGINES[1:]:
        with pytest.raises(UnsupportedError, match="expected an array in memory"):
            engine().open(plan, state, examples, 1)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("in_files", [False, True])
def test_distorted_rows_are_those_of_the_order_by_hand(stored, tmp_path, engine, threads, in_files):
    """For two epochs: each example distorted by its own number, then an ordinary session.

    By default a window is 4 MB; where that is more than all there is, and with small ones, alike.
    """
    augment = Augment((1, 3), shift=0.5, noise=0.1)
    _, _, examples = stored
    here = Examples(examples.X[:], examples.Y)
    given = examples if in_files else here
    plan, state, _ = begun(examples, augment=augment, seed=5)
    session = open_session(engine(), plan, state, given, threads)
    small = Windows(plan, given, 16)
    inner = engine().open(plan, state, here.take(slice(0, 0)), threads)
    plain = engine().open(plan, state, here.take(slice(0, 0)), threads)
    session_of_small = WindowedSession(inner, small, here)
    for epoch in range(2):
        size = 16 if in_files else 100
        rows = [
            order(plan, given.X, size, epoch, i, min(i + size, 100)) for i in range(0, 100, size)
        ]
        rows = np.concatenate(rows)
        X = distorted(augment, here.X[rows], rows, 5, epoch)
        assert (here.X[rows] != X).mean() > 0.9
        plain.show(0, Examples(X, here.Y[rows]))
        wanted = plain.advance(numbers(plan, 13, 13 * epoch), GO).costs.tolist()
        for each in (session, session_of_small):
            assert each.advance(numbers(plan, 13, 13 * epoch), GO).costs.tolist() == wanted
    assert (session.predict(here.X) == plain.predict(here.X)).all()
    if not in_files:  # what has all rows looks at them as they are
        found = session.cost_and_gradient(state.parameters)
        as_they_are = engine().open(plan, state, here, threads).cost_and_gradient(state.parameters)
        assert found[0] == as_they_are[0]


class Slow:
    """Windows that are there only when they are let through."""

    def __init__(self, windows):
        self.windows, self.steps, self.plan = windows, windows.steps, windows.plan
        self.gate, self.asked, self.here = threading.Semaphore(0), [], 0

    def at(self, epoch, first):
        self.asked.append((epoch, first))
        assert self.gate.acquire(timeout=60)
        return self.windows.at(epoch, first)


@pytest.fixture
def slow(stored):
    plan, state, examples = stored
    windows = Slow(Windows(plan, examples, 16))
    inner = ReferenceEngine().open(plan, state, examples.take(slice(0, 0)))
    session = WindowedSession(inner, windows, examples.take(slice(0, 0)))
    yield plan, windows, session
    for _ in range(99):
        windows.gate.release()
    settled()


def test_the_next_window_is_read_meanwhile_and_no_other(slow):
    """Once the first window is there the second is asked for, before any step of it."""
    plan, windows, session = slow
    windows.gate.release()
    assert len(session.advance(numbers(plan, 1), GO).costs) == 1
    for _ in range(200):
        if len(windows.asked) > 1:
            break
        time.sleep(0.01)
    session.advance(numbers(plan, 1, 1), GO)
    assert windows.asked == [(0, 0), (0, 2)]


def test_who_waits_for_a_window_can_be_stopped(slow):
    """The flag is set while nothing is there: no step is done, and later the run goes on."""
    plan, windows, session = slow
    stop = np.zeros(1, np.int32)
    timer = threading.Timer(0.1, stop.__setitem__, (0, 1))
    timer.start()
    stretch = session.advance(numbers(plan, 5), stop)
    assert (len(stretch.costs), stretch.stopped) == (0, "asked")
    windows.gate.release()
    windows.gate.release()
    assert len(session.advance(numbers(plan, 3), GO).costs) == 3
    assert windows.asked[:2] == [(0, 0), (0, 2)]


def test_nothing_is_read_beyond_the_last_epoch(slow):
    plan, windows, session = slow
    for _ in range(99):
        windows.gate.release()
    for epoch in range(3):
        session.advance(numbers(plan, 13, epoch * 13), GO)
    settled()
    assert windows.asked == [(epoch, first) for epoch in range(3) for first in range(0, 13, 2)]


def test_an_error_of_the_thread_that_reads_is_raised_as_it_is(tmp_path):
    """Row 57 of the file is not finite; the steps before its window are done."""
    examples = on_disk(tmp_path, 100, chunk=7, window=16, spoil=(57, 1))
    plan, state, examples = begun(examples)
    session = open_session(ReferenceEngine(), plan, state, examples)
    with pytest.raises(DataError, match=r"X\.npy: .* got nan in row 57, column 1"):
        session.advance(numbers(plan, 13), GO)
    epoch, position = session.place()
    assert epoch == 0
    assert position % 2 == 0  # the end of a window
    settled()


def test_an_error_without_a_message_of_ours_goes_through_as_well():
    wrong = KeyError("x")

    def work():
        raise wrong

    future = in_background(work)
    assert future.exception(timeout=20) is wrong
