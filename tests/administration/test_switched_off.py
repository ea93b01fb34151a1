"""Where the administration is switched off, nobody reaches the rights that the kernel keeps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.settings import PluginChoice
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_sdk.ids import PROFILE
from aula_sdk.testing.cast import NORTH
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import Office, appoint, home, routes


@pytest.fixture
async def running(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> AsyncIterator[RunningSite]:
    """The site, in which one municipality does without the administration."""
    settings = settings_for(database, plugins, tmp_path)
    north = settings.municipalities[NORTH]
    chosen = {**north.plugins, "administration": PluginChoice("off")}
    places = {
        **settings.municipalities,
        NORTH: msgspec.structs.replace(north, plugins=chosen),
    }
    host = start_host([each for each in installed_plugins() if each.name in plugins])
    async with run_site(msgspec.structs.replace(settings, municipalities=places), host) as site:
        await appoint(site, People(await site.members(), await site.groups()))
        yield site


async def test_rights_of_the_kernel_open_no_door_where_the_plugin_is_off(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """0024: who decides rights decides them by no route of a plugin that is off there."""
    office = Office(running, browser, people)
    ids = {"place_id": home(people.admin), "role": "guardian", "import_id": "", "given_id": "",
           "feature": "posts", "setting": "comments",
           "profile_id": PROFILE.format(people.teacher.profile_id)}  # fmt: skip
    tried = 0
    for member in (people.admin, people.leader):
        assert (await running.actor(member)).can("permissions.grant")
        client = await office.client(member)
        for verb, path in routes(running):
            numbered = re.sub(r"\{\w+:int\}", "1", path)
            filled = re.sub(r"\{(\w+):str\}", lambda found: ids.get(found[1]) or "none", numbered)
            answer = await client.request(verb, filled)
            assert answer.status_code == 404, (member.key, verb, path)
            tried += 1
    assert tried > 40
    there = await (await office.client(people.stranger_teacher)).get("/administration/rights")
    assert there.status_code == 200
