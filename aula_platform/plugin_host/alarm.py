"""A time limit for code that does not wait: what a plugin does when it is imported and asked.

By a signal, so in the main thread of a Unix process; elsewhere there is no limit.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class RanTooLong(BaseException):
    """The code was interrupted. No `Exception`, so that a plugin's own ``except`` lets it pass."""


@contextmanager
def limited_to(seconds: float) -> Iterator[None]:
    """Raise `RanTooLong` inside the block when it runs for longer than ``seconds``."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise RanTooLong

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, interrupt)
    left, _interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            # Somebody else's alarm was set: it rings as if nothing had been.
            rest = max(0.001, left - (time.monotonic() - began))
            signal.setitimer(signal.ITIMER_REAL, rest)
