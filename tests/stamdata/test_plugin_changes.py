"""Groups that a plugin makes itself: by the platform's ids, under a source of its own."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_platform.stamdata.changes import PLUGIN_CHANGED, deliver, preview
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.errors import Invalid
from aula_sdk.ids import GROUP, INSTITUTION, PROFILE, new_id
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    Record,
)
from tests.stamdata.deliveries import Importer, everything, family_school, person, pupil, without
from tests.stamdata.test_changes import place_of

pytestmark = pytest.mark.anyio

SOURCE = "plugin:groups"


class World:
    """The family's school and a day-care, in one municipality, as the platform knows them."""

    def __init__(self, storage: Storage, place: UUID) -> None:
        self.storage = storage
        self.place = place

    async def profile(self, name: str, kind: Kind = Kind.PUPIL) -> str:
        """Return a profile's id on the wire."""
        statement = sa.select(tables.profile.c.id).join(tables.person)
        found = statement.where(tables.person.c.name == name, tables.profile.c.kind == kind.value)
        async with self.storage.read(EVERYWHERE) as read:
            return PROFILE.format(await read.scalar(found))

    async def institution(self, name: str = "Solvig Skole") -> str:
        """Return an institution's id on the wire."""
        table = tables.institution
        async with self.storage.read(EVERYWHERE) as read:
            found = await read.scalar(sa.select(table.c.id).where(table.c.name == name))
        return INSTITUTION.format(found)

    async def deliver(self, *records: Record) -> None:
        """Carry out a plugin's changes."""
        async with self.storage.write(EVERYWHERE) as write:
            await deliver(write, self.place, SOURCE, records, by_ids=True)
            assert [note.action for note in write.audits] == [PLUGIN_CHANGED]

    async def reached(self, group: str) -> set[tuple[str, str, str | None]]:
        """Who is reached by a group now: kind, name, and on account of which child.

        The condition that asks about one person must say the same as the view.
        """
        reach, child, person = stamdata.reach, stamdata.profile.alias("child"), stamdata.profile
        now = sa.literal(utc_now(), Instant)
        statement = (
            sa.select(reach.c.kind, person.c.name, child.c.name)
            .join(person, person.c.id == reach.c.profile_id)
            .outerjoin(child, child.c.id == reach.c.child_id)
            .where(reach.c.group_id == GROUP.parse(group))
            .where(stamdata.valid(reach, now))
        )
        groups = sa.select(sa.literal(GROUP.parse(group), Id))
        asked = sa.select(person.c.kind, person.c.name).where(
            stamdata.is_reached(person, now, groups)
        )
        async with self.storage.read(EVERYWHERE) as read:
            listed = {tuple(row) for row in await read.rows(statement)}
            assert {tuple(row) for row in await read.rows(asked)} == {one[:2] for one in listed}
        return listed


@pytest.fixture
async def world(importer: Importer, storage: Storage) -> World:
    """Import the family's school, and a day-care with another child."""
    await importer(
        [
            *family_school(),
            OrgRecord("d1", OrgKind.DAYCARE, "Solvig Børnehus"),
            person("vera", "Vera Lund"),
            pupil("vera", "d1"),
        ]
    )
    return World(storage, await place_of(storage))


async def make_club(world: World) -> tuple[str, GroupRecord]:
    """Let the plugin make an empty group; return its id and its record."""
    key = GROUP.format(new_id())
    record = GroupRecord(key, await world.institution(), "Brætspilsklubben", GroupKind.OTHER)
    await world.deliver(record)
    return key, record


async def test_a_plugins_group_has_members_of_every_kind_and_place(world: World) -> None:
    """GRP-1: members come from several institutions; guardians reach in on account of children."""
    key, _record = await make_club(world)
    await world.deliver(
        MembershipRecord(key, await world.profile("Ida Holm")),
        MembershipRecord(key, await world.profile("Vera Lund")),
        MembershipRecord(key, await world.profile("Anna Holm", Kind.GUARDIAN)),
    )
    assert await world.reached(key) == {
        ("pupil", "Ida Holm", None),
        ("pupil", "Vera Lund", None),
        ("guardian", "Anna Holm", "Ida Holm"),
        ("guardian", "Anna Holm", "Bo Holm"),
    }


async def test_a_guardian_without_access_gains_nothing(world: World, importer: Importer) -> None:
    """R7, ID-11: being a member is no access; whoever loses access is not reached any more."""
    key, _record = await make_club(world)
    for name in ("Anna Holm", "Per Lund"):
        await world.deliver(MembershipRecord(key, await world.profile(name, Kind.GUARDIAN)))
    assert {name for _kind, name, _child in await world.reached(key)} == {"Anna Holm"}
    lost = [GuardianshipRecord("mor", child, "Mor") for child in ("ida", "bo")]
    await importer(lost, mode="delta")
    assert await world.reached(key) == set()


async def test_what_ends_gets_a_moment_and_can_begin_again(world: World) -> None:
    """GRP-2: members leave and come back, and a group ends with its members."""
    key, record = await make_club(world)
    member = MembershipRecord(key, await world.profile("Ida Holm"))
    await world.deliver(member)
    async with world.storage.write(EVERYWHERE) as write:
        ended = MembershipRecord(key, member.person_source_id, valid_to=write.now)
        counts = await preview(write, world.place, SOURCE, [ended], by_ids=True)
        assert [(one.kind, one.leaving) for one in counts] == [("membership", 1)]
        await deliver(write, world.place, SOURCE, [ended], by_ids=True)
    assert await world.reached(key) == set()
    await world.deliver(member)
    assert ("pupil", "Ida Holm", None) in await world.reached(key)
    over = utc_now()
    await world.deliver(msgspec.structs.replace(record, valid_to=over))
    assert await world.reached(key) == set()


async def test_imports_and_plugins_leave_each_other_alone(
    world: World, importer: Importer, storage: Storage
) -> None:
    """GRP-4, rule 12: neither closes what the other owns; who leaves the school leaves the club."""
    key, _record = await make_club(world)
    for name in ("Ida Holm", "Bo Holm"):
        await world.deliver(MembershipRecord(key, await world.profile(name)))
    await importer(without(family_school(), "ida"))
    assert ("pupil", "Bo Holm", None) in await world.reached(key)
    assert ("pupil", "Ida Holm", None) not in await world.reached(key)
    before = await everything(storage)
    with pytest.raises(Invalid) as caught:
        await world.deliver(MembershipRecord("3a", await world.profile("Bo Holm")))
    assert [error.code for error in caught.value.fields] == ["reference.unknown"]
    async with storage.read(EVERYWHERE) as read:
        class_id = await read.scalar(
            sa.select(tables.group.c.id).where(tables.group.c.name == "3.A")
        )
    taken = GroupRecord(
        GROUP.format(class_id), await world.institution(), "Overtaget", GroupKind.MAIN
    )
    with pytest.raises(Invalid) as caught:
        await world.deliver(taken)
    assert [error.code for error in caught.value.fields] == ["record.other-source"]
    with pytest.raises(Invalid):
        await world.deliver(MembershipRecord(key, PROFILE.format(new_id())))
    assert await everything(storage) == before


async def test_the_wall_holds_for_plugins_too(
    world: World, importer: Importer, storage: Storage
) -> None:
    """R10: an institution or profile of another municipality is as unknown as none."""
    await importer(
        [
            OrgRecord("m1", OrgKind.SCHOOL, "Mosehøj Skole"),
            person("x", "Xenia Dahl"),
            pupil("x", "m1"),
        ],
        municipality="mosehoj",
    )
    key, _record = await make_club(world)
    elsewhere = await world.institution("Mosehøj Skole")
    for record in (
        MembershipRecord(key, await world.profile("Xenia Dahl")),
        GroupRecord(GROUP.format(new_id()), elsewhere, "Udenfor", GroupKind.OTHER),
    ):
        with pytest.raises(Invalid) as caught:
            await world.deliver(record)
        assert [error.code for error in caught.value.fields] == ["reference.unknown"]
