"""A bell wakes tasks of this process that would otherwise look by themselves once in a while."""

import asyncio
from contextlib import suppress


class Bell:
    """Rings for everybody who waits, and for those who were busy when it rang."""

    def __init__(self) -> None:
        self.heard = 0
        """How often it has rung; read it *before* looking for work, and give it to `wait`."""
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait, and let those who are busy look once more."""
        self.heard += 1
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def wait(self, heard: int, seconds: float) -> None:
        """Return when the bell has rung since ``heard``, at the latest after ``seconds``."""
        if self.heard == heard:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._next.wait(), seconds)
