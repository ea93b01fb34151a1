"""Where plugins' handlers appear: pages at ``/<plugin>``, the API at ``/api/v1/<plugin>``."""

from litestar import Router
from litestar.static_files import create_static_files_router

from aula_platform.plugin_host import Host
from aula_platform.web.assets_map import STATIC
from aula_sdk.contributions import Routes

API = "/api/v1"


def mount_plugins(host: Host) -> list[Router]:
    """Return a router for each plugin's pages and for its API."""
    routers = []
    for name, routes in host.each(Routes):
        opt = {"plugin": name}
        if routes.pages:
            pages = Router(
                f"/{name}", route_handlers=list(routes.pages), opt=opt, include_in_schema=False
            )
            routers.append(pages)
        if routes.api:
            routers.append(Router(f"{API}/{name}", route_handlers=list(routes.api), opt=opt))
    return routers


def mount_static(host: Host) -> list[Router]:
    """Return routers for the built assets and for the plugins' own static files.

    Names of built assets hold a hash of their content, so they may be kept for ever.
    """
    found = [
        create_static_files_router(
            "/static",
            [STATIC],
            opt={"permission": None, "public": "the look of the pages"},
            cache_control=None,
            include_in_schema=False,
            name="static",
        )
    ]
    for name, accepted in host.accepted.items():
        folder = accepted.folder("static")
        if folder:
            found.append(
                create_static_files_router(
                    f"/static/{name}",
                    [folder / name],
                    opt={"permission": None, "public": f"static files of {name}"},
                    include_in_schema=False,
                    name=f"static-{name}",
                )
            )
    return found
