"""The year roll: an ending class, its follower, and the group that was made of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_plugins.groups.service.settling import follow_parts
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.ids import GROUP, new_id
from aula_sdk.names import natural_sort_key
from aula_sdk.protocols import WriteUnit
from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro


def _times() -> list[sa.ColumnClause[Any]]:
    return [sa.column("valid_from", Instant), sa.column("valid_to", Instant)]


_GROUP = sa.table(
    "stamdata_group",
    *(sa.column(name, Id) for name in ("id", "institution_id", "municipality_id")),
    *(sa.column(name) for name in ("source", "source_id", "name", "sort_key", "kind", "level")),
    *_times(),
)
_MEMBERSHIP = sa.table(
    "stamdata_membership",
    *(sa.column(name, Id) for name in ("id", "group_id", "profile_id", "municipality_id")),
    *(sa.column(name) for name in ("source", "role")),
    *_times(),
)


async def begin_class(
    write: WriteUnit, people: People, name: str, starts: datetime, *pupils: str
) -> UUID:
    """Let next year's class begin, as the administrative system would say it."""
    teacher, class_id = people.teacher, new_id()
    common = {"municipality_id": teacher.municipality_id, "source": "cast", "valid_from": starts}
    row = {
        "id": class_id,
        "institution_id": teacher.institution_id,
        "source_id": name,
        "name": name,
        "sort_key": natural_sort_key(name),
        "kind": "main",
        "level": "",
        "valid_to": None,
    }
    await write.execute(sa.insert(_GROUP), row | common)
    members = [
        {
            "id": new_id(),
            "group_id": class_id,
            "profile_id": getattr(people, key).profile_id,
            "role": "member",
            "valid_to": None,
            **common,
        }
        for key in pupils
    ]
    await write.execute(sa.insert(_MEMBERSHIP), members)
    return class_id


async def end_class(write: WriteUnit, class_id: UUID, ends: datetime) -> None:
    """Let a class and everybody's time in it end, as the administrative system would say it."""
    for table, column in ((_GROUP, _GROUP.c.id), (_MEMBERSHIP, _MEMBERSHIP.c.group_id)):
        await write.execute(sa.update(table).where(column == class_id).values(valid_to=ends))


async def roll_over(running: Running, people: People, days: int) -> str:
    """End 3.A so many days from now; Alma and a new pupil are in 4.A. Return 4.A's id."""
    moment = utc_now() + timedelta(days=days)
    async with running.platform.write() as write:
        await end_class(write, people.groups["3.A"], moment)
        pupils = ("pupil", "protected_pupil", "other_pupil")
        class_id = await begin_class(write, people, "4.A", moment, *pupils)
        await begin_class(write, people, "4.B", moment, "classmate")
    return GROUP.format(class_id)


@pytest.mark.parametrize("days", [-1, 10], ids=["already ended", "will end"])
async def test_a_group_made_of_a_class_follows_it(
    yard: SchoolYard, people: People, running: Running, days: int
) -> None:
    """GRP-5, GRP-7: the follower is proposed by who is in it; nobody is lost before the roll, and
    before the new class has begun; the preview says exactly what happens.
    """
    group = await yard.make(people.teacher, kinds=["pupil"])
    await yard.add(people.teacher, group, yard.part("3.A", "pupil"))
    before = await yard.names(people.teacher, group)
    next_class = await roll_over(running, people, days)
    await follow_parts(running.platform)
    assert await yard.names(people.teacher, group) == before
    await yard.refused(403, people.teacher, "GET", "/roll")
    roll = await yard.does(people.leader, "GET", "/roll")
    assert [one["name"] for one in roll["ending"]] == ["3.A"]
    assert {"4.A", "4.B"} <= {one["name"] for one in roll["beginning"]}
    (pointing,) = roll["repointings"]
    assert (pointing["group"], pointing["old"]) == (group, yard.group("3.A"))
    assert pointing["proposed"] == next_class
    choice = {"group": group, "old": pointing["old"], "new": next_class}
    looked = await yard.does(people.leader, "POST", "/roll", choices=[choice])
    assert looked["applied"] is False
    assert await yard.names(people.teacher, group) == before
    done = await yard.does(people.leader, "POST", "/roll", choices=[choice], apply=True)
    assert done == {**looked, "applied": True}
    after = {"Alma Skov", "Ukendt Elev", "Carla Krogh"}
    assert await yard.names(people.teacher, group) == (after if days < 0 else before)
    await follow_parts(running.platform)
    assert await yard.names(people.teacher, group) == (after if days < 0 else before)
    assert (await yard.does(people.leader, "GET", "/roll"))["repointings"] == []


async def test_what_was_shared_stays(yard: SchoolYard, people: People, running: Running) -> None:
    """GRP-5: who went was a member until then; adding people meanwhile loses nobody."""
    group = await yard.make(people.teacher, kinds=["pupil"])
    await yard.add(people.teacher, group, yard.part("3.A", "pupil"))
    next_class = await roll_over(running, people, -1)
    await yard.add(people.teacher, group, pro(people.other_pupil))
    assert len(await yard.names(people.teacher, group)) == 4
    choice = {"group": group, "old": yard.group("3.A"), "new": next_class}
    await yard.does(people.leader, "POST", "/roll", choices=[choice], apply=True)
    rows: list[Any] = []
    async with running.platform.read() as read:
        rows.extend(
            await read.rows(
                sa.select(_MEMBERSHIP).where(
                    _MEMBERSHIP.c.group_id == GROUP.parse(group),
                    _MEMBERSHIP.c.profile_id == people.classmate.profile_id,
                )
            )
        )
    assert [row.valid_from < row.valid_to for row in rows] == [True]


async def test_only_what_is_offered_can_be_chosen(
    yard: SchoolYard, people: People, running: Running
) -> None:
    """R10: groups of elsewhere, and groups that need not follow, are refused; nothing changes."""
    group = await yard.make(people.teacher, kinds=["pupil"])
    await yard.add(people.teacher, group, yard.part("3.A", "pupil"))
    old = yard.group("3.A")
    choices = [{"group": group, "old": old, "new": yard.group("3.B")}]
    await yard.refused(422, people.leader, "POST", "/roll", choices=choices)
    next_class = await roll_over(running, people, -1)
    for wrong in (
        {"group": group, "old": old, "new": yard.group("1.X")},
        {"group": group, "old": yard.group("3.B"), "new": next_class},
        {"group": old, "old": old, "new": next_class},
    ):
        await yard.refused(422, people.leader, "POST", "/roll", choices=[wrong], apply=True)
    assert (await yard.does(people.leader, "GET", "/roll"))["repointings"] != []
    out = [{"group": group, "old": old}]
    done = await yard.does(people.leader, "POST", "/roll", choices=out, apply=True)
    assert len(done["groups"][0]["lost"]) == 3
    assert await yard.names(people.teacher, group) == set()


async def test_classes_that_begin_take_a_template(
    yard: SchoolYard, people: People, running: Running
) -> None:
    """RGT-4: their pages are set up as the template says; those that were set up stay so (what was
    decided by hand in one: tests/permissions/test_templates_in_the_roll.py).
    """
    await roll_over(running, people, -1)
    made = await yard.does(
        people.leader, "POST", "/templates", name="Klasser", show_members=True, description="Ny"
    )
    client = await yard.client(people.leader)
    sent = {"template": made["id"]}
    looked = await client.post("/groups/roll/template", data=sent)
    assert "4.A, 4.B" in " ".join(looked.text.split())
    assert f'name="apply" value="{made["id"]}"' in looked.text
    for expected in ("groups took it", "0 groups took it"):
        answer = await client.post(
            "/groups/roll/template", data=sent | {"apply": made["id"]}, follow_redirects=True
        )
        assert expected in answer.text
    looked = await client.post("/groups/roll/template", data=sent)
    assert "No group would take" in looked.text
    found = await yard.does(people.leader, "POST", "/search", words="4.A")
    opened = await yard.read(people.pupil, found["items"][0]["id"])
    assert (opened["show_members"], opened["description"]) == (True, "Ny")
