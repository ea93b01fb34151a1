"""The registry's pages: a list to search in, and a page for each package."""

from pathlib import Path
from typing import Any

import jinja2
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State as AppState
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.static_files import create_static_files_router

from aula_registry import releases
from aula_registry.problems import Problem
from aula_registry.states import history
from aula_registry.texts import LOCALES, choose_locale, translations
from aula_sdk.manifest import SCOPE_SENTENCES, WidgetManifest

HERE = Path(__file__).parent
Req = Request[Any, Any, AppState]

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@get("/", media_type=MediaType.HTML, include_in_schema=False)
async def list_packages(
    request: Req, q: FromQuery[str] = "", lang: FromQuery[str] = ""
) -> Response[str]:
    """Show the packages that hold the words searched for."""
    rows = await releases.search(q)
    found = [(row, row.read_manifest()) for row in rows]
    return _page(request, lang, "list.html", found=found, q=q)


@get("/packages/{vendor:str}/{name:str}", media_type=MediaType.HTML, include_in_schema=False)
async def show_package(
    request: Req, vendor: FromPath[str], name: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """Show what a package is, what data it asks for and what became of its versions."""
    rows = await releases.list_versions(f"{vendor}/{name}")
    newest = next((row for row in rows if row.state == "approved"), rows[0])
    manifest = newest.read_manifest()
    return _page(
        request,
        lang,
        "package.html",
        row=newest,
        rows=rows,
        manifest=manifest,
        is_widget=isinstance(manifest, WidgetManifest),
        scope_sentences=SCOPE_SENTENCES,
        history=await history(newest.address),
    )


def problem_page(request: Req, problem: Problem) -> Response[str]:
    """Show a refusal as a page."""
    page = _page(request, request.query_params.get("lang", ""), "problem.html", problem=problem)
    page.status_code = problem.status
    return page


def _page(request: Req, lang: str, template: str, **context: Any) -> Response[str]:
    locale = choose_locale(lang, request.headers.get("Accept-Language", ""))
    html = _environment.get_template(template).render(
        _=translations(locale).gettext,
        locale=locale,
        locales=LOCALES,
        path=request.url.path,
        **context,
    )
    headers = {"Content-Language": locale, "Vary": "Accept-Language"}
    return Response(html, media_type=MediaType.HTML, headers=headers)


def page_handlers() -> list[HTTPRouteHandler | Any]:
    """Return the routes of the pages and of their style sheet."""
    static = create_static_files_router("/static", [HERE / "static"])
    return [list_packages, show_package, static]
