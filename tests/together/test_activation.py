"""Installed is not enabled: a plugin is there where the configuration switches it on."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from aula_platform.plugin_host import Activation, start_host
from aula_platform.plugin_host.choices.reports import Reporter
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.settings import PluginChoice
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_sdk.operations import Place
from aula_sdk.testing.cast import NORTH, SOUTH
from aula_sdk.testing.plugin import Browser, People


@pytest.fixture
async def running(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> AsyncIterator[RunningSite]:
    """The site in which one of the two municipalities has messages switched off.

    The other one leaves the choice to its institutions.
    """
    settings = settings_for(database, plugins, tmp_path)
    chosen = settings.municipalities[NORTH].plugins
    north = msgspec.structs.replace(
        settings.municipalities[NORTH],
        plugins={**chosen, "messages": PluginChoice("on", "institution")},
    )
    south = msgspec.structs.replace(
        settings.municipalities[SOUTH],
        plugins={"messages": PluginChoice("off"), "mesages": PluginChoice("on")},
    )
    changed = msgspec.structs.replace(settings, municipalities={NORTH: north, SOUTH: south})
    host = start_host([plugin for plugin in installed_plugins() if plugin.name in plugins])
    async with run_site(changed, host) as site:
        yield site


async def test_where_it_is_off_its_pages_are_not_there(browser: Browser, people: People) -> None:
    """Routes answer 404, the menu and the overview know nothing of it; elsewhere it works on."""
    off = await browser(people.stranger_teacher)
    on = await browser(people.teacher)
    for path in ("/messages", "/api/v1/messages/threads"):
        assert (await off.get(path)).status_code == 404
        assert (await on.get(path)).status_code == 200
    assert "/messages" not in (await off.get("/")).text
    assert 'href="/messages"' in (await on.get("/")).text


async def test_where_an_institution_has_it_off_only_who_has_no_other_misses_it(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """Rule 9: gone from menu, overview and addresses at the school, and there at the day-care."""
    admin = await running.actor(people.admin)
    school = Place(people.admin.municipality_id, people.admin.institution_id)
    gone, kept = (
        [await browser(one) for one in (people.teacher, people.other_guardian)],
        [await browser(one) for one in (people.pedagogue, people.guardian)],
    )
    for client in (*gone, *kept):
        assert 'href="/messages"' in (await client.get("/")).text
    async with running.storage.write(EVERYWHERE, admin) as write:
        await running.platform.choices.switch(write, admin, school, "messages", "off")
    for client in gone:
        assert "/messages" not in (await client.get("/")).text
        assert (await client.get("/messages")).status_code == 404
        assert (await client.get("/overview/messages/newest")).status_code == 404
        assert (await client.get("/api/v1/messages/threads")).status_code == 404
    for client in kept:
        assert 'href="/messages"' in (await client.get("/")).text
        assert (await client.get("/messages")).status_code == 200


async def test_every_state_says_who_decided_it(running: RunningSite) -> None:
    """The state is explained with its source; a name that nobody has gets the nearest one."""
    activation: Activation = running.app.state.activation
    reporter = Reporter(running.app.state.host, activation)
    told, problems = {}, {}
    for site in activation.sites():
        key = activation.keys[site.municipality_id], site.plugin
        told[key], problems[key] = reporter.report(site), activation.problems(site)
    on, off, unknown = (
        told[key] for key in (("north", "messages"), ("south", "messages"), ("south", "oneroster"))
    )
    assert on is not None
    assert off is not None
    assert unknown is not None
    assert (on.is_on, on.source.key) == (True, "[municipalities.north.plugins.messages] state")
    assert str(on.source.text) == "Vises, som konfigurationen foreslår; ingen har valgt endnu"
    assert (off.is_on, off.source.key) == (False, "[municipalities.south.plugins.messages] state")
    assert str(off.source.text) == "Skjult, fordi kommunens konfiguration låser det"
    assert unknown.source.key == "[municipalities.south.plugins.oneroster]"
    assert "did you mean 'messages'?" in problems["south", "mesages"][0]
    assert problems["north", "messages"] == problems["south", "oneroster"] == []
