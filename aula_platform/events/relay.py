"""Delivers events from the outbox to their subscribers, in order and with each effect once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog

from aula_platform.events import lanes
from aula_platform.events.bell import Bell
from aula_platform.events.encoding import decode
from aula_platform.events.failures import describe, pause_after
from aula_platform.events.lanes import Lane
from aula_platform.events.tables import delivery, outbox
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage, Write
from aula_sdk.events import Subscriber
from aula_sdk.protocols import Platform

_log = structlog.get_logger("aula.events")

_next = (
    sa.select(outbox.c.sequence, outbox.c.id, outbox.c.payload)
    .join(delivery, delivery.c.sequence == outbox.c.sequence)
    .where(
        delivery.c.subscriber == sa.bindparam("subscriber"),
        delivery.c.stream == sa.bindparam("stream", type_=delivery.c.stream.type),
        delivery.c.delivered_at.is_(None),
    )
    .order_by(delivery.c.sequence)
    .limit(1)
)


_receive = (
    sa.update(delivery)
    .where(
        delivery.c.sequence == sa.bindparam("which"),
        delivery.c.subscriber == sa.bindparam("whose"),
        delivery.c.delivered_at.is_(None),
    )
    .values(delivered_at=sa.bindparam("now", type_=delivery.c.delivered_at.type))
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, and how often is tried."""

    lease: timedelta = timedelta(seconds=60)
    poll: timedelta = timedelta(seconds=1)
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(minutes=10)
    tries: int = 8
    batch: int = 100
    """How many events are delivered before another lane gets its turn."""


PATIENCE = Patience()


class LeaseLost(Exception):
    """Another worker has taken the lane over; what was about to be written is rolled back."""


class Relay:
    """Delivers one event at a time. Several may run, in one process or many (rule 19)."""

    def __init__(
        self,
        storage: Storage,
        platform: Platform,
        subscribers: Sequence[Subscriber],
        *,
        worker: str,
        patience: Patience = PATIENCE,
        is_paused: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        """``worker`` names this relay among all; ``platform`` is handed to subscribers.

        While ``is_paused`` says so of a subscriber's name, its events wait.
        """
        self._storage = storage
        self._platform = platform
        self._subscribers = {subscriber.name: subscriber for subscriber in subscribers}
        self._is_paused = is_paused
        self._worker = worker
        self._patience = patience
        self._stopping = False

    async def run(self, bell: Bell) -> None:
        """Deliver until `stop`; wakes at ``bell``, and looks by itself once in a while."""
        while not self._stopping:
            heard = bell.heard
            try:
                await self.deliver_waiting()
            except Exception as error:  # noqa: BLE001  # The database may be away for a while.
                _log.warning("relay_failed", error=describe(error))
            if not self._stopping:
                await bell.wait(heard, self._patience.poll.total_seconds())

    def stop(self) -> None:
        """End after the event that is being delivered now."""
        self._stopping = True

    async def deliver_waiting(self) -> int:
        """Deliver what can be delivered now; return how many events were."""
        total = 0
        while not self._stopping:
            names = [name for name in self._subscribers if not self._is_paused(name)]
            if not names or not await lanes.has_work(self._storage, names):
                break
            held = await lanes.claim(self._storage, names, self._worker, self._patience.lease)
            if held is None:
                break
            total += await self._work_on(held)
        return total

    async def _work_on(self, held: Lane) -> int:
        if held.failures > self._patience.tries:
            # Each of these tries ended the worker itself, before it could tell of a failure.
            await self._fail(held, "the worker ended while handling it")
            return 0
        for done in range(self._patience.batch):
            if self._stopping:
                return await self._put_back(held, done)
            try:
                if not await self._deliver_next(held):
                    return done
            except LeaseLost:
                _log.warning("lease_lost", subscriber=held.subscriber)
                return done
            except Exception as error:  # noqa: BLE001  # Whatever a subscriber raises parks its lane alone.
                tries = held.failures if done == 0 else 1
                await self._fail(held._replace(failures=tries), describe(error))
                return done
        return await self._put_back(held, self._patience.batch)

    async def _put_back(self, held: Lane, done: int) -> int:
        async with self._storage.write(EVERYWHERE) as write:
            await lanes.close(write, held, self._worker)
        return done

    async def _deliver_next(self, held: Lane) -> bool:
        """Apply the lane's next event with its receipt; False, and the lane closed, without one."""
        async with self._storage.write(EVERYWHERE) as write:
            if not await lanes.renew(write, held, self._worker, self._patience.lease):
                raise LeaseLost
            waiting = await write.first(
                _next, {"subscriber": held.subscriber, "stream": held.stream}
            )
            if waiting is None:
                await lanes.close(write, held, self._worker)
                return False
            subscriber = self._subscribers[held.subscriber]
            event = decode(waiting.payload, subscriber.event)
            await subscriber.handle(event, write, self._platform)
            await self._give_receipt(write, held, waiting.sequence)
        return True

    async def _give_receipt(self, write: Write, held: Lane, sequence: int) -> None:
        receipt = await write.execute(
            _receive, {"which": sequence, "whose": held.subscriber, "now": write.now}
        )
        if receipt.rowcount != 1:
            raise LeaseLost

    async def _fail(self, held: Lane, error: str) -> None:
        parked = held.failures >= self._patience.tries
        pause = pause_after(held.failures, self._patience.first_pause, self._patience.longest_pause)
        async with self._storage.read(GLOBAL) as read:
            retry_at = None if parked else read.now + pause
        await lanes.fail(self._storage, held, self._worker, error, retry_at)
        _log.warning(
            "delivery_parked" if parked else "delivery_failed",
            subscriber=held.subscriber,
            stream=held.stream.hex,
            failures=held.failures,
            error=error,
        )
