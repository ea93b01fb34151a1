"""The registry's API, version 1."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.datastructures import State as AppState
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from aula_registry import releases
from aula_registry.checking import check_manifest
from aula_registry.database import Database
from aula_registry.keys import Keys
from aula_registry.releases import ReleaseRow
from aula_registry.settings import Settings
from aula_registry.states import State, history, move
from aula_registry.vendors import vendor_of
from aula_sdk.manifest import Finding, Manifest, WidgetManifest, plain_manifest, sign_package

Req = Request[Any, Any, AppState]


class PublishBody(msgspec.Struct, forbid_unknown_fields=True):
    """A manifest, and whether it is handed in or kept as a draft."""

    manifest: dict[str, Any]
    submit: bool = True


class Published(msgspec.Struct):
    """What became of what was sent."""

    id: str
    version: str
    state: State
    sha256: str
    url: str


class Summary(msgspec.Struct):
    """A package as a list shows it."""

    id: str
    version: str
    kind: str
    title: dict[str, str]
    description: dict[str, str]
    supplier: str
    scopes: list[str]
    url: str


class SearchAnswer(msgspec.Struct):
    """The packages that were found, by name."""

    results: list[Summary]


class Version(msgspec.Struct):
    """One version of a package that is or was given out."""

    version: str
    state: State
    sha256: str
    changed_at: datetime


class Versions(msgspec.Struct):
    """All versions of a package, newest first, and the newest that is given out."""

    id: str
    versions: list[Version]
    newest: str | None


class OwnRelease(msgspec.Struct):
    """A release as its vendor sees it, with the reason of the last change."""

    id: str
    version: str
    state: State
    changed_at: datetime
    reason: str


class OwnReleases(msgspec.Struct):
    """Everything that a vendor has sent."""

    releases: list[OwnRelease]


class ProblemDocument(msgspec.Struct):
    """An error as RFC 9457 has it; ``code`` is for programs."""

    title: str
    status: int
    code: str
    type: str = "about:blank"
    detail: str = ""
    findings: list[Finding] = []


def _problems(**told: str) -> dict[int, ResponseSpec]:
    """Describe the refusals of a handler: ``_problems(_404="There is no such package")``."""
    return {
        int(status.removeprefix("_")): ResponseSpec(
            ProblemDocument, description=text, media_type="application/problem+json"
        )
        for status, text in told.items()
    }


@post(
    "/publish",
    responses=_problems(
        _401="No valid publish token",
        _403="Another vendor's package",
        _409="The version has another content",
        _422="The manifest has errors",
        _503="The check could not be run",
    ),
)
async def publish(
    request: Req,
    data: JSONBody[PublishBody],
    settings: NamedDependency[Settings],
    database: NamedDependency[Database],
) -> Published:
    """Publish a manifest: checked in a process of its own, then submitted or kept as a draft."""
    vendor = await vendor_of(request.headers.get("Authorization"))
    manifest = await check_manifest(
        data.manifest, demo=settings.is_demo, seconds=settings.check_seconds
    )
    row = await releases.publish(database, vendor, manifest, submit=data.submit)
    if settings.is_demo and row.state == "submitted":
        await move(database, row.address, "approved", actor="registry (demo)")
        row = await releases.get_release(row.address)
    return Published(row.package, row.version, row.state, row.sha256, _page(settings, row.package))


@get("/mine", responses=_problems(_401="No valid publish token"))
async def list_mine(request: Req) -> OwnReleases:
    """List the caller's own releases in every state, with what was said about them last."""
    vendor = await vendor_of(request.headers.get("Authorization"))
    found = await releases.list_of_vendor(vendor.id)
    return OwnReleases([await _own(row) for row in found])


@get("/search")
async def search(settings: NamedDependency[Settings], q: FromQuery[str] = "") -> SearchAnswer:
    """Find approved packages by the words in their names, texts and suppliers."""
    return SearchAnswer([summary_of(row, settings) for row in await releases.search(q)])


@get("/packages/{vendor:str}/{name:str}", responses=_problems(_404="There is no such package"))
async def list_versions(vendor: FromPath[str], name: FromPath[str]) -> Versions:
    """List the versions of a package."""
    rows = await releases.list_versions(f"{vendor}/{name}")
    newest = next((row.version for row in rows if row.state == "approved"), None)
    versions = [Version(row.version, row.state, row.sha256, row.changed_at) for row in rows]
    return Versions(f"{vendor}/{name}", versions, newest)


@get(
    "/packages/{vendor:str}/{name:str}/{version:str}",
    media_type=MediaType.JSON,
    responses=_problems(_404="There is no such package", _410="It is no longer given out"),
)
async def get_package(
    vendor: FromPath[str], name: FromPath[str], version: FromPath[str], keys: NamedDependency[Keys]
) -> Response[bytes]:
    """Hand out a package in its signed envelope, signed now."""
    row = await releases.get_approved(f"{vendor}/{name}", version)
    envelope = sign_package(row.read_manifest(), keys.signing, now=datetime.now(UTC))
    return Response(envelope, media_type=MediaType.JSON)


@get("/keys", media_type=MediaType.JSON)
async def get_keys(keys: NamedDependency[Keys]) -> Response[bytes]:
    """Hand out the list of the registry's keys, signed by its root key."""
    return Response(keys.key_list, media_type=MediaType.JSON)


def summary_of(row: ReleaseRow, settings: Settings) -> Summary:
    """Return a release as lists show it."""
    manifest: Manifest = row.read_manifest()
    plain = plain_manifest(manifest)
    scopes = sorted(manifest.scope_names) if isinstance(manifest, WidgetManifest) else []
    return Summary(
        id=row.package,
        version=row.version,
        kind=plain["kind"],
        title=plain["title"],
        description=plain["description"],
        supplier=manifest.supplier.name,
        scopes=scopes,
        url=_page(settings, row.package),
    )


async def _own(row: ReleaseRow) -> OwnRelease:
    told = await history(row.address)
    reason = told[-1].reason if told else ""
    return OwnRelease(row.package, row.version, row.state, row.changed_at, reason)


def _page(settings: Settings, package: str) -> str:
    return f"{settings.base_url.rstrip('/')}/packages/{package}"


def api_router() -> Router:
    """Return the routes of the API."""
    handlers = [publish, list_mine, search, list_versions, get_package, get_keys]
    return Router("/api/v1", route_handlers=handlers, tags=["registry"])
