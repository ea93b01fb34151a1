"""Watches the workers: one whose loop stands still, or that takes too much memory, is ended and
started anew, without the part of the plugin whose code it was running.

Workers are forked, so that a new one serves at once: this process has neither threads nor an open
event loop when it does so, and has imported everything already. New code needs a restart.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from multiprocessing.context import ForkProcess
from pathlib import Path

import structlog

from aula_platform.events.failures import describe
from aula_platform.plugin_host import Host, Place
from aula_platform.plugin_host.records import record_restart
from aula_platform.serving.slots import Slot, make_slots
from aula_platform.serving.worker import STOP_SECONDS, Serving, run_worker
from aula_platform.settings import Settings
from aula_platform.storage import Storage

_LOOK_SECONDS = 0.25
_RECORD_SECONDS = 10.0
_STOP_PATIENCE = STOP_SECONDS + 12
"""Open requests, then what the background is doing."""
_SHORT_LIFE = 10.0
_LONGEST_PAUSE = 30.0
_TELL_SECONDS = 0.2
_MEGABYTE = 1024 * 1024
_log = structlog.get_logger("aula.serving")


class Watched:
    """One worker, and what is remembered of those that had its place before."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.process: ForkProcess | None = None
        self.started_at = 0.0
        self.start_again_at = 0.0
        self.short_lives = 0

    @property
    def has_begun(self) -> bool:
        """Whether it has served at all."""
        return self.slot.last_beat > 0


class Supervisor:
    """Starts the workers and keeps them going until a signal ends everything."""

    def __init__(
        self, settings: Settings, plugins: Host, serving: Serving, listening: socket.socket
    ) -> None:
        self._settings = settings
        self._arguments = (settings, plugins, serving, listening)
        self._workers = [Watched(slot) for slot in make_slots(serving.workers)]
        self._ending = threading.Event()
        self._failure = 0
        self._has_served = False
        self._looked_at = 0.0
        self._patient_until = 0.0

    def run(self) -> int:
        """Return 0 when a signal has ended it; not 0 when the first worker could not begin."""
        with self._ended_by_signals():
            for worker in self._workers:
                self._start(worker)
            self._looked_at = time.monotonic()
            while not self._ending.wait(_LOOK_SECONDS):
                self._look()
            self._end_all()
        return self._failure

    @contextlib.contextmanager
    def _ended_by_signals(self) -> Iterator[None]:
        signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {sign: signal.signal(sign, lambda *_sign: self._ending.set()) for sign in signs}
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)

    def _start(self, worker: Watched) -> None:
        worker.slot.clear()
        fork = multiprocessing.get_context("fork")
        worker.process = fork.Process(target=run_worker, args=(*self._arguments, worker.slot))
        worker.started_at = time.monotonic()
        worker.process.start()

    def _look(self) -> None:
        now, watchdog = time.monotonic(), self._settings.watchdog
        if now - self._looked_at > watchdog.stall_seconds / 2:
            # The whole machine stood still, or this process did: workers get time to beat again.
            self._patient_until = now + watchdog.stall_seconds
        self._looked_at = now
        for worker in self._workers:
            if worker.process is None:
                if now >= worker.start_again_at:
                    self._start(worker)
            elif not worker.process.is_alive():
                self._bury(worker)
            elif cause := self._find_cause(worker, now):
                self._replace(worker, cause)
            elif worker.has_begun:
                self._has_served = True
        self._looked_at = time.monotonic()

    def _find_cause(self, worker: Watched, now: float) -> str:
        """Return why the worker must be ended; empty when it need not."""
        watchdog = self._settings.watchdog
        if not worker.has_begun:
            return "slow start" if now - worker.started_at > watchdog.start_seconds else ""
        is_late = now - worker.slot.last_beat > watchdog.stall_seconds
        if is_late and now > self._patient_until:
            return "stalled"
        limit = watchdog.memory_mb * _MEGABYTE
        return "memory" if limit and _memory_of(worker.process) > limit else ""

    def _bury(self, worker: Watched) -> None:
        """A worker has ended by itself: start another, unless none has ever come to serve."""
        code = worker.process.exitcode if worker.process else 0
        if not self._has_served and not worker.has_begun:
            self._failure = code if code and code > 0 else 1
            self._ending.set()
            return
        self._replace(worker, "died")

    def _replace(self, worker: Watched, cause: str) -> None:
        slot = worker.slot
        # Where the loop stands still the answer stands too; a process that is gone says no more.
        place = slot.running_most() if cause == "memory" else slot.running
        _end(worker.process, gently=cause == "memory" and place is None, tell=cause == "stalled")
        named = {"plugin": place.plugin, "place": place.name} if place else {}
        _log.error("worker_ended", cause=cause, **named)
        self._record(cause, place)
        lived = time.monotonic() - worker.started_at
        worker.short_lives = worker.short_lives + 1 if lived < _SHORT_LIFE else 0
        pause = min(2.0 ** (worker.short_lives - 1), _LONGEST_PAUSE) if worker.short_lives else 0.0
        worker.process, worker.start_again_at = None, time.monotonic() + pause
        if not pause:
            self._start(worker)

    def _record(self, cause: str, place: Place | None) -> None:
        async def write() -> None:
            storage = Storage(self._settings.database_url, pool_size=1)
            try:
                async with asyncio.timeout(_RECORD_SECONDS):
                    await record_restart(storage, cause, place, self._settings.watchdog)
            finally:
                await storage.close()

        try:
            asyncio.run(write())
        except Exception as error:  # noqa: BLE001  # The site must go on without the record.
            _log.error("restart_not_recorded", error=describe(error))

    def _end_all(self) -> None:
        running = [worker.process for worker in self._workers if worker.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + _STOP_PATIENCE
        for process in running:
            process.join(max(0.0, until - time.monotonic()))
            _kill(process)


def _end(process: ForkProcess | None, *, gently: bool, tell: bool) -> None:
    """End the process and what it has started."""
    if process is None or process.pid is None:
        return
    if gently:
        process.terminate()
        process.join(_STOP_PATIENCE)
    elif tell and process.is_alive():
        # It writes where it stands: names of files and functions, and no values.
        os.kill(process.pid, signal.SIGUSR2)
        process.join(_TELL_SECONDS)
    _kill(process)


def _kill(process: ForkProcess) -> None:
    if process.is_alive():
        for child in _children_of(process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.kill()
    process.join()


def _memory_of(process: ForkProcess | None) -> int:
    """Return how much memory the process has, in bytes; 0 where the system does not say so."""
    try:
        pages = Path(f"/proc/{process.pid if process else 0}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _children_of(process: ForkProcess) -> list[int]:
    """Return the processes that it has started, such as the one that reads images."""
    pid = process.pid
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
