"""``aula retention``: the same by commands, and ``kill -9`` in the middle of it."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.privacy.retention.tables import run
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import PERSON, new_id
from aula_sdk.retention import RunState
from tests.retention.keeping import LONG, Keeping

MANY = 400
pytestmark = pytest.mark.timeout(240)


def _config(keeping: Keeping) -> str:
    settings = keeping.site.app.state.settings
    path = keeping.desk.folder / "aula.toml"
    archive = f'[files]\narchive = "file://{keeping.archive_folder}"\n'
    path.write_text(
        f'[site]\ndata = "{settings.site.data}"\n[storage]\n'
        f'database = "{keeping.site.storage.url}"\n{archive}'
        '[municipalities.north]\nname = "Nordby"\n'
    )
    return str(path)


async def _aula(keeping: Keeping, *words: str) -> Result:
    context = CommandContext(keeping.desk.host)
    arguments = ["--config", _config(keeping), "retention", *words]
    return await asyncio.to_thread(lambda: CliRunner().invoke(aula, arguments, obj=context))


async def _told(keeping: Keeping, *words: str) -> str:
    result = await _aula(keeping, *words)
    assert result.exit_code == 0, result.output
    return result.output


async def test_a_deletion_by_commands(keeping: Keeping) -> None:
    """Rules, a freeze, a preview, an announcement, and the deletion, each told in a line."""
    await keeping.age()
    assert "messages.silent: 60 months" in await _told(keeping, "rules", "north")
    await _told(keeping, "decide", "north", "messages.silent", "48")
    assert "messages.silent: 48 months" in await _told(keeping, "rules", "north")
    teacher = PERSON.format(keeping.people.teacher.person_id)
    given = ("freeze", "north", teacher, "--reason", "Sag 17", "--until", "2199-01-01")
    frozen = (await _told(keeping, *given)).strip()
    assert "Sag 17" in await _told(keeping, "freezes", "north")
    preview = await _told(keeping, "preview", "north")
    assert "0 due, 3 frozen" in preview
    assert (await _aula(keeping, "preview", "north")).exit_code != 0
    assert (await _aula(keeping, "announce", "north")).exit_code != 0
    await _told(keeping, "cancel", "north")
    await _told(keeping, "lift", "north", frozen)
    assert "3 due, 0 frozen" in await _told(keeping, "preview", "north")
    await _told(keeping, "announce", "north", "--days", "14")
    early = await _aula(keeping, "run", "north")
    assert early.exit_code != 0
    assert "were told" in early.output
    await keeping.let_the_day_come()
    assert "3 deleted (0 archived)" in await _told(keeping, "run", "north")
    assert len(await keeping.stones()) == 4
    for wrong in (
        ("rules", "nowhere"),
        ("decide", "north", "posts.nothing", "3"),
        ("decide", "north", "posts.posts", "0"),
        ("freeze", "north", "vrøvl", "--reason", "x"),
        ("lift", "north", frozen),
        ("run", "north"),
    ):
        assert (await _aula(keeping, *wrong)).exit_code != 0, wrong


async def test_kill_9_in_the_middle_costs_one_batch(keeping: Keeping) -> None:
    """DEL-R2: a process that is shot leaves things whole or gone with tombstones; the next goes on.

    The site answers meanwhile.
    """
    await _fill(keeping)
    await keeping.age()
    every = {*await keeping.ids("posts_post"), *await keeping.ids("messages_thread")}
    found = await keeping.announced()
    command = (sys.executable, "-m", "aula_platform", "--config", _config(keeping))
    process = await asyncio.create_subprocess_exec(
        *command, "retention", "run", "north",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    while not await keeping.stones() and process.returncode is None:
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    left = {*await keeping.ids("posts_post"), *await keeping.ids("messages_thread")}
    assert left
    assert set(await keeping.stones()) == every - left
    assert await keeping.items() == len(left)
    async with keeping.site.storage.read(EVERYWHERE) as read:
        assert await read.scalar(sa.select(run.c.state)) == RunState.EXECUTING
    client = await keeping.browser(keeping.people.teacher)
    assert (await client.get("/posts")).status_code == 200
    await _told(keeping, "run", "north")
    assert set(await keeping.stones()) == every
    counts = await keeping.counts(found)
    assert sum(one["deleted"] for one in counts.values()) == len(every)
    assert await keeping.state(found) == RunState.DONE


async def _fill(keeping: Keeping) -> None:
    """Let there be many posts like the one there is."""
    table = next(one for one in keeping.tables if one.name == "posts_post")
    async with keeping.site.storage.write(EVERYWHERE) as write:
        row: Any = await write.first(sa.select(table))
        values = dict(row._mapping)
        made = [{**values, "id": new_id(), "publish_at": write.now - LONG} for _ in range(MANY)]
        await write.execute(sa.insert(table), made)
