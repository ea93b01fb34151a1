"""One municipality by OneRoster and by UNI-Login XML: the same people, groups and families."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
import xmlschema

from aula_platform.stamdata import OWNER, tables
from aula_platform.stamdata.changes import Municipality, ensure_municipalities
from aula_platform.stamdata.importing.reports import Report
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import EVERYWHERE, Storage
from aula_plugins.demo.generator.families import fill_with_families
from aula_plugins.demo.generator.municipalities import build
from aula_plugins.demo.generator.places import (
    fill_groups,
    open_daycare,
    open_school,
    remember_last_year,
    staff_daycare,
    staff_school,
)
from aula_plugins.demo.generator.town import Town, Uniids
from aula_plugins.demo.generator.writing import write_town
from aula_plugins.oneroster.hooks import aula_stamdata_sources as oneroster_sources
from aula_plugins.stil.hooks import aula_stamdata_sources as stil_sources
from aula_sdk import stamdata
from aula_sdk.stamdata_source import StamdataSource
from tests.databases import KINDS, open_database
from tests.together.town_as_stil import write_exports

pytestmark = pytest.mark.anyio
CPR = "0101991234"
YEAR = 2026
FIRST, SECOND = "2026-08-15T02:00:00Z", "2026-08-16T02:00:00Z"
Rows = set[tuple[Any, ...]]


@pytest.fixture(params=KINDS)
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    """An empty database with two municipalities."""
    async with open_database(request.param, tmp_path, [OWNER]) as opened:
        async with opened.write(EVERYWHERE) as write:
            await ensure_municipalities(
                write, [Municipality("one", "Den ene"), Municipality("other", "Den anden")]
            )
        yield opened


@pytest.fixture
def bakkedal() -> Town:
    """The smaller municipality of the demo."""
    return build(2026, YEAR)[1]


def hamlet(school_year: int) -> Town:
    """A school with three small classes and a day-care."""
    town = Town("Landsby", "Z09", 2026, school_year, Uniids())
    school = open_school(
        town, "skole", "Landsbyskolen", "Z09001", tracks="A", levels=3, seats=(4, 6)
    )
    daycare = open_daycare(
        town, "hus", "Børnehuset", "Z09002", rooms=("Rød stue", "Blå stue"), seats=(4, 6)
    )
    staff_school(town, school, {})
    staff_daycare(town, daycare, {})
    fill_with_families(town, [school, daycare])
    fill_groups(town, school)
    remember_last_year(town, school)
    return town


@pytest.fixture
def sources() -> dict[str, StamdataSource]:
    """Both formats, as they are without settings."""
    return {each.name: each for each in (*oneroster_sources(), *stil_sources())}


async def test_both_formats_give_the_same(
    storage: Storage, bakkedal: Town, sources: dict[str, StamdataSource], tmp_path: Path
) -> None:
    """What both can say is the same row by row; what only one can say is left out of it."""
    write_town(bakkedal, tmp_path / "csv")
    exports = write_exports(bakkedal, tmp_path / "xml", at=FIRST)
    wishes = {"one": ("oneroster", tmp_path / "csv"), "other": ("stil", exports)}
    found = {}
    for key, (name, path) in wishes.items():
        report = await run_import(storage, sources[name], path, Wish(key, apply=True))
        assert (report.state, report.error_count) == ("applied", 0), report.errors
        found[key] = {what: rows async for what, rows in _everything(storage, key)}
    for what, rows in found["one"].items():
        assert rows == found["other"][what], what
        assert len(rows) > 1, what


async def test_the_same_files_again_change_nothing(
    storage: Storage, sources: dict[str, StamdataSource], tmp_path: Path
) -> None:
    """Twice the same, one institution alone, who leaves and who comes back whole (GRP-6)."""
    stil = sources["stil"]
    exports = write_exports(hamlet(YEAR), tmp_path / "xml", at=FIRST)

    async def take(path: Path, *, confirmed: bool = False) -> Report:
        wish = Wish("one", apply=True, confirmed=confirmed)
        report = await run_import(storage, stil, path, wish)
        assert report.state == "applied", report.errors
        return report

    await take(exports)
    assert (await take(exports)).changes == 0
    daycare = exports / "Z09002.xml"
    assert (await take(daycare)).changes == 0, "the school's file is not there, and nobody left"
    everybody = daycare.read_text()
    first_pupil = re.compile(r"<InstitutionPerson>(?:(?!</InstitutionPerson>).)*<Student>.*?"
                             r"</InstitutionPerson>", re.DOTALL)  # fmt: skip
    daycare.write_text(first_pupil.sub("", everybody, count=1).replace(FIRST, SECOND))
    left = await take(daycare)
    counts = {each.kind: each.leaving for each in left.counts if each.leaving}
    assert counts["pupil"] == counts["person"] - counts.get("guardian", 0) == 1
    daycare.write_text(everybody.replace(FIRST, SECOND))
    back = await take(daycare)
    assert {each.kind: each.returning for each in back.counts if each.returning} == counts
    daycare.write_text(everybody)
    wish = Wish("one", apply=True)
    refused = await run_import(storage, stil, daycare, wish)
    assert refused.state == "refused"
    assert [each.code for each in refused.errors] == ["delivery.outdated"]


async def test_a_new_school_year(
    storage: Storage, sources: dict[str, StamdataSource], tmp_path: Path
) -> None:
    """GRP-5, GRP-7: last year's groups end and new ones begin, for the same children.

    The school gives its groups the same ids as last year.
    """
    exports = write_exports(hamlet(YEAR - 1), tmp_path / "xml", at="2025-09-01T02:00:00Z")
    path = exports / "Z09001.xml"
    wish = Wish("one", apply=True, confirmed=True)
    with time_machine.travel(datetime(2025, 9, 1, 3, tzinfo=UTC)):
        await run_import(storage, sources["stil"], path, wish)
        before = await _groups_of(storage)
    path.write_text(
        path.read_text()
        .replace("2026-07-31", "2027-07-31")
        .replace("2025-07-31", "2026-07-31")
        .replace("2025-08-01", "2026-08-01")
        .replace("2024-08-01", "2025-08-01")
        .replace("2025-09-01T", "2026-08-15T")
    )
    with time_machine.travel(datetime(2026, 8, 15, 3, tzinfo=UTC)):
        report = await run_import(storage, sources["stil"], path, wish)
        after = await _groups_of(storage)
    counts = {each.kind: each for each in report.counts}
    assert (report.state, report.error_count) == ("applied", 0), report.errors
    assert (counts["person"].leaving, counts["pupil"].leaving) == (0, 0)
    assert {name for name, _id in before} == {name for name, _id in after}, "the same names"
    assert {group_id for _name, group_id in before}.isdisjoint(each for _name, each in after)
    assert len(after) > 5


async def test_cpr_numbers_are_nowhere_afterwards(
    storage: Storage,
    sources: dict[str, StamdataSource],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R20: the writer plants one in each person, and some where they do not belong."""
    caplog.set_level(logging.DEBUG)
    exports = write_exports(hamlet(YEAR), tmp_path / "xml", at=FIRST)
    path = exports / "Z09001.xml"
    text = path.read_text()
    for planted in ("<FamilyName>", "<StreetAddress>", "<GroupName>", "<MainGroupId>"):
        text = text.replace(planted, f"{planted}{CPR} ", 2)
    path.rename(exports / f"skole {CPR}.xml").write_text(text)
    report = await run_import(storage, sources["stil"], exports, Wish("one", apply=True))
    assert report.state == "applied"
    assert {each.code for each in report.errors} >= {"cpr.refused"}
    said = [repr(report), caplog.text]
    async with storage.read(EVERYWHERE) as read:
        for table in tables.metadata.sorted_tables:
            said += [repr(tuple(row)) for row in await read.rows(sa.select(table))]
    assert len(said) > 200
    assert [each for each in said if CPR in each or "010199" in each] == []


def test_the_writer_keeps_the_schema(bakkedal: Town, tmp_path: Path) -> None:
    """What is held against OneRoster is what the shipped schema asks for."""
    schema = xmlschema.XMLSchema10(
        (resources.files("aula_plugins.stil") / "export-1.xsd").read_text("utf-8")
    )
    for path in write_exports(bakkedal, tmp_path / "xml", at=FIRST).iterdir():
        schema.validate(str(path))


async def _groups_of(storage: Storage) -> set[tuple[str, UUID]]:
    """Return the groups that hold now and have members, by name and id."""
    group, member = stamdata.group, stamdata.membership
    async with storage.read(EVERYWHERE) as read:
        now = sa.literal(read.now, group.c.valid_from.type)
        holds = stamdata.valid(group, now), stamdata.valid(member, now)
        found = sa.select(group.c.name, group.c.id).join(member, member.c.group_id == group.c.id)
        return {(row.name, row.id) for row in await read.rows(found.where(*holds).distinct())}


async def _everything(storage: Storage, key: str) -> AsyncIterator[tuple[str, Rows]]:
    """Yield what both formats can say, by words that mean the same in both."""
    async with storage.read(EVERYWHERE) as read:
        here = await read.scalar(
            sa.select(tables.municipality.c.id).where(tables.municipality.c.key == key)
        )
        for what, statement in _statements():
            yield what, {tuple(row) for row in await read.rows(statement, {"here": here})}


def _statements() -> Iterator[tuple[str, sa.Select[Any]]]:
    person, contact, org = tables.person, tables.contact, tables.institution
    profile, group, member = tables.profile, tables.group, tables.membership
    tie, other = tables.guardianship, tables.person.alias("other")

    def here(table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.municipality_id == sa.bindparam("here", type_=table.c.municipality_id.type)

    yield (
        "institutions",
        sa.select(org.c.identifier, org.c.name, org.c.kind, org.c.valid_to).where(
            here(org), org.c.kind != "municipality"
        ),
    )
    known = [column for column in (*person.c, *contact.c) if column.name in _PERSON]
    yield "people", sa.select(*known).join(contact).where(here(person))
    yield (
        "profiles",
        sa.select(
            person.c.uniid, org.c.identifier, profile.c.kind, profile.c.title, profile.c.level
        )
        .select_from(profile.join(person).join(org))
        .where(here(profile), profile.c.kind != "guardian"),
    )
    yield (
        "guardians",
        sa.select(person.c.uniid, org.c.identifier)
        .select_from(profile.join(person).join(org))
        .where(here(profile), profile.c.kind == "guardian"),
    )
    yield "groups", sa.select(
        org.c.identifier, group.c.name, group.c.kind, group.c.level, group.c.valid_from,
        group.c.valid_to,
    ).select_from(group.join(org)).where(here(group))  # fmt: skip
    yield (
        "memberships",
        sa.select(person.c.uniid, org.c.identifier, group.c.name, group.c.valid_from, _IS_MEMBER)
        .select_from(
            member.join(group)
            .join(org)
            .join(profile, profile.c.id == member.c.profile_id)
            .join(person)
        )
        .where(here(member)),
    )
    yield (
        "families",
        sa.select(
            person.c.uniid, other.c.uniid, tie.c.relation, tie.c.custody, tie.c.extended_access
        )
        .select_from(
            tie.join(person, person.c.id == tie.c.guardian_person_id).join(
                other, other.c.id == tie.c.child_person_id
            )
        )
        .where(here(tie)),
    )


_IS_MEMBER = (tables.membership.c.role == "member").label("is_member")
_PERSON = frozenset(
    {
        "uniid",
        "given_name",
        "family_name",
        "protected",
        "birth_date",
        "email",
        "phone",
        "mobile",
        "address",
        "email_protected",
        "mobile_protected",
        "address_protected",
    }
)
