"""Memory that a worker shares with the supervisor: its heartbeat, and whose code it runs."""

import struct
import time
from collections import Counter
from mmap import mmap

from aula_platform.plugin_host.running import BOARD, LABEL_BYTES, NOBODY, Place, read_label

_BEAT = struct.Struct("=d")
SLOT_BYTES = _BEAT.size + LABEL_BYTES


class Slot:
    """One worker's part of the memory. It is inherited by fork, and belongs to both."""

    def __init__(self, memory: mmap, number: int) -> None:
        self._memory = memory
        self._start = number * SLOT_BYTES

    def clear(self) -> None:
        """Forget the worker that had it before."""
        _BEAT.pack_into(self._memory, self._start, 0.0)
        self._memory[self._label] = NOBODY

    def attach(self) -> None:
        """Show from now on whose code this process runs."""
        BOARD.attach(self._memory, self._label.start)

    def beat(self) -> None:
        """Say that the event loop goes on."""
        _BEAT.pack_into(self._memory, self._start, time.monotonic())

    @property
    def last_beat(self) -> float:
        """When it did so last, by the machine's monotonic clock; 0 before the first time."""
        beat: float = _BEAT.unpack_from(self._memory, self._start)[0]
        return beat

    @property
    def running(self) -> Place | None:
        """The place whose code runs now, or ran when the loop came to stand still."""
        return read_label(bytes(self._memory[self._label]))

    def running_most(self, seconds: float = 0.1) -> Place | None:
        """The place that most looks find, taken for so long; None when none finds one.

        Whoever lets go of the loop between two steps, to take ever more memory, is not seen by
        every single look.
        """
        seen: Counter[Place] = Counter()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if place := self.running:
                seen[place] += 1
            time.sleep(0.002)
        return seen.most_common(1)[0][0] if seen else None

    @property
    def _label(self) -> slice:
        start = self._start + _BEAT.size
        return slice(start, start + LABEL_BYTES)


def make_slots(count: int) -> list[Slot]:
    """Return slots in memory that processes forked from this one share with it."""
    memory = mmap(-1, count * SLOT_BYTES)
    return [Slot(memory, number) for number in range(count)]
