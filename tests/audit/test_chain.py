"""The chain finds what was changed, removed or put in, whoever has the database (R19)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.audit.anchoring import anchor_heads
from aula_platform.audit.anchors import Anchor, AnchorStore
from aula_platform.audit.chain import end_of, first_id_of, made_at, month_of
from aula_platform.audit.expiring import expire, oldest_kept
from aula_platform.audit.sealing import seal
from aula_platform.audit.tables import checkpoint, entry, link, subject
from aula_platform.audit.verifying import Fault, verify
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.ids import new_id
from aula_sdk.people import Actor
from tests.audit import intruder

ENTRIES = 4
OLD = datetime(2020, 2, 28, 12, tzinfo=UTC)


@pytest.fixture
async def place(storage: Storage, actor: Actor) -> UUID:
    """A municipality with some sealed entries, beside another one's."""
    here = actor.profiles[0].municipality_id
    for number in range(ENTRIES):
        async with storage.write(EVERYWHERE, actor) as write:
            write.audit(
                "probe.do", municipality_id=here, object_id=new_id(),
                subjects=[new_id(), new_id()], details={"number": number, "what": "a"},
            )  # fmt: skip
            write.audit("probe.do", municipality_id=actor.profiles[1].municipality_id)
    await seal(storage)
    return here


async def _age(storage: Storage, place: UUID, moment: datetime) -> None:
    """Make everything of a municipality that old, as if it had been written and sealed then."""
    async with storage.write(EVERYWHERE) as write:
        rows = await write.rows(sa.select(entry).where(entry.c.municipality_id == place))
        for number, row in enumerate(rows):
            values = {**row._mapping, "id": UUID(int=first_id_of(moment).int + number)}
            await write.execute(sa.insert(entry).values(**{**values, "at": moment}))
            about = sa.update(subject).where(subject.c.entry_id == row.id)
            await write.execute(about.values(entry_id=values["id"]))
        await write.execute(sa.delete(link))
        await write.execute(sa.delete(entry).where(entry.c.id.in_([row.id for row in rows])))
    await seal(storage)


async def test_an_untouched_chain_is_whole(storage: Storage, place: UUID) -> None:
    """Sealing again adds nothing; each municipality has a chain of its own."""
    assert await seal(storage) == 0
    verdict = await verify(storage, place, intruder.KEPT)
    assert (verdict.sealed, verdict.waiting, verdict.findings) == (ENTRIES, 0, [])
    assert [row["number"] for row in await intruder.rows_of(storage, link)] == [
        *range(1, ENTRIES + 1),
        *range(1, ENTRIES + 1),
    ]


async def test_every_change_removal_and_insertion_is_found(storage: Storage, place: UUID) -> None:
    """Mutants: each column of an entry, each row of each table, one after the other."""
    await intruder.take_triggers_away(storage)
    entries = [
        row for row in await intruder.rows_of(storage, entry) if row["municipality_id"] == place
    ]
    ids = {row["id"] for row in entries}
    about = [row for row in await intruder.rows_of(storage, subject) if row["entry_id"] in ids]
    links = [
        row for row in await intruder.rows_of(storage, link) if row["municipality_id"] == place
    ]
    for name, value in _other_values().items():
        async with intruder.changed(storage, entry, entries[1], **{name: value}):
            assert await intruder.faults(storage, place), name
    for row in entries:
        async with intruder.removed(storage, entry, row):
            assert Fault.REMOVED in await intruder.faults(storage, place)
    for row in about[:2]:
        async with intruder.removed(storage, subject, row):
            assert await intruder.faults(storage, place) == {Fault.CHANGED}
    for row in links[:-1]:
        async with intruder.removed(storage, link, row):
            assert Fault.REMOVED in await intruder.faults(storage, place)
    for row in links:
        async with intruder.changed(storage, link, row, hash=b"\0" * 32):
            assert Fault.CHANGED in await intruder.faults(storage, place)
    behind = {**entries[0], "id": UUID(int=entries[0]["id"].int - (7_200_000 << 80))}
    async with intruder.inserted(storage, entry, behind):
        assert await intruder.faults(storage, place) == {Fault.INSERTED}
    stranger = {"entry_id": entries[0]["id"], "profile_id": new_id()}
    async with intruder.inserted(storage, subject, stranger):
        assert await intruder.faults(storage, place) == {Fault.CHANGED}
    assert await intruder.faults(storage, place) == set()


def _other_values() -> dict[str, Any]:
    """Return something else for every column of an entry but its key."""
    others = {
        "municipality_id": new_id(), "at": datetime.now(UTC) - timedelta(hours=1), "kind": "look",
        "account_id": new_id(), "person_id": None, "profiles": [], "role": "pupil",
        "assurance": 3, "action": "probe.see", "object_id": None,
        "details": {"number": 1, "what": "b"}, "request_id": "r", "allowed_by": "probe.do:-",
    }  # fmt: skip
    assert set(others) == set(entry.c.keys()) - {"id"}
    return others


async def test_a_forged_time_is_not_believed(storage: Storage, place: UUID) -> None:
    """Who puts in a row that looks old gives it a new id, or is found behind what is sealed."""
    rows = await intruder.rows_of(storage, entry)
    forged = {**rows[0], "id": new_id(), "at": OLD}
    await intruder.run(storage, sa.insert(entry).values(**forged))
    assert await intruder.faults(storage, forged["municipality_id"]) == {Fault.INSERTED}
    await seal(storage)
    assert await intruder.faults(storage, forged["municipality_id"]) == {Fault.UNTRUE}


async def test_what_was_just_written_waits_and_is_no_fault(storage: Storage, place: UUID) -> None:
    """Verifying seals nothing: it would vouch for what somebody has just put in."""
    async with storage.write(EVERYWHERE) as write:
        write.audit("probe.do", municipality_id=place)
    for _time in range(2):
        verdict = await verify(storage, place, intruder.KEPT)
        assert (verdict.sealed, verdict.waiting, verdict.findings) == (ENTRIES, 1, [])


async def test_a_chain_that_was_made_anew_is_not_what_was_anchored(
    storage: Storage, place: UUID
) -> None:
    """Whoever can write everything makes a chain that fits; not outside of the database."""
    anchors = AnchorStore("memory:///")
    (first,) = await anchor_heads(storage, anchors, [place])
    assert first.number == ENTRIES
    await anchor_heads(storage, anchors, [place])
    verdict = await verify(storage, place, intruder.KEPT, anchors)
    assert (verdict.anchors, verdict.findings) == (1, [])
    await intruder.take_triggers_away(storage)
    rows = await intruder.rows_of(storage, entry)
    last = next(row for row in reversed(rows) if row["municipality_id"] == place)
    await intruder.run(
        storage,
        sa.update(entry).where(entry.c.id == last["id"]).values(role="system"),
        sa.delete(link),
    )
    await seal(storage)
    assert await intruder.faults(storage, place) == set()
    found = (await verify(storage, place, intruder.KEPT, anchors)).findings
    assert [(one.fault, one.number) for one in found] == [(Fault.NOT_ANCHORED, ENTRIES)]
    # An anchor is never written over.
    await anchor_heads(storage, anchors, [place])
    assert (await verify(storage, place, intruder.KEPT, anchors)).findings == found


async def test_a_tail_that_is_cut_off_is_missed_by_its_anchor(
    storage: Storage, place: UUID
) -> None:
    """Entries and links gone together leave a shorter chain that is whole in itself."""
    anchors = AnchorStore("memory:///")
    await anchor_heads(storage, anchors, [place])
    await intruder.take_triggers_away(storage)
    last = [row for row in await intruder.rows_of(storage, link) if row["municipality_id"] == place]
    await intruder.run(
        storage,
        sa.delete(subject).where(subject.c.entry_id == last[-1]["entry_id"]),
        sa.delete(entry).where(entry.c.id == last[-1]["entry_id"]),
        sa.delete(link).where(link.c.entry_id == last[-1]["entry_id"]),
    )
    assert await intruder.faults(storage, place) == set()
    found = (await verify(storage, place, intruder.KEPT, anchors)).findings
    assert [one.fault for one in found] == [Fault.NOT_ANCHORED]


async def test_an_expired_month_leaves_its_seal(storage: Storage, place: UUID) -> None:
    """Its rows go, triggers and all; the checkpoint says how many and the last hash."""
    triggers = await _triggers(storage)
    await intruder.take_triggers_away(storage)
    await _age(storage, place, OLD)
    await _bring_back(storage, triggers)
    anchors = AnchorStore("memory:///")
    (head,) = [
        Anchor(row["municipality_id"], row["month"], row["number"], row["hash"])
        for row in await intruder.rows_of(storage, link)
        if row["municipality_id"] == place and row["number"] == ENTRIES
    ]
    await anchors.put(head)
    async with storage.write(EVERYWHERE) as write:
        write.audit("probe.do", municipality_id=place)
    assert await expire(storage, place, intruder.KEPT) == ["2020-02"]
    await seal(storage)
    (point,) = await intruder.rows_of(storage, checkpoint)
    assert (point["month"], point["until"]) == ("2020-02", datetime(2020, 3, 1, tzinfo=UTC))
    assert (point["head"], point["counts"]["audit_link"]) == (head.hash, ENTRIES)
    left = [
        row for row in await intruder.rows_of(storage, entry) if row["municipality_id"] == place
    ]
    assert [row["action"] for row in left] == ["probe.do", "audit.month_expired"]
    verdict = await verify(storage, place, intruder.KEPT, anchors)
    assert (verdict.sealed, verdict.expired, verdict.anchors) == (2, 1, 1)
    assert verdict.findings == []
    assert await expire(storage, place, intruder.KEPT) == []
    with pytest.raises(DBAPIError, match="append-only"):
        await intruder.run(storage, sa.delete(entry).where(entry.c.id == left[0]["id"]))


async def _triggers(storage: Storage) -> list[str]:
    if not storage.is_sqlite:
        return [f"ALTER TABLE {table.name} ENABLE TRIGGER USER" for table in intruder.TABLES]
    async with storage.read(EVERYWHERE) as read:
        found = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        return [row.sql for row in await read.rows(found)]


async def _bring_back(storage: Storage, triggers: list[str]) -> None:
    await intruder.run(storage, *(sa.text(one.replace(":", "\\:")) for one in triggers))


async def test_links_cannot_be_changed_or_removed(storage: Storage, place: UUID) -> None:
    """R19: the database refuses as it does for entries."""
    for change in (sa.delete(link), sa.update(link).values(hash=b"\0" * 32)):
        with pytest.raises(DBAPIError, match="append-only"):
            await intruder.run(storage, change)
    assert await intruder.faults(storage, place) == set()


async def test_several_that_seal_at_once_make_one_chain(storage: Storage, place: UUID) -> None:
    """The job and a command meet; so do late entries, which come after what was sealed."""
    late = UUID(int=first_id_of(datetime.now(UTC) - timedelta(minutes=50)).int)
    rows = await intruder.rows_of(storage, entry)
    old = {**rows[0], "municipality_id": place, "id": late}
    await intruder.run(storage, sa.insert(entry).values(**old))
    sealed = await asyncio.gather(*(seal(storage, batch=1) for _one in range(3)))
    assert sum(sealed) == 1
    assert (await verify(storage, place, intruder.KEPT)).sealed == ENTRIES + 1


@pytest.mark.parametrize("is_dated", [True, False])
@pytest.mark.parametrize("days", [400, 3_100_000])
async def test_an_id_from_the_future_keeps_nobody_from_being_sealed(
    storage: Storage, place: UUID, days: int, is_dated: bool
) -> None:
    """One row of one municipality; the others' audit goes on, and the row is found."""
    rows = await intruder.rows_of(storage, entry)
    elsewhere = next(row["municipality_id"] for row in rows if row["municipality_id"] != place)
    now = datetime.now(UTC)
    in_days = UUID(int=first_id_of(now).int + (days * 86_400_000 << 80))
    ahead = {"id": in_days, "at": made_at(in_days) if is_dated else now}
    await intruder.run(storage, sa.insert(entry).values(**{**rows[0], **ahead}))
    await seal(storage)
    async with storage.write(EVERYWHERE) as write:
        write.audit("probe.do", municipality_id=elsewhere)
    assert await intruder.faults(storage, elsewhere) - {Fault.UNTRUE} == set()
    assert await seal(storage) == 1
    for one in (place, elsewhere):
        found = (await verify(storage, one, intruder.KEPT)).findings
        assert {(each.fault, each.entry_id) for each in found} == (
            {(Fault.UNTRUE, in_days)} if one == rows[0]["municipality_id"] else set()
        )
    # What an intruder leaves behind the chain is still told from what is young.
    behind = {"id": UUID(int=first_id_of(now - timedelta(hours=3)).int), "at": now}
    await intruder.run(storage, sa.insert(entry).values(**{**rows[0], **behind}))
    assert await seal(storage) == 0
    assert Fault.INSERTED in await intruder.faults(storage, rows[0]["municipality_id"])


def test_months_of_the_calendar() -> None:
    """A month ends where the next begins, in UTC; ids tell when they were made."""
    assert end_of("2026-12") == datetime(2027, 1, 1, tzinfo=UTC)
    assert month_of(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == "2026-12"
    assert oldest_kept(datetime(2026, 1, 15, tzinfo=UTC), 1) == "2025-12"
    assert oldest_kept(datetime(2026, 11, 15, tzinfo=UTC), 60) == "2021-11"
    assert abs(made_at(new_id()) - datetime.now(UTC)) < timedelta(seconds=5)
