"""Uninstalling: a purge leaves the database as if the plugin had never been there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.events.tables import delivery, lane, subscriber
from aula_platform.files.blobs import BlobStore
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.plugin_host.uninstalling import (
    UNINSTALLED,
    StillOn,
    Uninstalling,
    UnknownPlugin,
)
from aula_platform.settings import PluginChoice, Settings
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.removing import NotRemoved, tables_of
from aula_platform.testing import settings_for
from aula_sdk.testing.cast import NORTH
from tests.broken_plugins.factory import Shelf
from tests.storage.snapshots import snapshot
from tests.uninstalling.guest import add_guest, live_here, opened

WITHOUT = ("audit_entry", "audit_subject", "plugin_host_changed", "sqlite_sequence")
"""What stays of a plugin that was purged: the audit, and numbers that only ever grow."""
COUNTERS = ("identity_epoch.activation", "identity_epoch.rights", "stamdata_municipality.epoch")


@asynccontextmanager
async def _read(url: str) -> AsyncIterator[Storage]:
    storage = Storage(url)
    try:
        yield storage
    finally:
        await storage.close()


async def _look(url: str) -> set[str]:
    async with _read(url) as storage:
        return await snapshot(storage, without=WITHOUT, counters=COUNTERS)


def _without(settings: Settings, plugin: str) -> Settings:
    """Return the settings in which no municipality names the plugin any more."""
    places = {
        key: msgspec.structs.replace(
            one, plugins={name: choice for name, choice in one.plugins.items() if name != plugin}
        )
        for key, one in settings.municipalities.items()
    }
    return msgspec.structs.replace(settings, municipalities=places)


async def test_a_purge_of_every_plugin_leaves_an_empty_difference(
    database: str, shelf: Shelf, tmp_path: Path
) -> None:
    """The schema and all rows before a plugin came, and after it was purged, are the same; of all
    plugins here, one after the other, each with content of its own and a row wherever it can.
    """
    everybody = [one for one in installed_plugins() if one.name != "demo"] + [add_guest(shelf)]
    names = [one.name for one in everybody]
    settings = settings_for(database, names, tmp_path)
    blobs = BlobStore(settings.files_url)
    before: list[set[str]] = []
    for count, plugin in enumerate(names, start=1):
        before.append(await _look(database))
        async with opened(settings, start_host(everybody[:count])) as kernel:
            await live_here(kernel, plugin, tmp_path)
        kernel.files.close()
    filled = await _look(database)
    for count, plugin in reversed(list(enumerate(names, start=1))):
        async with _read(database) as storage:
            host = start_host(everybody[:count])
            leaving = Uninstalling(storage, host, _without(settings, plugin), plugin)
            held = await leaving.held()
            own = {one.table for one in held if one.is_own}
            assert own == set(await tables_of(storage, plugin))
            assert sum(not one.is_own for one in held) >= 13, "of everything the kernel keeps"
            await leaving.purge(blobs)
        after = await _look(database)
        assert after == before[count - 1], plugin
    assert len(filled) > len(before[0]) + 100
    left = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert left == [], "the blobs of attached files are gone"
    async with _read(database) as storage, storage.read(EVERYWHERE) as read:
        told = await read.rows(sa.select(entry.c.details).where(entry.c.action == UNINSTALLED))
    assert sorted(row.details["plugin"] for row in told) == sorted(2 * names)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings under which nobody has the guest any more."""
    return _without(settings_for(database, ["guest"], tmp_path), "guest")


async def _move_in(database: str, shelf: Shelf, folder: Path, **guest: str) -> None:
    host = start_host([add_guest(shelf, **guest)])
    async with opened(settings_for(database, ["guest"], folder), host) as kernel:
        await live_here(kernel, "guest", folder)


async def test_what_is_kept_is_there_when_it_comes_back(
    database: str, shelf: Shelf, settings: Settings, tmp_path: Path
) -> None:
    """Kept: tables, choices, events that were had, files. Gone: what would wait for it for ever."""
    await _move_in(database, shelf, tmp_path)
    async with _read(database) as storage:
        before = await snapshot(storage, without=WITHOUT, counters=COUNTERS)
        await Uninstalling(storage, start_host([]), settings, "guest").keep()
        after = await snapshot(storage, without=WITHOUT, counters=COUNTERS)
        gone = {line.split()[1] for line in before - after}
        assert gone == {
            "events_subscriber", "events_lane", "events_delivery", "events_job",
            "plugin_host_fault", "plugin_host_restart",
        }  # fmt: skip
        async with storage.read(EVERYWHERE) as read:
            assert await read.rows(sa.select(subscriber.c.name)) == []
            assert await read.rows(sa.select(lane.c.subscriber)) == []
            waiting = delivery.c.delivered_at.is_(None)
            assert await read.rows(sa.select(delivery.c.sequence).where(waiting)) == []
        assert await tables_of(storage, "guest") == ["guest_note"]
    async with opened(settings, start_host([shelf.installed["guest"]])) as kernel:
        assert "guest" in kernel.host.accepted


async def test_a_plugin_whose_package_is_gone_can_still_be_purged(
    database: str, shelf: Shelf, settings: Settings, tmp_path: Path
) -> None:
    """Its tables and views go by their name when its own migrations are not there to do it."""
    before = await _look(database)
    await _move_in(database, shelf, tmp_path)
    async with _read(database) as storage:
        leaving = Uninstalling(storage, start_host([]), settings, "guest")
        assert "guest_note" in {one.table for one in await leaving.held()}
        await leaving.purge(BlobStore(settings.files_url))
        assert await _look(database) == before
        with pytest.raises(UnknownPlugin):
            await Uninstalling(storage, start_host([]), settings, "guest").held()


@pytest.mark.parametrize(
    ("down", "error"),
    [("pass", NotRemoved), ("raise ValueError('half way')", ValueError)],
    ids=["leaves its tables", "fails"],
)
async def test_migrations_that_do_not_take_everything_away_change_nothing(
    down: str, error: type[Exception], database: str, shelf: Shelf, settings: Settings,
    tmp_path: Path,
) -> None:  # fmt: skip
    """All of it or nothing: what remains is named, and every row is still there."""
    await _move_in(database, shelf, tmp_path, down=down)
    async with _read(database) as storage:
        before = await snapshot(storage)
        leaving = Uninstalling(storage, start_host([shelf.installed["guest"]]), settings, "guest")
        with pytest.raises(error):
            await leaving.purge(BlobStore(settings.files_url))
        assert await snapshot(storage) == before


@pytest.mark.parametrize("state", ["on", "off"])
async def test_a_plugin_that_can_be_on_is_not_uninstalled(
    state: str, database: str, shelf: Shelf, tmp_path: Path
) -> None:
    """Whoever serves the site would meet tables that are gone: it is switched off first."""
    host = start_host([add_guest(shelf)])
    settings = settings_for(database, [], tmp_path)
    choice = msgspec.convert({"state": state, "left_to": "municipality"}, PluginChoice)
    settings.municipalities[NORTH].plugins["guest"] = choice
    async with _read(database) as storage:
        with pytest.raises(StillOn) as refused:
            Uninstalling(storage, host, settings, "guest")
    assert "north" in str(refused.value.detail)


@pytest.mark.parametrize("name", ["stamdata", "plugin", "plugin_host", "nobody"])
async def test_a_name_that_is_no_plugins_is_refused(
    name: str, database: str, settings: Settings
) -> None:
    """The kernel's own tables are out of reach, those that begin with a shorter name included."""
    async with _read(database) as storage:
        with pytest.raises((UnknownPlugin, NotRemoved)):
            await Uninstalling(storage, start_host([]), settings, name).held()
