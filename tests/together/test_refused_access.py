"""ASVS 16.3.2: who is refused is in the log, by the door and the reason, and never by name."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from aula_platform.identity.secrets import hash_secret
from aula_platform.web.refused_access import ALL, EACH, RefusedAccess
from aula_sdk import ids
from aula_sdk.errors import Forbidden
from aula_sdk.ids import new_id
from aula_sdk.testing.plugin import Browser, People

JSON = {"accept": "application/json"}
KEY = f"aula_pat_{'k' * 43}_01234567"
Lines = list[MutableMapping[str, Any]]


@pytest.fixture
def lines(running: object) -> Iterator[Lines]:
    """What the log is told while the site runs."""
    with capture_logs() as logs:
        yield logs


def _refused(lines: Lines) -> list[tuple[Any, ...]]:
    return [
        (line["status"], line["code"], line["method"], line["route"])
        for line in lines
        if line["event"] == "access_refused"
    ]


async def test_each_refusal_is_a_line(browser: Browser, people: People, lines: Lines) -> None:
    """A right that is lacking, a thing of others, a forged form, a key that is none."""
    guardian = await browser(people.guardian)
    nobodys = ids.IdKind("thr").format(new_id())
    assert (await guardian.get("/administration/health/")).status_code in {403, 404}
    assert (await guardian.get(f"/messages/{nobodys}")).status_code == 404
    forged = await guardian.post("/profile/theme", headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    for text in ("aula_no", KEY):
        key = {"authorization": f"Bearer {text}", **JSON}
        assert (await guardian.get("/api/v1/messages/threads", headers=key)).status_code == 401
    found = _refused(lines)
    assert [status for status, *_rest in found] == [403, 404, 403, 401, 401]
    said = [line for line in lines if line["event"] == "access_refused"]
    assert len({line["whose"] for line in said[:3]}) == 1
    assert [line["whose"] for line in said[3:]] == ["", hash_secret(KEY)[:8].hex()]


async def test_a_line_names_nobody(browser: Browser, people: People, lines: Lines) -> None:
    """The pattern of the address stands there, not the address; no id, no name, no cookie."""
    guardian = await browser(people.guardian)
    profile = ids.PROFILE.format(people.teacher.profile_id)
    answer = await guardian.get(f"/administration/why/{profile}?words=secret")
    assert answer.status_code in {403, 404}
    (line,) = (one for one in lines if one["event"] == "access_refused")
    assert line["route"] == "/administration/why/{profile_id}"
    told = repr(line)
    ours = (people.guardian.profile_id.hex, str(people.guardian.profile_id))
    for secret in (profile, "secret", people.guardian.name, *ours, *guardian.cookies.values()):
        assert secret not in told


async def test_what_is_no_refusal_makes_no_line(
    browser: Browser, people: People, lines: Lines
) -> None:
    """An address that leads nowhere, nobody at a door, a second factor that is asked for."""
    nobody, guardian = await browser(), await browser(people.guardian)
    assert (await guardian.get("/no/such/page")).status_code == 404
    assert (await nobody.get("/profile")).status_code == 303
    assert (await nobody.get("/api/v1/messages/threads", headers=JSON)).status_code == 401
    assert (await guardian.get("/profile/data")).status_code in {200, 401}
    assert _refused(lines) == []


class _Flood:
    """Refusals as fast as one likes, at times that the test decides."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told = RefusedAccess(lambda: self.now)

    def refuse(self, session: Any = None, *, key: str = "", route: str = "/x") -> None:
        """One more."""
        scope = {"auth": session, "method": "GET", "path": "/api/x", "path_template": route}
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self.told.note(cast(Any, SimpleNamespace(scope=scope, headers=headers)), Forbidden())


def test_a_flood_is_a_number() -> None:
    """One session writes ten lines a minute; the rest is told in the next minute, once."""
    flood, one = _Flood(), SimpleNamespace(id=new_id())
    with capture_logs() as logs:
        for _each in range(EACH + 5):
            flood.refuse(one)
        flood.refuse()
        assert len(logs) == EACH + 1
        flood.now += 60
        flood.refuse(one)
        flood.now += 60
        flood.refuse(one)
    events = [(line["event"], line.get("count")) for line in logs[EACH + 1 :]]
    assert events == [
        ("refusals_left_out", 5), ("access_refused", None), ("access_refused", None)
    ]  # fmt: skip


def test_strangers_hide_no_line_about_a_key_or_a_session() -> None:
    """Without a session and by keys that they make up; nor one door's refusals another's."""
    flood = _Flood()
    with capture_logs() as logs:
        for _each in range(EACH + 5):
            flood.refuse()
        flood.refuse(key=KEY)
        flood.refuse(route="/y")
        assert len(logs) == EACH + 2
        for number in range(ALL):
            flood.refuse(key=f"aula_pat_{number:043}_01234567")
        assert len(logs) == ALL
        flood.refuse(SimpleNamespace(id=new_id()))
    assert len(logs) == ALL + 1


def test_many_sessions_are_bounded_together() -> None:
    """Nobody fills the disk with sessions either."""
    flood = _Flood()
    with capture_logs() as logs:
        for _each in range(ALL + 50):
            flood.refuse(SimpleNamespace(id=new_id()))
    assert len(logs) == ALL
