"""What the kernel asks of stamdata when somebody signs in or acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from aula_platform.stamdata.queries import (
    actor_rows,
    groups_of,
    municipalities,
    persons_by_id,
    persons_by_uniid,
)
from aula_platform.stamdata.tables import membership
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk import stamdata
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    Record,
)
from tests.stamdata.deliveries import (
    Importer,
    employee,
    family_school,
    person,
    pupil,
    school,
    without,
)

pytestmark = pytest.mark.anyio


async def test_uniid_finds_the_person_in_every_municipality(
    importer: Importer, storage: Storage
) -> None:
    """Rule 8: one account, a person in each municipality, and nothing shared between them."""
    await importer(family_school())
    await importer(family_school(), municipality="mosehoj")
    async with storage.read(EVERYWHERE) as read:
        found = await persons_by_uniid(read, "anna001")
        assert {row.name for row in found} == {"Anna Holm"}
        assert len({row.id for row in found}) == 2
        assert {row.municipality_id for row in found} == {
            row.id for row in await municipalities(read)
        }
        assert await persons_by_uniid(read, "nobody0") == []


async def test_actor_is_loaded_in_three_statements(importer: Importer, storage: Storage) -> None:
    """ID-11: a guardian's children are those with custody or extended access, and their groups are
    those that reach the guardian.
    """
    await importer(family_school())
    async with storage.read(EVERYWHERE) as read:
        persons = [row.id for row in await persons_by_uniid(read, "anna001")]
        before = read.statements
        rows = await actor_rows(read, persons, read.now)
        assert read.statements - before == 3
    (profile,) = rows.profiles
    assert (profile.kind, profile.name, profile.institution_name) == (
        Kind.GUARDIAN,
        "Anna Holm",
        "Solvig Skole",
    )
    assert [(child.name, child.group_name, child.custody) for child in rows.children] == [
        ("Bo Holm", "3.A", True),
        ("Ida Holm", "3.A", True),
    ]
    assert {child.guardian_profile_id for child in rows.children} == {profile.id}
    async with storage.read(EVERYWHERE) as read:
        reach = sa.select(stamdata.reach.c.group_id).where(
            stamdata.reach.c.profile_id == profile.id,
            stamdata.valid(stamdata.reach, sa.literal(read.now)),
        )
        assert set(profile.groups) == {row.group_id for row in await read.rows(reach)} != set()


async def test_the_next_change_of_groups_by_the_clock_is_known(
    importer: Importer, storage: Storage
) -> None:
    """A place that ends or begins at a moment to come does so for whoever is remembered too."""
    await importer(family_school())
    async with storage.write(EVERYWHERE) as write:
        (anna,) = [row.id for row in await persons_by_uniid(write, "anna001")]
        before = await actor_rows(write, [anna], write.now)
        ends, begins = (write.now + timedelta(hours=hours) for hours in (2, 1))
        bo = before.children[0].profile_id
        await write.execute(
            sa.update(membership).where(membership.c.profile_id == bo).values(valid_to=ends)
        )
        once = await actor_rows(write, [anna], write.now)
        await write.execute(
            sa.update(membership).where(membership.c.profile_id != bo).values(valid_from=begins)
        )
        twice = await actor_rows(write, [anna], write.now)
    assert [found.until for found in (before, once, twice)] == [None, ends, begins]
    assert before.profiles[0].groups == once.profiles[0].groups == twice.profiles[0].groups != ()


async def test_contact_person_without_access_has_no_children(
    importer: Importer, storage: Storage
) -> None:
    """R1, ID-12: being in the register as father gives no view of the child."""
    await importer(family_school())
    async with storage.read(EVERYWHERE) as read:
        persons = [row.id for row in await persons_by_uniid(read, "per0001")]
        rows = await actor_rows(read, persons, read.now)
    assert rows.children == ()


async def test_employee_has_roles_title_and_groups(importer: Importer, storage: Storage) -> None:
    roles = ("institution_admin", "leader")
    records = without(family_school(), "lise")
    records += [person("lise", uniid="lise001"), employee("lise", roles=roles)]
    await importer([*records, MembershipRecord("3a", "lise", "teacher")])
    async with storage.read(EVERYWHERE) as read:
        persons = [row.id for row in await persons_by_uniid(read, "lise001")]
        rows = await actor_rows(read, persons, read.now)
        (profile,) = rows.profiles
        groups = await groups_of(read, [profile.id], read.now)
    assert profile.title == "Lærer"
    assert rows.roles == {profile.id: roles}
    assert len(groups[profile.id]) == 1


async def test_person_with_several_profiles_has_them_all(
    importer: Importer, storage: Storage
) -> None:
    """ID-6: employed at one school, guardian at another; the account may act as either."""
    more: list[Record] = [
        school("s2", "Engskolen"),
        OrgRecord("m", OrgKind.MUNICIPALITY, "Solvig Kommune"),
        employee("mor", "s2"),
        employee("mor", "m"),
    ]
    await importer([*family_school(), *more])
    async with storage.read(EVERYWHERE) as read:
        persons = [row.id for row in await persons_by_uniid(read, "anna001")]
        rows = await actor_rows(read, persons, read.now)
    assert [(profile.institution_name, profile.kind) for profile in rows.profiles] == [
        ("Engskolen", Kind.EMPLOYEE),
        ("Solvig Kommune", Kind.EMPLOYEE),
        ("Solvig Skole", Kind.GUARDIAN),
    ]


async def test_who_has_left_cannot_act(importer: Importer, storage: Storage) -> None:
    """R7: with the import that closes somebody, nothing of theirs is found any more."""
    await importer(family_school())
    async with storage.read(EVERYWHERE) as read:
        persons = [row.id for row in await persons_by_uniid(read, "anna001")]
    await importer(without(family_school(), "mor"))
    async with storage.read(EVERYWHERE) as read:
        assert await persons_by_uniid(read, "anna001") == []
        assert await persons_by_id(read, persons) == []
        rows = await actor_rows(read, persons, read.now)
    assert (rows.profiles, rows.children) == ((), ())


async def test_groups_are_in_the_order_of_their_numbers(
    importer: Importer, storage: Storage
) -> None:
    """3.A comes before 10.A, and Åben after Zebra (rule 16)."""
    import sqlalchemy as sa

    from aula_sdk import stamdata

    names = ["10.A", "3.A", "Åben", "Zebra", "3.B"]
    groups = [GroupRecord(name, "s1", name, GroupKind.TEAM) for name in names]
    await importer([school(), *groups])
    async with storage.read(EVERYWHERE) as read:
        ordered = sa.select(stamdata.group.c.name).order_by(stamdata.group.c.sort_key)
        assert [row.name for row in await read.rows(ordered)] == [
            "3.A",
            "3.B",
            "10.A",
            "Zebra",
            "Åben",
        ]


async def test_pupil_in_two_institutions_is_two_children(
    importer: Importer, storage: Storage
) -> None:
    await importer([*family_school(), school("s2", "Engskolen"), pupil("bo", "s2")])
    async with storage.read(EVERYWHERE) as read:
        persons = [row.id for row in await persons_by_uniid(read, "anna001")]
        rows = await actor_rows(read, persons, read.now)
    assert [
        (child.name, child.institution_name) for child in rows.children if child.name[0] == "B"
    ] == [("Bo Holm", "Solvig Skole"), ("Bo Holm", "Engskolen")]
    assert len(rows.profiles) == 2
