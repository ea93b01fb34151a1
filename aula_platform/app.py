"""`create_app`: the one place where the kernel, the web and the plugins are joined."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from litestar import Litestar

from aula_platform import web
from aula_platform.background import make_worker
from aula_platform.events import LiveHub
from aula_platform.identity.broker_settings import check_brokers
from aula_platform.identity.brokers import make_brokers
from aula_platform.identity.desk import LoginDesk
from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.permissions import Catalogue
from aula_platform.permissions.vouched_roles import VouchedRoles
from aula_platform.plugin_host import Host
from aula_platform.settings import Settings
from aula_platform.site_routes import Assemble, assemble
from aula_platform.storage import Storage
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_platform.web.looks import Looks
from aula_platform.web.pace import Pace
from aula_platform.web.plugin_assets import PluginAssets
from aula_platform.web.refused_access import RefusedAccess
from aula_platform.web.templates import make_environment
from aula_platform.widgets.room import WidgetRoom
from aula_sdk.login import LoginProtocol


class _Site(NamedTuple):
    """What an application is opened with."""

    settings: Settings
    host: Host
    storage: Storage
    catalogue: Catalogue
    background: bool


def create_app(
    settings: Settings, host: Host, *, background: bool = True, make: Assemble = assemble
) -> Litestar:
    """Return the application. It opens its database at the start, and refuses one that is behind.

    With ``background`` this process also delivers events and runs jobs (rule 19). ``make`` returns
    the application with its routes. Raises `WrongBrokerSettings` when people could sign in as
    anybody outside of demo mode, and `WrongLook` when somebody's colours could not be read.
    """
    check_brokers(settings.site.mode, settings.login.brokers, settings.municipalities)
    host.configure(settings)
    assets = PluginAssets.of(host)
    looks = Looks(settings)
    catalogue = make_catalogue(host)
    settings.data.mkdir(parents=True, exist_ok=True)
    storage = Storage(settings.database_url, pool_size=settings.storage.pool_size)
    brokers = make_brokers(settings, (one for _plugin, one in host.each(LoginProtocol)))
    app = make(settings.site.url, host, _opened)
    host.log_refusals()
    app.state.site = _Site(settings, host, storage, catalogue, background)
    app.state.settings = settings
    app.state.host = host
    app.state.storage = storage
    app.state.desk = LoginDesk(
        storage, LOGIN_PEOPLE, brokers, settings, VouchedRoles(settings).give
    )
    app.state.form_origins = frozenset(each for one in brokers.values() for each in one.origins)
    app.state.looks = looks
    app.state.pace = Pace(settings.login.per_minute)
    app.state.refused_access = RefusedAccess()
    app.state.assets = assets
    app.state.environment = make_environment(_template_folders(host))
    return app


def _template_folders(host: Host) -> dict[str, Path]:
    folders = {"aula": Path(web.__file__).parent / "templates" / "aula"}
    for name, accepted in host.accepted.items():
        folder = accepted.folder("templates")
        if folder:
            folders[name] = folder / name
    return folders


@asynccontextmanager
async def _opened(app: Litestar) -> AsyncGenerator[None]:
    """Hold what is there while the application runs: the kernel, the worker, the open database."""
    site: _Site = app.state.site
    try:
        kernel = await open_kernel(site.settings, site.host, site.storage, site.catalogue)
        _publish(app, kernel)
        worker = make_worker(kernel, hub=app.state.hub, background=site.background)
        await worker.start()
        try:
            async with kernel.shared_faults.sharing():
                yield
        finally:
            await worker.stop()
            kernel.files.close()
    finally:
        await app.state.desk.close()
        await site.storage.close()


def _publish(app: Litestar, kernel: Kernel) -> None:
    app.state.hub = LiveHub()
    app.state.activation = kernel.activation
    app.state.actors = kernel.actors
    app.state.platform = kernel.platform
    app.state.seeing = kernel.seeing
    app.state.shared_faults = kernel.shared_faults
    app.state.looks.know(kernel.municipalities)
    chosen = kernel.settings.municipalities
    app.state.municipality_names = {
        one: chosen[key].name for key, one in kernel.municipalities.items()
    }
    app.state.names_told = frozenset(
        one for key, one in kernel.municipalities.items() if chosen[key].audit.names
    )
    app.state.widgets = WidgetRoom(kernel.settings, kernel.municipalities)
