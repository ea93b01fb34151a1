"""What makes the site an app on the phone's home screen: a service worker and its offline page."""

from typing import Any

from litestar import MediaType, Request, Response, get

from aula_platform.web.assets_map import STATIC
from aula_platform.web.frame import OFFLINE, Frame
from aula_sdk.contributions import public


@get("/sw.js", opt=public("browsers fetch it for the installed app"), include_in_schema=False)
async def send_service_worker() -> Response[bytes]:
    """Send the service worker, which must lie at the root to serve the whole site."""
    return Response(
        (STATIC / "sw.js").read_bytes(),
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


@get(OFFLINE, opt=public("it is shown where nothing can be asked"), include_in_schema=False)
async def show_offline(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the page that the service worker keeps for when there is no connection.

    `Authenticate` reads no session for it: what a shared device keeps is about nobody.
    """
    return Response(Frame(request).fill("aula/offline.html", {}), media_type=MediaType.HTML)


INSTALLABLE = (send_service_worker, show_offline)
