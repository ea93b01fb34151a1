"""The audit of writes (rule 18, R19): in the write's transaction, opaque, and never changed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from aula_platform.audit import NotOpaque, entries_about
from aula_platform.audit.tables import entry, subject
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.ids import new_id
from aula_sdk.people import Actor


async def test_entry_says_who_did_what_about_whom(storage: Storage, actor: Actor) -> None:
    """Rule 18: opaque ids, and of the actor only what this municipality knows."""
    child, thing, here = new_id(), new_id(), actor.profiles[1]
    with bound_contextvars(request_id="req-1"):
        async with storage.write(EVERYWHERE, actor) as write:
            write.audit(
                "messages.send",
                municipality_id=here.municipality_id,
                object_id=thing,
                subjects=[child, child],
                details={"recipients": 24, "sensitive": False, "via": "api"},
            )
    async with storage.read(EVERYWHERE) as read:
        (found,) = await entries_about(read, [child, new_id()])
        row = await read.first(sa.select(entry.c.request_id, entry.c.profiles))
    assert (found.account_id, found.person_id) == (actor.account_id, here.person_id)
    assert (found.role, found.assurance) == ("employee", 2)
    assert (found.action, found.object_id) == ("messages.send", thing)
    assert found.details == {"recipients": 24, "sensitive": False, "via": "api"}
    assert row is not None
    assert (row.request_id, row.profiles) == ("req-1", [here.id.hex])


async def test_work_without_a_person_is_the_system_s(storage: Storage) -> None:
    """Rule 18: jobs and commands are told apart from people."""
    child = new_id()
    async with storage.write(EVERYWHERE) as write:
        write.audit("stamdata.import", municipality_id=new_id(), subjects=[child])
    async with storage.read(EVERYWHERE) as read:
        (found,) = await entries_about(read, [child])
    assert (found.role, found.account_id, found.assurance) == ("system", None, 0)


async def test_person_reads_the_latest_first_and_only_their_own(storage: Storage) -> None:
    """The right of access covers the log about oneself, and no more (R19)."""
    mine, my_other, theirs, municipality = new_id(), new_id(), new_id(), new_id()
    for number, about in enumerate([[mine], [theirs], [mine, my_other], [my_other]]):
        async with storage.write(EVERYWHERE) as write:
            write.audit(
                "probe.see",
                municipality_id=municipality,
                subjects=about,
                details={"number": number},
            )
    async with storage.read(EVERYWHERE) as read:
        first = await entries_about(read, [mine, my_other], limit=2)
        rest = await entries_about(read, [mine, my_other], before=first[-1].id)
        assert await entries_about(read, []) == []
    assert [found.details["number"] for found in (*first, *rest)] == [3, 2, 0]


async def _count(storage: Storage) -> int:
    async with storage.read(EVERYWHERE) as read:
        return int(await read.scalar(sa.select(sa.func.count()).select_from(entry)))


async def _audit_and(storage: Storage, actor: Actor, what: str) -> None:
    async with storage.write(EVERYWHERE, actor) as write:
        write.audit("probe.do", municipality_id=new_id(), details={"what": what})
        if what == "fail":
            raise ZeroDivisionError


async def test_write_that_rolls_back_leaves_no_entry(storage: Storage, actor: Actor) -> None:
    """Rule 18: the audit says what happened, not what was tried."""
    with pytest.raises(ZeroDivisionError):
        await _audit_and(storage, actor, "fail")
    assert await _count(storage) == 0


@pytest.mark.parametrize("text", ["Anna Andersen", "Sørensen", "x" * 200])
async def test_text_in_an_entry_undoes_the_write(storage: Storage, actor: Actor, text: str) -> None:
    """Rule 18: rows hold opaque ids only; a programmer's mistake is not written down."""
    with pytest.raises(NotOpaque, match="'what'"):
        await _audit_and(storage, actor, text)
    assert await _count(storage) == 0


async def _execute(storage: Storage, statement: sa.Executable) -> None:
    async with storage.write(EVERYWHERE) as write:
        await write.execute(statement)


@pytest.mark.parametrize("table", [entry, subject], ids=["entry", "subject"])
async def test_entries_cannot_be_changed_or_removed(
    storage: Storage, actor: Actor, table: sa.Table
) -> None:
    """R19: the database itself refuses, whoever holds the application's session."""
    async with storage.write(EVERYWHERE, actor) as write:
        write.audit("probe.do", municipality_id=new_id(), subjects=[new_id()])
    changes: list[sa.Executable] = [
        sa.delete(table),
        sa.update(table).values({column: column for column in table.columns}),
    ]
    if not storage.is_sqlite:
        changes.append(sa.text(f"TRUNCATE {table.name} CASCADE"))
    for change in changes:
        with pytest.raises(DBAPIError, match="append-only"):
            await _execute(storage, change)
    assert await _count(storage) == 1
