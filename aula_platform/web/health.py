"""``/health``: whether the site serves, and no more than that, for whatever watches it."""

import asyncio
from typing import Any

import sqlalchemy as sa
from litestar import Request, Response, get

from aula_platform.storage import GLOBAL
from aula_platform.web.authentication import storage_of
from aula_sdk.contributions import public

_PATIENCE_SECONDS = 3.0
_ask = sa.select(sa.literal(1))


@get("/health", opt=public("whatever watches the site has no account"), include_in_schema=False)
async def say_health(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Answer 200 while pages can be served, 503 while the database does not answer.

    What else may be wrong is for operators (`aula_sdk.health`): nobody else learns of it here.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), storage_of(request.app).read(GLOBAL) as read:
            await read.scalar(_ask)
    except Exception:  # noqa: BLE001  # However it fails, nothing can be served.
        return Response({"status": "no database"}, status_code=503)
    return Response({"status": "ok"})
