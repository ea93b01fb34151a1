"""Small changes from forms and SCIM: the same path, the same rules as an import (rule 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_platform.stamdata.changes import (
    Municipality,
    StamdataChanges,
    StamdataMoved,
    UnknownMunicipality,
    current_epoch,
    deliver,
    ensure_municipalities,
)
from aula_platform.stamdata.delivery.scope import Scope
from aula_platform.stamdata.queries import municipalities, municipality_by_key
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.db import utc_now
from aula_sdk.errors import Invalid
from aula_sdk.ids import new_id
from aula_sdk.stamdata_source import MembershipRecord, Record, Removed
from tests.stamdata.deliveries import Importer, everything, family_school, person, pupil, tally

pytestmark = pytest.mark.anyio


async def place_of(storage: Storage, key: str = "solvig") -> UUID:
    async with storage.read(EVERYWHERE) as read:
        found = await municipality_by_key(read, key)
    assert found is not None
    return found.id


async def test_change_takes_effect_with_its_transaction(
    importer: Importer, storage: Storage
) -> None:
    """R7: what is revoked is gone with the commit, and the change is audited."""
    await importer(family_school())
    place = await place_of(storage)
    async with storage.write(EVERYWHERE) as write:
        await deliver(write, place, "records", [Removed("guardianship", ("mor", "ida"))])
        assert [note.action for note in write.audits] == ["stamdata.changed"]
    report = await importer(family_school(), apply=False)
    assert tally(report, "returning") == {"guardianship": 1}


async def test_wrong_record_stops_the_whole_change(importer: Importer, storage: Storage) -> None:
    await importer(family_school())
    before = await everything(storage)
    place = await place_of(storage)
    wrong: list[Record] = [person("ny"), pupil("ny", "nowhere")]
    with pytest.raises(Invalid) as caught:
        async with storage.write(EVERYWHERE) as write:
            await deliver(write, place, "records", wrong)
    assert [(field.field, field.code) for field in caught.value.fields] == [
        ("profile.org_source_id", "reference.unknown")
    ]
    assert await everything(storage) == before


async def test_change_by_another_source_is_refused(importer: Importer, storage: Storage) -> None:
    """Rule 12: a form does not end a membership that the school's own system owns."""
    await importer(family_school())
    before = await everything(storage)
    async with storage.write(EVERYWHERE) as write:
        place = await place_of(storage)
        await deliver(write, place, "form", [Removed("membership", ("3a", "ida"))])
    assert await everything(storage) == before


async def test_comparison_is_void_when_somebody_was_faster(
    importer: Importer, storage: Storage
) -> None:
    """A preview is applied only to what it was made of; else nothing is written."""
    await importer(family_school())
    place = await place_of(storage)
    scope = Scope(new_id(), place, "records", False, frozenset(), utc_now())
    slow = StamdataChanges(scope)
    async with storage.write(EVERYWHERE) as write:
        await slow.stage(write, [person("x")])
        await slow.compare(write)
        epoch = await current_epoch(write, place)
    async with storage.write(EVERYWHERE) as write:
        await deliver(write, place, "records", [person("y")])
    before = await everything(storage)
    with pytest.raises(StamdataMoved):
        async with storage.write(EVERYWHERE) as write:
            await slow.apply(write, epoch)
    assert await everything(storage) == before


async def test_epoch_moves_with_each_change_of_that_municipality_alone(
    importer: Importer, storage: Storage
) -> None:
    """Rule 20: snapshots made before a change are known to be old."""
    await importer(family_school())
    async with storage.read(EVERYWHERE) as read:
        epochs = {row.key: row.epoch for row in await municipalities(read)}
    assert epochs == {"solvig": 1, "mosehoj": 0}


async def test_municipalities_follow_the_settings(importer: Importer, storage: Storage) -> None:
    before = await place_of(storage)
    async with storage.write(EVERYWHERE) as write:
        await ensure_municipalities(write, [Municipality("solvig", "Nyt Navn", "0999")])
    async with storage.read(EVERYWHERE) as read:
        found = {row.key: (row.id, row.name, row.code) for row in await municipalities(read)}
        with pytest.raises(UnknownMunicipality):
            await current_epoch(read, new_id())
    assert found["solvig"] == (before, "Nyt Navn", "0999")
    assert set(found) == {"solvig", "mosehoj"}
    with pytest.raises(UnknownMunicipality):
        await importer(family_school(), municipality="nowhere")


async def test_municipalities_do_not_see_each_other(importer: Importer, storage: Storage) -> None:
    """The wall: the same file in two municipalities is two of everything, and neither closes the
    other's.
    """
    await importer(family_school())
    first = await everything(storage)
    await importer(family_school(), municipality="mosehoj")
    both = await everything(storage)
    assert all(len(both[table]) == 2 * len(rows) for table, rows in first.items())
    await importer([], municipality="mosehoj")
    emptied = await everything(storage)
    assert all(rows <= emptied[table] for table, rows in first.items())


TODAY = (utc_now() - datetime(2026, 1, 1, tzinfo=UTC)).days


def _terms(*terms: tuple[int, int | None]) -> list[Record]:
    """Ida's times in 3.A, in days since the first of January 2026."""
    start = datetime(2026, 1, 1, tzinfo=UTC)

    def day(number: int | None) -> datetime | None:
        return None if number is None else start + timedelta(days=number)

    rest = [record for record in family_school() if record != MembershipRecord("3a", "ida")]
    return [*rest, *(MembershipRecord("3a", "ida", "member", day(a), day(b)) for a, b in terms)]


async def _times(storage: Storage) -> list[tuple[int, int | None]]:
    member, profile, who = tables.membership, tables.profile, tables.person
    statement = (
        sa.select(member.c.valid_from, member.c.valid_to)
        .join(profile, profile.c.id == member.c.profile_id)
        .join(who, who.c.id == profile.c.person_id)
        .where(who.c.source_id == "ida")
        .order_by(member.c.valid_from)
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    async with storage.read(EVERYWHERE) as read:
        return [
            ((row.valid_from - start).days, row.valid_to and (row.valid_to - start).days)
            for row in await read.rows(statement)
        ]


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        ([(0, None)], [(0, None)], [(0, None)]),
        ([(0, None)], [(0, 40)], [(0, 40)]),
        ([(0, None)], [(5, None)], [(5, None)]),
        ([(0, 40), (60, None)], [(0, 40), (60, None)], [(0, 40), (60, None)]),
        ([(0, 40)], [(0, 40), (60, None)], [(0, 40), (60, None)]),
        ([(0, 40), (60, None)], [(60, None)], [(0, 40), (60, None)]),
        ([(0, 40), (60, 90)], [(0, 40), (60, None)], [(0, 40), (60, 90), (TODAY, None)]),
    ],
    ids=str,
)
async def test_several_times_in_one_class_are_kept_apart(
    importer: Importer,
    storage: Storage,
    first: list[tuple[int, int | None]],
    then: list[tuple[int, int | None]],
    kept: list[tuple[int, int | None]],
) -> None:
    """Who came, left and came back has two rows in the file and in the answer (rule 14)."""
    await importer(_terms(*first))
    report = await importer(_terms(*then))
    assert report.error_count == 0, report.errors
    found = await _times(storage)
    # A time that has ended is not opened again; what follows it begins with the import.
    assert found == kept
    assert (await importer(_terms(*then))).changes == 0
    assert await _times(storage) == found
