"""R8: from whom a family hides, nothing tells that a child's glass was broken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.identity.tables import impersonation
from aula_platform.permissions.support.hidden import is_of_glass
from aula_platform.permissions.support.told import MOST
from aula_platform.privacy.person.gathering import KERNEL, gather
from aula_platform.stamdata.tables import person
from aula_platform.storage import EVERYWHERE
from aula_sdk.audit import AuditKind
from aula_sdk.ids import IMPERSONATION, PROFILE, new_id
from aula_sdk.testing.kernel import Member
from tests.support.glazier import Glazier, ask
from tests.together.one_life import PersonDesk

LOOKS = "/api/v1/profile/looks"
APPROVED = "Read what a second person has approved"


async def _read_behind_glass(glazier: Glazier) -> None:
    """Let the pupil's conversation be read by broken glass, and another wish be left waiting."""
    people = glazier.people
    teacher = await glazier.desk.client(people.teacher)
    sent = await teacher.post(
        "/api/v1/messages/threads",
        json={"subject": "Til Alma", "html": "<p>Til Alma</p>",
              "recipients": [PROFILE.format(people.pupil.profile_id)]},
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    assert (await ask(glazier.asker, people.pupil)).status_code == 201
    client = await glazier.opened(people.pupil)
    assert "Til Alma" in (await client.get(f"/messages/{sent.json()['thread']}")).text


async def _look_ordinarily(glazier: Glazier) -> None:
    """Let somebody look at the pupil by a right of their own."""
    pupil = glazier.people.pupil
    async with glazier.desk.running.storage.write(EVERYWHERE) as write:
        write.audit(
            "contacts.read", municipality_id=pupil.municipality_id,
            subjects=(pupil.profile_id,), kind=AuditKind.LOOK,
        )  # fmt: skip


async def _protect(glazier: Glazier, *members: Member) -> None:
    hidden = person.c.id.in_([one.person_id for one in members])
    await glazier.desk.change(sa.update(person).where(hidden).values(protected=True))


async def _traces(glazier: Glazier, member: Member) -> set[str]:
    """Return the purposes of what the API lists, and check that the page lists the same."""
    client = await glazier.desk.client(member)
    items = (await client.get(LOOKS)).json()["items"]
    purposes = {one["purpose"] for one in items}
    page = unescape((await client.get("/profile/looks")).text)
    assert (APPROVED in page) is (APPROVED in purposes)
    return purposes


@pytest.mark.parametrize("is_protected", [False, True])
async def test_who_has_looked_tells_no_broken_glass(
    glazier: Glazier, *, is_protected: bool
) -> None:
    """The other parent of a protected child reads neither that it was opened nor what was read by
    it; whoever is protected with the child, and the child, read both.
    """
    people = glazier.people
    if is_protected:
        await _protect(glazier, people.pupil, people.guardian)
    await _read_behind_glass(glazier)
    by_glass = sa.select(entry.c.action).where(
        entry.c.id.in_(
            sa.select(subject.c.entry_id).where(subject.c.profile_id == people.pupil.profile_id)
        ),
        is_of_glass(),
        entry.c.kind == "look",
    )
    read = {row.action for row in await glazier.desk.rows(by_glass)}
    assert len(read) > 1, "both that it was opened and what was read by it"
    for member in (people.guardian, people.pupil):
        assert APPROVED in await _traces(glazier, member), member.key
    told = await _traces(glazier, people.other_parent)
    assert told == (set() if is_protected else await _traces(glazier, people.guardian))


async def test_what_else_was_read_is_still_told(glazier: Glazier) -> None:
    """R19: the other parent reads who has looked in the ordinary way, with no place."""
    people = glazier.people
    await _protect(glazier, people.pupil, people.guardian)
    await _read_behind_glass(glazier)
    await _look_ordinarily(glazier)
    father = await glazier.desk.client(people.other_parent)
    items = (await father.get(LOOKS)).json()["items"]
    assert [(one["about"], one["institution"], one["kind"]) for one in items] == [
        (["Alma Skov"], "", "look")
    ]


async def test_what_is_hidden_crowds_out_nothing(glazier: Glazier) -> None:
    """R2: of a list of the latest, what support did for oneself is told, however much is hidden."""
    people, desk = glazier.people, glazier.desk
    await desk.as_other(people.other_parent)
    (mine,) = await desk.rows(sa.select(impersonation))
    of_child = {
        "profile_id": people.pupil.profile_id,
        "began_at": mine.began_at + timedelta(hours=1),
    }
    more = [mine._asdict() | of_child | {"id": new_id()} for _each in range(MOST)]
    await desk.change(sa.insert(impersonation).values(more))
    await _protect(glazier, people.pupil, people.guardian)
    father = await desk.client(people.other_parent)
    items = (await father.get("/api/v1/profile/seen-as")).json()["items"]
    assert [one["id"] for one in items] == [IMPERSONATION.format(mine.id)]
    mother = await desk.client(people.guardian)
    assert len((await mother.get("/api/v1/profile/seen-as")).json()["items"]) == MOST


async def test_the_export_for_the_other_parent_has_no_trace_of_it(
    glazier: Glazier, tmp_path: Path
) -> None:
    """Neither rows, nor keys of rows, nor a count that does not match: the child's own has all."""
    people = glazier.people
    await _protect(glazier, people.pupil, people.guardian)
    await _read_behind_glass(glazier)
    await _look_ordinarily(glazier)
    desk = PersonDesk(glazier.desk.running, tmp_path)
    own = await desk.subject(people.pupil)
    found = {}
    for whose, about in (("own", own), ("other", replace(own, for_other=True))):
        async with desk.installation.storage.snapshot(own.place.wall) as read:
            shares, _files = await gather(desk.installation, about, desk.plugins, read)
        (kernel,) = [one for one in shares if one.name == KERNEL]
        found[whose] = {one.name: one for one in kernel.tables}
    glass = {"identity_break_glass", "identity_impersonation"}
    assert glass <= set(found["own"])
    assert not glass & set(found["other"])
    words = {whose: json.dumps([one.rows for one in tables.values()], default=str)
             for whose, tables in found.items()}  # fmt: skip
    for trace in ("identity.break_glass", "identity.glass_asked", "identity.glass_settled"):
        assert trace in words["own"], trace
        assert trace not in words["other"], trace
    rows = await glazier.desk.rows(sa.select(entry.c.id).where(is_of_glass()))
    assert rows
    for row in rows:
        assert str(row.id) not in words["other"]
    for share in found["other"].values():
        assert len(share.rows) >= share.kept
    entries = {row["id"] for row in found["other"]["audit_entry"].rows}
    keys = {row["entry_id"] for row in found["other"]["audit_subject"].rows}
    assert keys == entries
    assert [row["action"] for row in found["other"]["audit_entry"].rows] == ["contacts.read"]
