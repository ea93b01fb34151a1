"""Roles and their rights, and why a person may do something."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import PlacePath, ProfilePath, RolePath
from aula_plugins.administration.pages import wording
from aula_plugins.administration.pages.forms import (
    AnyRequest,
    Typed,
    errors_of,
    read_rights,
    read_word,
)
from aula_plugins.administration.schemas import PersonRights
from aula_plugins.administration.service import giving, rights, support
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.grants import EXPLAIN, GRANT
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

DECIDE, ASK = needs(GRANT), needs(EXPLAIN)


class RightsPages(Controller):
    """``/administration/rights``."""

    path = "/rights"

    @get("/", opt=DECIDE)
    async def show_places(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show where one decides; who has one place only goes there at once."""
        places = await rights.list_places(read, platform, actor)
        if len(places) == 1:
            return shell.see_other(f"/administration/rights/{places[0].id}")
        context = {"places": places}
        return await shell.page("administration/rights.html", context, title=_("Rights"))

    @get("/{place_id:str}", opt=DECIDE)
    async def show_roles(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Show the roles there, who has been given one, and a way to ask about a person."""
        return await _roles_page(read, platform, actor, shell, place_id, Typed())

    @post("/{place_id:str}", opt=DECIDE)
    async def make_role(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Make a role, and go on to its rights."""
        name = await read_word(request, "name")
        try:
            async with platform.write(actor) as write:
                key = await rights.make_role(write, platform, actor, place_id, name)
        except Invalid as problem:
            errors = errors_of(problem, "name")
            typed = Typed({"name": name}, errors)
            return await _roles_page(read, platform, actor, shell, place_id, typed)
        toast = _("The role is made; now say what it may do")
        return shell.see_other(f"/administration/rights/{place_id}/{key}", toast=toast)

    @post("/{place_id:str}/people", opt=DECIDE)
    async def find_people(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Show people by name; what was typed is in no address (rule 25)."""
        typed = Typed({"words": (await read_word(request, "words"))[:100]})
        return await _roles_page(read, platform, actor, shell, place_id, typed)

    @get("/{place_id:str}/{role:str}", opt=DECIDE)
    async def show_role(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        role: RolePath,
    ) -> Response[Any]:
        """Show a role with its rights, and what can be changed."""
        view = await rights.open_role(read, platform, actor, place_id, role)
        context = {"view": view, "say": wording, "address": f"/administration/rights/{place_id}"}
        return await shell.page("administration/role.html", context, title=view.role.title)

    @post("/{place_id:str}/{role:str}", opt=DECIDE)
    async def decide(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        role: RolePath,
    ) -> Response[Any]:
        """Keep what was changed in the form: all of it, or nothing."""
        wanted = await read_rights(request)
        await rights.open_role(write, platform, actor, place_id, role)
        await rights.decide(write, platform, actor, place_id, role, wanted)
        toast = _("The rights are kept") if wanted else _("Nothing was changed")
        return shell.see_other(f"/administration/rights/{place_id}/{role}", toast=toast)

    @post("/{place_id:str}/{role:str}/drop", opt=DECIDE)
    async def drop_role(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        role: RolePath,
    ) -> Response[Any]:
        """Remove a role that was made here."""
        await rights.drop_role(write, platform, actor, place_id, role)
        return shell.see_other(f"/administration/rights/{place_id}", toast=_("The role is gone"))


class WhyPages(Controller):
    """``/administration/why/…``."""

    path = "/why"

    @get("/{profile_id:str}", opt=ASK)
    async def show_person(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show what a person may do, and which role and level decided each of it."""
        view = await rights.explain(read, platform, actor, profile_id)
        return await _why_page(read, platform, actor, shell, view, Typed())

    @post("/{profile_id:str}", opt=ASK)
    async def ask_about_thing(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Show what the person may do to one thing, by the address of its page."""
        address = (await read_word(request, "address"))[:500]
        view = await rights.explain(write, platform, actor, profile_id)
        try:
            items = await giving.explain_address(write, platform, actor, profile_id, address)
        except Invalid as problem:
            errors = errors_of(problem, "address")
            typed = Typed({"address": address}, errors)
            return await _why_page(write, platform, actor, shell, view, typed)
        view = PersonRights(view.person, items)
        return await _why_page(write, platform, actor, shell, view, Typed({"address": address}))


async def _why_page(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    shell: Shell,
    view: PersonRights,
    typed: Typed,
) -> Response[Any]:
    context = {
        "view": view,
        "typed": typed,
        "may_give": actor.can(GRANT),
        "ways": await support.list_ways(read, platform, actor, view.person.profile),
        "is_about_thing": bool(typed.values) and not typed.errors,
    }
    status = 422 if typed.errors else 200
    return await shell.page(
        "administration/why.html", context, title=view.person.name, status_code=status
    )


async def _roles_page(
    read: ReadUnit, platform: Platform, actor: Actor, shell: Shell, place_id: str, typed: Typed
) -> Response[Any]:
    found = await rights.list_roles(read, platform, actor, place_id)
    words = typed.values.get("words", "")
    people = await rights.find_people(read, platform, actor, place_id, words) if words else None
    context = {
        "found": found,
        "address": f"/administration/rights/{found.place.id}",
        "people": people,
        "typed": typed,
    }
    title = _("Rights: %(place)s") % {"place": found.place.name}
    status = 422 if typed.errors else 200
    return await shell.page("administration/roles.html", context, title=title, status_code=status)
