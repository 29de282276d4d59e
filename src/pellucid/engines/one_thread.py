"""NumPy's products on one thread: with more, their last bits may depend on how many."""

import threading
from typing import Any


class _OneThread:
    """A context that may be entered again, also from several threads.

    The limit is the whole process's, so the first who enters sets it and the last lifts it. These
    should be the same thread: OpenBLAS does not let every other one lift it. Whoever starts
    threads that enter therefore enters before them.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._controller: Any = None
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._controller is None:
                from threadpoolctl import ThreadpoolController

                self._controller = ThreadpoolController()
            if self._inside == 0:
                self._limit = self._controller.limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limit.restore_original_limits()


_THE_ONE = _OneThread()


def one_thread() -> _OneThread:
    """Hold NumPy's products to one thread while in this context."""
    return _THE_ONE
