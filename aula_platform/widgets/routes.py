"""The two addresses of the room: the public keys, and a widget's token."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from aula_platform.widgets.room import WidgetRoom
from aula_sdk.contributions import needs, public
from aula_sdk.i18n import current_locale
from aula_sdk.people import Actor

AnyRequest = Request[Any, Any, Any]


class TokenAnswer(msgspec.Struct):
    """A token for one widget and one person, and the instant at which it ends."""

    token: str
    expires_at: str


@get(
    "/.well-known/jwks.json",
    media_type=MediaType.JSON,
    opt=public("Vendors verify widget tokens with these public keys."),
)
async def get_jwks(request: AnyRequest) -> Response[dict[str, Any]]:
    """Hand out the public keys of widget tokens; to be kept for five minutes."""
    room: WidgetRoom = request.app.state.widgets
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return Response(room.keys.jwks(datetime.now(UTC)), headers=headers)


@post(
    "/widgets/{vendor:str}/{name:str}/token",
    status_code=200,
    opt=needs("shell.use") | {"own_device": True},
    include_in_schema=False,
)
async def make_token(
    request: AnyRequest,
    vendor: FromPath[str],
    name: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[TokenAnswer]:
    """Make a token for a widget that this person sees; 403 otherwise (WID-19, WID-R2).

    None at shared devices: no vendor learns who holds the tablet (decision 0035).
    """
    room: WidgetRoom = request.app.state.widgets
    minted = room.mint(actor, f"{vendor}/{name}", current_locale())
    expires_at = minted.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Response(TokenAnswer(minted.token, expires_at), headers={"Cache-Control": "no-store"})


WIDGET_ROUTES = (get_jwks, make_token)
