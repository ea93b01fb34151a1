"""R2, R8: nobody breaks the glass to their own family, nor approves that somebody else does."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.identity.tables import break_glass
from aula_platform.stamdata.tables import guardianship, person
from aula_sdk.db import utc_now
from aula_sdk.ids import GLASS, new_id
from aula_sdk.testing.kernel import Member
from tests.support.glazier import API, PAGE, Glazier, ask, decide

LONG_AGO = utc_now().replace(year=2020)


async def _tie(glazier: Glazier, parent: Member, child: Member, *, ended: bool) -> None:
    row: dict[str, Any] = {
        "id": new_id(), "municipality_id": child.municipality_id, "source": "cast",
        "guardian_person_id": parent.person_id, "child_person_id": child.person_id,
        "relation": "Far", "custody": True, "extended_access": False, "valid_from": LONG_AGO,
        "valid_to": LONG_AGO.replace(year=2021) if ended else None,
    }  # fmt: skip
    await glazier.desk.change(sa.insert(guardianship).values(row))


@pytest.mark.parametrize("ended", [False, True], ids=["now", "ended"])
@pytest.mark.parametrize("how", ["child", "parent", "common"])
async def test_nobody_asks_or_approves_about_their_family(
    glazier: Glazier, how: str, *, ended: bool
) -> None:
    """One's child, one's parent, or who has a child with one; also when the custody has ended.

    What is approved already is not opened any more either; somebody else still may.
    """
    people = glazier.people
    about = {"child": people.pupil, "parent": people.external, "common": people.other_parent}[how]
    mine = (await ask(glazier.asker, about)).json()["id"]
    assert (await decide(glazier.second, mine)).status_code == 204
    waiting = (await ask(glazier.second, about)).json()["id"]
    parent, child = people.leader, people.pupil
    if how == "parent":
        parent, child = people.external, people.leader
    await _tie(glazier, parent, child, ended=ended)
    assert (await ask(glazier.asker, about)).status_code == 404
    assert (await decide(glazier.asker, waiting)).status_code == 404
    assert (await glazier.asker.post(f"/break-glass/{mine}")).status_code == 404
    items = {one["id"] for one in (await glazier.asker.get(API)).json()["items"]}
    # What is approved is reviewed by everybody who reviews; what waits is not for the family.
    assert (mine in items, waiting in items) == (True, False)
    assert (await ask(glazier.asker, people.neighbour)).status_code == 201
    assert (await ask(glazier.second, about)).status_code == 201


async def test_of_a_protected_child_the_family_reviews_nothing(glazier: Glazier) -> None:
    """R8: who is not protected with the child finds no trace of it, though they review; others do.

    Somebody whose custody has ended may be the one from whom the family hides.
    """
    people = glazier.people
    about_child, about_me = (
        await glazier.approved(people.pupil),
        await glazier.approved(people.neighbour),
    )
    of_me = sa.update(break_glass).where(break_glass.c.id == GLASS.parse(about_me))
    await glazier.desk.change(of_me.values(profile_id=people.colleague.profile_id))
    await _tie(glazier, people.colleague, people.pupil, ended=True)

    async def found() -> tuple[bool, bool]:
        listed = {one["id"] for one in (await glazier.second.get(API)).json()["items"]}
        page = (await glazier.second.get(PAGE)).text
        assert {one for one in (about_child, about_me) if one in page} == {
            one for one in (about_child, about_me) if one in listed
        }
        return about_child in listed, about_me in listed

    async def protect(member: Member, *, protected: bool = True) -> None:
        one = sa.update(person).where(person.c.id == member.person_id)
        await glazier.desk.change(one.values(protected=protected))

    assert await found() == (True, True)
    await protect(people.pupil)
    assert await found() == (False, True), "the child hides, from them"
    admin = await glazier.desk.client(people.leader)
    assert about_child in {one["id"] for one in (await admin.get(API)).json()["items"]}
    await protect(people.colleague)
    assert await found() == (True, True), "they hide with the child"
    await protect(people.pupil, protected=False)
    assert await found() == (True, True), "they themselves are told what is about them"


async def test_of_a_protected_childs_parent_the_other_one_reviews_nothing(
    glazier: Glazier,
) -> None:
    """R8: what was opened of a parent names the institution, which is the child's."""
    people = glazier.people
    about = await glazier.approved(people.guardian)
    await _tie(glazier, people.colleague, people.pupil, ended=True)
    admin = await glazier.desk.client(people.leader)

    async def found() -> list[bool]:
        lists = [(await client.get(API)).json()["items"] for client in (glazier.second, admin)]
        return [about in {one["id"] for one in items} for items in lists]

    assert await found() == [True, True]
    hidden = person.c.id == people.pupil.person_id
    await glazier.desk.change(sa.update(person).where(hidden).values(protected=True))
    assert await found() == [False, True]


async def test_whoever_approves_is_told_that_the_person_is_protected(glazier: Glazier) -> None:
    """R8: they decide knowing it; who has asked is not told by asking, nor anybody afterwards."""
    people = glazier.people
    hidden = person.c.id == people.pupil.person_id
    await glazier.desk.change(sa.update(person).where(hidden).values(protected=True))
    key = (await ask(glazier.asker, people.pupil)).json()["id"]

    async def marks() -> tuple[bool, ...]:
        found = []
        for client in (glazier.second, glazier.asker):
            (item,) = (await client.get(API)).json()["items"]
            page = unescape((await client.get(PAGE)).text)
            assert (">Protected<" in page) is item["is_protected"]
            found.append(bool(item["is_protected"]))
        return tuple(found)

    assert await marks() == (True, False)
    await decide(glazier.second, key)
    assert await marks() == (False, False)
