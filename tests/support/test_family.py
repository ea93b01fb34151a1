"""R2, R8: nobody breaks the glass to their own family, nor approves that somebody else does."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.stamdata.tables import guardianship, person
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
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
