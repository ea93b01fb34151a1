"""What was read is in the audit before the answer leaves, whatever becomes of the request (R19)."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from aula_platform.audit import NotOpaque
from aula_platform.audit.tables import entry, subject
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.people import Actor, Holding
from tests.audit.intruder import rows_of


async def _look_and_fail(storage: Storage, actor: Actor, *, is_write: bool) -> None:
    opened = storage.write(EVERYWHERE, actor) if is_write else storage.read(EVERYWHERE, actor)
    async with opened as unit:
        here = actor.profiles[0].municipality_id
        unit.looked("probe.see", municipality_id=here, subjects=[actor.profiles[0].id])
        raise ZeroDivisionError


@pytest.mark.parametrize("is_write", [False, True], ids=["read", "write"])
async def test_a_reading_is_kept_though_the_unit_fails(
    storage: Storage, actor: Actor, *, is_write: bool
) -> None:
    """R19: what was read has been read, also when everything else is rolled back."""
    with pytest.raises(ZeroDivisionError):
        await _look_and_fail(storage, actor, is_write=is_write)
    (found,) = await rows_of(storage, entry)
    assert (found["kind"], found["action"]) == ("look", "probe.see")
    assert (found["account_id"], found["role"]) == (actor.account_id, "employee")
    assert len(await rows_of(storage, subject)) == 1


async def _look(storage: Storage, actor: Actor, what: str) -> None:
    async with storage.read(EVERYWHERE, actor) as unit:
        here = actor.profiles[0].municipality_id
        unit.looked("probe.see", municipality_id=here, details={"what": what})


async def test_readings_at_the_same_time_share_transactions(storage: Storage, actor: Actor) -> None:
    """A commit each would make readers queue; each still waits until its own is durable."""
    await asyncio.gather(*(_look(storage, actor, str(number)) for number in range(50)))
    noted = statements_of(storage)
    await asyncio.gather(*(_look(storage, actor, str(number)) for number in range(50)))
    assert len(await rows_of(storage, entry)) == 100
    assert 0 < sum("INTO audit_entry" in one for one in noted) <= 3


async def test_a_reading_is_written_down_whole(storage: Storage, actor: Actor) -> None:
    """On PostgreSQL by one statement without a transaction; never without whom it is about."""
    here = actor.profiles[0].municipality_id
    async with storage.read(EVERYWHERE, actor) as unit:
        unit.looked("probe.see", municipality_id=here, subjects=[actor.profiles[0].id])
    noted = statements_of(storage)
    async with storage.read(EVERYWHERE, actor) as unit:
        unit.looked("probe.see", municipality_id=here, subjects=[actor.profiles[0].id])
    assert len([one for one in noted if "INSERT" in one]) == (2 if storage.is_sqlite else 1)
    unfit: Any = None
    with pytest.raises(IntegrityError):
        async with storage.read(EVERYWHERE, actor) as unit:
            unit.looked("probe.see", municipality_id=here, subjects=[actor.profiles[0].id, unfit])
    assert len(await rows_of(storage, entry)) == len(await rows_of(storage, subject)) == 2


def statements_of(storage: Storage) -> list[str]:
    """Return the list to which each statement is added that notes readings."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    sa.event.listen(storage.engines.noting.sync_engine, "before_cursor_execute", note)
    return found


async def test_a_reading_that_cannot_be_written_fails_alone(storage: Storage, actor: Actor) -> None:
    """A plugin's mistake in what it says keeps nobody else from reading."""
    said = ["a", "Anna Andersen", "b", "c"]
    done = await asyncio.gather(
        *(_look(storage, actor, what) for what in said), return_exceptions=True
    )
    assert [type(one) for one in done] == [type(None), NotOpaque, type(None), type(None)]
    assert [row["details"]["what"] for row in await rows_of(storage, entry)] == ["a", "b", "c"]


async def test_a_reader_who_goes_away_has_read(storage: Storage, actor: Actor) -> None:
    """A browser that hangs up while its reading is written takes nothing out of the audit."""
    looking = asyncio.create_task(_look(storage, actor, "a"))
    for _turn in range(3):
        await asyncio.sleep(0)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await _look(storage, actor, "b")
    assert {row["details"]["what"] for row in await rows_of(storage, entry)} == {"a", "b"}


async def test_the_right_and_its_relations_say_why(storage: Storage, actor: Actor) -> None:
    """Of a reading the right it names, through what it is held in this municipality alone."""
    here, there = (profile.municipality_id for profile in actor.profiles)
    held = tuple(
        Holding(relation, (), (), (place,))
        for relation, place in (("member", here), ("author", here), ("leader", there))
    )
    await _look(storage, msgspec.structs.replace(actor, holdings={"probe.see": held}), "a")
    (found,) = await rows_of(storage, entry)
    assert found["allowed_by"] == "probe.see:author|member"
