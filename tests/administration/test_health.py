"""How the installation is, and parked streams: each administrator's own, and no others."""

from __future__ import annotations

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.events.tables import delivery, lane, outbox
from aula_platform.plugin_host.tables import fault, restart
from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from aula_sdk.health import STREAM
from aula_sdk.ids import new_id
from tests.administration.office import Office, park

SUBSCRIBER = "posts.tell"


async def test_faults_are_told_in_plain_words(office: Office) -> None:
    """B2: what it means, what to do; the technical words are for whoever runs it."""
    now = utc_now()
    paused = {
        "plugin": "posts", "place": "widget posts", "failures": 4, "error": "KeyError at x.py:1",
        "failed_at": now, "reason": "3 failures in a row", "since": now, "until": now, "times": 1,
    }  # fmt: skip
    ended = {
        "id": new_id(),
        "at": now,
        "cause": "stalled",
        "plugin": "posts",
        "place": "route GET /posts",
    }
    async with office.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(fault), paused)
        await write.execute(sa.insert(restart), ended)
    view = await office.get(office.people.leader, "/health")
    assert not view["is_well"]
    (trouble,) = [one for one in view["troubles"] if not one["is_past"]]
    assert trouble["title"] == "A part of Posts is paused"
    assert trouble["what"].startswith("A box on the overview has failed again and again")
    (past,) = [one for one in view["troubles"] if one["is_past"]]
    assert past["what"] == "It stood still. Posts was running then."
    page = await office.page(office.people.leader, "/health")
    assert "A part of Posts is paused" in page
    home = await office.page(office.people.leader, "")
    assert "Something in the installation does not work as it should" in home


async def test_all_is_well_when_nothing_is_wrong(office: Office) -> None:
    """The page says so, instead of being empty."""
    assert (await office.get(office.people.leader, "/health"))["is_well"]
    assert "All is well" in await office.page(office.people.leader, "/health")
    assert "Nothing needs you now" in await office.page(office.people.leader, "")


async def test_parked_streams_are_seen_and_released_at_home_alone(office: Office) -> None:
    """R10, rule 17: a neighbour's stream is not there, whatever is sent."""
    people = office.people
    own = await park(office.site, people.leader.municipality_id)
    beyond = await park(office.site, people.stranger_teacher.municipality_id)
    for member, stream in ((people.leader, own), (people.stranger_teacher, beyond)):
        view = await office.get(member, "/health")
        assert [one["stream"] for one in view["parked"]] == [STREAM.format(stream)]
        assert (view["parked"][0]["feature"], view["parked"][0]["waiting"]) == ("Posts", 2)
    for act in ("replay", "skip"):
        sent = {"subscriber": SUBSCRIBER, "stream": STREAM.format(beyond)}
        answer = await office.ask(people.leader, "POST", f"/health/parked/{act}", **sent)
        assert answer.status_code == 404
        assert (await office.press(people.leader, f"/health/{act}", **sent)).status_code == 404
    assert len((await office.get(people.stranger_teacher, "/health"))["parked"]) == 1
    for wild, refusal in (("", 404), ("a\x00b", 400), ("x" * 500, 404)):
        sent = {"subscriber": wild, "stream": STREAM.format(own)}
        answer = await office.ask(people.leader, "POST", "/health/parked/replay", **sent)
        assert answer.status_code in {400, 422}, wild
        pressed = await office.press(people.leader, "/health/replay", **sent)
        assert pressed.status_code == refusal


async def test_replay_and_skip(office: Office) -> None:
    """Rule 17: replay begins where it stopped, skip after it; both once, both in the audit."""
    leader = office.people.leader
    for act, undelivered, did in (
        ("replay", 2, "events.replayed"),
        ("skip", 1, "events.skipped"),
    ):
        stream = await park(office.site, leader.municipality_id)
        sent = {"subscriber": SUBSCRIBER, "stream": STREAM.format(stream)}
        assert "Try again" in await office.page(leader, "/health")
        assert (await office.press(leader, f"/health/{act}", **sent)).status_code == 303
        answer = await office.ask(leader, "POST", f"/health/parked/{act}", **sent)
        assert answer.status_code == 404, "it is not parked any more"
        waits = sa.select(sa.func.count()).where(
            delivery.c.stream == stream, delivery.c.delivered_at.is_(None)
        )
        async with office.site.storage.read(EVERYWHERE) as read:
            assert await read.scalar(waits) == undelivered
            assert await read.first(sa.select(lane).where(lane.c.stream == stream)) is None
            events = sa.select(outbox.c.id).where(outbox.c.stream == stream)
            told = sa.select(entry.c.action).where(entry.c.object_id.in_(events))
            notes = await read.rows(told)
        assert [note.action for note in notes] == [did]


async def test_who_may_know_but_not_release_sees_no_buttons(office: Office) -> None:
    """`health.release` is a right of its own; without it the page shows and the forms refuse."""
    people = office.people
    stream = await park(office.site, people.leader.municipality_id)
    async with office.site.storage.write(EVERYWHERE) as write:
        await _take_away(write, people.leader.municipality_id)
    page = await office.page(people.leader, "/health")
    assert "Waits to be passed on" in page
    assert "Try again" not in page.replace("Try again in a moment", "")
    sent = {"subscriber": SUBSCRIBER, "stream": STREAM.format(stream)}
    answer = await office.ask(people.leader, "POST", "/health/parked/replay", **sent)
    assert answer.status_code == 403


async def _take_away(write: object, municipality_id: object) -> None:
    from aula_platform.permissions.tables import grant

    row = {
        "id": new_id(), "municipality_id": municipality_id, "role": "municipality_admin",
        "action": "health.release", "relation": "-", "allowed": False, "step_up": False,
        "created_at": utc_now(),
    }  # fmt: skip
    await write.execute(sa.insert(grant), row)  # type: ignore[attr-defined]
    write.audit("permissions.changed", municipality_id=municipality_id)  # type: ignore[attr-defined]
