"""Wakes the other workers on PostgreSQL. A missed call costs a second, never an event.

A NOTIFY inside each write would make all commits of the database queue behind one lock, so the
calls leave from here, after the commits, several at once (rule 22). They carry no data: whoever
is woken reads the tables.
"""

import asyncio
from typing import Any

import sqlalchemy as sa
import structlog

from aula_platform.events.bell import Bell
from aula_platform.events.failures import describe
from aula_platform.storage import GLOBAL, Storage

_CHANNEL = "aula_events"
_GATHER_SECONDS = 0.02
_AGAIN_SECONDS = 2.0
_CALM_SECONDS = 3600.0

_log = structlog.get_logger("aula.events")
_call = sa.select(sa.func.pg_notify(_CHANNEL, ""))


async def call_others(storage: Storage, committed: Bell) -> None:
    """Tell all workers, at most fifty times a second, that something was committed here."""
    while True:
        heard = committed.heard
        await committed.wait(heard, _CALM_SECONDS)
        await asyncio.sleep(_GATHER_SECONDS)
        try:
            async with storage.read(GLOBAL) as read:
                await read.scalar(_call)
        except Exception as error:  # noqa: BLE001  # The others look by themselves meanwhile.
            _log.warning("notify_failed", error=describe(error))


async def hear_others(storage: Storage, *bells: Bell) -> None:
    """Ring ``bells`` whenever a worker calls; connect again when the connection is lost."""
    while True:
        try:
            await _listen(storage, bells)
        except Exception as error:  # noqa: BLE001  # The bells ring by the clock meanwhile.
            _log.warning("listen_failed", error=describe(error))
        await asyncio.sleep(_AGAIN_SECONDS)


async def _listen(storage: Storage, bells: tuple[Bell, ...]) -> None:
    lost = asyncio.Event()

    def ring(*_call: object) -> None:
        for bell in bells:
            bell.ring()

    async with storage.engines.reading.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        driver.add_termination_listener(lambda *_gone: lost.set())
        await driver.add_listener(_CHANNEL, ring)
        ring()
        try:
            await lost.wait()
        finally:
            # A connection that listens may not go back to the pool.
            await connection.invalidate()
