"""One thread for BLAS: while anybody is inside, and as before when the last has left."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from pellucid.engines.one_thread import one_thread


def threads():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(limits=2, user_api="blas"):
        yield


def test_it_may_be_entered_again():
    with one_thread():
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {2}


def test_a_thread_that_leaves_does_not_lift_it_for_others():
    with one_thread():
        thread = threading.Thread(
            target=lambda: one_thread().__enter__() or one_thread().__exit__()
        )
        thread.start()
        thread.join()
        assert threads() == {1}
    assert threads() == {2}


def test_an_error_lifts_it():
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert threads() == {2}
