"""A format of stamdata that exists only in tests: records that were made in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_platform.stamdata.changes import Municipality, ensure_municipalities
from aula_platform.stamdata.importing.reports import Report
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    Delivery,
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Record,
    RowError,
    StamdataSource,
)

_ = gettext_for("aula")
ALL_KINDS = frozenset({"org", "person", "profile", "group", "membership", "guardianship"})


@dataclass(frozen=True)
class Importer:
    """Imports records into a municipality."""

    storage: Storage

    async def __call__(
        self,
        records: Iterable[Record | RowError],
        *,
        mode: Literal["bulk", "delta"] = "bulk",
        kinds: frozenset[str] = ALL_KINDS,
        municipality: str = "solvig",
        apply: bool = True,
        confirmed: bool = True,
        owner: str = "",
        delivery: Delivery | None = None,
    ) -> Report:
        kept = list(records)
        said = delivery or Delivery("Records 1", mode, kinds)

        def read(path: Path) -> Iterator[Record | RowError]:
            yield from kept

        source = StamdataSource("records", _("Records"), lambda _path: said, read)
        wish = Wish(municipality, apply=apply, confirmed=confirmed, owner=owner)
        return await run_import(self.storage, source, Path("records"), wish)


async def make_municipalities(storage: Storage) -> None:
    async with storage.write(EVERYWHERE) as write:
        await ensure_municipalities(
            write, [Municipality("solvig", "Solvig Kommune"), Municipality("mosehoj", "Mosehøj")]
        )


def school(key: str = "s1", name: str = "Solvig Skole") -> OrgRecord:
    return OrgRecord(key, OrgKind.SCHOOL, name)


def person(key: str, name: str = "", *, uniid: str = "") -> PersonRecord:
    given, _space, family = (name or f"Navn {key}").partition(" ")
    return PersonRecord(key, given, family, uniid=uniid)


def pupil(key: str, org: str = "s1") -> ProfileRecord:
    return ProfileRecord(key, org, Kind.PUPIL)


def employee(key: str, org: str = "s1", *, roles: tuple[str, ...] = ()) -> ProfileRecord:
    return ProfileRecord(key, org, Kind.EMPLOYEE, "Lærer", roles)


def class_(key: str = "3a", name: str = "3.A", org: str = "s1") -> GroupRecord:
    return GroupRecord(key, org, name, GroupKind.MAIN)


def family_school() -> list[Record]:
    """A school with class 3.A: two pupils (siblings), their mother and father, one teacher."""
    return [
        school(),
        person("ida", "Ida Holm", uniid="ida0001"),
        person("bo", "Bo Holm", uniid="bo00001"),
        person("mor", "Anna Holm", uniid="anna001"),
        person("far", "Per Lund", uniid="per0001"),
        person("lise", "Lise Krogh", uniid="lise001"),
        pupil("ida"),
        pupil("bo"),
        employee("lise", roles=("leader",)),
        GuardianshipRecord("mor", "ida", "Mor", custody=True),
        GuardianshipRecord("mor", "bo", "Mor", custody=True),
        GuardianshipRecord("far", "ida", "Far"),
        class_(),
        MembershipRecord("3a", "ida"),
        MembershipRecord("3a", "bo"),
        MembershipRecord("3a", "lise", "teacher"),
    ]


def without(records: Iterable[Record], *keys: str) -> list[Record]:
    """The records that have nothing to do with these source ids."""

    def mentions(record: Record) -> bool:
        return any(
            getattr(record, field) in keys
            for field in record.__struct_fields__
            if field.endswith("source_id")
        )

    return [record for record in records if not mentions(record)]


async def everything(storage: Storage) -> dict[str, set[tuple[object, ...]]]:
    """All rows of the live tables, by table."""
    names = (
        "institution",
        "person",
        "contact",
        "profile",
        "profile_role",
        "group",
        "membership",
        "guardianship",
    )
    found = {}
    async with storage.read(EVERYWHERE) as read:
        for name in names:
            rows = await read.rows(sa.select(getattr(tables, name)))
            found[name] = {tuple(row) for row in rows}
    return found


def tally(report: Report, change: str) -> dict[str, int]:
    """How many of each kind the report says are added, changed, leaving or returning."""
    numbers: dict[str, int] = {}
    for count in report.counts:
        if getattr(count, change):
            numbers[count.kind] = numbers.get(count.kind, 0) + getattr(count, change)
    return numbers
