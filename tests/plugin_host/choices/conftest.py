"""A site with a plugin whose state and settings are left to others than the operator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import Installed
from aula_platform.settings import PluginChoice, Settings
from aula_platform.stamdata.changes import deliver
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_sdk.i18n import use_locale
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import ProfileRecord
from aula_sdk.testing.cast import NORTH, SOUTH
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

HOOKS = Path(__file__).parent / "notes_hooks.py"
Open = Callable[..., AbstractAsyncContextManager[RunningSite]]
LEFT = PluginChoice("on", "institution")


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """None that is installed; the tests' own has no tables."""
    return ()


@pytest.fixture
def host(install: Callable[..., Installed]) -> Host:
    """The plugin ``notes``, accepted."""
    host = start_host([install("notes", HOOKS.read_text(encoding="utf-8"))])
    assert host.refusals == []
    return host


def make_settings(
    url: str, folder: Path, north: PluginChoice | None, south: PluginChoice | None = None
) -> Settings:
    """Return settings that say this of ``notes``; None names it not at all."""
    settings = settings_for(url, (), folder)
    places = {
        key: msgspec.structs.replace(
            settings.municipalities[key], plugins={"notes": choice} if choice else {}
        )
        for key, choice in ((NORTH, north), (SOUTH, south))
    }
    return msgspec.structs.replace(settings, municipalities=places)


@pytest.fixture
def open_site(database: str, host: Host, tmp_path: Path) -> Open:
    """Open the site as one more process would: with a storage and a memory of its own."""

    def open_one(
        north: PluginChoice | None = LEFT, south: PluginChoice | None = None
    ) -> AbstractAsyncContextManager[RunningSite]:
        return run_site(make_settings(database, tmp_path, north, south), host)

    return open_one


@pytest.fixture
def north() -> PluginChoice:
    """What the configuration says; to be overridden by a test's parameters."""
    return LEFT


@pytest.fixture
async def running(open_site: Open, north: PluginChoice) -> AsyncIterator[RunningSite]:
    """The site in which the leader of the school administers the municipality as well."""
    async with open_site(north) as site:
        await appoint(site)
        yield site


async def appoint(site: RunningSite) -> None:
    """Let the leader administer the municipality, as a delivery of stamdata says it."""
    roles = ("leader", "municipality_admin")
    record = ProfileRecord("leader", "school", Kind.EMPLOYEE, "Leder", roles)
    people = People(await site.members(), {})
    async with site.storage.write(EVERYWHERE) as write:
        await deliver(write, people.leader.municipality_id, "cast", [record])


async def state_of(site: RunningSite, member: Member) -> list[dict[str, Any]] | int:
    """Return what ``notes`` answers to a member: its list, or the status of a refusal."""
    async with AsyncExitStack() as stack:
        client = await Browser(site, stack)(member)
        answer = await client.get("/api/v1/notes")
    # It was served in this very task, in the client's language.
    use_locale("da")
    found: list[dict[str, Any]] = answer.json()
    return found if answer.status_code == 200 else answer.status_code
