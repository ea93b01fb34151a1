"""``aula outbox``: an operator sees what is parked, replays it, or gives it up."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.events.tables import delivery
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.ids import new_id
from tests.uninstalling.guest import park
from tests.uninstalling.operator import Operator

PLACE = new_id()


@pytest.fixture
def streams(operator: Operator, empty_database: str) -> list[str]:
    """Two parked lanes, the first of the subscriber guest.parked."""

    async def work() -> list[UUID]:
        storage = Storage(empty_database)
        async with storage.write(EVERYWHERE) as write:
            found = [await park(write, plugin, PLACE) for plugin in ("guest", "other")]
        await storage.close()
        return found

    return [str(one) for one in asyncio.run(work())]


def _look(url: str, statement: sa.Select[Any]) -> list[Any]:
    async def work() -> list[Any]:
        storage = Storage(url)
        async with storage.read(EVERYWHERE) as read:
            rows = await read.rows(statement)
        await storage.close()
        return [row[0] for row in rows]

    return asyncio.run(work())


def test_what_is_parked_is_listed(operator: Operator, streams: list[str]) -> None:
    """Exit code 1 while something is: with event, age, tries and place; for people and programs."""
    told = operator.run("outbox")
    assert told.exit_code == 1
    assert f"guest.parked {streams[0]}" in told.output
    assert "stopped at guest.parked.v1" in told.output
    assert "1 events wait" in told.output
    assert "1 hændelser venter" in operator.run("outbox", language="da").output
    found = operator.read("outbox")
    assert {(one["subscriber"], one["stream"], one["waiting"]) for one in found} == {
        ("guest.parked", streams[0], 1),
        ("other.parked", streams[1], 1),
    }


def test_a_lane_is_replayed_once(
    operator: Operator, streams: list[str], empty_database: str
) -> None:
    """By its name; again, or by a wrong name, there is nothing; it is in the audit."""
    assert operator.run("outbox", "replay", "guest.parked", streams[1]).exit_code == 1
    assert operator.run("outbox", "replay", "guest.parked", streams[0]).exit_code == 0
    again = operator.run("outbox", "replay", "guest.parked", streams[0])
    assert (again.exit_code, "Nothing of that name is parked" in again.output) == (1, True)
    assert operator.run("outbox", "replay").exit_code == 2
    waiting = sa.select(delivery.c.subscriber).where(delivery.c.delivered_at.is_(None))
    assert sorted(_look(empty_database, waiting)) == ["guest.parked", "other.parked"]
    assert [one["subscriber"] for one in operator.read("outbox")] == ["other.parked"]
    assert operator.run("outbox", "replay", "--all").exit_code == 0
    assert operator.run("outbox").exit_code == 0
    done = sa.select(entry.c.action).where(entry.c.municipality_id == PLACE)
    assert _look(empty_database, done) == ["events.replayed"] * 2


def test_an_event_is_given_up_when_it_is_meant(
    operator: Operator, streams: list[str], empty_database: str
) -> None:
    """It asks; then that one has its receipt without its effect, and the lane is free."""
    words = ("outbox", "skip", "guest.parked", streams[0])
    assert operator.run(*words, words="n\n").exit_code == 1
    assert len(operator.read("outbox")) == 2
    assert operator.run(*words, words="y\n").exit_code == 0
    assert operator.run(*words, "--yes").exit_code == 1
    skipped = sa.select(delivery.c.subscriber).where(delivery.c.skipped)
    assert _look(empty_database, skipped) == ["guest.parked"]
    assert _look(empty_database, sa.select(entry.c.details["subscriber"].as_string())) == [
        "guest.parked"
    ]
