"""The administration over the real kernel: something to choose, imports and parked streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.settings import PluginChoice, Settings
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_sdk.testing.cast import NORTH, SOUTH
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import Office, appoint

LEFT = {
    NORTH: {
        "administration": PluginChoice("on"),
        "contacts": PluginChoice("on"),
        "messages": PluginChoice("off", "municipality"),
        "posts": PluginChoice("on", "institution", {"comments": False}),  # One setting is fixed.
    },
    SOUTH: {"administration": PluginChoice("on"), "posts": PluginChoice("on", "institution")},
}


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """The plugin, and some that can be looked after: locked, left to one level and to both."""
    return ("administration", "contacts", "messages", "posts")


def settings(url: str, plugins: Sequence[str], folder: Path) -> Settings:
    """Return settings that leave something to choose."""
    found = settings_for(url, plugins, folder)
    places = {
        key: msgspec.structs.replace(one, plugins=LEFT[key])
        for key, one in found.municipalities.items()
    }
    return msgspec.structs.replace(found, municipalities=places)


@pytest.fixture
async def running(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> AsyncIterator[RunningSite]:
    """The site, in which both municipalities have an administrator."""
    host = start_host([each for each in installed_plugins() if each.name in plugins])
    async with run_site(settings(database, plugins, tmp_path), host) as site:
        await appoint(site, People(await site.members(), await site.groups()))
        yield site


@pytest.fixture
async def office(running: RunningSite, browser: Browser, people: People) -> Office:
    """Let the cast use the API and the pages."""
    return Office(running, browser, people)
