"""Somebody who belongs to two municipalities: one log-in, one overview, and each one's rules."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aula_platform.settings import LookSettings
from aula_platform.testing import RunningSite
from aula_sdk.ids import GROUP
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from plugins.messages.tests.post_office import PostOffice, person
from tests.together.two_places import CHILD, messages, open_site, settle

NORTHERN, SOUTHERN = "Tur til skoven", "Tur til stranden"


class Door(NamedTuple):
    """One running site, its people, and their browsers."""

    site: RunningSite
    people: People
    browser: Browser
    post: PostOffice

    @property
    def in_the_south(self) -> Member:
        """The guardian, as the southern municipality knows her."""
        south = self.people.stranger_teacher.municipality_id
        mine = [one for one in self.people.profiles if one.key == "guardian"]
        return next(one for one in mine if one.municipality_id == south)


@pytest.fixture
def opened(database: str, plugins: Sequence[str], tmp_path: Path) -> Any:
    """Opens the site with what each municipality says, over one database."""

    @asynccontextmanager
    async def at(**places: Mapping[str, Any]) -> AsyncIterator[Door]:
        async with (
            open_site(database, plugins, tmp_path, **places) as site,
            AsyncExitStack() as stack,
        ):
            if not any(one.key == "younger" for one in await site.members()):
                await settle(site.storage)
            people = People(await site.members(), await site.groups())
            browser = Browser(site, stack)
            yield Door(site, people, browser, PostOffice(browser, people))

    return at


async def _write_to_her(door: Door) -> dict[str, str]:
    """Let a teacher of each municipality write to the guardian; return the conversations."""
    return {
        "north": await door.post.start(
            door.people.teacher, person(door.people.guardian), subject=NORTHERN
        ),
        "south": await door.post.start(
            door.people.stranger_teacher, person(door.in_the_south), subject=SOUTHERN
        ),
    }


async def test_one_log_in_and_one_list_for_both(opened: Any) -> None:
    """W6, ID-1: all the guardian's children and conversations are in one place."""
    async with opened() as door:
        await _write_to_her(door)
        client = await door.browser(door.people.guardian)
        overview = (await client.get("/")).text
        for name in ("Alma Skov", "Dagny Skov", CHILD, NORTHERN, SOUTHERN):
            assert name in overview, name
        inbox = await door.post.inbox(door.people.guardian)
        assert {item["subject"] for item in inbox} == {NORTHERN, SOUTHERN}


async def test_a_plugin_that_one_of_them_has_off_is_off_for_that_one_alone(opened: Any) -> None:
    """W6, rule 8: what was written there is out of reach; the other municipality's works on."""
    async with opened() as door:
        threads = await _write_to_her(door)
    async with opened(south={"plugins": messages("off")}) as door:
        guardian = door.people.guardian
        inbox = await door.post.inbox(guardian)
        assert [item["subject"] for item in inbox] == [NORTHERN]
        await door.post.reply(guardian, threads["north"])
        await door.post.refused(404, guardian, "GET", f"/threads/{threads['south']}")
        path = f"/threads/{threads['south']}/messages"
        await door.post.refused(404, guardian, "POST", path, html="<p>Ja</p>")
        client = await door.browser(guardian)
        overview = (await client.get("/")).text
        assert 'href="/messages"' in overview
        assert CHILD in overview
        assert SOUTHERN not in overview
        assert SOUTHERN not in (await client.get("/messages")).text
        assert (await client.get(f"/messages/{threads['south']}")).status_code == 404
        # Nobody can be written to where it is off, nor as somebody from there.
        found = await door.post.ask(guardian, "POST", "/recipients/search", words="syd")
        assert found.json()["people"] == []
        group = f"{GROUP.format(door.people.groups['1.X'])}:guardian"
        sent = {"subject": "S", "html": "x", "recipients": [group]}
        await door.post.refused(422, guardian, "POST", "/threads", **sent)


async def test_each_item_is_under_its_own_municipalitys_settings(opened: Any) -> None:
    """W6: what may be changed for a day in one municipality, may not in the other."""
    places = {
        "north": {"plugins": messages(edit_window_minutes=0)},
        "south": {"plugins": messages(edit_window_minutes=60)},
    }
    async with opened(**places) as door:
        threads = await _write_to_her(door)
        guardian = door.people.guardian
        answers: dict[str, int] = {}
        for place, thread in threads.items():
            sent = await door.post.reply(guardian, thread)
            changed = await door.post.ask(
                guardian, "PATCH", f"/messages/{sent['message']}", html="<p>Nej</p>"
            )
            answers[place] = changed.status_code
        assert answers["south"] < 300
        assert answers["north"] in {403, 409}


async def test_each_municipality_knows_its_own_person_alone(opened: Any) -> None:
    """W6: a teacher of one meets neither the guardian's other child nor her other self."""
    async with opened() as door:
        await _write_to_her(door)
        teacher = door.people.teacher
        found = await door.post.ask(teacher, "POST", "/recipients/search", words="sofus")
        assert found.json()["people"] == []
        subjects = {item["subject"] for item in await door.post.inbox(teacher)}
        assert subjects == {NORTHERN}
        await door.post.refused(
            422,
            teacher,
            "POST",
            "/threads",
            subject="S",
            html="x",
            recipients=[person(door.in_the_south)],
        )


async def test_the_look_is_the_municipalitys_and_of_two_the_installations(
    opened: Any, tmp_path: Path
) -> None:
    """W7: before log-in by the address, then by the acting profiles; the policy stays as it is."""
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    look = LookSettings(logo=str(logo), accent="#0b5d3b", accent_dark="#9fe0bf")
    south = {"site_name": "Sydbørn", "look": look, "hosts": ("syd.example",)}
    async with opened(south=south) as door:
        nobody, theirs = await door.browser(), await door.browser(door.people.stranger_teacher)
        northern, both = (
            await door.browser(door.people.teacher),
            await door.browser(door.people.guardian),
        )
        at_theirs = (await nobody.get("/sign-in", headers={"host": "syd.example"})).text
        page = await theirs.get("/")
        for text in (at_theirs, page.text):
            assert "– Sydbørn</title>" in text
            assert '<img class="brand__mark" src="/looks/' in text
        elsewhere = [(await nobody.get("/sign-in")).text]
        elsewhere += [(await client.get("/")).text for client in (northern, both)]
        elsewhere.append((await nobody.get("/offline", headers={"host": "syd.example"})).text)
        for text in elsewhere:
            assert "– Aula</title>" in text
            assert "/looks/" not in text
        for address in set(re.findall(r"/looks/[0-9a-f]{16}\.(?:css|svg)", page.text)):
            served = await nobody.get(address)
            assert served.status_code == 200
            assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (await nobody.get("/looks/0000000000000000.css")).status_code == 404
        policy = page.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "style-src 'self' 'nonce-" in policy
