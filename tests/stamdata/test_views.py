"""What plugins read of stamdata: who is reached by a group, now and at any earlier moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk import stamdata
from aula_sdk.db import Instant, utc_now
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    Record,
)
from tests.stamdata.deliveries import Importer, family_school, person, without

pytestmark = pytest.mark.anyio


async def reached(
    storage: Storage, moment: datetime, *, members_only: bool = False
) -> set[tuple[str, str, str | None]]:
    """Who is reached by 3.A at the moment: kind, name, and for guardians the child's name."""
    reach, group = stamdata.reach, stamdata.group
    child = stamdata.profile.alias("child")
    statement = (
        sa.select(reach.c.kind, stamdata.profile.c.name, child.c.name)
        .join(group, group.c.id == reach.c.group_id)
        .join(stamdata.profile, stamdata.profile.c.id == reach.c.profile_id)
        .outerjoin(child, child.c.id == reach.c.child_id)
        .where(group.c.name == "3.A", stamdata.valid(reach, sa.literal(moment, Instant)))
    )
    if members_only:
        statement = statement.where(reach.c.child_id.is_(None))
    async with storage.read(EVERYWHERE) as read:
        return {tuple(row) for row in await read.rows(statement)}


async def test_group_reaches_its_members_and_the_guardians_with_access(
    importer: Importer, storage: Storage
) -> None:
    """ID-11: the father has neither custody nor extended access and is not reached."""
    await importer(family_school())
    assert await reached(storage, utc_now()) == {
        ("pupil", "Ida Holm", None),
        ("pupil", "Bo Holm", None),
        ("employee", "Lise Krogh", None),
        ("guardian", "Anna Holm", "Ida Holm"),
        ("guardian", "Anna Holm", "Bo Holm"),
    }


async def test_who_was_in_the_class_last_year_has_an_answer(
    importer: Importer, storage: Storage
) -> None:
    """Issue 2: leaving and coming back leave both times and the gap between them known."""
    await importer(family_school())
    at_first = utc_now()
    await importer(without(family_school(), "ida"))
    between = utc_now()
    await importer(family_school())
    names = {"pupil": {"Ida Holm", "Bo Holm"}, "employee": {"Lise Krogh"}}

    async def pupils(moment: datetime) -> set[str]:
        found = await reached(storage, moment, members_only=True)
        return {name for kind, name, _child in found if kind == "pupil"}

    assert await pupils(at_first) == names["pupil"]
    assert await pupils(between) == {"Bo Holm"}
    assert await pupils(utc_now()) == names["pupil"]
    assert await pupils(at_first - timedelta(days=1)) == set()


async def test_end_of_a_membership_is_not_part_of_it(importer: Importer, storage: Storage) -> None:
    """Rule 14: half-open, so nobody is in two classes at the moment of moving."""
    start = datetime(2025, 8, 1, tzinfo=UTC)
    end = datetime(2026, 8, 1, tzinfo=UTC)
    records = without(family_school(), "bo", "lise")
    records = [record for record in records if not isinstance(record, MembershipRecord)]
    await importer([*records, MembershipRecord("3a", "ida", "member", start, end)])
    members = stamdata.membership

    async def count(moment: datetime) -> int:
        statement = sa.select(sa.func.count()).where(
            members.c.valid_from <= moment, members.c.valid_to > moment
        )
        async with storage.read(EVERYWHERE) as read:
            return int(await read.scalar(statement))

    group = GroupRecord("3a", "s1", "3.A", GroupKind.MAIN, valid_from=start - timedelta(days=9))
    await importer([group], mode="delta")
    assert await count(start) == 1
    assert await count(end - timedelta(microseconds=1)) == 1
    assert await count(end) == 0
    assert await count(start - timedelta(microseconds=1)) == 0


async def test_membership_lasts_no_longer_than_its_group(
    importer: Importer, storage: Storage
) -> None:
    """GRP-5: last year's class reaches nobody, whether or not its enrolments were ended."""
    group = GroupRecord(
        "3a",
        "s1",
        "3.A",
        GroupKind.MAIN,
        valid_from=datetime(2024, 8, 1, tzinfo=UTC),
        valid_to=datetime(2025, 7, 1, tzinfo=UTC),
    )
    start = datetime(2024, 8, 1, tzinfo=UTC)
    records: list[Record] = list(without(family_school(), "3a"))
    await importer([*records, group, MembershipRecord("3a", "ida", valid_from=start)])
    assert await reached(storage, utc_now()) == set()
    in_spring = await reached(storage, datetime(2025, 4, 1, tzinfo=UTC), members_only=True)
    assert in_spring == {("pupil", "Ida Holm", None)}


async def test_custody_that_ends_is_history_not_overwritten(
    importer: Importer, storage: Storage
) -> None:
    """R7 and rule 14: access ends with the import; that there was access is still known."""
    await importer(family_school())
    before = utc_now()
    changed = [
        GuardianshipRecord("mor", "ida", "Mor") if record == _MOTHER else record
        for record in family_school()
    ]
    report = await importer(changed)
    assert [(count.kind, count.changed) for count in report.counts if count.changed] == [
        ("guardianship", 1)
    ]
    mother_of_ida = ("guardian", "Anna Holm", "Ida Holm")
    assert mother_of_ida not in await reached(storage, utc_now())
    assert mother_of_ida in await reached(storage, before)


_MOTHER = GuardianshipRecord("mor", "ida", "Mor", custody=True)


async def _plan(storage: Storage, statement: sa.Select[tuple[UUID]]) -> str:
    async with storage.engines.reading.connect() as connection:
        compiled = statement.compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": False}
        )
        explain = "EXPLAIN QUERY PLAN " if storage.is_sqlite else "EXPLAIN "
        if not storage.is_sqlite:
            await connection.exec_driver_sql("SET enable_seqscan = off")
        values = tuple(compiled.params[name] for name in compiled.positiontup or ())
        rows = (await connection.exec_driver_sql(explain + str(compiled), values)).all()
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("column", ["group_id", "profile_id"])
async def test_reach_is_found_by_index(importer: Importer, storage: Storage, column: str) -> None:
    """Speed: one group's or one person's reach never reads a table from end to end."""
    await importer(family_school())
    reach = stamdata.reach
    key = (
        sa.literal(b"x" * 16) if storage.is_sqlite else sa.literal_column(f"'{UUID(int=1)}'::uuid")
    )
    plan = await _plan(storage, sa.select(reach.c.profile_id).where(reach.c[column] == key))
    # SQLite calls going through what the view has found a scan as well.
    steps = [line.strip(" ->") for line in plan.splitlines() if "SCAN stamdata_reach" not in line]
    full = [step for step in steps if step.startswith(("SCAN", "Seq Scan"))]
    assert not full, plan


async def test_protected_person_is_shown_by_the_alias(importer: Importer, storage: Storage) -> None:
    """STM-12: a source hands over the alias alone, and that is what is shown and searched."""
    hidden = person("x", "Alias Alm")
    await importer([*family_school(), hidden])
    statement = sa.select(stamdata.profile.c.search_key).where(stamdata.profile.c.name.like("I%"))
    async with storage.read(EVERYWHERE) as read:
        assert [row.search_key for row in await read.rows(statement)] == ["ida holm"]
