"""The test kit's watch over writes: nothing outside is waited for while a transaction is open.

A write holds locks that others wait for, on the embedded database the only one there is (decision
0003). So inside of one no connection is made but to the database, no program is started, no file
is written, and neither the blob store nor an HTTP client is asked. Where that happens it is
refused, and the test fails when the site closes, even if the refusal was caught on the way.

Python tells of sockets, files and programs by its audit events; blobs and requests over a
connection that is open already are seen where they are asked for. What is done in a thread that
was running before is not seen.
"""

import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

import httpx2

from aula_platform.files.blobs import BlobStore
from aula_platform.storage import Storage, Write

_MEMORY = "/dev/shm/"  # noqa: S108  # Files in memory are files.
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
_DOORS: tuple[tuple[type[Any], str], ...] = (
    (BlobStore, "put"),
    (BlobStore, "open"),
    (BlobStore, "remove"),
    (BlobStore, "reach"),
    (httpx2.AsyncClient, "send"),
    (httpx2.AsyncHTTPTransport, "handle_async_request"),
    (httpx2.Client, "send"),
)


class OutsideInAWrite(AssertionError):
    """Something outside was waited for while a transaction was open; the message says what."""


class _Transaction:
    """A transaction, as whoever runs within it finds it; tasks that it starts find it too."""

    def __init__(
        self, unit: Write, leaks: list[str], database: tuple[str | None, int | None]
    ) -> None:
        self.database = database
        self._unit = unit
        self._leaks = leaks

    @property
    def is_open(self) -> bool:
        return self._unit.is_under_way

    def refuse(self, what: str) -> None:
        self._leaks.append(what)
        raise OutsideInAWrite(what)


_present: ContextVar[_Transaction | None] = ContextVar("aula_transaction", default=None)


class OutsideWatch:
    """Watches the writes of one storage; what it refused is in ``leaks``."""

    def __init__(self, storage: Storage) -> None:
        self.leaks: list[str] = []
        url = storage.engines.writing.url
        self._database = (url.host, url.port)
        storage.watchers.append(self._begin)
        _watch_process()

    def _begin(self, unit: Write) -> None:
        _present.set(_Transaction(unit, self.leaks, self._database))


def _within() -> _Transaction | None:
    transaction = _present.get()
    return transaction if transaction is not None and transaction.is_open else None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    judge = _JUDGES.get(event)
    if judge is not None and (transaction := _within()) is not None:
        judge(transaction, event, arguments)


def _judge_connection(transaction: _Transaction, _event: str, arguments: tuple[Any, ...]) -> None:
    address = arguments[1]
    if address[:2] != transaction.database:
        transaction.refuse(f"a connection to {address}")


def _judge_file(transaction: _Transaction, _event: str, arguments: tuple[Any, ...]) -> None:
    path, _mode, flags = arguments
    if isinstance(path, str | bytes) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        name = os.fsdecode(path)
        # Compiled code is kept beside what is imported late, and nobody waits for a terminal.
        if "__pycache__" not in name and not (name.startswith("/dev/") and _MEMORY not in name):
            transaction.refuse(f"the file {name} is written")


def _judge_program(transaction: _Transaction, event: str, _arguments: tuple[Any, ...]) -> None:
    transaction.refuse(f"a program is started ({event})")


_JUDGES: dict[str, Callable[[_Transaction, str, tuple[Any, ...]], None]] = {
    "socket.connect": _judge_connection,
    "open": _judge_file,
    **dict.fromkeys(_PROGRAMS, _judge_program),
}
_is_watched = False


def _watch_process() -> None:
    """Hear everything in this process from now on; a hook cannot be taken away again."""
    global _is_watched  # noqa: PLW0603  # There is one process.
    if not _is_watched:
        _is_watched = True
        sys.addaudithook(_hear)
        for owner, name in _DOORS:
            setattr(owner, name, _watched(getattr(owner, name), f"{owner.__name__}.{name}"))


def _watched(given: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(given)
    def ask(*values: Any, **named: Any) -> Any:
        if (transaction := _within()) is not None:
            transaction.refuse(name)
        return given(*values, **named)

    return ask
