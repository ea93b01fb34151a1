"""The background of one process: deliveries, jobs and live topics, as tasks of its loop."""

import asyncio
from collections.abc import Callable, Sequence

from aula_platform.events import wires
from aula_platform.events.bell import Bell
from aula_platform.events.feed import LiveFeed
from aula_platform.events.housekeeping import JOBS
from aula_platform.events.hub import LiveHub
from aula_platform.events.jobs import JobRunner
from aula_platform.events.outbox import register_subscribers
from aula_platform.events.presence import free_lanes_of_the_dead, name_worker
from aula_platform.events.relay import PATIENCE, Patience, Relay
from aula_platform.storage import Storage, Write
from aula_sdk.contributions import Job
from aula_sdk.events import Subscriber
from aula_sdk.protocols import Platform

_RELAYS_ON_POSTGRESQL = 4
_STOP_SECONDS = 10.0
_TELL_AGAIN_SECONDS = 2.0
"""Long enough for a connection to end in which a statement was cut off; told again in the midst of
that, a task would leave it half closed."""


class Worker:
    """Runs what a process has to do beside answering requests (rule 19).

    With ``background`` it delivers events and runs jobs: in the serving process on SQLite, in
    ``aula work`` or ``serve --jobs`` on PostgreSQL. With a ``hub`` it carries live topics to the
    open pages of this process. Every serving process starts one, whichever of the two it does.
    """

    def __init__(
        self,
        storage: Storage,
        platform: Platform,
        *,
        subscribers: Sequence[Subscriber] = (),
        jobs: Sequence[Job] = (),
        hub: LiveHub | None = None,
        background: bool = True,
        patience: Patience = PATIENCE,
        is_paused: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        """``is_paused`` is asked of a subscriber's or a job's name before it is called."""
        name = name_worker()
        count = 1 if storage.is_sqlite else _RELAYS_ON_POSTGRESQL
        self._storage = storage
        self._subscribers = subscribers
        self._relays = [
            Relay(
                storage,
                platform,
                subscribers,
                worker=f"{name}-{number}",
                patience=patience,
                is_paused=is_paused,
            )
            for number in range(count if background else 0)
        ]
        self._jobs = JobRunner(storage, platform, (*JOBS, *jobs), worker=name, is_paused=is_paused)
        self._background = background
        self._hub = hub
        self._events = Bell()
        self._topics = Bell()
        self._committed = Bell()
        self._gentle: list[asyncio.Task[None]] = []
        self._abrupt: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin. The subscribers are registered, and topics committed from now on are told."""
        await register_subscribers(self._storage, self._subscribers)
        self._storage.listeners.append(self._wake)
        if self._background:
            await free_lanes_of_the_dead(self._storage)
            await self._jobs.schedule()
            self._gentle.append(asyncio.create_task(self._jobs.run()))
            self._gentle += [asyncio.create_task(relay.run(self._events)) for relay in self._relays]
        if self._hub is not None:
            feed = LiveFeed(self._storage, self._hub)
            await feed.begin()
            self._abrupt.append(asyncio.create_task(feed.run(self._topics)))
        if not self._storage.is_sqlite:
            calls = wires.call_others(self._storage, self._committed)
            hears = wires.hear_others(self._storage, self._events, self._topics)
            self._abrupt += [asyncio.create_task(calls), asyncio.create_task(hears)]

    async def stop(self) -> None:
        """End the live streams, finish what is being delivered or run now, and stop.

        What takes too long is cut off: its transaction rolls back, and another worker does it
        when the lease has run out.
        """
        if self._wake in self._storage.listeners:
            self._storage.listeners.remove(self._wake)
        if self._hub is not None:
            self._hub.close()
        self._jobs.stop()
        for relay in self._relays:
            relay.stop()
        self._events.ring()
        if self._gentle:
            await asyncio.wait(self._gentle, timeout=_STOP_SECONDS)
        await _cancel([*self._gentle, *self._abrupt])
        self._gentle.clear()
        self._abrupt.clear()

    def _wake(self, unit: Write) -> None:
        if unit.events:
            self._events.ring()
        if unit.topics:
            self._topics.ring()
        if unit.events or unit.topics:
            self._committed.ring()


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the tasks until each has ended.

    Before Python 3.12 `asyncio.wait_for`, which drivers use too, can swallow a cancellation that
    meets a result: such a task goes on as if nothing had been said, and has to be told again.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_TELL_AGAIN_SECONDS)
    # How they ended is of no interest any more, and would be complained about if nobody asked.
    await asyncio.gather(*tasks, return_exceptions=True)
