"""R2: a wish is told to whose data it is when it is approved, and never when it is refused."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from aula_platform.privacy.person.gathering import KERNEL, gather
from aula_sdk.ids import GLASS
from aula_sdk.testing.kernel import Member
from tests.support.glazier import API, PAGE, WHY, Glazier, ask, decide
from tests.together.one_life import PersonDesk


async def _exported(glazier: Glazier, folder: Path, member: Member) -> dict[UUID, Any]:
    """Return the wishes in the member's own export, by their ids."""
    desk = PersonDesk(glazier.desk.running, folder)
    about = await desk.subject(member)
    async with desk.installation.storage.snapshot(about.place.wall) as read:
        shares, _files = await gather(desk.installation, about, desk.plugins, read)
    (kernel,) = [one for one in shares if one.name == KERNEL]
    (rows,) = [one.rows for one in kernel.tables if one.name == "identity_break_glass"]
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize("becomes", ["asked", "refused", "approved"])
async def test_a_wish_is_told_when_it_is_approved(
    glazier: Glazier, tmp_path: Path, becomes: str
) -> None:
    """The own export has what of and why then; who has asked has it always; and a reviewer whose
    data it is finds it on the list then.
    """
    people = glazier.people
    key = (await ask(glazier.asker, people.guardian)).json()["id"]
    about_second = (await ask(glazier.asker, people.colleague)).json()["id"]
    if becomes != "asked":
        decided = await decide(glazier.second, key, approved=becomes == "approved")
        assert decided.status_code == 204
    is_told = becomes == "approved"
    row = (await _exported(glazier, tmp_path, people.guardian))[GLASS.parse(key)]
    assert (row.get("reason"), row.get("area")) == ((WHY, "messages") if is_told else (None, None))
    assert ("decided_at" in row) is is_told
    of_asker = (await _exported(glazier, tmp_path, people.leader))[GLASS.parse(key)]
    assert (of_asker["reason"], of_asker["area"]) == (WHY, "messages")
    listed = {one["id"] for one in (await glazier.second.get(API)).json()["items"]}
    assert key in listed, "it is about somebody else"
    assert about_second not in listed
    assert f"{about_second}/decision" not in unescape((await glazier.second.get(PAGE)).text)
    asked = {one["id"] for one in (await glazier.asker.get(API)).json()["items"]}
    assert {key, about_second} <= asked
