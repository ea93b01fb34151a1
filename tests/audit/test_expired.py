"""A month is believed to have expired when it is due and the chain tells of it, by no word else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.audit.anchors import Anchor, AnchorStore
from aula_platform.audit.chain import end_of, first_id_of, month_of
from aula_platform.audit.expiring import MONTH_EXPIRED, details_of, expire
from aula_platform.audit.sealing import seal
from aula_platform.audit.tables import checkpoint, entry, link, subject
from aula_platform.audit.verifying import Fault, verify
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.ids import new_id
from aula_sdk.people import Actor
from tests.audit import intruder

OLD = datetime(2020, 2, 28, 12, tzinfo=UTC)
ENTRIES = 3


@pytest.fixture
async def place(storage: Storage, actor: Actor) -> UUID:
    """A municipality with a month that is long over, in a database without triggers."""
    here = actor.profiles[0].municipality_id
    async with storage.write(EVERYWHERE, actor) as write:
        write.audit("probe.do", municipality_id=here)
    (row,) = await intruder.rows_of(storage, entry)
    old = [
        {**row, "id": UUID(int=first_id_of(OLD).int + number), "at": OLD}
        for number in range(ENTRIES)
    ]
    await intruder.run(storage, *(sa.insert(entry).values(**one) for one in old))
    await seal(storage)
    await intruder.take_triggers_away(storage)
    return here


def _forged(place: UUID, month: str, **values: Any) -> dict[str, Any]:
    return {
        "id": new_id(), "municipality_id": place, "at": datetime.now(UTC), "kind": "expired",
        "counts": {"audit_link": 10**9}, "month": month, "until": end_of(month),
        "head": b"\0" * 32, **values,
    }  # fmt: skip


async def test_whoever_puts_in_a_checkpoint_and_deletes_all_is_found(
    storage: Storage, place: UUID
) -> None:
    """R19: neither the month that runs nor one that is over goes by a checkpoint alone."""
    months = {month_of(datetime.now(UTC)), "2020-02"}
    forged = [_forged(place, month) for month in sorted(months)]
    everything = [sa.delete(table) for table in (subject, entry, link)]
    points = [sa.insert(checkpoint).values(**one) for one in forged]
    await intruder.run(storage, *points, *everything)
    verdict = await verify(storage, place, intruder.KEPT)
    assert {(one.fault, one.month) for one in verdict.findings} == {
        (Fault.NOT_EXPIRED, month) for month in months
    }
    assert verdict.expired == 0


async def test_every_other_word_of_a_checkpoint_is_found(storage: Storage, place: UUID) -> None:
    """Mutants: each column, a second one, and what the chain tells of it."""
    assert await expire(storage, place, intruder.KEPT) == ["2020-02"]
    assert await intruder.faults(storage, place) == set()
    (point,) = await intruder.rows_of(storage, checkpoint)
    others = {
        "at": [OLD, point["at"] + timedelta(seconds=1)],
        "kind": ["gone", "erasing"],
        "counts": [{}, [], {"audit_link": ENTRIES + 1}, {"audit_link": "3"}],
        "month": [None, "2020-01", "2020-2", "9999-12", "x"],
        "until": [None, point["until"] + timedelta(seconds=1)],
        "head": [None, b"\0" * 32],
    }
    assert set(others) == set(checkpoint.c.keys()) - {"id", "municipality_id"}
    for name, values in others.items():
        for value in values:
            async with intruder.changed(storage, checkpoint, point, **{name: value}):
                assert Fault.NOT_EXPIRED in await intruder.faults(storage, place), (name, value)
    async with intruder.inserted(storage, checkpoint, {**point, "id": new_id()}):
        assert await intruder.faults(storage, place) == {Fault.NOT_EXPIRED}
    told = next(r for r in await intruder.rows_of(storage, entry) if r["action"] == MONTH_EXPIRED)
    async with intruder.removed(storage, entry, told):
        assert Fault.NOT_EXPIRED in await intruder.faults(storage, place)
    assert await intruder.faults(storage, place) == set()


@pytest.mark.parametrize("when", ["this month", "before its end", "no month"])
async def test_a_sealed_entry_does_not_make_a_month_expire(
    storage: Storage, place: UUID, when: str
) -> None:
    """Whoever puts in both, and has the platform seal it, is found by the calendar."""
    now = datetime.now(UTC)
    month, at = {
        "this month": (month_of(now), now),
        "before its end": ("2020-02", OLD),
        "no month": ("2020-2", now),
    }[when]
    point = _forged(place, month, at=at)
    row = (await intruder.rows_of(storage, entry))[0]
    details = details_of(month, point["counts"]["audit_link"], point["head"])
    values = {"id": UUID(int=first_id_of(at).int + ENTRIES), "action": MONTH_EXPIRED}
    told = {**row, **values, "at": at, "details": details}
    await intruder.run(
        storage,
        sa.insert(checkpoint).values(**point),
        sa.insert(entry).values(**told),
        sa.delete(link),
    )
    await seal(storage)
    assert await intruder.faults(storage, place) == {Fault.NOT_EXPIRED}


async def test_a_month_that_is_kept_by_now_has_not_expired(storage: Storage, place: UUID) -> None:
    """Whoever raises `keep_months` is told which months are gone already."""
    await expire(storage, place, intruder.KEPT)
    found = (await verify(storage, place, 12 * 1000)).findings
    assert [(one.fault, one.month) for one in found] == [(Fault.NOT_EXPIRED, "2020-02")]


async def test_what_the_chain_has_not_told_yet_is_not_believed(
    storage: Storage, place: UUID
) -> None:
    """Until its entry is sealed a checkpoint is no fault, and hides none."""
    await expire(storage, place, intruder.KEPT)
    rows = await intruder.rows_of(storage, link)
    await intruder.run(storage, sa.delete(link).where(link.c.number == rows[-1]["number"]))
    verdict = await verify(storage, place, intruder.KEPT)
    assert (verdict.waiting, verdict.expired, verdict.findings) == (1, 0, [])
    await seal(storage)
    assert (await verify(storage, place, intruder.KEPT)).expired == 1


async def test_what_told_of_an_expiry_expires_as_well(storage: Storage, place: UUID) -> None:
    """The checkpoint of the later month vouches for the earlier one's."""
    await expire(storage, place, intruder.KEPT)
    (point,) = await intruder.rows_of(storage, checkpoint)
    told = next(r for r in await intruder.rows_of(storage, entry) if r["action"] == MONTH_EXPIRED)
    # As if it had been in 2021, of which nothing is kept any more either.
    then = datetime(2021, 3, 31, tzinfo=UTC)
    again = {**told, "id": first_id_of(then), "at": then}
    await intruder.run(
        storage,
        sa.update(checkpoint).values(at=then),
        sa.delete(entry).where(entry.c.id == told["id"]),
        sa.insert(entry).values(**again),
        sa.delete(link),
    )
    await seal(storage)
    assert (await verify(storage, place, intruder.KEPT)).findings == []
    assert await expire(storage, place, intruder.KEPT) == ["2021-03"]
    verdict = await verify(storage, place, intruder.KEPT)
    assert (verdict.expired, verdict.findings) == (2, [])
    assert point["month"] == "2020-02"


@pytest.mark.parametrize(("number", "same"), [(ENTRIES - 1, True), (ENTRIES, False), (9, True)])
async def test_the_last_anchor_of_an_expired_month_is_its_head(
    storage: Storage, place: UUID, number: int, same: bool
) -> None:
    """Anchored is neither less, nor more, nor something else than what the checkpoint says."""
    await expire(storage, place, intruder.KEPT)
    (point,) = await intruder.rows_of(storage, checkpoint)
    first, last = AnchorStore("memory:///"), AnchorStore("memory:///")
    await first.put(Anchor(place, "2020-02", 1, b"\1" * 32))
    await first.put(Anchor(place, "2020-02", number, point["head"] if same else b"\1" * 32))
    found = (await verify(storage, place, intruder.KEPT, first)).findings
    assert [(one.fault, one.number) for one in found] == [(Fault.NOT_ANCHORED, number)]
    await last.put(Anchor(place, "2020-02", 1, b"\1" * 32))
    await last.put(Anchor(place, "2020-02", ENTRIES, point["head"]))
    assert (await verify(storage, place, intruder.KEPT, last)).findings == []


async def test_the_database_refuses_a_month_that_is_not_over(storage: Storage) -> None:
    """R19: not until the triggers are gone can a checkpoint of the month that runs be put in."""
    now = datetime.now(UTC)
    here, month, over = new_id(), month_of(now), "2020-02"
    later = now + timedelta(minutes=1)
    wrong = (
        _forged(here, month),
        _forged(here, over, until=later),
        _forged(here, month, until=end_of(over)),
        _forged(here, over, until=None),
        {**_forged(here, over), "month": None},
    )
    for one in wrong:
        with pytest.raises(DBAPIError, match="not over"):
            await intruder.run(storage, sa.insert(checkpoint).values(**one))
    await intruder.run(storage, sa.insert(checkpoint).values(**_forged(here, over)))
