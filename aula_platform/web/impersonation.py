"""Seeing the site as somebody else, to help them: asked for with a reason, ended by one button.

What is closed meanwhile, `looking_on` says.
"""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from aula_platform.identity.impersonation import (
    NewImpersonation,
    begin_impersonation,
    end_impersonation,
)
from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.tables import MAX_REASON
from aula_platform.permissions.support.glass import owners_of
from aula_platform.permissions.support.reviewing import SupportDesk
from aula_platform.permissions.support.seeing import SeeingAs, Seen, supporter_of
from aula_platform.storage import EVERYWHERE, Read, Who
from aula_platform.web.authentication import storage_of, unit_of
from aula_platform.web.frame import ROLE_LABELS
from aula_platform.web.looking_on import ENDS_SUPPORT
from aula_sdk.audit import AuditKind
from aula_sdk.contributions import needs, public
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.i18n import gettext_for, ngettext_for
from aula_sdk.ids import GLASS, PROFILE
from aula_sdk.operations import BREAK_GLASS, SEE_AS
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Shell, WriteUnit

_, _n = gettext_for("aula"), ngettext_for("aula")
AnyRequest = Request[Any, Any, Any]
PLACE = "/see-as"
ENDED = "identity.see_as_ended"
_STEP = 5
_AT_ONCE = timedelta(minutes=30)


class SeeAsForm(msgspec.Struct, kw_only=True):
    """What the form sends."""

    reason: str = ""
    minutes: str = ""


class SeeAsPages(Controller):
    """The form before it, and the button after it."""

    path = PLACE
    include_in_schema = False

    @get("/{profile_id:str}", opt=needs(SEE_AS, step_up=True))
    async def ask(
        self,
        request: AnyRequest,
        profile_id: FromPath[str],
        actor: NamedDependency[Actor],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Say what it means to see the site as this person, and ask why."""
        whom, _left = await _find(request, unit_of(request.scope), actor, profile_id)
        return await _page(request, shell, whom, SeeAsForm(), {})

    @post("/{profile_id:str}", opt=needs(SEE_AS, step_up=True))
    async def begin(
        self,
        request: AnyRequest,
        profile_id: FromPath[str],
        data: Annotated[SeeAsForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """See the site as the person from the next page on."""
        session = _own_session(request)
        whom, _left = await _find(request, unit_of(request.scope), actor, profile_id)
        reason, offered = data.reason.strip(), _minutes(request)
        wrong: dict[str, str] = {}
        if not reason:
            wrong["reason"] = str(_("Say why. The person reads it."))
        if len(reason) > MAX_REASON:
            wrong["reason"] = str(_("That is too long"))
        if data.minutes not in {str(one) for one in offered}:
            wrong["minutes"] = str(_("Choose one of the times"))
        if wrong:
            return await _page(request, shell, whom, data, wrong)
        by, _person = supporter_of(actor, SEE_AS, whom.municipality_id, whom.institution_id)
        new = NewImpersonation(
            whom.municipality_id, whom.institution_id, whom.profile_id, whom.person_id, by,
            reason, timedelta(minutes=int(data.minutes)),
        )  # fmt: skip
        key = await begin_impersonation(write, session.id, new)
        write.audit(
            SEE_AS,
            municipality_id=whom.municipality_id,
            object_id=key,
            subjects=(whom.profile_id,),
            details={"minutes": int(data.minutes), "as": whom.profile_id.hex},
            kind=AuditKind.LOOK,
        )
        return shell.see_other("/")

    @post(
        "/end", opt=public("one's own session is one's own again") | {ENDS_SUPPORT: True},
        status_code=303,
    )  # fmt: skip
    async def end(self, request: AnyRequest, shell: NamedDependency[Shell]) -> Response[Any]:
        """Be oneself again."""
        session: SessionRow | None = request.scope.get("auth")
        if session is None or session.seeing is None:
            raise NotFound
        await end_now(request, session)
        return shell.see_other("/", toast=_("You are yourself again"))


class GlassPages(Controller):
    """What was approved is opened, by who has asked for it alone."""

    path = "/break-glass"
    include_in_schema = False

    @post("/{glass_id:str}", opt=needs(BREAK_GLASS, step_up=True), status_code=303)
    async def open(
        self,
        request: AnyRequest,
        glass_id: FromPath[str],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Read what the person reads there from the next page on, for half an hour at most."""
        session = _own_session(request)
        desk: SupportDesk = request.app.state.platform.support
        seeing: SeeingAs = request.app.state.seeing
        read = unit_of(request.scope)
        glass = await desk.open(read, actor, GLASS.parse(glass_id))
        whom, _left = await seeing.find(read, actor, glass.profile_id, glass)
        owners = await owners_of(read, glass.profile_id)
        if glass.ends_at is None or glass.asker_id is None:
            raise NotFound
        new = NewImpersonation(
            whom.municipality_id, whom.institution_id, whom.profile_id, whom.person_id,
            glass.asker_id, glass.reason, min(_AT_ONCE, glass.ends_at - write.now), glass.id,
            tuple(owners),
        )  # fmt: skip
        key = await begin_impersonation(write, session.id, new)
        write.audit(
            BREAK_GLASS,
            municipality_id=whom.municipality_id,
            object_id=key,
            subjects=(whom.profile_id,),
            details={"glass": glass.id.hex, "as": whom.profile_id.hex},
            kind=AuditKind.LOOK,
        )
        return shell.see_other(f"/{glass.area}")


async def end_now(request: AnyRequest, session: SessionRow) -> None:
    """End the session's seeing as somebody else, and have it audited as both."""
    actor: Actor | None = request.scope.get("user")
    await unit_of(request.scope).close()
    if session.seeing is None or actor is None or actor.seen_by is None:
        return
    by = actor.seen_by
    async with storage_of(request.app).write(EVERYWHERE) as write:
        await end_impersonation(write, session.seeing.id)
        write.audit(
            ENDED,
            municipality_id=actor.profiles[0].municipality_id,
            object_id=session.seeing.id,
            details={"as": actor.profiles[0].id.hex},
            by=Who(by.account_id, by.person_id, (by.profile_id,), by.role.value, int(by.assurance)),
        )


async def _find(
    request: AnyRequest, read: Read, actor: Actor, profile_id: str
) -> tuple[Seen, Actor]:
    seeing: SeeingAs = request.app.state.seeing
    return await seeing.find(read, actor, PROFILE.parse(profile_id))


def _own_session(request: AnyRequest) -> SessionRow:
    """Return the session; raise `Forbidden` to programs, which have none."""
    session: SessionRow | None = request.scope.get("auth")
    if session is None or not session.is_whole:
        raise Forbidden
    return session


def _minutes(request: AnyRequest) -> list[int]:
    most: int = request.app.state.settings.support.see_as_minutes
    return [one for one in range(_STEP, most + 1, _STEP) if one < most] + [most]


async def _page(
    request: AnyRequest, shell: Shell, whom: Seen, typed: SeeAsForm, errors: dict[str, str]
) -> Response[Any]:
    context = {
        "profile": PROFILE.format(whom.profile_id),
        "name": whom.name,
        "institution": whom.institution,
        "role": str(ROLE_LABELS[Kind(whom.kind)]),
        "typed": typed,
        "errors": errors,
        "longest": MAX_REASON,
        "minutes": [
            {"value": str(one), "label": str(_n("%(count)s minute", "%(count)s minutes", one))}
            for one in _minutes(request)
        ],
    }
    title = _("See as %(name)s") % {"name": whom.name}
    status = 422 if errors else 200
    return await shell.page("aula/see_as.html", context, title=title, status_code=status)
