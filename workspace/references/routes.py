"""``routes.md``: every address of the site, and what one needs for it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence

from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from workspace.references.site import Site
from workspace.references.tables import code, make_page, make_table

_INTRO = (
    "Which addresses there are and which right each asks for; a public one says why it is. Which "
    "*objects* somebody may reach through one is decided by [permissions](permissions.md). The API "
    "is described in full at `/api/schema/openapi.json` of every installation."
)
Row = tuple[str, str, str, str]


def make_routes(site: Site) -> str:
    """Return the page."""
    api, pages, public = [], [], []
    for path, handler in handlers_of(site):
        methods = ", ".join(
            sorted(map(str, handler.http_methods - {"HEAD", "OPTIONS"})) or ["HEAD"]
        )
        address = code(re.sub(r":\w+}", "}", path))
        said = (inspect.getdoc(handler.fn) or "").partition("\n\n")[0]
        row = (methods, address, code(handler.opt["permission"] or ""), said)
        if handler.opt["permission"] is None:
            public.append((methods, address, handler.opt["public"]))
        elif path.startswith("/api/"):
            api.append(row)
        else:
            pages.append(row)
    heads = ("method", "address", "right", "what it does")
    return make_page(
        "Routes",
        _INTRO,
        "## API",
        make_table(heads, sorted(api, key=_place)),
        "## Pages",
        make_table(heads, sorted(pages, key=_place)),
        "## Public",
        make_table(("method", "address", "why"), sorted(public, key=_place)),
    )


def _place(row: Sequence[object]) -> tuple[str, str]:
    return str(row[1]), str(row[0])


def handlers_of(site: Site) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Yield every handler of the application with its address."""
    for route in site.app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                # Litestar adds an OPTIONS handler of its own to every path.
                if handler.http_methods != {"OPTIONS"}:
                    yield route.path, handler
