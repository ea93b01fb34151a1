"""The kernel as the SDK's test kit starts it (entry point ``aula.testing``)."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from litestar import Litestar

from aula_platform.app import create_app
from aula_platform.identity.accounts import open_account
from aula_platform.identity.cookies import session_cookie_name
from aula_platform.identity.csrf import HEADER
from aula_platform.identity.sessions import (
    NewSession,
    csrf_token,
    load_session,
    start_session,
)
from aula_platform.kernel import make_catalogue, open_kernel, owners_of
from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.plugin_host.platform import HostedPlatform
from aula_platform.settings import (
    LoginSettings,
    MunicipalitySettings,
    PluginChoice,
    Settings,
    SiteSettings,
    StorageSettings,
)
from aula_platform.stamdata import tables
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.migrate import migrate
from aula_platform.testing_again import SPARE, share_compiled_texts
from aula_platform.testing_outside import OutsideInAWrite, OutsideWatch
from aula_platform.testing_wall import ThroughTheWall, WallWatch
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.errors import NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Actor, Assurance, Kind
from aula_sdk.stamdata_source import Delivery, Record, RowError, StamdataSource
from aula_sdk.testing.cast import NORTH, SOUTH, records_of
from aula_sdk.testing.kernel import Member

_ = gettext_for("aula")
SITE = "http://testserver"
KINDS = ("org", "person", "profile", "group", "membership", "guardianship")
ISSUER = "https://broker.example"
_PER_MINUTE = 1_000_000
"""Tests ask faster than people do."""
_profile, _person, _group = tables.profile, tables.person, tables.group


def settings_for(
    url: str,
    plugins: Sequence[str],
    folder: Path,
    plugin_settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Settings:
    """Return settings with two municipalities in which the plugins are switched on."""
    given = plugin_settings or {}
    chosen = {name: PluginChoice(settings=dict(given.get(name, {}))) for name in plugins}
    return Settings(
        SiteSettings(mode="demo", url=SITE, data=str(folder)),
        StorageSettings(url),
        login=LoginSettings(per_minute=_PER_MINUTE),
        municipalities={
            NORTH: MunicipalitySettings(name="Nordby", plugins=chosen),
            SOUTH: MunicipalitySettings(name="Sydby", plugins=chosen),
        },
    )


def _host(plugins: Sequence[str]) -> Host:
    host = start_host([plugin for plugin in installed_plugins() if plugin.name in plugins])
    if host.refusals:
        refusal = host.refusals[0]
        message = f"{refusal.plugin}: {refusal.hook} {refusal.problem}"
        raise AssertionError(message)
    return host


class RunningSite:
    """Implements `aula_sdk.testing.kernel.Running`."""

    def __init__(self, app: Litestar, watch: WallWatch | None = None) -> None:
        self.app = app
        self.watch = watch
        """What looks for queries without a wall; only the embedded database needs it."""

    @property
    def platform(self) -> HostedPlatform:
        """What plugins reach the kernel through."""
        platform: HostedPlatform = self.app.state.platform
        return platform

    @property
    def storage(self) -> Storage:
        """The database, for tests of the kernel."""
        storage: Storage = self.app.state.storage
        return storage

    async def members(self) -> list[Member]:
        """Return everybody who was imported, people by the id that the cast gave them."""
        statement = (
            sa.select(
                _person.c.source_id,
                _person.c.name,
                _profile.c.kind,
                _profile.c.id,
                _profile.c.person_id,
                _profile.c.institution_id,
                _profile.c.municipality_id,
            )
            .join(_person, _person.c.id == _profile.c.person_id)
            .order_by(_profile.c.derived, _profile.c.id)
        )
        async with self.storage.read(EVERYWHERE) as read:
            rows = await read.rows(statement)
        return [Member(key, name, Kind(kind), *ids) for key, name, kind, *ids in map(tuple, rows)]

    async def groups(self) -> dict[str, UUID]:
        """Return the groups' ids by name."""
        async with self.storage.read(EVERYWHERE) as read:
            rows = await read.rows(sa.select(_group.c.name, _group.c.id))
        return {row.name: row.id for row in rows}

    async def actor(self, member: Member, assurance: Assurance = Assurance.LOW) -> Actor:
        """Return the actor who has signed in as this member; raise NotFound when they have left."""
        value = await self._start_session(member, assurance)
        async with self.storage.read(EVERYWHERE) as read:
            session = await load_session(read, value)
            actor = await self.app.state.actors.for_session(read, session)
        if actor is None:
            raise NotFound
        found: Actor = actor
        return found

    async def sign_in(
        self, member: Member, assurance: Assurance = Assurance.LOW
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Start a session and return its cookies and the headers that a page would send."""
        value = await self._start_session(member, assurance)
        async with self.storage.read(EVERYWHERE) as read:
            session = await load_session(read, value)
        assert session is not None  # noqa: S101  # It was started on the line above.
        return {session_cookie_name(SITE): value}, {HEADER: csrf_token(session)}

    async def _start_session(self, member: Member, assurance: Assurance) -> str:
        async with self.storage.write(EVERYWHERE) as write:
            proved = ProvedIdentity(ISSUER, member.key, member.key, assurance, write.now)
            profiles = await LOGIN_PEOPLE.find_by_uniid(write, member.key)
            account = await open_account(write, proved, profiles)
            return await start_session(
                write,
                NewSession(account, "test", member.kind, assurance, write.now, "Test"),
                self.app.state.settings.login,
            )


async def import_cast(storage: Storage) -> None:
    """Import the cast of the test kit by the way that every delivery takes."""
    for municipality in (NORTH, SOUTH):
        source = StamdataSource("cast", _("Cast"), _inspect, _read_cast(municipality))
        report = await run_import(storage, source, Path(), Wish(municipality, apply=True))
        if report.state != "applied" or report.error_count:
            message = f"the cast cannot be imported: {report.state}, {report.errors}"
            raise AssertionError(message)


def _read_cast(municipality: str) -> Callable[[Path], Iterator[Record | RowError]]:
    def read(_path: Path) -> Iterator[Record | RowError]:
        yield from records_of(municipality)

    return read


def _inspect(_path: Path) -> Delivery:
    return Delivery("cast", "bulk", frozenset(KINDS))


class Kernel:
    """Implements `aula_sdk.testing.kernel.KernelUnderTest`."""

    async def prepare(self, url: str, plugins: Sequence[str], folder: Path) -> None:
        """Migrate an empty database and import the cast."""
        settings = settings_for(url, plugins, folder)
        storage = Storage(url)
        try:
            host = _host(plugins)
            await migrate(storage, owners_of(host))
            await open_kernel(settings, host, storage, make_catalogue(host))
            await import_cast(storage)
        finally:
            await storage.close()

    def start(
        self,
        url: str,
        plugins: Sequence[str],
        folder: Path,
        settings: Mapping[str, Mapping[str, Any]],
    ) -> AbstractAsyncContextManager[RunningSite]:
        """Run the application with these plugins switched on in both municipalities."""
        return run_site(settings_for(url, plugins, folder, settings), _host(plugins))


@asynccontextmanager
async def run_site(settings: Settings, host: Host) -> AsyncIterator[RunningSite]:
    """Run the application with these settings, over a database that is migrated already.

    Raises at the end: `OutsideInAWrite` when something outside was waited for inside a write, and
    on SQLite `ThroughTheWall` when a query looked at other municipalities' rows.
    """
    app = create_app(settings, host, background=False, make=SPARE.assemble)
    storage: Storage = app.state.storage
    share_compiled_texts(storage)
    outside = OutsideWatch(storage)
    watch = WallWatch(storage) if storage.is_sqlite else None
    async with app.lifespan():
        yield RunningSite(app, watch)
    SPARE.keep(app)
    if watch is not None and watch.leaks:
        raise ThroughTheWall(*watch.leaks)
    if outside.leaks:
        raise OutsideInAWrite(*outside.leaks)


kernel = Kernel()
