"""Deliveries that speak of some institutions, leave things out, or are older than what is there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from aula_platform.stamdata import tables
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.stamdata_source import (
    Complete,
    ContactData,
    Delivery,
    GuardianshipRecord,
    MembershipRecord,
    Record,
)
from tests.stamdata.deliveries import (
    ALL_KINDS,
    Importer,
    class_,
    everything,
    family_school,
    person,
    pupil,
    school,
    tally,
    without,
)

pytestmark = pytest.mark.anyio
NORTH = frozenset({"s1"})


def delivery(**more: object) -> Delivery:
    """What a delivery of the first school says it is."""
    return Delivery("Records 1", "bulk", ALL_KINDS, **{"institutions": NORTH, **more})  # type: ignore[arg-type]  # Fields by name.


def two_schools() -> list[Record]:
    """The family's school, and another to which Ida and a pupil of its own go."""
    return [
        *family_school(),
        school("s2", "Lunden"),
        person("kaj", "Kaj Lund"),
        person("kajs", "Mor til Kaj"),
        pupil("kaj", "s2"),
        pupil("ida", "s2"),
        class_("2x", "2.X", "s2"),
        MembershipRecord("2x", "kaj"),
        GuardianshipRecord("kajs", "kaj", "Mor", custody=True),
    ]


async def test_one_institutions_file_closes_nothing_elsewhere(
    importer: Importer, storage: Storage
) -> None:
    """GRP-6: of schools that are not in the delivery nobody leaves, and no group ends."""
    await importer(two_schools())
    before = await everything(storage)
    report = await importer(family_school(), delivery=delivery())
    assert (report.state, report.changes) == ("applied", 0), report.errors
    assert await everything(storage) == before


async def test_who_is_missing_has_left_that_institution(importer: Importer) -> None:
    """Bo leaves altogether, with his places; Ida leaves this school only, and keeps her family."""
    await importer(two_schools())
    report = await importer(without(family_school(), "bo", "ida", "mor"), delivery=delivery())
    assert tally(report, "leaving") == {
        "person": 1,  # Bo; his mother has Ida too, who is at the other school.
        "pupil": 2,
        "guardian": 2,
        "membership": 2,
        "guardianship": 1,
    }
    again = await importer(family_school(), delivery=delivery())
    assert tally(again, "returning") == {
        "person": 1,
        "pupil": 2,
        "guardian": 2,
        "membership": 2,
        "guardianship": 1,
    }


async def test_a_contact_person_of_a_child_who_is_elsewhere_too(importer: Importer) -> None:
    """Only when every institution of the child has its say does a contact person go (STM-9)."""
    await importer(two_schools())
    fewer = without(two_schools(), "far")
    alone = [each for each in without(fewer, "s2", "kaj", "kajs", "2x") if each != pupil("ida")]
    report = await importer([*alone, pupil("ida")], delivery=delivery())
    assert tally(report, "leaving") == {}
    both = delivery(institutions=frozenset({"s1", "s2"}))
    assert tally(await importer(fewer, delivery=both), "leaving")["guardianship"] == 1


async def test_saying_everything_of_somebody_is_about_these_institutions(
    importer: Importer,
) -> None:
    """R7: a filtered export of one school does not end what a pupil is at another."""
    await importer(two_schools())
    ida = person("ida", "Ida Holm", uniid="ida0001")
    whole = [
        Complete("profile", ("ida",)),
        Complete("membership", ("ida",)),
        Complete("guardianship", ("ida",)),
    ]
    said: list[Record] = [school(), ida, *whole]
    changes = replace(delivery(), mode="delta")
    report = await importer(said, delivery=changes)
    assert tally(report, "leaving") == {"pupil": 1, "membership": 1, "guardian": 1}


async def test_what_is_left_out_stays_as_it_was(importer: Importer, storage: Storage) -> None:
    """A package without addresses does not empty them, and counts nobody as changed."""
    there = ContactData(email="ida@skole.example", address="Åvej 1")
    ida = replace(person("ida", "Ida Holm", uniid="ida0001"), contact=there)
    before_it: list[Record] = [school(), ida, pupil("ida")]
    await importer(before_it)
    before = await everything(storage)
    bare: list[Record] = [school(), person("ida", "Ida Holm", uniid="ida0001"), pupil("ida")]
    small = delivery(left_out=frozenset({"contact", "birth_date"}))
    report = await importer(bare, delivery=small)
    assert report.changes == 0
    assert await everything(storage) == before
    renamed: list[Record] = [school(), person("ida", "Ida Lund", uniid="ida0001"), pupil("ida")]
    await importer(renamed, delivery=small)
    assert (await everything(storage))["contact"] == before["contact"]


async def test_whoever_becomes_protected_keeps_no_address(
    importer: Importer, storage: Storage
) -> None:
    """STM-12: also when the word of it comes in a package that carries no addresses."""
    there = ContactData(address="Skjulte Vej 1", phone="00 00 00 01")
    await importer([school(), replace(person("ida", "Ida Holm"), contact=there), pupil("ida")])
    veiled = ContactData(address_protected=True)
    hidden = replace(person("ida", "Fe 1"), protected=True, contact=veiled)
    small = delivery(left_out=frozenset({"contact"}))
    await importer([school(), hidden, pupil("ida")], delivery=small)
    async with storage.read(EVERYWHERE) as read:
        contact = tables.contact
        [row] = await read.rows(sa.select(contact.c.address, contact.c.phone))
    assert (row.address, row.phone) == ("", "")


async def test_an_older_delivery_is_refused(importer: Importer, storage: Storage) -> None:
    """Last week's file does not bring last week back; the same file again does no harm."""
    monday, friday = (datetime(2026, 8, day, tzinfo=UTC) for day in (10, 14))

    def of(moment: datetime) -> Delivery:
        return delivery(as_of={"s1": moment})

    assert (await importer(family_school(), delivery=of(friday))).state == "applied"
    before = await everything(storage)
    report = await importer(without(family_school(), "bo"), delivery=of(monday))
    assert report.state == "refused"
    assert await everything(storage) == before
    [error] = report.errors
    assert (error.code, error.fatal) == ("delivery.outdated", True)
    assert "2026-08-10 00:00:00" in error.reason
    assert "2026-08-14 00:00:00" in error.reason
    assert (await importer(family_school(), delivery=of(friday))).changes == 0


async def test_only_what_was_applied_makes_others_old(importer: Importer) -> None:
    """A preview, another institution, source or municipality says nothing of how new this is."""
    old, new = datetime(2026, 8, 10, tzinfo=UTC), datetime(2026, 8, 14, tzinfo=UTC)
    newer = delivery(as_of={"s1": new})
    await importer(family_school(), delivery=newer, apply=False)
    await importer(family_school(), delivery=newer, municipality="mosehoj")
    await importer([], delivery=newer, owner="another")
    await importer(two_schools(), delivery=delivery(institutions=None, as_of={"s2": new}))
    report = await importer(family_school(), delivery=delivery(as_of={"s1": old}))
    assert report.state == "applied"
