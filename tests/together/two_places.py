"""A guardian with children in two municipalities, each of which has its own say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.settings import MunicipalitySettings, PluginChoice, Settings
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import Storage
from aula_platform.testing import KINDS, RunningSite, run_site, settings_for
from aula_sdk.i18n import Text
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    Delivery,
    GuardianshipRecord,
    MembershipRecord,
    PersonRecord,
    ProfileRecord,
    Record,
    StamdataSource,
)
from aula_sdk.testing.cast import SOUTH

CHILD = "Sofus Skov"
SETTLED: tuple[Record, ...] = (
    PersonRecord("guardian", "Anne", "Skov", "guardian"),
    PersonRecord("younger", "Sofus", "Skov", "younger"),
    ProfileRecord("guardian", "southschool", Kind.GUARDIAN),
    ProfileRecord("younger", "southschool", Kind.PUPIL),
    MembershipRecord("1x", "younger"),
    GuardianshipRecord("guardian", "younger", "Mor", custody=True),
)
"""What the southern municipality delivers: a child whose mother is the cast's guardian."""


async def settle(storage: Storage) -> None:
    """Let the guardian's third child begin at a school in the other municipality."""

    def read(_path: Path) -> Iterator[Record]:
        yield from SETTLED

    def inspect(_path: Path) -> Delivery:
        return Delivery("cast", "delta", frozenset(KINDS))

    source = StamdataSource("cast", Text("sdk", "cast"), inspect, read)
    report = await run_import(storage, source, Path(), Wish(SOUTH, apply=True))
    assert report.state == "applied", report
    assert not report.error_count, report.errors


def changed(settings: Settings, key: str, **values: Any) -> Settings:
    """Return the settings with one municipality's changed."""
    one = msgspec.structs.replace(settings.municipalities[key], **values)
    places: Mapping[str, MunicipalitySettings] = {**settings.municipalities, key: one}
    return msgspec.structs.replace(settings, municipalities=places)


def messages(state: str = "on", **settings: Any) -> dict[str, PluginChoice]:
    """Return what a municipality says of the plugin messages, in which it says of no other."""
    return {"messages": msgspec.convert({"state": state, "settings": settings}, PluginChoice)}


@asynccontextmanager
async def open_site(
    database: str, plugins: Sequence[str], folder: Path, **places: Mapping[str, Any]
) -> AsyncIterator[RunningSite]:
    """Run the site with each municipality's settings changed as ``places`` says, by key."""
    settings = settings_for(database, plugins, folder)
    for key, values in places.items():
        settings = changed(settings, key, **values)
    host = start_host([plugin for plugin in installed_plugins() if plugin.name in plugins])
    async with run_site(settings, host) as site:
        yield site


def open_choices(
    database: str, plugins: Sequence[str], folder: Path
) -> AbstractAsyncContextManager[RunningSite]:
    """Run the site in which every plugin is on, and left to the municipalities."""
    left = {name: PluginChoice("on", "municipality") for name in plugins}
    return open_site(database, plugins, folder, north={"plugins": left}, south={"plugins": left})
