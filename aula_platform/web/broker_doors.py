"""Where brokers come by themselves: with an answer in a form, or to say that a session is over.

No cookie or token of ours comes with what they send, so only the broker's own word counts.
"""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from aula_platform.identity.csrf import FROM_BROKER
from aula_platform.identity.desk import LoginDesk
from aula_platform.web.authentication import unit_of
from aula_platform.web.dependencies import LOGIN_DESK
from aula_sdk.contributions import public
from aula_sdk.errors import Invalid
from aula_sdk.login import LONGEST_ANSWER, LoginRefused

AnyRequest = Request[Any, Any, Any]
_NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/sign-in/{broker:str}/answer",
    opt={**public("a broker's form; it opens nothing by itself"), FROM_BROKER: True},
    status_code=303,
    request_max_body_size=LONGEST_ANSWER,
)
async def take_answer(
    request: AnyRequest, broker: FromPath[str], desk: NamedDependency[LoginDesk]
) -> Response[Any]:
    """Keep the broker's answer, and let the browser come for it with its cookies."""
    sent = await _read_form(request)
    await unit_of(request.scope).close()
    address = request.client.host if request.client else ""
    path = await desk.channel.keep_answer(broker, sent, address=address)
    return Redirect(path, status_code=303, headers=_NO_STORE)


@post(
    "/sign-in/{broker:str}/ended",
    opt={**public("a broker ends its sessions; its signature is asked"), FROM_BROKER: True},
    status_code=200,
    request_max_body_size=LONGEST_ANSWER,
)
async def end_by_form(
    request: AnyRequest, broker: FromPath[str], desk: NamedDependency[LoginDesk]
) -> Response[Any]:
    """End the sessions that a broker says are over: its own request, or a browser's form."""
    return await _end(request, desk, broker, await _read_form(request), "")


@get(
    "/sign-in/{broker:str}/ended",
    opt=public("a broker ends its sessions; its signature is asked"),
)
async def end_by_address(
    request: AnyRequest, broker: FromPath[str], desk: NamedDependency[LoginDesk]
) -> Response[Any]:
    """End the sessions that a broker says are over, told through the browser's address."""
    sent = {name: str(value) for name, value in request.query_params.items()}
    return await _end(request, desk, broker, sent, request.url.query)


@get(
    "/sign-in/{broker:str}/metadata",
    opt=public("an identity provider is told of us: addresses and certificates, no secret"),
    media_type="application/samlmetadata+xml",
)
async def show_metadata(broker: FromPath[str], desk: NamedDependency[LoginDesk]) -> str:
    """Show our metadata for an identity provider (SAML V2.0 Metadata)."""
    return desk.channel.tell_of_us(broker)


async def _end(
    request: AnyRequest, desk: LoginDesk, broker: str, sent: dict[str, str], query: str
) -> Response[Any]:
    await unit_of(request.scope).close()
    try:
        ended = await desk.channel.end_at_broker(broker, sent, query)
    except LoginRefused as refused:
        # OpenID Connect Back-Channel Logout 1.0, section 2.8.
        told = {"error": "invalid_request", "error_description": refused.code}
        return Response(told, status_code=400, headers=_NO_STORE)
    if ended is None:
        return Redirect("/sign-in", status_code=303, headers=_NO_STORE)
    if ended.answer_url:
        return Redirect(ended.answer_url, status_code=303, headers=_NO_STORE)
    return Response(None, status_code=200, headers=_NO_STORE)


async def _read_form(request: AnyRequest) -> dict[str, str]:
    items = list((await request.form()).multi_items())
    sent = {name: value for name, value in items if isinstance(value, str)}
    if len(sent) != len(items):
        raise Invalid
    return sent


def broker_router() -> Router:
    """Return the handlers around the site's desk."""
    return Router(
        "/",
        route_handlers=[take_answer, end_by_form, end_by_address, show_metadata],
        dependencies=LOGIN_DESK,
        include_in_schema=False,
    )
