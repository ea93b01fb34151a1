"""Uninstalling a plugin: its data kept for another day, or purged so that nothing tells of it.

What is purged is the plugin's tables with their history, and every row in which a kernel room
names it. The audit alone stays: who did what must be known whatever became of the feature, and it
holds ids and words of a plugin's code, nothing that anybody wrote.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform import audit
from aula_platform.events import traces as events
from aula_platform.files import traces as files
from aula_platform.files.blobs import BlobStore
from aula_platform.files.tables import file
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions import traces as permissions
from aula_platform.plugin_host import traces as plugin_host
from aula_platform.plugin_host.acceptance import is_of_the_platform
from aula_platform.plugin_host.choices.writing import announce
from aula_platform.plugin_host.declared import read_declared
from aula_platform.plugin_host.host import Host
from aula_platform.plugin_host.stamdata import source_of
from aula_platform.plugin_host.tables import set_up, switched
from aula_platform.settings import Settings
from aula_platform.stamdata import traces as stamdata
from aula_platform.stamdata.tables import municipality
from aula_platform.storage import EVERYWHERE, Read, Storage, Write
from aula_platform.storage import traces as storage_room
from aula_platform.storage.removing import remove_tables, tables_of
from aula_platform.storage.traces import Trace
from aula_sdk.errors import Conflict, NotFound
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
UNINSTALLED = "plugins.uninstalled"


class StillOn(Conflict):
    """The plugin is on somewhere, or could be switched on, by the configuration."""

    code = "plugins.still-on"
    title = _("Switch the plugin off in the configuration first, and restart what serves the site")


class UnknownPlugin(NotFound):
    """Nothing of that name is installed or has left anything, or the name is the kernel's."""

    code = "plugins.unknown"
    title = _("No plugin of that name is installed here or has left anything behind")


class Held(msgspec.Struct, frozen=True):
    """How many rows of a table are about a plugin."""

    table: str
    rows: int
    is_own: bool
    """Whether the whole table is the plugin's."""


class Uninstalling:
    """One plugin, about to be uninstalled. Its package is taken away by whoever installed it."""

    def __init__(self, storage: Storage, host: Host, settings: Settings, plugin: str) -> None:
        """Raise `StillOn` where it can be on, and `UnknownPlugin` for a name of the kernel's."""
        if is_of_the_platform(plugin):
            raise UnknownPlugin
        if audit.record not in storage.recorders:
            storage.recorders.append(audit.record)
        self._storage = storage
        self._owner = next((owner for owner in host.owners() if owner.name == plugin), None)
        self._is_installed = plugin in host.accepted or any(
            refusal.plugin == plugin for refusal in host.refusals
        )
        self._plugin = plugin
        places = [key for key in settings.municipalities if _can_be_on(host, settings, key, plugin)]
        if places:
            raise StillOn(
                _("It is on, or can be chosen, in %(places)s") % {"places": ", ".join(places)}
            )

    async def held(self) -> list[Held]:
        """Return what purging would take, by table; raise `UnknownPlugin` when nobody knows it."""
        own = await tables_of(self._storage, self._plugin)
        async with self._storage.read(EVERYWHERE) as read:
            counted = [Held(name, await _count(read, sa.table(name)), True) for name in own]
            for table, condition in _merge(_all_traces(self._plugin)):
                rows = await _count(read, table, condition)
                if rows:
                    counted.append(Held(str(table.name), rows, False))
        if not counted and not self._is_installed:
            raise UnknownPlugin
        return counted

    async def keep(self) -> None:
        """Afterwards nothing waits for the plugin any more; its data is there for its return."""
        traces = [
            *events.hindrances_of(self._plugin),
            *plugin_host.hindrances_of(self._plugin),
        ]
        async with self._storage.write(EVERYWHERE) as write:
            await self._forget(write, traces, "kept")

    async def purge(self, blobs: BlobStore) -> None:
        """Afterwards the database is as if the plugin had never been there, but for the audit.

        Its tables go first, by its own migrations: one that fails leaves everything as it was.
        Cut off after that, the same again finishes it; blobs that are left then are found by the
        files' housekeeping.
        """
        await remove_tables(self._storage, self._plugin, self._owner)
        async with self._storage.write(EVERYWHERE) as write:
            attached = await write.rows(
                sa.select(file.c.id).where(
                    *(trace.condition for trace in files.traces_of(self._plugin))
                )
            )
            await self._let_others_know(write)
            await self._forget(write, _all_traces(self._plugin), "purged")
        for row in attached:
            await blobs.remove(row.id)

    async def _let_others_know(self, write: Write) -> None:
        """What processes remember of choices, groups and rights holds no longer (rule 20)."""
        for table in (switched, set_up):
            places = sa.select(table.c.municipality_id).where(table.c.plugin == self._plugin)
            for row in await write.rows(places.distinct()):
                await announce(write, row.municipality_id)
        await stamdata.count_change(write, source_of(self._plugin))
        await raise_rights_epoch(write)

    async def _forget(self, write: Write, traces: Iterable[Trace], data: str) -> None:
        for trace in traces:
            await write.execute(sa.delete(trace.table).where(trace.condition))
        for place in await _places(write):
            write.audit(
                UNINSTALLED,
                municipality_id=place,
                details={"plugin": self._plugin, "data": data},
            )


def _can_be_on(host: Host, settings: Settings, key: str, plugin: str) -> bool:
    declared = read_declared(host, settings, key).get(plugin)
    if declared is None or declared.obstacle is not None:
        return False
    return declared.word.state == "on" or declared.word.left_to != "nobody"


def _all_traces(plugin: str) -> list[Trace]:
    return [
        *events.traces_of(plugin),
        *files.traces_of(plugin),
        *permissions.traces_of(plugin),
        *plugin_host.traces_of(plugin),
        *stamdata.traces_of(source_of(plugin)),
        *storage_room.traces_of(plugin),
    ]


def _merge(traces: Iterable[Trace]) -> list[Trace]:
    """Return one trace for each table, so that no row is counted twice."""
    found: dict[sa.Table, list[sa.ColumnElement[bool]]] = {}
    for trace in traces:
        found.setdefault(trace.table, []).append(trace.condition)
    return [Trace(table, sa.or_(*conditions)) for table, conditions in found.items()]


async def _count(
    read: Read, table: sa.FromClause, condition: sa.ColumnElement[bool] | None = None
) -> int:
    counting = sa.select(sa.func.count()).select_from(table)
    return int(await read.scalar(counting if condition is None else counting.where(condition)))


async def _places(write: Write) -> Sequence[UUID]:
    return [row.id for row in await write.rows(sa.select(municipality.c.id))]
