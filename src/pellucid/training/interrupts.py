"""What may cut a stretch of steps short: Ctrl-C, and the end of the time."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from pellucid.arrays import Array

ASKED, OUT_OF_TIME = 1, 2  # what a run's stop flag may say; 0: go on


@contextlib.contextmanager
def interruptible(stop: Array) -> Iterator[None]:
    """Let Ctrl-C set the flag `stop`, so that a step is finished; then raise KeyboardInterrupt."""
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not ours:
        yield
        return
    interrupted = False

    def ask(signum: int, frame: Any) -> None:
        nonlocal interrupted
        interrupted = True
        stop[0] = ASKED

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if interrupted:
        raise KeyboardInterrupt


@contextlib.contextmanager
def limited(stop: Array, seconds: float | None) -> Iterator[None]:
    """Set the flag `stop` when so many seconds have passed."""
    if seconds is None:
        yield
        return

    def ring() -> None:
        if stop[0] == 0:
            stop[0] = OUT_OF_TIME

    timer = threading.Timer(max(seconds, 0.0), ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
