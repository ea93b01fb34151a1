"""The routes of a whole site: the kernel's own, and those of the plugins that are installed.

They know neither the database nor the settings: what a handler needs, it asks of the application's
state. So one application can be opened again, for another site of the same shape.
"""

import gc
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler

from aula_platform.identity.csrf import CsrfProtection
from aula_platform.plugin_host import Host
from aula_platform.privacy.requests.pages import REQUEST_ROUTES
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
from aula_platform.web.looks import send_look
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
from aula_platform.web.profile import Profile
from aula_platform.web.readable import ReadableRequest
from aula_platform.web.shared_devices import PinPages, SharedDevicePages
from aula_platform.web.sign_in import sign_in_router
from aula_platform.web.step_up import step_up_router
from aula_platform.web.tablet import Tablet
from aula_platform.web.typed_forms import keep_what_was_typed
from aula_platform.widgets.routes import WIDGET_ROUTES
from aula_sdk.contributions import Routes

_MAX_BODY = 30 * 1024 * 1024
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]
Assemble = Callable[[str, Host, Lifespan], Litestar]


def shape_of(site_url: str, host: Host) -> Hashable:
    """Return all that the routes depend on: an application serves any site of its shape."""
    plugins = ((name, *routes.pages, *routes.api) for name, routes in host.each(Routes))
    return site_url, tuple(plugins)


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
def assemble(site_url: str, host: Host, lifespan: Lifespan) -> Litestar:
    """Return the application, which opens nothing yet; ``lifespan`` does when it begins to run.

    A plugin whose routes do not fit is refused: the host has it no more afterwards.
    """
    is_https = site_url.startswith("https:")
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
        sign_in_router(),
        broker_router(),
        step_up_router(),
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
                DefineMiddleware(SecurityHeaders, is_https=is_https),
                DefineMiddleware(Authenticate),
                CsrfProtection(site_url),
            ],
            lifespan=[lifespan],
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

    return _start_with_plugins(host, start)


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
