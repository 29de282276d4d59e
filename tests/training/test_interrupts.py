import signal
import threading

import numpy as np
import pytest

from pellucid.training.interrupts import ASKED, OUT_OF_TIME, interruptible, limited


@pytest.fixture
def stop():
    return np.zeros(1, np.int32)


@pytest.fixture
def python():
    """Ctrl-C as Python handles it by itself, whoever runs the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_lets_the_step_end_and_then_raises(stop, python):
    done = []

    def step():
        signal.raise_signal(signal.SIGINT)
        done.append(int(stop[0]))
        signal.raise_signal(signal.SIGINT)  # once more does no harm
        done.append("the rest of the step")

    with pytest.raises(KeyboardInterrupt), interruptible(stop):
        step()
    assert done == [ASKED, "the rest of the step"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_ctrl_c_nothing_happens(stop, python):
    with interruptible(stop):
        pass
    assert stop[0] == 0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_error_goes_through_and_leaves_everything_as_it_was(stop, python):
    with pytest.raises(ZeroDivisionError), interruptible(stop):
        _ = 1 / 0
    assert stop[0] == 0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("inner", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_after_ctrl_c_is_not_lost(stop, python, inner):
    def step():
        signal.raise_signal(signal.SIGINT)
        raise inner

    with pytest.raises(inner), interruptible(stop):
        step()
    assert stop[0] == ASKED


def test_a_handler_of_somebody_else_stays_in_charge(stop, python):
    heard = []

    def own(signum, frame):
        heard.append(signum)

    signal.signal(signal.SIGINT, own)
    with interruptible(stop):
        assert signal.getsignal(signal.SIGINT) is own
        signal.raise_signal(signal.SIGINT)
    assert (heard, stop[0]) == ([signal.SIGINT], 0)


def test_another_thread_than_the_main_one_has_no_signals(stop, python):
    found = []

    def work():
        with interruptible(stop):
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


@pytest.mark.parametrize("seconds", [0.01, 0.0, -1.0])
def test_the_flag_is_set_when_the_time_is_over(stop, seconds):
    with limited(stop, seconds):
        while stop[0] == 0:
            pass
    assert stop[0] == OUT_OF_TIME


def test_whoever_asked_before_is_remembered(stop):
    stop[0] = ASKED
    with limited(stop, 0.0):
        for timer in threading.enumerate():
            if isinstance(timer, threading.Timer):
                timer.join()
    assert stop[0] == ASKED


def test_a_step_that_is_over_in_time_hears_nothing_later(stop):
    for _ in range(50):
        with limited(stop, 3600.0):
            timers = [t for t in threading.enumerate() if isinstance(t, threading.Timer)]
            assert len(timers) == 1
            assert timers[0].daemon
        timers[0].join()
    assert stop[0] == 0


def test_without_a_limit_there_is_no_timer(stop):
    with limited(stop, None):
        assert not any(isinstance(t, threading.Timer) for t in threading.enumerate())
    assert stop[0] == 0
