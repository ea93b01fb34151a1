"""The stream that tells an open page what has changed; the page then fetches it anew (rule 22)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import ServerSentEvent, ServerSentEventMessage

from aula_platform.events import LiveHub
from aula_platform.identity.cookies import session_cookie_name
from aula_platform.permissions.actors import ActorLoader
from aula_platform.storage import GLOBAL
from aula_platform.web.authentication import find_out_who, storage_of, unit_of
from aula_platform.web.looking_on import IN_PERSON
from aula_platform.web.overview import USE
from aula_platform.web.problems import TooMany
from aula_sdk.contributions import needs
from aula_sdk.people import Actor

AnyRequest = Request[Any, Any, Any]
StillSame = Callable[[AnyRequest], Awaitable[bool]]

HEARTBEAT_SECONDS = 20.0
MOST_STREAMS = 8
"""How many streams one account may have open in this process; a browser holds one."""


async def is_still_same(request: AnyRequest) -> bool:
    """Whether the session that opened the stream lives, and still has the same profiles and rights.

    Read from the database at each wake, so that a sign-out, a change of role, a profile's end, a
    child's coming or going or a decision about rights ends the stream (R7). The page then
    opens another, as who one is now.
    """
    before: Actor = request.scope["user"]
    name = session_cookie_name(request.app.state.settings.site.url)
    actors: ActorLoader = request.app.state.actors
    async with storage_of(request.app).read(GLOBAL) as read:
        session, now = await find_out_who(read, actors, request.cookies.get(name, ""))
    if now is None or _profiles(now) != _profiles(before):
        return False
    if session is None or session.seeing is not None:
        return False
    # The age limit for what is sensitive moves no other right, and pages show ways to it.
    if now.may_step_up != before.may_step_up:
        return False
    return now.holdings == before.holdings and now.children == before.children


def _profiles(actor: Actor) -> frozenset[UUID]:
    return frozenset(profile.id for profile in actor.profiles)


def make_live_route(still_same: StillSame = is_still_same) -> HTTPRouteHandler:
    """Return the handler of ``GET /live``; ``still_same`` is asked before anything is told."""

    @get(
        "/live",
        opt=needs(USE) | {"uncompressed": True} | IN_PERSON,
        include_in_schema=False,
        # A stream has no end: what compresses would wait for one before it lets anything out.
        response_headers={"Content-Encoding": "identity"},
    )
    async def stream_changes(request: AnyRequest, actor: NamedDependency[Actor]) -> ServerSentEvent:
        """Tell the names of topics that change for the actor's profiles, until the page closes."""
        # A stream lasts for hours and must not keep a connection of the pool.
        await unit_of(request.scope).close()
        hub: LiveHub = request.app.state.hub
        if hub.count(actor.account_id) >= MOST_STREAMS:
            raise TooMany
        return ServerSentEvent(_tell(request, actor, hub, still_same))

    return stream_changes


async def _tell(
    request: AnyRequest, actor: Actor, hub: LiveHub, still_same: StillSame
) -> AsyncIterator[ServerSentEventMessage]:
    with hub.subscribe(_profiles(actor), owner=actor.account_id) as stream:
        yield ServerSentEventMessage(comment="open", data=None, retry=2000)
        while True:
            topics = await stream.take(HEARTBEAT_SECONDS)
            if stream.closed or not await still_same(request):
                return
            for topic in topics:
                yield ServerSentEventMessage(event="changed", data=topic)
            if not topics:
                yield ServerSentEventMessage(comment="here", data=None)
