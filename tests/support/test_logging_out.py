"""ASVS 7.4.5: administrators log somebody out everywhere; it is audited, and told to the person."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.identity.tables import access_key, account_person, session
from aula_platform.permissions.support.ending import ENDED
from aula_platform.permissions.tables import holder
from aula_platform.stamdata.tables import profile
from aula_sdk.db import utc_now
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.operations import END_SESSIONS
from aula_sdk.people import Assurance, Kind
from aula_sdk.permissions import MUNICIPALITY_ADMIN
from aula_sdk.testing.kernel import Member
from tests.support.helpdesk import JSON, Helpdesk

DEVICES, KEYS = "/profile/devices", "/profile/keys"
WORDS = "An administrator has logged you out everywhere"


def _api(member: Member) -> str:
    return f"/api/v1/administration/support/people/{PROFILE.format(member.profile_id)}/log-out"


def _page(member: Member) -> str:
    return f"/administration/support/people/{PROFILE.format(member.profile_id)}/log-out"


def _why(member: Member) -> str:
    return f"/administration/why/{PROFILE.format(member.profile_id)}"


async def _keys_page(client: httpx.AsyncClient) -> str:
    return (await client.get(KEYS)).text


@pytest.fixture
async def lost(desk: Helpdesk) -> Member:
    """A guardian with two sessions and an access key, whose telephone is lost."""
    guardian = desk.people.guardian
    first = await desk.client(guardian)
    await desk.client(guardian, Assurance.LOW)
    offered = re.search(r'name="action" type="checkbox" value="([^"]+)"', await _keys_page(first))
    assert offered
    made = {"name": "Calendar", "action": offered[1], "days": "30"}
    answer = await first.post(KEYS, data=made)
    assert answer.status_code == 200, answer.text
    assert len(await desk.rows(sa.select(access_key))) == 1
    return guardian


async def test_everything_of_the_person_ends_at_once(desk: Helpdesk, lost: Member) -> None:
    """All sessions and keys; nobody else's; the next request is a stranger's."""
    other = await desk.client(lost)
    leader = await desk.client(desk.people.leader)
    answer = await leader.post(_api(lost))
    assert (answer.status_code, answer.json()) == (200, {"sessions": 3})
    assert (await other.get("/profile")).headers["location"].startswith("/sign-in")
    assert (await leader.get("/profile")).status_code == 200
    accounts = [row.account_id for row in await desk.rows(sa.select(session.c.account_id))]
    assert len(accounts) == 1
    assert await desk.rows(sa.select(access_key)) == []


async def test_it_is_in_the_audit_and_told(desk: Helpdesk, lost: Member) -> None:
    """Who did it, to whom, how much ended; the person reads that it was an administrator."""
    client = await desk.client(desk.people.leader)
    page = unescape((await client.get(_why(lost))).text)
    assert _page(lost) in page
    done = await client.post(_page(lost))
    assert (done.status_code, done.headers["location"]) == (303, _why(lost))
    assert "Logged out in 2 places" in unescape((await client.get(_why(lost))).text)
    told = sa.select(entry, subject.c.profile_id).join(subject).where(entry.c.action == ENDED)
    row, *others = await desk.rows(told)
    assert {one.id for one in others} <= {row.id}
    mine = sa.select(profile.c.id).where(profile.c.person_id == lost.person_id)
    assert {one.profile_id for one in (row, *others)} == {one.id for one in await desk.rows(mine)}
    assert row.person_id == desk.people.leader.person_id
    assert row.details == {"sessions": 2, "keys": 1}
    assert row.allowed_by.startswith(END_SESSIONS)
    again = await desk.client(lost)
    assert WORDS in (await again.get(DEVICES)).text
    assert WORDS not in (await client.get(DEVICES)).text


async def test_who_has_several_roles_is_told_in_each(desk: Helpdesk, lost: Member) -> None:
    """What ended is the account's: a parent who works there too reads it as either."""
    post = msgspec.structs.replace(lost, kind=Kind.EMPLOYEE, profile_id=new_id())
    (known,) = await desk.rows(sa.select(profile).where(profile.c.id == lost.profile_id))
    values = known._asdict() | {"id": post.profile_id, "kind": post.kind.value}
    await desk.change(sa.insert(profile).values(values))
    leader = await desk.client(desk.people.leader)
    assert (await leader.post(_api(lost))).status_code == 200
    told = sa.select(subject.c.profile_id).join(entry).where(entry.c.action == ENDED)
    assert {row.profile_id for row in await desk.rows(told)} >= {lost.profile_id, post.profile_id}
    for role in (lost, post):
        assert WORDS in (await (await desk.client(role)).get(DEVICES)).text, role.kind


async def test_what_has_run_out_is_not_counted(desk: Helpdesk, lost: Member) -> None:
    """What the administrator reads and the audit keeps is what could still be used."""
    past = utc_now() - timedelta(minutes=1)
    mine = sa.select(account_person.c.account_id).where(
        account_person.c.person_id == lost.person_id
    )
    one = sa.select(session.c.id).where(session.c.account_id.in_(mine)).limit(1)
    old = sa.update(session).where(session.c.id == one.scalar_subquery())
    await desk.change(old.values(idle_expires_at=past))
    await desk.change(sa.update(access_key).values(expires_at=past))
    leader = await desk.client(desk.people.leader)
    assert (await leader.post(_api(lost))).json() == {"sessions": 1}
    (told,) = await desk.rows(sa.select(entry.c.details).where(entry.c.action == ENDED))
    assert told.details == {"sessions": 1, "keys": 0}
    assert await desk.rows(sa.select(session).where(session.c.account_id.in_(mine))) == []
    assert await desk.rows(sa.select(access_key)) == []


async def test_each_municipality_of_the_account_is_told_of_its_own(
    desk: Helpdesk, lost: Member
) -> None:
    """Also the one in which the administrator is nobody: who acts there is an account alone."""
    (mine,) = await desk.rows(
        sa.select(account_person.c.account_id).where(account_person.c.person_id == lost.person_id)
    )
    other = desk.people.stranger
    away = {"person_id": other.person_id, "municipality_id": other.municipality_id}
    link = {"account_id": mine.account_id, "linked_at": utc_now()}
    await desk.change(
        sa.delete(account_person).where(account_person.c.person_id == away["person_id"])
    )
    await desk.change(sa.insert(account_person).values(away | link))
    leader = await desk.client(desk.people.leader)
    assert (await leader.post(_api(lost))).json() == {"sessions": 2}
    told = sa.select(entry, subject.c.profile_id).join(subject).where(entry.c.action == ENDED)
    rows = await desk.rows(told)
    assert len({row.id for row in rows}) == 2
    north = {row.profile_id for row in rows if row.municipality_id == lost.municipality_id}
    (south,) = (row for row in rows if row.municipality_id == other.municipality_id)
    assert lost.profile_id in north
    assert other.profile_id not in north
    assert (south.profile_id, south.person_id, south.profiles) == (other.profile_id, None, [])
    assert WORDS in (await (await desk.client(other)).get(DEVICES)).text


async def _appoint(desk: Helpdesk, member: Member, broker: str | None = None) -> None:
    """Make somebody an administrator of the municipality, by a grant or by a broker's word."""
    place = {"municipality_id": member.municipality_id, "institution_id": member.institution_id}
    row = {"id": new_id(), "profile_id": member.profile_id, "role": MUNICIPALITY_ADMIN}
    since = {"valid_from": utc_now(), "created_at": utc_now(), "broker": broker}
    await desk.change(sa.insert(holder).values(place | row | since))


@pytest.mark.parametrize("broker", [None, "vouching"])
async def test_nobody_logs_out_who_decides_for_more(desk: Helpdesk, broker: str | None) -> None:
    """An institution's administrator never the municipality's, however they came to be it."""
    people = desk.people
    admin, leader = await desk.client(people.admin), await desk.client(people.leader)
    colleague = await desk.client(people.colleague)
    await _appoint(desk, people.colleague, broker)
    for whom in (people.leader, people.colleague):
        refused = await admin.post(_api(whom))
        assert (refused.status_code, refused.json()["code"]) == (403, "support.decides-more")
        page = await admin.post(_page(whom))
        assert page.status_code == 403
        assert "decides for a whole municipality" in unescape(page.text)
        assert _page(whom) not in (await admin.get(_why(whom))).text
    assert _page(people.teacher) in (await admin.get(_why(people.teacher))).text
    assert (await colleague.get("/profile")).status_code == 200
    assert (await leader.get("/profile")).status_code == 200
    assert (await leader.post(_api(people.colleague))).status_code == 200


async def test_one_who_decides_as_an_employee_is_above_as_a_parent_too(desk: Helpdesk) -> None:
    """What ends is the account's, so what counts is all that the account may."""
    people = desk.people
    (known,) = await desk.rows(sa.select(profile).where(profile.c.id == people.guardian.profile_id))
    post = msgspec.structs.replace(people.guardian, kind=Kind.EMPLOYEE, profile_id=new_id())
    await desk.change(
        sa.insert(profile).values(
            known._asdict() | {"id": post.profile_id, "kind": post.kind.value}
        )
    )
    admin = await desk.client(people.admin)
    assert (await admin.post(_api(people.guardian))).status_code == 200
    await _appoint(desk, post)
    assert (await admin.post(_api(people.guardian))).status_code == 403


async def test_who_has_left_is_out_of_reach(desk: Helpdesk, lost: Member) -> None:
    """An administrator rules those who belong there, not who did years ago."""
    left = utc_now() - timedelta(days=1)
    gone = sa.update(profile).where(profile.c.id == lost.profile_id)
    await desk.change(gone.values(valid_to=left))
    leader = await desk.client(desk.people.leader)
    assert (await leader.post(_api(lost))).status_code == 404
    assert (await leader.post(_page(lost))).status_code == 404
    assert len(await desk.rows(sa.select(access_key))) == 1


async def test_who_may_log_out_whom(desk: Helpdesk) -> None:
    """As nobody, a stranger, guardian, pupil, staff, institution and municipality."""
    people = desk.people
    admin, leader = await desk.client(people.admin), await desk.client(people.leader)
    assert (await admin.post(_api(people.teacher))).status_code == 200
    assert (await admin.post(_api(people.pedagogue))).status_code == 404
    assert (await leader.post(_api(people.pedagogue))).status_code == 200
    for whom in (people.leader, people.stranger_teacher):
        assert (await leader.post(_api(whom))).status_code == 404, whom.key
        assert (await leader.post(_page(whom))).status_code == 404, whom.key
    assert _page(people.leader) not in (await leader.get(_why(people.leader))).text
    strangers = (people.stranger_teacher, people.stranger)
    for member in (people.guardian, people.pupil, people.teacher, people.external, *strangers):
        client = await desk.client(member)
        assert (await client.post(_api(people.colleague))).status_code in {403, 404}, member.key
        assert (await client.post(_page(people.colleague))).status_code in {403, 404}, member.key
    assert (await (await desk.client(None)).post(_api(people.teacher))).status_code == 401
    assert (await leader.post(_api(people.teacher).replace("pro_", "per_"))).status_code == 400


async def test_it_takes_a_fresh_second_factor(desk: Helpdesk) -> None:
    """Whoever has found an administrator's open page logs nobody out; the way there is shown."""
    client = await desk.client(desk.people.leader, Assurance.LOW)
    assert _page(desk.people.teacher) in (await client.get(_why(desk.people.teacher))).text
    answer = await client.post(_api(desk.people.teacher), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (401, "step-up-required")
