"""The kernel's rooms and the plugins, joined without the web: for the application and commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aula_platform import (
    audit,
    events,
    files,
    identity,
    permissions,
    plugin_host,
    stamdata,
    storage,
)
from aula_platform.files.service import FileService
from aula_platform.identity.accounts import relink_accounts
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions import Catalogue, WrongPermission
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.rights import Rights
from aula_platform.plugin_host import Activation, Host
from aula_platform.plugin_host.health import READ_HEALTH, HealthCheck
from aula_platform.plugin_host.migrating import find_behind, leave_out_behind
from aula_platform.plugin_host.platform import HostedPlatform
from aula_platform.plugin_host.records import SharedFaults
from aula_platform.settings import Settings
from aula_platform.stamdata.changes import Municipality, ensure_municipalities
from aula_platform.stamdata.queries import municipalities
from aula_platform.storage import Owner, Storage, Write
from aula_platform.storage.migrate import pending
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.events import Subscriber
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Kind
from aula_sdk.permissions import Action, Resource, RoleDefault

_ = gettext_for("aula")

ROOMS: tuple[Owner, ...] = (
    storage.OWNER,
    identity.OWNER,
    stamdata.OWNER,
    permissions.OWNER,
    audit.OWNER,
    events.OWNER,
    files.OWNER,
    plugin_host.OWNER,
)
"""The kernel's own owners of tables, in the order in which they are migrated."""

_OWN_RIGHTS: tuple[Action | RoleDefault, ...] = (
    Action("shell.use", _("Use the platform")),
    *(RoleDefault(kind.value, "shell.use") for kind in Kind),
)
_HEALTH_RIGHTS: tuple[Action | RoleDefault, ...] = (
    Action(READ_HEALTH, _("See how the installation is")),
    RoleDefault("municipality_admin", READ_HEALTH),
)

_MOVES_RIGHTS = ("stamdata.", "permissions.")


class NotMigrated(Exception):
    """The database is behind the code; the message names whose tables and says what to do."""


def owners_of(host: Host) -> list[Owner]:
    """Return everybody who has tables: the kernel's rooms, then the accepted plugins."""
    return [*ROOMS, *host.owners()]


def make_catalogue(host: Host) -> Catalogue:
    """Return all rights; a plugin whose description contradicts itself is taken out by name."""
    catalogue = Catalogue()
    catalogue.add("shell", _OWN_RIGHTS)
    catalogue.add("health", _HEALTH_RIGHTS)
    for name in list(host.accepted):
        described = [
            item
            for item in host.accepted[name].contributions
            if isinstance(item, Action | Resource | RoleDefault)
        ]
        try:
            catalogue.add(name, described)
        except WrongPermission as error:
            host.refuse(name, str(error))
    return catalogue


@dataclass(slots=True)
class Kernel:
    """What is joined once per process, when the database is there."""

    settings: Settings
    host: Host
    storage: Storage
    activation: Activation
    actors: ActorLoader
    rights: Rights
    files: FileService
    platform: HostedPlatform
    health: HealthCheck
    shared_faults: SharedFaults
    municipalities: Mapping[str, UUID]
    """Ids by key in the settings."""

    @property
    def subscribers(self) -> list[Subscriber]:
        """The plugins' subscribers."""
        return [subscriber for _plugin, subscriber in self.host.each(Subscriber)]


async def open_kernel(
    settings: Settings, host: Host, store: Storage, catalogue: Catalogue
) -> Kernel:
    """Return the kernel over a migrated database.

    A plugin whose tables are behind is left out by name (R26); raises `NotMigrated` when the
    kernel's own are.
    """
    behind = await pending(store, ROOMS)
    if behind:
        raise NotMigrated(f"the tables of {', '.join(behind)} are behind: run `aula migrate`")
    owners = host.owners()
    await leave_out_behind(store, host)
    for recorder in (audit.record, events.record, _forget_snapshots):
        if recorder not in store.recorders:
            store.recorders.append(recorder)
    known = await _know_municipalities(settings, store)
    activation = Activation(host, settings, known)
    actors = ActorLoader(catalogue, activation)
    rights = Rights(catalogue, actors)
    service = FileService(settings.files_url, rights, settings.files)
    health = _make_health(host, store, service, owners)
    platform = HostedPlatform(store, rights, service, activation, actors, health)
    shared = SharedFaults(store, host.faults)
    await shared.share()
    kernel = Kernel(
        settings,
        host,
        store,
        activation,
        actors,
        rights,
        service,
        platform,
        health,
        shared,
        known,
    )
    # Whoever writes must know for whom events are kept, a command no less than the site.
    await events.register_subscribers(store, kernel.subscribers)
    return kernel


def _make_health(
    host: Host, store: Storage, service: FileService, owners: Sequence[Owner]
) -> HealthCheck:
    async def behind() -> list[str]:
        return [*await pending(store, ROOMS), *await find_behind(store, owners)]

    return HealthCheck(host, store, find_behind=behind, reach_files=service.blobs.reach)


async def _know_municipalities(settings: Settings, store: Storage) -> dict[str, UUID]:
    wanted = settings.municipalities
    async with store.write() as unit:
        await ensure_municipalities(
            unit, (Municipality(key, one.name, one.code) for key, one in wanted.items())
        )
    async with store.read() as unit:
        return {row.key: row.id for row in await municipalities(unit) if row.key in wanted}


async def _forget_snapshots(unit: Write) -> None:
    """Let no worker remember an actor from before a change of who belongs where or holds what.

    Stamdata and identity do not know each other; what has changed is read off the audit. Accounts
    are linked anew to the persons with their UNI-ID, so that nobody needs to sign in again.
    """
    if any(note.action.startswith("stamdata.") for note in unit.audits):
        await relink_accounts(unit, LOGIN_PEOPLE)
    if any(note.action.startswith(_MOVES_RIGHTS) for note in unit.audits):
        await raise_rights_epoch(unit)
