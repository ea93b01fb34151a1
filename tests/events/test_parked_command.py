"""``aula parked``: what waits, tried again or given up by an operator."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from aula_platform import events
from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.events.tables import delivery, lane, outbox
from aula_platform.plugin_host import start_host
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from tests.databases import KINDS, open_database


async def _park(storage: Storage) -> UUID:
    """Let two events of one stream wait behind a failure; return the stream."""
    stream, place, now = new_id(), new_id(), utc_now()
    async with storage.write(EVERYWHERE) as write:
        for _event in range(2):
            row = {"id": new_id(), "municipality_id": place, "name": "probe.done.v1"}
            row |= {"stream": stream, "payload": {}, "created_at": now}
            made = await write.execute(sa.insert(outbox).returning(outbox.c.sequence), row)
            to = {"sequence": made.scalar_one(), "subscriber": "probe.count"}
            to |= {"stream": stream, "municipality_id": place, "skipped": False}
            await write.execute(sa.insert(delivery), to)
        stopped = {"subscriber": "probe.count", "stream": stream, "leased_until": now}
        stopped |= {"retry_at": now, "failures": 9, "parked_at": now, "error": "ValueError at x:1"}
        await write.execute(sa.insert(lane), stopped)
    return stream


@pytest.mark.parametrize("kind", KINDS)
async def test_an_operator_lists_replays_and_skips(kind: str, tmp_path: Path) -> None:
    """Rule 17: one stream waits, by name; each of the two ways lets it go on."""
    async with open_database(kind, tmp_path, [events.OWNER]) as storage:
        config = tmp_path / "aula.toml"
        config.write_text(f'[site]\ndata = "{tmp_path}"\n[storage]\ndatabase = "{storage.url}"\n')
        context = CommandContext(start_host([]))

        async def run(*words: str) -> Result:
            arguments = ["--config", str(config), "parked", *words]
            return await asyncio.to_thread(lambda: CliRunner().invoke(aula, arguments, obj=context))

        for verb, left in (("replay", 2), ("skip", 1)):
            stream = await _park(storage)
            listed = (await run()).output
            assert f"probe.count {stream}: 2 since " in listed
            assert "(probe.done.v1, ValueError at x:1)" in listed
            done = await run(verb, "probe.count", str(stream))
            assert (done.exit_code, done.output) == (0, "it goes on\n")
            assert (await run()).output == ""
            waiting = sa.select(sa.func.count()).where(
                delivery.c.stream == stream, delivery.c.delivered_at.is_(None)
            )
            async with storage.read(EVERYWHERE) as read:
                assert await read.scalar(waiting) == left
            again = await run(verb, "probe.count", str(stream))
            assert again.exit_code == 1
            assert "nothing is parked there" in again.output
