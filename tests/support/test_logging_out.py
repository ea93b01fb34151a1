"""ASVS 7.4.5: administrators log somebody out everywhere; it is audited, and told to the person."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.identity.tables import access_key, session
from aula_platform.permissions.support.ending import ENDED
from aula_sdk.ids import PROFILE
from aula_sdk.operations import END_SESSIONS
from aula_sdk.people import Assurance
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
    (row,) = await desk.rows(told)
    assert row.person_id == desk.people.leader.person_id
    assert (row.profile_id, row.details) == (lost.profile_id, {"sessions": 2, "keys": 1})
    assert row.allowed_by.startswith(END_SESSIONS)
    again = await desk.client(lost)
    assert WORDS in (await again.get(DEVICES)).text
    assert WORDS not in (await client.get(DEVICES)).text


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
    """Whoever has found an administrator's open page logs nobody out."""
    client = await desk.client(desk.people.leader, Assurance.LOW)
    answer = await client.post(_api(desk.people.teacher), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (401, "step-up-required")
