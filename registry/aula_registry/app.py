"""The service: where the registry's parts are joined."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.datastructures import State as AppState
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig

from aula_registry import database as databases
from aula_registry.api import api_router
from aula_registry.database import Database
from aula_registry.keys import Keys
from aula_registry.pages import POLICY, page_handlers, problem_page
from aula_registry.problems import Problem
from aula_registry.settings import Settings

MAX_BODY_BYTES = 200_000
_log = logging.getLogger(__name__)
Req = Request[Any, Any, AppState]

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_app(settings: Settings, database: Database, keys: Keys) -> Litestar:
    """Return the service over a connected, migrated database and loaded keys."""

    @asynccontextmanager
    async def hold_connections(_app: Litestar) -> AsyncIterator[None]:
        async with databases.pool(database):
            yield

    return Litestar(
        route_handlers=[health, api_router(), *page_handlers()],
        dependencies={
            "settings": _given(settings),
            "database": _given(database),
            "keys": _given(keys),
        },
        lifespan=[hold_connections],
        exception_handlers={
            Problem: show_problem,
            HTTPException: show_http_exception,
            Exception: show_fault,
        },
        request_max_body_size=MAX_BODY_BYTES,
        response_headers=HEADERS,
        logging_config=None,
        openapi_config=OpenAPIConfig(title="Aula registry", version="1", path="/api/schema"),
    )


@get("/health", media_type=MediaType.TEXT, include_in_schema=False)
async def health(database: NamedDependency[Database]) -> str:
    """Say that the service and its database answer."""
    await databases.ping(database)
    return "ok"


def show_problem(request: Req, problem: Problem) -> Response[Any]:
    """Answer with a problem document in the API, with a page elsewhere."""
    if not request.url.path.startswith("/api/"):
        return problem_page(request, problem)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None  # noqa: PLR2004
    return _document(problem.document(), problem.status, headers)


def show_http_exception(request: Req, error: HTTPException) -> Response[Any]:
    """Answer the framework's own refusals (404, 405, a body that does not fit) the same way."""
    return show_problem(request, _Refused(error))


def show_fault(request: Req, error: Exception) -> Response[Any]:
    """Log what went wrong on our side, and tell nothing of it."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return show_problem(request, _Fault())


class _Fault(Problem):
    status = 500
    code = "registry.fault"
    title = "Something went wrong in the registry"


class _Refused(Problem):
    """A refusal of the framework, as one of ours."""

    code = "request.refused"

    def __init__(self, error: HTTPException) -> None:
        super().__init__(error.detail)
        self.status = error.status_code


def _document(body: dict[str, Any], status: int, headers: dict[str, str] | None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def _given(value: Any) -> Provide:
    give: Callable[[], Any] = lambda: value  # noqa: E731 - Provide wants a callable of no arguments.
    return Provide(give, sync_to_thread=False)
