"""Where browsers fetch assets: names hold a hash of the content, so they may be kept for ever."""

from pathlib import PurePath
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from aula_platform.web.assets_map import PUBLIC_PATH, STATIC, read_built
from aula_platform.web.plugin_assets import KINDS, PluginAssets
from aula_sdk.contributions import public
from aula_sdk.errors import NotFound

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_OPEN = public("the look of the pages")
_KINDS = {**KINDS, ".webmanifest": "application/manifest+json"}


@get(f"{PUBLIC_PATH}{{file_path:path}}", opt=_OPEN, include_in_schema=False)
async def send_asset(
    request: Request[Any, Any, Any], file_path: FromPath[PurePath]
) -> Response[bytes]:
    """Send a built asset, or a file that a plugin brings."""
    name = file_path.as_posix().lstrip("/")
    assets: PluginAssets = request.app.state.assets
    content = assets.files.get(f"{PUBLIC_PATH}{name}") or read_built(name)
    if content is None:
        raise NotFound
    return Response(content, media_type=_KINDS[PurePath(name).suffix], headers=FOREVER)


def asset_routes() -> list[Any]:
    """Return the routes of assets, and of the licences that lie beside them (under plain names)."""
    licences: Router = create_static_files_router(
        f"{PUBLIC_PATH}licences",
        [STATIC / "licences"],
        opt=_OPEN,
        include_in_schema=False,
        name="licences",
    )
    return [send_asset, licences]
