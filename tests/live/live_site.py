"""An application with nothing but the live stream; started as a program it serves it."""

import asyncio
import sys
from typing import Any
from uuid import UUID

import uvicorn
from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.types import ASGIApp, Receive, Scope, Send

from aula_platform.events import LiveHub
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.web.authentication import READ_UNIT
from aula_platform.web.live import StillSame, make_live_route
from aula_platform.web.problems import json_answer, problem_of
from aula_sdk.errors import NotSignedIn
from aula_sdk.people import Actor, ActorProfile, Kind


def make_actor(number: int) -> Actor:
    """Return the guardian of that number; equal numbers are the same account."""
    own = UUID(int=number)
    profile = ActorProfile(own, own, UUID(int=1), UUID(int=2), Kind.GUARDIAN, "A", "B")
    return Actor(own, Kind.GUARDIAN, "A", (profile,), (), {})


class SignedByHeader:
    """Signs in the actor whose number stands in the header, as `Authenticate` does by a cookie."""

    def __init__(self, app: ASGIApp, storage: Storage) -> None:
        self.app = app
        self.storage = storage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = dict(scope["headers"]).get(b"x-actor")
        async with self.storage.read(EVERYWHERE) as unit:
            scope["user"] = make_actor(int(number)) if number else None
            scope.setdefault("state", {})[READ_UNIT] = unit
            await self.app(scope, receive, send)


async def _find_actor(request: Request[Any, Any, Any]) -> Actor:
    if request.scope["user"] is None:
        raise NotSignedIn
    found: Actor = request.scope["user"]
    return found


def make_app(storage: Storage, hub: LiveHub, still_same: StillSame) -> Litestar:
    """Return the application around ``hub``."""
    app = Litestar(
        route_handlers=[make_live_route(still_same)],
        dependencies={"actor": Provide(_find_actor)},
        middleware=[lambda app: SignedByHeader(app, storage)],
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1, exclude_opt_key="uncompressed"
        ),
        exception_handlers={
            Exception: lambda request, error: json_answer(request, problem_of(error))
        },
        logging_config=None,
        openapi_config=None,
    )
    app.state.hub = hub
    return app


async def _always(_request: object) -> bool:
    return True


def _serve(port: int) -> None:
    hub = LiveHub()
    app = make_app(Storage("sqlite:///:memory:"), hub, _always)

    async def publish() -> None:
        while True:
            await asyncio.sleep(0.5)
            hub.publish("messages", [UUID(int=number) for number in range(2000)])

    async def run() -> None:
        publishing = asyncio.create_task(publish())
        config = uvicorn.Config(app, port=port, log_level="warning", lifespan="off")
        await uvicorn.Server(config).serve()
        publishing.cancel()

    asyncio.run(run())


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
