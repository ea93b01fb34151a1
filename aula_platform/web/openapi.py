"""The description of the API, at ``/api/schema/openapi.json``."""

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from aula_sdk.contributions import public
from aula_sdk.plugin import SDK_VERSION

OPENAPI = OpenAPIConfig(
    title="Aula Platform",
    version=SDK_VERSION,
    description=(
        "Every answer that is not a success is an RFC 9457 problem document. Ids name their kind "
        "(`thr_…`). Lists come in pages: pass `next` of one page as `after` to get the following."
    ),
    openapi_router=Router(
        "/api/schema",
        route_handlers=[],
        opt=public("vendors read it before they have an account"),
        include_in_schema=False,
    ),
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    use_handler_docstrings=True,
)
