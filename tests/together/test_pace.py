"""ASVS 2.4.1: no session asks faster than people do, however much its owner may see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_platform.web.pace import Pace
from aula_sdk.ids import new_id
from aula_sdk.testing.plugin import Browser, People

LEAST = 60
GROUPS = "/api/v1/groups"


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


async def test_who_asks_too_fast_waits_and_others_do_not(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """By page and API, by whichever of their sessions; what they send meanwhile does nothing."""
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
            assert refused.headers["retry-after"] == "1"
    assert [one["status"] for one in logs if one["event"] == "access_refused"] == [429, 429]
    page = await teacher.get("/groups/", headers={"accept": "text/html"})
    assert page.status_code == 429
    assert "<main" in page.text
    assert (await teacher.post(GROUPS, json={"name": "Kor"})).status_code == 429
    assert (await other.get(GROUPS)).status_code == 200
    clock.now += 1.5
    names = [one["name"] for one in (await teacher.get(GROUPS)).json()["items"]]
    assert "Kor" not in names
    assert (await elsewhere.get(GROUPS)).status_code == 429


def test_a_minute_of_requests_may_come_at_once_and_then_one_after_the_other() -> None:
    """What is refused costs nothing: who goes on trying waits no longer for it."""
    clock, account = _Hours(120), new_id()
    assert [clock.pace.wait(account) for _each in range(120)] == [0.0] * 120
    assert [clock.pace.wait(account) for _each in range(3)] == [pytest.approx(0.5)] * 3
    clock.now = 0.5
    assert [clock.pace.wait(account) for _each in range(2)] == [0.0, pytest.approx(0.5)]
    assert clock.pace.wait(new_id()) == 0.0
    clock.now = 70.0
    assert [clock.pace.wait(account) for _each in range(121)] == [0.0] * 120 + [pytest.approx(0.5)]


def test_who_has_not_asked_for_a_while_is_not_remembered() -> None:
    """What is kept here does not grow with everybody who ever came."""
    clock = _Hours(120)
    for _each in range(1000):
        clock.pace.wait(new_id())
    clock.now = 61.0
    clock.pace.wait(new_id())
    assert len(clock.pace) == 1
