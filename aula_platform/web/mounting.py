"""Where plugins' handlers appear: pages at ``/<plugin>``, the API at ``/api/v1/<plugin>``."""

from collections.abc import Callable

from litestar import Litestar, Router
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.routes import BaseRoute, HTTPRoute

from aula_platform.plugin_host import Host
from aula_platform.web.plugin_doors import PluginDoor
from aula_sdk.contributions import Routes

API = "/api/v1"


def mount_plugins(host: Host) -> list[Router]:
    """Return a router for each plugin's pages and for its API."""
    return [router for name, routes in host.each(Routes) for router in _mount(name, routes)]


def _mount(name: str, routes: Routes) -> list[Router]:
    routers = []
    opt = {"plugin": name}
    door = [DefineMiddleware(PluginDoor, plugin=name)]
    if routes.pages:
        pages = Router(
            f"/{name}",
            route_handlers=list(routes.pages),
            opt=opt,
            middleware=door,
            include_in_schema=False,
        )
        routers.append(pages)
    if routes.api:
        api = Router(f"{API}/{name}", route_handlers=list(routes.api), opt=opt, middleware=door)
        routers.append(api)
    return routers


def find_unmountable(host: Host, start: Callable[[list[Router]], object]) -> dict[str, str]:
    """Return, by plugin, why ``start`` raises with its routers beside those before it."""
    wrong: dict[str, str] = {}
    good: list[Router] = []
    for name, routes in host.each(Routes):
        try:
            tried = [*good, *_mount(name, routes)]
            start(tried)
        except Exception as error:  # noqa: BLE001  # Whatever it is, it is the plugin's.
            wrong[name] = f"its routes cannot be mounted ({type(error).__name__}: {error})"
        else:
            good = tried
    return wrong


def find_impostors(app: Litestar, host: Host) -> dict[str, str]:
    """Return the plugins one of whose handlers says that it belongs to somebody else."""
    wrong: dict[str, str] = {}
    for route in app.routes:
        parts = route.path.removeprefix(API).split("/")
        name = parts[1] if len(parts) > 1 else ""
        if name in host.accepted and any(
            handler.opt.get("plugin") != name for handler in _handlers_of(route)
        ):
            wrong[name] = f"a handler at {route.path} says that it is another plugin's"
    return wrong


def _handlers_of(route: BaseRoute) -> list[BaseRouteHandler]:
    if isinstance(route, HTTPRoute):
        # Litestar adds an OPTIONS handler of its own to every path.
        return [one for one in route.route_handlers if one.http_methods != {"OPTIONS"}]
    handler: BaseRouteHandler = route.route_handler  # type: ignore[attr-defined]  # The others have one.
    return [handler]
