"""Conversations that are written by the million equal those that the plugin itself writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite, kernel, run_site, settings_for
from aula_plugins.messages.models import RecipientKind, ReplyTo, message, participant, thread
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.service.replying import Answer, reply
from aula_plugins.messages.service.sending import NewThread, start_thread
from aula_sdk.people import Kind
from benchmarks.town.conversations import HTML, SUBJECT, TABLES, thread_rows
from benchmarks.town.roster import Room, Seat, read_rooms

PLUGINS = ("messages",)
pytestmark = pytest.mark.anyio
Rows = list[dict[str, Any]]


@pytest.fixture
async def site(empty_database: str, tmp_path: Path) -> AsyncIterator[RunningSite]:
    """The cast's world."""
    await kernel.prepare(empty_database, PLUGINS, tmp_path)
    host = start_host([found for found in installed_plugins() if found.name in PLUGINS])
    async with run_site(settings_for(empty_database, PLUGINS, tmp_path), host) as running:
        yield running


@pytest.fixture
async def room(site: RunningSite) -> Room:
    """Class 3.A without those whom a message to guardians and pupils does not reach."""
    teacher = next(member for member in await site.members() if member.key == "teacher")
    async with site.storage.read(EVERYWHERE) as read:
        rooms = await read_rooms(read, teacher.municipality_id)
    found = next(room for room in rooms if room.teacher.profile_id == teacher.profile_id)
    seats = [seat for seat in found.seats[1:] if seat.kind in {Kind.GUARDIAN, Kind.PUPIL}]
    return msgspec.structs.replace(found, seats=(found.teacher, *seats))


async def test_rows_equal_those_of_the_services(site: RunningSite, room: Room) -> None:
    """MSG-2: recipients, counters and the newest message of everybody, after three answers."""
    guardians = room.of_kind(Kind.GUARDIAN)
    authors = [room.teacher, guardians[0], guardians[1], guardians[0]]
    await _write_by_services(site, room, authors)
    by_services = await _take_all(site)
    async with site.storage.write(EVERYWHERE) as write:
        for table, rows in thread_rows(room, authors, write.now).items():
            await write.execute(sa.insert(table), rows)
    by_rows = await _take_all(site)
    assert by_rows == by_services
    assert len(by_rows["messages_message"]) == len(authors)
    assert len(by_rows["messages_participant"]) == len(room.seats)


async def _write_by_services(site: RunningSite, room: Room, authors: Sequence[Seat]) -> None:
    kinds = (Kind.GUARDIAN, Kind.PUPIL)
    choices = tuple(Choice(RecipientKind.GROUP, room.group_id, kind.value) for kind in kinds)
    new = NewThread(SUBJECT, HTML, choices)
    teacher = await site.platform.actor_for(authors[0].profile_id)
    async with site.platform.write(teacher) as write:
        thread_id = await start_thread(write, site.platform, teacher, new, key="start")
    for number, seat in enumerate(authors[1:]):
        author = await site.platform.actor_for(seat.profile_id)
        async with site.platform.write(author) as write:
            answer = Answer(HTML, ReplyTo.ALL)
            await reply(write, site.platform, author, thread_id, answer, key=f"{number}")


async def _take_all(site: RunningSite) -> dict[str, Rows]:
    """Return all rows of the conversations, comparable to others, and delete them."""
    found: dict[str, Rows] = {}
    async with site.storage.write(EVERYWHERE) as write:
        for table in TABLES:
            rows = await write.rows(sa.select(table))
            found[table.name] = [dict(row._mapping) for row in rows]
        for table in reversed(TABLES):
            await write.execute(sa.delete(table))
    return _comparable(found)


def _comparable(found: dict[str, Rows]) -> dict[str, Rows]:
    """Put places in the conversation instead of ids that are drawn, and of moments."""
    times = sorted({row["sent_at"] for row in found[message.name]})
    messages = {row["id"]: times.index(row["sent_at"]) for row in found[message.name]}
    threads = dict.fromkeys((row["id"] for row in found[thread.name]), "the thread")

    def place(value: Any) -> Any:
        if isinstance(value, datetime):
            return times.index(value)
        return {**messages, **threads}.get(value, value) if isinstance(value, UUID) else value

    assert found[participant.name], "somebody takes part"
    return {
        name: sorted(({key: place(value) for key, value in row.items()} for row in rows), key=repr)
        for name, rows in found.items()
    }
