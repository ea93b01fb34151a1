"""Where one is logged in: seen, ended one by one and all at once, and warned of before the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from litestar.testing import RequestFactory

from aula_platform.audit.tables import entry
from aula_platform.events.tables import topic
from aula_platform.identity.devices import meet_device
from aula_platform.identity.own_sessions import TOPIC
from aula_platform.identity.tables import account, device, session
from aula_platform.storage import EVERYWHERE
from aula_platform.web.live import is_still_same
from aula_sdk import ids
from aula_sdk.db import utc_now
from aula_sdk.people import Assurance
from aula_sdk.testing.plugin import Browser, People

PLACE = "/profile/devices"


async def _sessions(running: Any) -> list[Any]:
    async with running.storage.read(EVERYWHERE) as read:
        return list(
            await read.rows(sa.select(session).order_by(session.c.created_at, session.c.id))
        )


async def _set(running: Any, **values: Any) -> None:
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(session).values(**values))


async def _still_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/profile")).status_code == 200


@pytest.mark.parametrize("key", ["guardian", "pupil", "teacher", "external", "stranger"])
async def test_everybody_sees_their_own_sessions_and_nobody_elses(
    browser: Browser, people: People, running: Any, key: str
) -> None:
    """Every role has the page; never in it: the cookie, its hash, or another's session."""
    other = await browser(people.other_guardian)
    client = await browser(getattr(people, key))
    text = (await client.get(PLACE)).text
    theirs, mine = await _sessions(running)
    assert ids.SESSION.format(mine.id) in text
    assert ids.SESSION.format(theirs.id) not in text
    assert mine.token_hash.hex() not in text
    assert not any(value in text for value in client.cookies.values())
    assert await _still_in(other)


async def test_nobody_gets_no_further_than_the_door(browser: Browser) -> None:
    """Neither the page, nor the time left, nor a button without a session."""
    client = await browser()
    for path in (PLACE, "/profile/session"):
        assert (await client.get(path)).headers["location"].startswith("/sign-in")
    asked = {"accept": "application/json"}
    for path in (f"{PLACE}/end-all", f"{PLACE}/end-others", "/profile/session"):
        assert (await client.post(path, headers=asked)).status_code == 401


async def test_another_device_is_logged_out_at_its_next_request(
    browser: Browser, people: People, running: Any
) -> None:
    """R7: the row is gone, so the copied cookie is worth nothing; the own device stays."""
    here, there = await browser(people.guardian), await browser(people.guardian)
    _mine, theirs = await _sessions(running)
    answer = await here.post(f"{PLACE}/{ids.SESSION.format(theirs.id)}/end")
    assert answer.headers["location"] == PLACE
    assert await _still_in(here)
    assert not await _still_in(there)
    assert await _audited(running) == ["identity.session_ended"]


async def test_a_strangers_session_is_not_there(
    browser: Browser, people: People, running: Any
) -> None:
    """R10: with another's id the answer is that of an id which does not exist."""
    other, client = await browser(people.other_guardian), await browser(people.guardian)
    theirs, _mine = await _sessions(running)
    for one in (theirs.id, UUID(int=1)):
        answer = await client.post(f"{PLACE}/{ids.SESSION.format(one)}/end")
        assert answer.status_code == 404
    assert await _still_in(other)
    assert await _audited(running) == []


async def test_logging_out_here_is_one_of_them(
    browser: Browser, people: People, running: Any
) -> None:
    """The cookie goes, and the browser is told to forget what it has kept."""
    client = await browser(people.guardian)
    (mine,) = await _sessions(running)
    answer = await client.post(f"{PLACE}/{ids.SESSION.format(mine.id)}/end")
    assert answer.headers["location"] == "/sign-in"
    assert '"storage"' in answer.headers["clear-site-data"]
    assert not await _still_in(client)


@pytest.mark.parametrize(("path", "here_stays"), [("end-others", True), ("end-all", False)])
async def test_log_out_everywhere(
    browser: Browser, people: People, running: Any, path: str, *, here_stays: bool
) -> None:
    """R13: after a theft one press ends it all, here too or not; others' stay."""
    other = await browser(people.other_guardian)
    here = await browser(people.guardian)
    there = [await browser(people.guardian) for _ in range(2)]
    assert (await here.post(f"{PLACE}/{path}")).status_code == 303
    assert [await _still_in(one) for one in (here, *there, other)] == [
        here_stays,
        False,
        False,
        True,
    ]
    assert await _audited(running) == ["identity.signed_out_everywhere"]


async def test_open_streams_end_at_once(browser: Browser, people: People, running: Any) -> None:
    """R7: a page that is open there is woken, asked who it is, and told nothing more."""
    here, actor = await browser(people.guardian), await running.actor(people.guardian)
    cookies, _headers = await running.sign_in(people.guardian)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    request = RequestFactory(app=running.app).get("/live", cookies=cookie)
    request.scope["user"] = actor
    assert await is_still_same(request)
    await here.post(f"{PLACE}/end-others")
    async with running.storage.read(EVERYWHERE) as read:
        woken = await read.rows(sa.select(topic).where(topic.c.name == TOPIC))
    assert {one.id for one in actor.profiles} <= {
        UUID(profile) for row in woken for profile in row.profiles
    }
    assert not await is_still_same(request)


async def _ask(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/profile/session")).json()
    return found


async def test_looking_at_the_clock_does_not_wind_it(
    browser: Browser, people: People, running: Any
) -> None:
    """LOG-19: what a page asks by itself leaves the session idle; pressing the button does not."""
    client = await browser(people.teacher)
    then = utc_now() - timedelta(minutes=27)
    await _set(running, last_seen_at=then, idle_expires_at=then + timedelta(minutes=30))
    asked = await _ask(client)
    assert asked["can_stay"]
    assert 120 < asked["seconds"] <= 180
    await client.get("/", headers={"x-aula-background": "1"})
    assert (await _ask(client))["seconds"] <= 180
    stayed = (await client.post("/profile/session")).json()
    assert 1740 < stayed["seconds"] <= 1800
    assert 1740 < (await _ask(client))["seconds"] <= 1800


async def test_the_latest_end_is_told_and_is_not_moved(
    browser: Browser, people: People, running: Any
) -> None:
    """Without scripts a page near the end says so; staying does not make the day longer."""
    client = await browser(people.guardian)
    assert "You will be logged out at" in (await client.get("/")).text.split("<noscript>")[1]
    await _set(running, expires_at=utc_now() + timedelta(minutes=4))
    asked = (await client.post("/profile/session")).json()
    assert not asked["can_stay"]
    assert asked["seconds"] <= 240
    assert "Finish what you are writing now" in (await client.get("/")).text


async def test_a_new_device_is_asked_about_everywhere_but_on_itself(
    browser: Browser, people: People, running: Any
) -> None:
    """R13: the owner is told on each page and answers; whoever came in new cannot hide it."""
    phone, thief = await browser(people.guardian), await browser(people.guardian)
    first, second = await _sessions(running)
    async with running.storage.write(EVERYWHERE) as write:
        await meet_device(write, first.account_id, "phone", "safari/iphone")
        new = await meet_device(write, first.account_id, "new", "edge/windows")
        await write.execute(
            sa.update(session).where(session.c.id == second.id).values(device_id=new)
        )
    known = f"{PLACE}/{ids.DEVICE.format(new)}/known"
    assert "a device that we have not seen before" in (await phone.get("/")).text
    assert "Edge on Windows" in (await phone.get(PLACE)).text
    assert "a device that we have not seen before" not in (await thief.get("/")).text
    assert (await thief.post(known)).status_code == 404
    stranger = await browser(people.stranger)
    assert (await stranger.post(known)).status_code == 404
    assert "a device that we have not seen before" in (await phone.get("/")).text
    assert (await phone.post(known)).headers["location"] == PLACE
    assert "a device that we have not seen before" not in (await phone.get("/")).text
    assert await _audited(running) == ["identity.device_accepted"]


async def test_logging_out_everywhere_disowns_the_new_device(
    browser: Browser, people: People, running: Any
) -> None:
    """R13: its next log-in is news again."""
    phone = await browser(people.guardian)
    (first,) = await _sessions(running)
    async with running.storage.write(EVERYWHERE) as write:
        await meet_device(write, first.account_id, "phone", "safari/iphone")
        new = await meet_device(write, first.account_id, "new", "edge/windows")
    await phone.post(f"{PLACE}/end-others")
    async with running.storage.write(EVERYWHERE) as write:
        again = await meet_device(write, first.account_id, "new", "edge/windows")
        asked = await write.scalar(
            sa.select(account.c.new_device_id).where(account.c.id == first.account_id)
        )
    assert asked == again != new


async def test_two_factors_answer_for_a_device(
    browser: Browser, people: People, running: Any
) -> None:
    """R13: whose browser has forgotten its cookie shows on the spot who they are, and answers."""
    client = await browser(people.guardian)
    (own,) = await _sessions(running)
    async with running.storage.write(EVERYWHERE) as write:
        met = [
            await meet_device(write, own.account_id, key, "edge/windows")
            for key in ("forgotten", "asked", "own")
        ]
        for number, one in enumerate(met):
            earlier = write.now - timedelta(minutes=30 - number)
            await write.execute(
                sa.update(device).where(device.c.id == one).values(created_at=earlier)
            )
    await _set(running, device_id=met[2])
    known = f"{PLACE}/{ids.DEVICE.format(met[1])}/known"
    page = (await client.get(PLACE)).text
    assert f'href="/step-up?next={quote(PLACE, safe="")}"' in page
    assert known not in page
    assert (await client.post(known)).status_code == 404
    await _set(running, assurance=int(Assurance.SUBSTANTIAL), proved_at=utc_now())
    page = (await client.get(PLACE)).text
    assert known in page
    assert "/step-up" not in page
    assert (await client.post(known)).headers["location"] == PLACE
    assert await _audited(running) == ["identity.device_accepted"]


async def test_a_thief_who_ends_everything_hides_nothing(
    browser: Browser, people: People, running: Any
) -> None:
    """R13: neither by a second device nor by logging out everywhere from the first."""
    phone = await browser(people.guardian)
    thieves = [await browser(people.guardian) for _number in range(2)]
    _first, *theirs = await _sessions(running)
    async with running.storage.write(EVERYWHERE) as write:
        account_id = theirs[0].account_id
        await meet_device(write, account_id, "phone", "safari/iphone")
        met = [await meet_device(write, account_id, key, "edge/windows") for key in ("t1", "t2")]
        for one, device_id in zip(theirs, met, strict=True):
            await write.execute(
                sa.update(session).where(session.c.id == one.id).values(device_id=device_id)
            )
    known = [f"{PLACE}/{ids.DEVICE.format(one)}/known" for one in met]
    page = (await thieves[1].get(PLACE)).text
    assert known[0] not in page
    assert "say so on a device that you logged in with before" in page
    for thief in thieves:
        for path in known:
            assert (await thief.post(path)).status_code == 404
    assert known[0] in (await phone.get(PLACE)).text
    await thieves[0].post(f"{PLACE}/end-all")
    again = await browser(people.guardian)
    assert "a device that we have not seen before" in (await again.get("/")).text


async def _audited(running: Any) -> list[str]:
    async with running.storage.read(EVERYWHERE) as read:
        rows = await read.rows(
            sa.select(entry.c.action).where(entry.c.action.like("identity.%")).distinct()
        )
    return sorted(row.action for row in rows)
