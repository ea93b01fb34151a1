"""Addresses that nobody has: answered through the same doors as all others."""

from litestar import HttpMethod, route
from litestar.params import FromPath

from aula_sdk.contributions import public
from aula_sdk.errors import NotFound


@route(
    ["/{path:path}", "/api/{path:path}"],
    http_method=[HttpMethod.GET, HttpMethod.POST],
    opt=public("there is nothing here"),
    include_in_schema=False,
)
async def find_nothing(path: FromPath[str]) -> None:  # noqa: ARG001  # Whatever it is.
    """Answer 404 with a page or a problem document, with the same headers as everything else."""
    raise NotFound
