"""Whose code is running right now, written where the supervisor can read it.

A worker's loop runs one thing at a time, so one name is enough: it is set before each step of a
plugin's coroutine and put back after it. A loop that stands still then has the name of what it
stands in, also when many plugins wait in it at once.
"""

from collections.abc import Coroutine, Generator
from mmap import mmap
from types import coroutine
from typing import Any, NamedTuple, TypeVar

LABEL_BYTES = 240
T = TypeVar("T")


class Place(NamedTuple):
    """A part of a plugin that can fail, be counted and be left alone by itself."""

    plugin: str
    name: str
    """What it is, and its name there: ``widget newest``, ``route GET /messages``."""

    @property
    def label(self) -> bytes:
        """The place as the board shows it: always of the same length."""
        return f"{self.plugin}\n{self.name}".encode()[:LABEL_BYTES].ljust(LABEL_BYTES, b"\0")


def read_label(label: bytes) -> Place | None:
    """Return the place that a board shows; None when it shows none."""
    plugin, _, name = label.rstrip(b"\0").decode(errors="ignore").partition("\n")
    return Place(plugin, name) if plugin else None


NOBODY = bytes(LABEL_BYTES)


class Board:
    """Shows one label; in a supervised worker in memory that is shared with the supervisor."""

    def __init__(self) -> None:
        self._shown = NOBODY
        self._memory: mmap | None = None
        self._at = slice(0, 0)

    def attach(self, memory: mmap, start: int) -> None:
        """Show from now on at ``start`` of that memory, too."""
        self._at = slice(start, start + LABEL_BYTES)
        self._memory = memory
        self.show(self._shown)

    def show(self, label: bytes) -> bytes:
        """Show the label, and return the one before it."""
        before = self._shown
        self._shown = label
        if self._memory is not None:
            self._memory[self._at] = label
        return before

    @property
    def shown(self) -> Place | None:
        """The place whose code is running."""
        return read_label(self._shown)


BOARD = Board()
"""The board of this process."""


@coroutine
def show_while_running(
    label: bytes, work: Coroutine[Any, Any, T], board: Board = BOARD
) -> Generator[Any, Any, T]:
    """Await ``work``, showing the label during each of its steps, and not while it waits."""
    value: Any = None
    error: BaseException | None = None
    while True:
        before = board.show(label)
        try:
            step = work.send(value) if error is None else work.throw(error)
        except StopIteration as stop:
            outcome: T = stop.value
            return outcome
        finally:
            board.show(before)
        value = error = None
        try:
            value = yield step
        except GeneratorExit:
            work.close()
            raise
        except BaseException as thrown:  # noqa: BLE001  # It is the coroutine's to deal with.
            error = thrown
