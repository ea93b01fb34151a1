"""Any sequence of deliveries: what holds afterwards, what was announced, and what is remembered."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from aula_platform.stamdata import OWNER, tables
from aula_platform.stamdata.changes import Municipality, ensure_municipalities
from aula_platform.stamdata.importing.reports import Report
from aula_platform.stamdata.queries import municipality_by_key
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.db import Instant, utc_now
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Record,
)
from tests.databases import KINDS, open_database
from tests.stamdata.deliveries import Importer, employee, person, pupil, school

Facts = dict[str, Counter[tuple[Any, ...]]]
_numbers = count()
_EXAMPLES = 60 if os.environ.get("AULA_LONG") else 5
"""Not shrunk: an example is six imports, and small as it is."""
_CHILDREN, _ADULTS, _ORGS = ("c1", "c2", "c3"), ("a1", "a2", "a3"), ("s1", "s2")

PEOPLE: tuple[Record, ...] = tuple(person(key, uniid=f"{key}0000") for key in _CHILDREN + _ADULTS)
RENAMED: tuple[Record, ...] = tuple(
    person(key, f"Ny {key}", uniid=f"{key}0000") for key in _CHILDREN + _ADULTS
)
REST: tuple[Record, ...] = (
    *(pupil(child, org) for child in _CHILDREN for org in _ORGS),
    *(employee(adult, "s1", roles=("leader",)) for adult in _ADULTS[:2]),
    ProfileRecord("a3", "s2", Kind.GUARDIAN, "Bedsteforælder"),
    *(GuardianshipRecord(adult, child, custody=True) for adult in _ADULTS for child in _CHILDREN),
    *(GroupRecord(f"{org}{name}", org, name, GroupKind.MAIN) for org in _ORGS for name in "ab"),
    *(MembershipRecord(f"{org}a", child) for org in _ORGS for child in _CHILDREN),
    *(MembershipRecord("s1b", adult, "teacher") for adult in _ADULTS),
)


def _complete(chosen: Sequence[Record]) -> list[Record]:
    """Leave out what refers to something that was not chosen, so that no row is wrong."""
    people = {record.source_id for record in chosen if isinstance(record, PersonRecord)}
    orgs = {record.source_id for record in chosen if isinstance(record, OrgRecord)}
    groups = {
        record.source_id: record.org_source_id
        for record in chosen
        if isinstance(record, GroupRecord) and record.org_source_id in orgs
    }
    there = {
        (record.person_source_id, record.org_source_id)
        for record in chosen
        if isinstance(record, ProfileRecord) and record.kind is not Kind.GUARDIAN
    }

    def stands(record: Record) -> bool:
        match record:
            case ProfileRecord(person_source_id=who, org_source_id=org):
                return who in people and org in orgs
            case GuardianshipRecord(guardian_source_id=guardian, child_source_id=child):
                return {guardian, child} <= people
            case GroupRecord(source_id=key):
                return key in groups
            case MembershipRecord(group_source_id=group, person_source_id=who):
                return who in people and (who, groups.get(group)) in there
            case _:
                return True

    return [record for record in chosen if stands(record)]


@st.composite
def deliveries(draw: st.DrawFn) -> list[Record]:
    chosen: list[Record] = [school(org) for org in _ORGS if draw(st.booleans()) or org == "s1"]
    for plain, renamed in zip(PEOPLE, RENAMED, strict=True):
        chosen += draw(st.sampled_from(([plain], [plain], [renamed], [])))
    chosen += [record for record in REST if draw(st.booleans())]
    return _complete(chosen)


def expected(delivery: Sequence[Record]) -> Facts:
    """What a plain reading of the delivery says, with the guardians whom it implies."""
    facts: Facts = {name: Counter() for name in ("person", "profile", "role", "membership", "tie")}
    for record in delivery:
        match record:
            case PersonRecord(source_id=key, given_name=given_name, family_name=family_name):
                facts["person"][key, f"{given_name} {family_name}"] = 1
            case ProfileRecord(person_source_id=who, org_source_id=org, kind=kind, roles=roles):
                facts["profile"][who, org, kind.value] = 1
                facts["role"].update((who, org, role) for role in roles)
            case MembershipRecord(group_source_id=group, person_source_id=who):
                facts["membership"][group, who] = 1
            case GuardianshipRecord(guardian_source_id=guardian, child_source_id=child):
                facts["tie"][guardian, child] = 1
    for guardian, child in facts["tie"]:
        for who, org, kind in list(facts["profile"]):
            if who == child and kind == "pupil":
                facts["profile"][guardian, org, "guardian"] = 1
    return facts


async def facts_at(storage: Storage, municipality: UUID, moment: datetime) -> Facts:
    """What the database says held at the moment."""
    person, profile, institution = tables.person, tables.profile, tables.institution
    role, member, group, tie = (
        tables.profile_role,
        tables.membership,
        tables.group,
        tables.guardianship,
    )
    guardian, child = person.alias("guardian"), person.alias("child")
    now = sa.literal(moment, Instant)

    def held(table: sa.Table) -> sa.ColumnElement[bool]:
        ended = sa.or_(table.c.valid_to.is_(None), table.c.valid_to > now)
        return sa.and_(table.c.municipality_id == municipality, table.c.valid_from <= now, ended)

    at_place = profile.join(person, person.c.id == profile.c.person_id).join(institution)
    who = person.c.source_id
    statements = {
        "person": sa.select(who, person.c.name).where(held(person)),
        "profile": sa.select(who, institution.c.source_id, profile.c.kind)
        .select_from(at_place)
        .where(held(profile)),
        "role": sa.select(who, institution.c.source_id, role.c.role)
        .select_from(at_place.join(role, role.c.profile_id == profile.c.id))
        .where(held(role)),
        "membership": sa.select(group.c.source_id, who)
        .select_from(at_place.join(member, member.c.profile_id == profile.c.id))
        .join(group, group.c.id == member.c.group_id)
        .where(held(member)),
        "tie": sa.select(guardian.c.source_id, child.c.source_id)
        .select_from(tie)
        .join(guardian, guardian.c.id == tie.c.guardian_person_id)
        .join(child, child.c.id == tie.c.child_person_id)
        .where(held(tie)),
    }
    async with storage.read(EVERYWHERE) as read:
        return {
            name: Counter(tuple(row) for row in await read.rows(statement))
            for name, statement in statements.items()
        }


async def ids_of(storage: Storage, municipality: UUID) -> dict[tuple[Any, ...], UUID]:
    """The ids of whatever is reopened whole, by what the source calls it."""
    person, profile, group = tables.person, tables.profile, tables.group
    statements = (
        sa.select(person.c.source_id, sa.literal("person"), person.c.id).where(
            person.c.municipality_id == municipality
        ),
        sa.select(group.c.source_id, sa.literal("group"), group.c.id).where(
            group.c.municipality_id == municipality
        ),
        sa.select(person.c.source_id, profile.c.kind, profile.c.institution_id, profile.c.id)
        .join(profile)
        .where(profile.c.municipality_id == municipality),
    )
    async with storage.read(EVERYWHERE) as read:
        return {
            tuple(row[:-1]): row[-1]
            for statement in statements
            for row in await read.rows(statement)
        }


def announced(report: Report) -> dict[str, tuple[int, int]]:
    """By kind of fact, how many the report says appear, and how many go."""
    of_kind = {
        "person": "person",
        "role": "role",
        "membership": "membership",
        "guardianship": "tie",
        **{kind.value: "profile" for kind in Kind},
    }
    appearing, going = Counter[str](), Counter[str]()
    for each in report.counts:
        if each.kind in of_kind:
            appearing[of_kind[each.kind]] += each.added + each.returning
            going[of_kind[each.kind]] += each.leaving
    return {name: (appearing[name], going[name]) for name in sorted(set(of_kind.values()))}


def happened(before: Facts, after: Facts) -> dict[str, tuple[int, int]]:
    """The same, from what held before and what holds after."""
    found = {}
    for name in sorted(after):
        # Somebody with another name is the same person, changed.
        was, now = (
            {fact[:1] if name == "person" else fact for fact in facts[name]}
            for facts in (before, after)
        )
        found[name] = (len(now - was), len(was - now))
    return found


async def follow(storage: Storage, sequence: Sequence[list[Record]]) -> None:
    """Import the deliveries in turn, with a preview before and a repetition after each."""
    key = f"m{next(_numbers)}"
    async with storage.write(EVERYWHERE) as write:
        await ensure_municipalities(write, [Municipality(key, key)])
    async with storage.read(EVERYWHERE) as read:
        row = await municipality_by_key(read, key)
        assert row is not None
    importer = Importer(storage)
    remembered: list[tuple[datetime, Facts]] = []
    ids: dict[tuple[Any, ...], UUID] = {}
    before = await facts_at(storage, row.id, utc_now())
    for delivery in sequence:
        preview = await importer(delivery, municipality=key, apply=False)
        applied = await importer(delivery, municipality=key)
        again = await importer(delivery, municipality=key)
        assert applied.error_count == 0, applied.errors
        assert announced(preview) == announced(applied)
        assert preview.changes == applied.changes
        assert again.changes == 0, again.counts
        now = utc_now()
        after = await facts_at(storage, row.id, now)
        assert after == expected(delivery)
        assert announced(applied) == happened(before, after)
        known = await ids_of(storage, row.id)
        assert ids.items() <= known.items(), "somebody got a new id"
        ids, before = known, after
        remembered.append((now, after))
    for moment, then in remembered:
        found = await facts_at(storage, row.id, moment)
        for exact in ("membership", "tie", "role"):
            assert found[exact] == then[exact]
        assert {who for who, _name in then["person"]} <= {who for who, _name in found["person"]}


@pytest.fixture(params=KINDS)
def loop_and_storage(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[asyncio.Runner, Storage]]:
    with asyncio.Runner() as runner:
        database = open_database(request.param, tmp_path, [OWNER])
        storage = runner.run(database.__aenter__())
        yield runner, storage
        runner.run(database.__aexit__(None, None, None))


@pytest.mark.timeout(600)
def test_every_sequence_of_deliveries_ends_as_its_last_one_says(
    loop_and_storage: tuple[asyncio.Runner, Storage],
) -> None:
    """GRP-6, rule 12: A, then B, then A is A's state with A's ids; preview is what apply does;
    the same file twice changes nothing; what was so at an earlier moment is still known.
    """
    runner, storage = loop_and_storage

    @settings(max_examples=_EXAMPLES, deadline=None, phases=[Phase.generate])
    @given(deliveries(), deliveries())
    def check(first: list[Record], second: list[Record]) -> None:
        runner.run(follow(storage, [first, second, first]))

    check()
