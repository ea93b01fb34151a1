"""One person: what they have been given, giving them more, and taking it back."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import ProfilePath
from aula_plugins.administration.pages import wording
from aula_plugins.administration.pages.forms import (
    FIRST_DAY,
    LAST_DAY,
    AnyRequest,
    Typed,
    days_of,
    errors_of,
    read_fields,
    right_to_give,
    role_to_give,
)
from aula_plugins.administration.service import giving
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Forbidden, Invalid
from aula_sdk.grants import EXPLAIN, GRANT
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

DECIDE = needs(GRANT)
_ROLE = ("role", "deputy_for", FIRST_DAY, LAST_DAY, "sure")
_RIGHT = ("right", "decided", "group", FIRST_DAY, LAST_DAY)
_FIELDS = {"start": FIRST_DAY, "end": LAST_DAY, "group_id": "group"}


class GivingPages(Controller):
    """``/administration/people/pro_…``."""

    path = "/people/{profile_id:str}"

    @get("/", opt=DECIDE)
    async def show_person(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show what somebody has been given, with forms to give more."""
        return await _page(read, platform, actor, shell, profile_id, Typed())

    @post("/role", opt=DECIDE)
    async def give_role(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show what the role would mean; with ``sure`` give it."""
        typed = await read_fields(request, _ROLE)
        # Whose page it is comes first: of strangers nothing is said about the form.
        await giving.open_person(read, platform, actor, profile_id)
        try:
            wanted = role_to_give(typed)
            if not typed["sure"]:
                found = await giving.preview_role(read, platform, actor, profile_id, wanted)
                context = {
                    "found": found, "typed": typed, "days": days_of(typed), "say": wording,
                }  # fmt: skip
                title = _("Give a role")
                return await shell.page("administration/preview.html", context, title=title)
            async with platform.write(actor) as write:
                await giving.give_role(write, platform, actor, profile_id, wanted)
        except (Invalid, Conflict, Forbidden) as problem:
            errors = errors_of(problem, "role", _FIELDS)
            return await _page(read, platform, actor, shell, profile_id, Typed(typed, errors))
        toast = _("The role is given")
        return shell.see_other(f"/administration/people/{profile_id}", toast=toast)

    @post("/right", opt=DECIDE)
    async def give_right(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Decide a right for this person alone."""
        typed = await read_fields(request, _RIGHT)
        await giving.open_person(read, platform, actor, profile_id)
        try:
            wanted = right_to_give(typed)
            async with platform.write(actor) as write:
                await giving.give_right(write, platform, actor, profile_id, wanted)
        except (Invalid, Conflict, Forbidden) as problem:
            # The period of the other form has the same names.
            errors = {
                f"right-{name}" if name in {FIRST_DAY, LAST_DAY} else name: text
                for name, text in errors_of(problem, "right", _FIELDS).items()
            }
            return await _page(read, platform, actor, shell, profile_id, Typed(typed, errors))
        toast = _("The right is decided for this person")
        return shell.see_other(f"/administration/people/{profile_id}", toast=toast)

    @post("/take-back", opt=DECIDE)
    async def take_back(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Take back a role or a right; it is gone from the person's next page on."""
        given = (await read_fields(request, ("given",)))["given"]
        await giving.take_back_from(write, platform, actor, profile_id, given)
        toast = _("It is taken back")
        return shell.see_other(f"/administration/people/{profile_id}", toast=toast)


async def _page(
    read: ReadUnit, platform: Platform, actor: Actor, shell: Shell, profile_id: str, typed: Typed
) -> Response[Any]:
    given = await giving.open_person(read, platform, actor, profile_id)
    context = {
        "given": given,
        "choices": await giving.read_choices(read, platform, actor, profile_id),
        "typed": typed,
        "say": wording,
        "may_ask": actor.can(EXPLAIN),
    }
    status = 422 if typed.errors else 200
    return await shell.page(
        "administration/person.html", context, title=given.person.name, status_code=status
    )
