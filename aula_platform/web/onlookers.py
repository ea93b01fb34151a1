"""Who has looked at one's data: a page below the profile, and the same for programs."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.types import ControllerRouterHandler

from aula_platform.identity.admission import ROLE_TITLES
from aula_platform.identity.impersonation import know_of_access
from aula_platform.identity.sessions import SessionRow
from aula_platform.permissions.onlookers import LOOK, Onlooker, list_onlookers
from aula_platform.permissions.support.told import SeenAs, list_seen_as
from aula_platform.plugin_host import Host
from aula_platform.web.overview import USE
from aula_sdk.audit import AuditKind
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.ids import GLASS, IMPERSONATION, WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit, Shell, WriteUnit

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
PAGE_URL = "/profile/looks"
After = Annotated[
    str | None,
    QueryParameter(name="after", required=False, max_length=100, description="`next` of a page"),
]
_OWN = needs(USE) | {"own_device": True}
_SYSTEM = _("The platform itself")
_UNKNOWN = _("A right that is not given any more")


class LookItem(msgspec.Struct, frozen=True):
    """A reading of one's own or one's child's data."""

    id: str
    at: datetime
    kind: str
    about: tuple[str, ...]
    role: str
    institution: str
    """Empty where it is not told."""
    name: str
    """Empty unless the municipality tells the names of employees."""
    purpose: str


class LookList(msgspec.Struct, frozen=True):
    """A page of them, the latest first."""

    items: list[LookItem]
    next: str | None = None


class SeenAsItem(msgspec.Struct, frozen=True):
    """That somebody has had access to what oneself or one's child reads."""

    id: str
    began_at: datetime
    ended_at: datetime
    reason: str
    about: str
    area: str
    """What was opened by special access; empty for support, which saw what is ordinary."""
    role: str
    """Empty when nobody knows any more who it was."""
    institution: str
    name: str
    """Empty unless the municipality tells the names of employees."""


class SeenAsList(msgspec.Struct, frozen=True):
    """The latest of them."""

    items: list[SeenAsItem]


async def _list(request: AnyRequest, read: ReadUnit, actor: Actor, after: str | None) -> LookList:
    state = request.app.state
    before = LOOK.parse(after) if after else None
    found, following = await list_onlookers(
        read, actor, state.platform.permissions.catalogue, state.names_told, before
    )
    return LookList([_item(one) for one in found], LOOK.format(following) if following else None)


def _item(one: Onlooker) -> LookItem:
    return LookItem(
        LOOK.format(one.id),
        one.at,
        one.kind.value,
        one.about,
        str(_role(one.role)),
        one.institution,
        one.name,
        str(one.purpose or _UNKNOWN),
    )


def _role(role: str) -> Text:
    return ROLE_TITLES[Kind(role)] if role in set(Kind) else _SYSTEM


def _seen_item(one: SeenAs, host: Host) -> SeenAsItem:
    kind = GLASS if one.area else IMPERSONATION
    plugin = host.accepted.get(one.area)
    area = str(plugin.plugin.title) if plugin else one.area
    return SeenAsItem(
        kind.format(one.id), one.began_at, one.ended_at, one.reason, one.about, area,
        str(_role(one.role)) if one.role else "", one.institution, one.name,
    )  # fmt: skip


async def _list_seen(request: AnyRequest, read: ReadUnit, actor: Actor) -> SeenAsList:
    found = await list_seen_as(read, actor, request.app.state.names_told)
    host: Host = request.app.state.host
    return SeenAsList([_seen_item(one, host) for one in found])


@get("/api/v1/profile/seen-as", opt=_OWN, tags=["profile"], responses=problems())
async def list_seen(
    request: AnyRequest, actor: NamedDependency[Actor], read: NamedDependency[ReadUnit]
) -> SeenAsList:
    """List who has had access to what oneself or a child in one's custody reads, and why.

    Support sees what is ordinary; special access is named with what it opened.
    """
    return await _list_seen(request, read, actor)


@get("/api/v1/profile/looks", opt=_OWN, tags=["profile"], responses=problems(WrongIdKind))
async def list_looks(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    read: NamedDependency[ReadUnit],
    after: After = None,
) -> LookList:
    """List who has read confidential content about oneself and children in one's custody.

    One's own readings are left out. Where somebody is protected, no place is told that the reader
    does not belong to.
    """
    return await _list(request, read, actor, after)


class KnownForm(msgspec.Struct, kw_only=True):
    """Up to which moment the page has told of special access."""

    seen: str = ""


class LookPage(Controller):
    """``/profile/looks``."""

    path = PAGE_URL
    include_in_schema = False

    @get("/", opt=_OWN)
    async def show(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show who has looked, 25 at a time."""
        found = await _list(request, read, actor, after)
        session: SessionRow | None = request.scope.get("auth")
        new = session.special_access_at if session else None
        context = {
            "seen": [] if after else (await _list_seen(request, read, actor)).items,
            "new": new.isoformat() if new else "",
            "looks": found.items,
            "next": found.next,
            "tells_whom": bool(actor.children),
            "export": AuditKind.EXPORT.value,
        }
        return await shell.page("aula/looks.html", context, title=_("Who has looked"))

    @post("/known", opt=_OWN, status_code=303)
    async def know(
        self,
        data: Annotated[KnownForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Say that one knows of the special access that was shown, and of what came before."""
        try:
            seen = datetime.fromisoformat(data.seen)
        except ValueError as error:
            raise Invalid from error
        if seen.tzinfo is None:
            raise Invalid
        await know_of_access(write, actor.account_id, seen)
        return shell.see_other(PAGE_URL)


LOOK_ROUTES: tuple[ControllerRouterHandler, ...] = (list_looks, list_seen, LookPage)
