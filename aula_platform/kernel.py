"""The kernel's rooms and the plugins, joined without the web: for the application and commands."""

import logging
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
    privacy,
    sampling,
    stamdata,
    storage,
)
from aula_platform.files.service import FileService
from aula_platform.identity.access_keys import USE_KEYS
from aula_platform.identity.accounts import relink_accounts
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.identity.shared_devices import USE_SHARED
from aula_platform.permissions import Catalogue, WrongPermission, own_rights
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import Contribution
from aula_platform.permissions.granting.explaining import EXPLAINED
from aula_platform.permissions.granting.service import GrantDesk
from aula_platform.permissions.moving.desk import MovingDesk
from aula_platform.permissions.moving.ending import end_what_was_given
from aula_platform.permissions.rights import Rights
from aula_platform.permissions.support import rights as support_rights
from aula_platform.permissions.support.reviewing import SupportDesk
from aula_platform.permissions.support.seeing import SeeingAs
from aula_platform.permissions.vouched_roles import ROLE_VOUCHED, list_vouching
from aula_platform.plugin_host import Activation, Host
from aula_platform.plugin_host.choices import rights
from aula_platform.plugin_host.choices.service import PluginChoices
from aula_platform.plugin_host.health import HealthCheck
from aula_platform.plugin_host.migrating import find_behind, leave_out_behind
from aula_platform.plugin_host.obeying import obey_in_job, obey_in_subscriber
from aula_platform.plugin_host.platform import HostedPlatform
from aula_platform.plugin_host.records import SharedFaults
from aula_platform.plugin_host.stamdata import PluginStamdata
from aula_platform.privacy.requests import rights as request_rights
from aula_platform.privacy.retention import rights as retention_rights
from aula_platform.privacy.retention.desk import RetentionDesk
from aula_platform.privacy.retention.subjects import by_name
from aula_platform.sampling import rights as sampling_rights
from aula_platform.sampling.service import SampleDesk
from aula_platform.settings import Settings
from aula_platform.stamdata.changes import (
    PLUGIN_CHANGED,
    Municipality,
    ensure_municipalities,
)
from aula_platform.stamdata.importing import rights as import_rights
from aula_platform.stamdata.importing.reading import ImportReports
from aula_platform.stamdata.moving import moved_in
from aula_platform.stamdata.queries import municipalities
from aula_platform.storage import EVERYWHERE, Owner, Storage, Write
from aula_platform.storage.migrate import pending
from aula_platform.storage.policies import find_open, is_bypassed
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.audit import AuditKind
from aula_sdk.contributions import DataClass, Job, SubjectData
from aula_sdk.errors import Conflict
from aula_sdk.events import Subscriber
from aula_sdk.health import READ_HEALTH, RELEASE
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import PAIR_DEVICES
from aula_sdk.people import Kind
from aula_sdk.permissions import INSTITUTION_ADMIN, MUNICIPALITY_ADMIN, Action, RoleDefault
from aula_sdk.retention import RetentionSubject
from aula_sdk.stamdata_source import StamdataSource

_ = gettext_for("aula")
_log = logging.getLogger("aula.kernel")

ROOMS: tuple[Owner, ...] = (
    storage.OWNER,
    identity.OWNER,
    stamdata.OWNER,
    permissions.OWNER,
    audit.OWNER,
    events.OWNER,
    files.OWNER,
    plugin_host.OWNER,
    sampling.OWNER,
    privacy.OWNER,
)
"""The kernel's own owners of tables, in the order in which they are migrated."""

_OWN_RIGHTS: tuple[Action | RoleDefault, ...] = (
    Action("shell.use", _("Use the platform"), on_shared_devices=True, reads=DataClass.ORDINARY),
    *(RoleDefault(kind.value, "shell.use") for kind in Kind),
    Action(USE_KEYS, _("Let one's own programs fetch from the API, by access keys")),
    RoleDefault(Kind.GUARDIAN.value, USE_KEYS),
    RoleDefault(Kind.EMPLOYEE.value, USE_KEYS),
    Action(USE_SHARED, _("Act at shared devices of the institution, with a PIN")),
    RoleDefault(Kind.EMPLOYEE.value, USE_SHARED),
    Action(PAIR_DEVICES, _("Pair shared devices with the institution")),
    RoleDefault(INSTITUTION_ADMIN, PAIR_DEVICES),
)
_HEALTH_RIGHTS: tuple[Action | RoleDefault, ...] = (
    Action(READ_HEALTH, _("See how the installation is")),
    Action(RELEASE, _("Let parked deliveries go on, or skip what stopped them")),
    RoleDefault(MUNICIPALITY_ADMIN, READ_HEALTH),
    RoleDefault(MUNICIPALITY_ADMIN, RELEASE),
)


class FormatOff(Conflict):
    """A format of stamdata is to be read where its plugin is off."""

    code = "stamdata.format-off"
    title = _("The plugin that reads this format is not switched on in the municipality")


BYPASSED = (
    "the database's role is a superuser or has BYPASSRLS, so that PostgreSQL does not hold the "
    "wall between municipalities; use a role of its own, which owns the database and no more"
)

_MOVES_RIGHTS = ("stamdata.", "permissions.")


class NotMigrated(Exception):
    """The database is behind the code; the message names whose tables and says what to do."""


def owners_of(host: Host) -> list[Owner]:
    """Return everybody who has tables: the kernel's rooms, then the accepted plugins."""
    return [*ROOMS, *host.owners()]


def subject_data_of(host: Host) -> dict[str, SubjectData | None]:
    """Return what each plugin that has tables says of one person's data, if it says anything."""
    return {owner.name: None for owner in host.owners()} | dict(host.each(SubjectData))


def retention_of(host: Host) -> Mapping[str, RetentionSubject]:
    """Return everything that is kept for a time, the kernel's and the plugins', by name."""
    return by_name(one for _plugin, one in host.each(RetentionSubject))


def make_catalogue(host: Host) -> Catalogue:
    """Return all rights; a plugin whose description contradicts itself is taken out by name."""
    catalogue = Catalogue()
    catalogue.add("shell", _OWN_RIGHTS)
    catalogue.add(rights.OWNER, rights.RIGHTS)
    catalogue.add("health", _HEALTH_RIGHTS)
    catalogue.add(own_rights.OWNER, own_rights.RIGHTS)
    catalogue.add(request_rights.OWNER, (*request_rights.RIGHTS, *retention_rights.RIGHTS))
    catalogue.add(import_rights.OWNER, import_rights.RIGHTS)
    catalogue.add(support_rights.OWNER, support_rights.RIGHTS)
    catalogue.add(sampling_rights.OWNER, sampling_rights.RIGHTS)
    for name in list(host.accepted):
        described = [
            item for item in host.accepted[name].contributions if isinstance(item, Contribution)
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
    seeing: SeeingAs
    files: FileService
    platform: HostedPlatform
    health: HealthCheck
    shared_faults: SharedFaults
    municipalities: Mapping[str, UUID]
    """Ids by key in the settings."""

    @property
    def subscribers(self) -> list[Subscriber]:
        """The plugins' subscribers, each of which obeys what is chosen now."""
        return [
            obey_in_subscriber(subscriber, self.activation)
            for _plugin, subscriber in self.host.each(Subscriber)
        ]

    @property
    def jobs(self) -> list[Job]:
        """The plugins' jobs, each of which obeys what is chosen now."""
        return [obey_in_job(job, self.activation) for _plugin, job in self.host.each(Job)]

    def as_set(self, source: StamdataSource, municipality: str) -> StamdataSource:
        """Return a format of stamdata as the municipality with this key has set it.

        Raises `FormatOff` when the format has settings and its plugin is off there: nobody has
        said then how it is to be read.
        """
        municipality_id = self.municipalities.get(municipality)
        if source.configure is None or municipality_id is None:
            return source
        owners = {each.name: plugin for plugin, each in self.host.each(StamdataSource)}
        plugin = owners[source.name]
        if not self.activation.is_active(plugin, municipality_id):
            raise FormatOff(_("`aula plugins` says why %(plugin)s is off") % {"plugin": plugin})
        return source.configure(self.activation.settings_for(plugin, municipality_id))


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
    await _check_wall(settings, store)
    if end_what_was_given not in store.recorders:
        # What it ends is in the audit of the same transaction, so it comes before that is written.
        store.recorders.insert(0, end_what_was_given)
    for recorder in (audit.record, events.record, forget_snapshots):
        if recorder not in store.recorders:
            store.recorders.append(recorder)
    known = await _know_municipalities(settings, store)
    activation = Activation(host, settings, known)
    async with store.read(EVERYWHERE) as unit:
        await activation.catch_up(unit)
    actors = ActorLoader(
        catalogue,
        activation,
        settings.login.step_up,
        _places_of_brokers(settings, known),
        list_vouching(settings),
    )
    checks = Rights(catalogue, actors)
    service = FileService(settings.files_url, checks, settings.files)
    names = {key: one.name for key, one in settings.municipalities.items()}
    choices = PluginChoices(host, activation, checks, names)
    changes = PluginStamdata(host, activation)
    health = _make_health(host, store, service, owners)
    imports = ImportReports(checks)
    by_id = {known[key]: name for key, name in names.items()}
    titles = {name: one.plugin.title for name, one in host.accepted.items()}
    grants = GrantDesk(store, checks, actors, by_id, activation.is_active, titles)
    samples = SampleDesk(store, checks)
    retention = RetentionDesk(checks, retention_of(host), by_id, is_sqlite=store.is_sqlite)
    platform = HostedPlatform(
        store,
        checks,
        service,
        activation,
        actors,
        changes,
        choices,
        health,
        imports,
        grants,
        retention,
        SupportDesk(checks, actors, settings.support.break_glass_hours),
        samples,
        MovingDesk(store, checks, actors, grants),
    )
    shared = SharedFaults(store, host.faults)
    await shared.share()
    kernel = Kernel(
        settings,
        host,
        store,
        activation,
        actors,
        checks,
        SeeingAs(checks, actors),
        service,
        platform,
        health,
        shared,
        known,
    )
    # Whoever writes must know for whom events are kept, a command no less than the site.
    await events.register_subscribers(store, kernel.subscribers)
    return kernel


async def _check_wall(settings: Settings, store: Storage) -> None:
    """Refuse tables without the wall; say it when the database's role makes nothing of it."""
    if exposed := await find_open(store):
        raise NotMigrated(f"{', '.join(exposed)}: not behind the wall; run `aula migrate`")
    if settings.site.mode == "production" and await is_bypassed(store):
        _log.warning(BYPASSED)


def _places_of_brokers(settings: Settings, known: Mapping[str, UUID]) -> dict[str, frozenset[UUID]]:
    return {
        name: frozenset(known[key] for key in broker.municipalities if key in known)
        for name, broker in settings.login.brokers.items()
        if broker.municipalities
    }


def _make_health(
    host: Host, store: Storage, service: FileService, owners: Sequence[Owner]
) -> HealthCheck:
    async def behind() -> list[str]:
        return [*await pending(store, ROOMS), *await find_behind(store, owners)]

    return HealthCheck(host, store, find_behind=behind, reach_files=service.blobs.reach)


async def _know_municipalities(settings: Settings, store: Storage) -> dict[str, UUID]:
    wanted = settings.municipalities
    async with store.write(EVERYWHERE) as unit:
        await ensure_municipalities(
            unit, (Municipality(key, one.name, one.code) for key, one in wanted.items())
        )
    async with store.read(EVERYWHERE) as unit:
        return {row.key: row.id for row in await municipalities(unit) if row.key in wanted}


async def forget_snapshots(unit: Write) -> None:
    """Let no worker remember an actor from before a change of who belongs where or holds what.

    Stamdata and identity do not know each other; what has changed is read off the audit. Accounts
    are linked anew to the persons with their UNI-ID, so that nobody needs to sign in again: those
    persons whom a delivery has changed, or everybody's where they are too many to be named. What
    plugins change is about groups alone and moves nobody's UNI-ID. A role that a log-in brings is
    seen by its own session without that (`list_vouching`).
    """
    changes = {note.action for note in unit.audits if note.action.startswith("stamdata.")}
    if changes - {PLUGIN_CHANGED}:
        # An account can be somebody in other municipalities than the one that has changed.
        unit.wall = EVERYWHERE
        await relink_accounts(unit, LOGIN_PEOPLE, moved_in(unit))
    moved = {
        note.action
        for note in unit.audits
        # Who looks at rights, or at what a move would do, changes none.
        if note.action.startswith(_MOVES_RIGHTS) and note.kind is not AuditKind.LOOK
    }
    if moved - {ROLE_VOUCHED, EXPLAINED}:
        await raise_rights_epoch(unit)
