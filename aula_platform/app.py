"""`create_app`: the one place where the kernel, the web and the plugins are joined."""

import gc
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler

from aula_platform import web
from aula_platform.background import make_worker
from aula_platform.events import LiveHub
from aula_platform.identity.broker_settings import check_brokers
from aula_platform.identity.brokers import make_brokers
from aula_platform.identity.csrf import CsrfProtection
from aula_platform.identity.desk import LoginDesk
from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.permissions import Catalogue
from aula_platform.permissions.vouched_roles import VouchedRoles
from aula_platform.plugin_host import Host
from aula_platform.privacy.requests.pages import REQUEST_ROUTES
from aula_platform.settings import Settings
from aula_platform.storage import Storage
from aula_platform.web.access_keys import AccessKeyPages
from aula_platform.web.assets_routes import asset_routes
from aula_platform.web.authentication import Authenticate
from aula_platform.web.badges import show_badge
from aula_platform.web.broker_doors import broker_router
from aula_platform.web.dependencies import DEPENDENCIES
from aula_platform.web.error_pages import EXCEPTION_HANDLERS
from aula_platform.web.file_routes import FILE_ROUTES
from aula_platform.web.guards import guard_route
from aula_platform.web.headers import SecurityHeaders
from aula_platform.web.health import say_health
from aula_platform.web.impersonation import GlassPages, SeeAsPages
from aula_platform.web.installable import INSTALLABLE
from aula_platform.web.live import make_live_route
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_platform.web.looks import Looks, send_look
from aula_platform.web.mounting import (
    find_impostors,
    find_unmountable,
    mount_plugins,
)
from aula_platform.web.nowhere import find_nothing
from aula_platform.web.onlookers import LOOK_ROUTES
from aula_platform.web.openapi import OPENAPI
from aula_platform.web.overview import Overview
from aula_platform.web.own_sessions import OwnSessionPages
from aula_platform.web.plugin_assets import PluginAssets
from aula_platform.web.profile import Profile
from aula_platform.web.readable import ReadableRequest
from aula_platform.web.refused_access import RefusedAccess
from aula_platform.web.shared_devices import PinPages, SharedDevicePages
from aula_platform.web.sign_in import sign_in_router
from aula_platform.web.step_up import step_up_router
from aula_platform.web.tablet import Tablet
from aula_platform.web.templates import make_environment
from aula_platform.web.typed_forms import keep_what_was_typed
from aula_platform.widgets.room import WidgetRoom
from aula_platform.widgets.routes import WIDGET_ROUTES
from aula_sdk.login import LoginProtocol

_MAX_BODY = 30 * 1024 * 1024
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Make what is there to stay: a model for each of some hundred routes, and nearly no garbage.

    The collector would walk through all of it again and again, which took two fifths of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_collecting_nothing()
def create_app(settings: Settings, host: Host, *, background: bool = True) -> Litestar:
    """Return the application. It opens its database at the start, and refuses one that is behind.

    With ``background`` this process also delivers events and runs jobs (rule 19). Raises
    `WrongBrokerSettings` when people could sign in as anybody outside of demo mode, and `WrongLook`
    when somebody's colours could not be read.
    """
    check_brokers(settings.site.mode, settings.login.brokers, settings.municipalities)
    host.configure(settings)
    assets = PluginAssets.of(host)
    looks = Looks(settings)
    catalogue = make_catalogue(host)
    settings.data.mkdir(parents=True, exist_ok=True)
    storage = Storage(settings.database_url, pool_size=settings.storage.pool_size)
    brokers = make_brokers(settings, (one for _plugin, one in host.each(LoginProtocol)))
    desk = LoginDesk(storage, LOGIN_PEOPLE, brokers, settings, VouchedRoles(settings).give)
    form_origins = frozenset(origin for one in brokers.values() for origin in one.origins)
    is_https = settings.site.url.startswith("https:")
    own = [
        Overview,
        show_badge,
        Profile,
        OwnSessionPages,
        AccessKeyPages,
        PinPages,
        SharedDevicePages,
        Tablet,
        SeeAsPages,
        GlassPages,
        *LOOK_ROUTES,
        *REQUEST_ROUTES,
        sign_in_router(desk),
        broker_router(desk),
        step_up_router(desk),
        make_live_route(),
        *FILE_ROUTES,
        *INSTALLABLE,
        say_health,
        send_look,
        *WIDGET_ROUTES,
        *asset_routes(),
        find_nothing,
    ]

    def start(plugins: Sequence[ControllerRouterHandler]) -> Litestar:
        return Litestar(
            route_handlers=[*own, *plugins],
            dependencies=DEPENDENCIES,
            guards=[guard_route],
            request_class=ReadableRequest,
            exception_handlers=EXCEPTION_HANDLERS,
            after_exception=[keep_what_was_typed],
            middleware=[
                DefineMiddleware(SecurityHeaders, is_https=is_https, form_origins=form_origins),
                DefineMiddleware(Authenticate, storage=storage, settings=settings),
                CsrfProtection(settings.site.url),
            ],
            lifespan=[_opened(settings, host, storage, catalogue, background=background)],
            openapi_config=OPENAPI,
            compression_config=CompressionConfig(
                backend="gzip",
                minimum_size=500,
                # A higher level takes twice the time for a few bytes in a hundred.
                gzip_compress_level=5,
                exclude_opt_key="uncompressed",
            ),
            request_max_body_size=_MAX_BODY,
            logging_config=None,
        )

    app = _start_with_plugins(host, start)
    host.log_refusals()
    app.state.settings = settings
    app.state.host = host
    app.state.storage = storage
    app.state.looks = looks
    app.state.refused_access = RefusedAccess()
    app.state.assets = assets
    app.state.environment = make_environment(_template_folders(host))
    return app


def _start_with_plugins(
    host: Host, start: Callable[[Sequence[ControllerRouterHandler]], Litestar]
) -> Litestar:
    """Return the application with all plugins whose routes fit; the others are taken out by name.

    Which of them it is gets asked only when all together do not start: that is seldom, and slow.
    """
    try:
        app = start(mount_plugins(host))
        wrong = find_impostors(app, host)
    except Exception:
        wrong = find_unmountable(host, start)
        if not wrong:
            raise
    else:
        if not wrong:
            return app
    for plugin, problem in wrong.items():
        host.refuse(plugin, problem)
    return _start_with_plugins(host, start)


def _template_folders(host: Host) -> dict[str, Path]:
    folders = {"aula": Path(web.__file__).parent / "templates" / "aula"}
    for name, accepted in host.accepted.items():
        folder = accepted.folder("templates")
        if folder:
            folders[name] = folder / name
    return folders


def _opened(
    settings: Settings, host: Host, storage: Storage, catalogue: Catalogue, *, background: bool
) -> Lifespan:
    """Return what holds while the application runs: the kernel, the worker, the open database."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        try:
            kernel = await open_kernel(settings, host, storage, catalogue)
            _publish(app, kernel)
            worker = make_worker(kernel, hub=app.state.hub, background=background)
            await worker.start()
            try:
                async with kernel.shared_faults.sharing():
                    yield
            finally:
                await worker.stop()
                kernel.files.close()
        finally:
            await storage.close()

    return lifespan


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
