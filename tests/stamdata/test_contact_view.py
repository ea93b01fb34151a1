"""How to reach people, as far as plugins may know: what is protected never leaves the kernel."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk import stamdata
from aula_sdk.db import utc_now
from aula_sdk.stamdata_source import (
    ContactData,
    GuardianshipRecord,
    PersonRecord,
    ProfileRecord,
    Record,
)
from tests.stamdata.deliveries import Importer, family_school, pupil

pytestmark = pytest.mark.anyio
WAYS = ("email", "phone", "mobile", "address")


def reachable(key: str, *, protected: bool = False, **contact: Any) -> list[Record]:
    """A pupil who can be reached, or so the source says."""
    data = ContactData(**contact)
    person = PersonRecord(key, "Navn", key, protected=protected, contact=data)
    profile: ProfileRecord = pupil(key)
    return [person, profile]


async def published(storage: Storage) -> set[tuple[str, str, str]]:
    """Everything that plugins can read: name, way, value."""
    contact, profile = stamdata.contact, stamdata.profile
    now = sa.literal(utc_now(), contact.c.valid_from.type)
    statement = (
        sa.select(profile.c.name, *(contact.c[way] for way in WAYS))
        .join_from(contact, profile, profile.c.person_id == contact.c.person_id)
        .where(stamdata.valid(contact, now))
    )
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(statement)
    return {(row.name, way, row._mapping[way]) for row in rows for way in WAYS if row._mapping[way]}


async def test_each_way_has_a_protection_of_its_own(importer: Importer, storage: Storage) -> None:
    """STM-14: every combination of what is there and what is protected; a view has the rest."""
    chance = random.Random(14)
    records = list(family_school())
    expected: set[tuple[str, str, str]] = set()
    for number, veiled in enumerate(itertools.product((False, True), repeat=len(WAYS))):
        given: dict[str, Any] = {
            way: f"{way}-{number}" if chance.random() < 0.8 else "" for way in WAYS
        }
        marks = {f"{way}_protected": hidden for way, hidden in zip(WAYS, veiled, strict=True)}
        said: dict[str, Any] = {**given, **marks}
        records += reachable(f"p{number}", **said)
        expected |= {
            (f"Navn p{number}", way, given[way])
            for way, hidden in zip(WAYS, veiled, strict=True)
            if given[way] and not hidden
        }
    await importer(records)
    assert len(expected) > 20
    assert await published(storage) == expected


async def test_nothing_of_a_protected_person_is_published(
    importer: Importer, storage: Storage
) -> None:
    """R8, STM-12: whatever the source sends along, nothing of it is in the view."""
    secret: dict[str, Any] = {way: f"hemmelig-{way}" for way in WAYS}
    await importer([*family_school(), *reachable("skjult", protected=True, **secret)])
    assert await published(storage) == set()


async def test_protection_takes_effect_with_the_delivery(
    importer: Importer, storage: Storage
) -> None:
    """R7, R8: who becomes protected is gone from the view in the same transaction."""
    number: dict[str, Any] = {"mobile": "+45 00 00 00 01"}
    await importer([*family_school(), *reachable("ny", **number)])
    assert await published(storage) == {("Navn ny", "mobile", "+45 00 00 00 01")}
    await importer([*family_school(), *reachable("ny", **number, mobile_protected=True)])
    assert await published(storage) == set()
    await importer([*family_school(), *reachable("ny", **number)])
    await importer([*family_school(), *reachable("ny", protected=True, **number)])
    assert await published(storage) == set()


async def test_who_has_left_is_reached_no_more(importer: Importer, storage: Storage) -> None:
    """Rule 14: the way holds no longer than the person."""
    await importer([*family_school(), *reachable("ny", email="ny@hjem.example")])
    await importer(family_school())
    assert await published(storage) == set()


async def test_the_family_does_not_tell_where_a_protected_child_lives(
    importer: Importer, storage: Storage
) -> None:
    """R8: nor does the address of a protected child's parent or sibling; numbers are their own."""
    at_home: dict[str, Any] = {"mobile": "+45 00 00 00 02", "address": "Skjulestien 4"}
    records = [
        *family_school(),
        PersonRecord("hun", "Navn", "hun", contact=ContactData(**at_home)),
        *reachable("barn", protected=True, **at_home),
        *reachable("bror", **at_home),
        *reachable("nabo", address="Birkevej 1"),
        GuardianshipRecord("hun", "barn", "Mor", custody=True),
        GuardianshipRecord("hun", "bror", "Mor", custody=True),
    ]
    await importer(records)
    found = await published(storage)
    assert {value for _name, way, value in found if way == "address"} == {"Birkevej 1"}
    assert {name for name, way, _value in found if way == "mobile"} == {"Navn hun", "Navn bror"}


async def test_nor_does_the_child_of_a_protected_parent(
    importer: Importer, storage: Storage
) -> None:
    """R8: the same the other way round."""
    await importer(
        [
            *family_school(),
            PersonRecord("hun", "Navn", "hun", protected=True),
            *reachable("barn", email="barn@hjem.example", address="Skjulestien 4"),
            GuardianshipRecord("hun", "barn", "Mor", custody=True),
        ]
    )
    assert await published(storage) == {("Navn barn", "email", "barn@hjem.example")}


async def test_protected_and_not_registered_look_the_same(
    importer: Importer, storage: Storage
) -> None:
    """STM-15: the view has no mark by which a plugin could tell who is protected."""
    veiled: dict[str, Any] = {f"{way}_protected": True for way in WAYS}
    await importer(
        [
            *family_school(),
            *reachable("intet"),
            *reachable("skjult", protected=True, email="skjult@hjem.example"),
            *reachable("numre", mobile="+45 00 00 00 03", **veiled),
        ]
    )
    contact, profile = stamdata.contact, stamdata.profile
    columns = [contact.c[way] for way in WAYS]
    statement = (
        sa.select(*columns)
        .join_from(contact, profile, profile.c.person_id == contact.c.person_id)
        .where(profile.c.name.in_(["Navn intet", "Navn skjult", "Navn numre"]))
    )
    async with storage.read(EVERYWHERE) as read:
        assert [tuple(row) for row in await read.rows(statement)] == [("", "", "", "")] * 3
