"""Communication channels between kinds of people (RGT-3), obeyed by messages, beside an oracle."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.permissions.tables import channel
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.people import Kind
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import Office, home, whole

SENDERS = ("teacher", "guardian", "external", "leader")
WRITTEN_TO = ("colleague", "classmate", "other_guardian", "pupil", "leader", "external")
Shut = tuple[bool, Kind, Kind]
"""Whether it is the whole municipality, else the school; from whom to whom."""


@pytest.fixture
async def office(running: RunningSite, browser: Browser, people: People) -> Office:
    """Let the cast use the API and the pages."""
    return Office(running, browser, people)


async def shut(office: Office, closed: Sequence[Shut]) -> None:
    """Let these channels be all that are closed."""
    admin = office.people.admin
    rows = [
        {
            "id": new_id(), "municipality_id": admin.municipality_id,
            "institution_id": None if is_whole else admin.institution_id,
            "sender": sender.value, "recipient": recipient.value,
            "closed_by": admin.profile_id,
        }
        for is_whole, sender, recipient in closed
    ]  # fmt: skip
    async with office.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.delete(channel))
        if rows:
            await write.execute(
                sa.insert(channel), [{**row, "closed_at": write.now} for row in rows]
            )


async def begin(office: Office, by: Member, to: Member) -> int:
    """Write to somebody; return the answer's status."""
    client = await office.client(by)
    body = {"subject": "S", "html": "<p>x</p>", "recipients": [PROFILE.format(to.profile_id)]}
    return (await client.post("/api/v1/messages/threads", json=body)).status_code


async def test_messages_reach_whom_an_open_channel_leads_to(office: Office) -> None:
    """RGT-3, MSG-15: rights say who could be reached, closed channels who is not after all."""
    people = office.people
    pairs = [(by, to) for by in SENDERS for to in WRITTEN_TO if by != to]
    members = {name: getattr(people, name) for name in {*SENDERS, *WRITTEN_TO}}
    await shut(office, ())
    could = {pair: await begin(office, members[pair[0]], members[pair[1]]) for pair in pairs}
    assert {*could.values()} == {201, 422}
    random, seen = Random(4), {True: 0, False: 0}  # Not for secrets.
    kinds = list(Kind)
    for _round in range(4):
        closed = {
            (random.random() < 0.5, random.choice(kinds), random.choice(kinds))
            for _number in range(6)
        }
        await shut(office, sorted(closed))
        for by, to in pairs:
            # Everybody here belongs to one school, which the municipality's word covers too.
            is_shut = any(
                (sender, recipient) == (members[by].kind, members[to].kind)
                for _whole, sender, recipient in closed
            )
            expected = 422 if is_shut else could[by, to]
            assert await begin(office, members[by], members[to]) == expected, (by, to, closed)
            seen[is_shut] += could[by, to] == 201
    assert min(seen.values()) > 5, "both open and closed channels are met"


async def test_a_school_closes_its_own_channels_only(office: Office) -> None:
    """An institution closes and opens at home; what the municipality closed stays closed."""
    people = office.people
    here = f"/rights/{home(people.admin)}/channels"
    there = f"/rights/{whole(people.leader)}/channels"
    body = {"sender": "guardian", "recipient": "employee", "closed": True}
    assert await begin(office, people.guardian, people.teacher) == 201
    assert (await office.ask(people.admin, "PUT", here, **body)).status_code == 204
    assert await begin(office, people.guardian, people.teacher) == 422
    assert (await office.ask(people.leader, "PUT", there, **body)).status_code == 204
    assert (await office.ask(people.admin, "PUT", here, **body | {"closed": False})).is_success
    found = (await office.get(people.admin, here))["items"]
    line = next(
        one for one in found if (one["sender"], one["recipient"]) == ("guardian", "employee")
    )
    assert (line["is_closed"], line["closed_here"]) == (True, False)
    assert await begin(office, people.guardian, people.teacher) == 422
    page = await office.page(people.admin, f"/channels/{home(people.admin)}")
    assert "closed by the municipality" in page
    assert (await office.ask(people.admin, "PUT", there, **body)).status_code in {403, 404}
    assert (await office.ask(people.leader, "PUT", there, **body | {"closed": False})).is_success
    assert await begin(office, people.guardian, people.teacher) == 201
    async with office.site.storage.read(EVERYWHERE) as read:
        actions = [
            row[0]
            for row in await read.rows(
                sa.select(entry.c.action).where(entry.c.action.like("permissions.channel%"))
            )
        ]
    assert (
        sorted(actions) == ["permissions.channel_closed"] * 2 + ["permissions.channel_opened"] * 2
    )


async def test_the_page_closes_what_is_unticked(office: Office) -> None:
    """By a form alone; what was not touched stays as it is."""
    people = office.people
    page = f"/channels/{home(people.admin)}"
    shown = await office.page(people.admin, page)
    assert shown.count("checked") == len(Kind) ** 2
    form = {
        "was-channel-guardian-employee": "1",
        "was-channel-guardian-guardian": "1",
        "channel-guardian-guardian": "1",
    }
    assert (await office.press(people.admin, page, **form)).status_code == 303
    shown = await office.page(people.admin, page)
    assert shown.count("checked") == len(Kind) ** 2 - 1
    assert await begin(office, people.guardian, people.teacher) == 422
    assert await begin(office, people.guardian, people.other_guardian) == 201


async def test_an_answer_waits_for_an_open_channel_too(office: Office) -> None:
    """MSG-15: who began while it was open cannot go on when it is closed, but still reads."""
    people = office.people
    client = await office.client(people.guardian)
    recipients = [PROFILE.format(people.teacher.profile_id)]
    body = {"subject": "S", "html": "<p>x</p>", "recipients": recipients}
    thread = (await client.post("/api/v1/messages/threads", json=body)).json()["thread"]
    address = f"/api/v1/messages/threads/{thread}"
    await shut(office, [(True, Kind.GUARDIAN, Kind.EMPLOYEE)])
    answer = await client.post(f"{address}/messages", json={"html": "<p>y</p>"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "messages.channel-closed"
    assert (await client.get(address)).status_code == 200
    # The other direction is another channel.
    teacher = await office.client(people.teacher)
    assert (await teacher.post(f"{address}/messages", json={"html": "<p>z</p>"})).is_success
