"""ASVS 2.4.1: no session asks faster than people do, however much its owner may see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from aula_platform.identity.tables import session
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_platform.web import pace
from aula_platform.web.pace import Pace
from aula_sdk.ids import new_id
from aula_sdk.testing.plugin import Browser, People

LEAST = 60
GROUPS = "/api/v1/groups"
AGAIN = '<a class="button button--primary" href="/groups">'
"""The way back to the page; of a part of a page there is none."""


class _Hours:
    """A bucket by a clock that stands until it is put on."""

    def __init__(self, per_minute: int) -> None:
        self.now = 0.0
        self.pace = Pace(per_minute, lambda: self.now)


@pytest.fixture
async def running(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> AsyncIterator[RunningSite]:
    """The site in which an account may ask for as little as can be chosen."""
    settings = settings_for(database, plugins, tmp_path)
    login = msgspec.structs.replace(settings.login, per_minute=LEAST)
    host = start_host([plugin for plugin in installed_plugins() if plugin.name in plugins])
    async with run_site(msgspec.structs.replace(settings, login=login), host) as site:
        yield site


async def test_who_asks_too_fast_is_refused_and_others_are_not(
    running: RunningSite, browser: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By page and API, by whichever of their sessions; what they send meanwhile does nothing."""
    monkeypatch.setattr(pace, "PATIENCE", 0.0)
    clock = _Hours(LEAST)
    teacher, elsewhere = await browser(people.teacher), await browser(people.teacher)
    other = await browser(people.guardian)
    running.app.state.pace = clock.pace
    asked = [(await teacher.get(GROUPS)).status_code for _each in range(LEAST)]
    assert asked == [200] * LEAST
    with capture_logs() as logs:
        for client in (teacher, elsewhere):
            refused = await client.get(GROUPS)
            assert (refused.status_code, refused.json()["code"]) == (429, "too-many")
            assert int(refused.headers["retry-after"]) > 0
    assert [one["status"] for one in logs if one["event"] == "access_refused"] == [429, 429]
    page = await teacher.get("/groups/", headers={"accept": "text/html"})
    assert page.status_code == 429
    assert AGAIN in page.text
    part = await teacher.get("/groups/", headers={"accept": "text/html", "hx-request": "true"})
    assert (part.status_code, AGAIN in part.text) == (429, False)
    assert (await teacher.post(GROUPS, json={"name": "Kor"})).status_code == 429
    assert (await other.get(GROUPS)).status_code == 200
    clock.now += 1.5
    names = [one["name"] for one in (await teacher.get(GROUPS)).json()["items"]]
    assert "Kor" not in names
    assert (await elsewhere.get(GROUPS)).status_code == 429


async def test_the_setting_says_how_fast(
    running: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``per_minute`` of ``[login]`` is what the site counts by."""
    monkeypatch.setattr(pace, "PATIENCE", 0.0)
    account = new_id()
    turns = [running.app.state.pace.take_turn(account) for _each in range(LEAST + 1)]
    assert turns == [0.0] * LEAST + [None]


async def test_who_is_somewhat_too_fast_waits_and_loses_nothing(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """A form is late, not refused; who is logged out while waiting gets nothing any more (R7)."""
    clock = _Hours(20 * LEAST)
    teacher = await browser(people.teacher)
    running.app.state.pace = clock.pace
    async with running.storage.read(EVERYWHERE) as read:
        account_id = await read.scalar(sa.select(session.c.account_id))
    for _each in range(20 * LEAST):
        clock.pace.take_turn(account_id)
    began = time.monotonic()
    made = await teacher.post(GROUPS, json={"name": "Kor"})
    assert made.status_code == 201
    assert time.monotonic() - began >= 0.05
    for _each in range(LEAST // 2):  # So long that nothing else comes between by chance.
        clock.pace.take_turn(account_id)
    waiting = asyncio.create_task(teacher.get(GROUPS))
    await asyncio.sleep(0.1)
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.delete(session))
    assert (await waiting).status_code == 401


def test_a_minute_of_requests_may_come_at_once_and_then_one_after_the_other() -> None:
    """Each waits longer than the one before; what is refused has nobody wait longer."""
    clock, account = _Hours(120), new_id()

    def turns(count: int) -> list[float | None]:
        return [clock.pace.take_turn(account) for _each in range(count)]

    assert turns(120) == [0.0] * 120
    assert turns(6) == [pytest.approx(0.5 * (1 + each)) for each in range(4)] + [None, None]
    clock.now = 1.0
    assert turns(3) == [pytest.approx(1.5), pytest.approx(2.0), None]
    assert clock.pace.take_turn(new_id()) == 0.0
    clock.now = 70.0
    assert turns(121) == [0.0] * 120 + [pytest.approx(0.5)]


def test_who_has_not_asked_for_a_while_is_not_remembered() -> None:
    """What is kept here does not grow with everybody who ever came."""
    clock = _Hours(120)
    for _each in range(1000):
        clock.pace.take_turn(new_id())
    clock.now = 61.0
    clock.pace.take_turn(new_id())
    assert len(clock.pace) == 1
