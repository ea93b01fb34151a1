"""When somebody moves or stops: what it does, and handing over what they have been given."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _, schemas
from aula_plugins.administration.api.declarations import ProfilePath
from aula_plugins.administration.pages import moving_wording, wording
from aula_plugins.administration.pages.forms import (
    FIRST_DAY,
    AnyRequest,
    Typed,
    change_to_preview,
    days_of,
    errors_of,
    hand_over_to_do,
    read_fields,
    read_several,
)
from aula_plugins.administration.service import moving
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Forbidden, Invalid
from aula_sdk.grants import GRANT
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

DECIDE = needs(GRANT)
_CHANGE = ("kind", "to", "child")
_HAND_OVER = ("successor", FIRST_DAY, "sure")
_FIELDS = {"start": FIRST_DAY, "end": FIRST_DAY}
_TITLE = _("When somebody moves or stops")


class MovingPages(Controller):
    """``/administration/people/pro_…/moving``."""

    path = "/people/{profile_id:str}/moving"

    @get("/", opt=DECIDE)
    async def show_moving(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show the forms: looking ahead, and handing over."""
        view = await moving.open_moving(read, platform, actor, profile_id)
        return await _page(shell, view, Typed())

    @post("/", opt=DECIDE)
    async def preview_change(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show what the change would do; nothing is changed."""
        typed = await read_fields(request, _CHANGE)
        # Whose page it is comes first: of strangers nothing is said about the form.
        view = await moving.open_moving(read, platform, actor, profile_id)
        try:
            wanted = change_to_preview(typed)
            found = await moving.preview_change(read, platform, actor, profile_id, wanted)
        except Invalid as problem:
            return await _page(shell, view, Typed(typed, errors_of(problem, "kind")))
        context = {"found": found, "say": moving_wording}
        return await shell.page("administration/consequences.html", context, title=_TITLE)

    @post("/hand-over", opt=DECIDE)
    async def hand_over(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show what handing over would mean; with ``sure`` do it."""
        typed = await read_fields(request, _HAND_OVER)
        things = await read_several(request, "things")
        view = await moving.open_moving(read, platform, actor, profile_id)
        try:
            wanted = hand_over_to_do(typed, things)
            if not typed["sure"]:
                seen = schemas.HandOverToPreview(wanted.successor, wanted.things)
                found = await moving.preview_hand_over(read, platform, actor, profile_id, seen)
                context = {
                    "found": found, "typed": typed, "days": days_of(typed), "say": moving_wording,
                    "gain": wording,
                }  # fmt: skip
                title = _("Hand over")
                return await shell.page("administration/hand_over.html", context, title=title)
            async with platform.write(actor) as write:
                await moving.hand_over(write, platform, actor, profile_id, wanted)
        except (Invalid, Conflict, Forbidden) as problem:
            return await _page(
                shell, view, Typed(typed, errors_of(problem, "things", _FIELDS)), things
            )
        toast = _("It is handed over")
        return shell.see_other(f"/administration/people/{profile_id}", toast=toast)


async def _page(
    shell: Shell, view: schemas.MovingView, typed: Typed, things: list[str] | None = None
) -> Response[Any]:
    context = {"view": view, "typed": typed, "chosen": things or [], "say": moving_wording}
    status = 422 if typed.errors else 200
    return await shell.page("administration/moving.html", context, title=_TITLE, status_code=status)
