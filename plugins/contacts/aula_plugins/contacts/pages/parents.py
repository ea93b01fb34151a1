"""Choosing the contact parents of a group."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.contacts import _
from aula_plugins.contacts.api.declarations import GroupPath
from aula_plugins.contacts.pages import wording
from aula_plugins.contacts.pages.forms import read_parents
from aula_plugins.contacts.queries.people import PRINT_SIZE
from aula_plugins.contacts.schemas import Show
from aula_plugins.contacts.service.listing import list_contacts
from aula_plugins.contacts.service.parents import set_contact_parents
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

SET = needs("contacts.set_contact_parents")


class ParentPages(Controller):
    """``/contacts/grp_…/contact-parents``."""

    path = "/{group_id:str}/contact-parents"

    @get("/", opt=SET)
    async def show_parents(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Show the guardians of the group, ticked where they are contact parents."""
        group = GROUP.parse(group_id)
        await platform.permissions.require(
            read, actor, "contacts.set_contact_parents", group, sees="contacts.see_group"
        )
        return await _page(actor, read, platform, shell, group_id, None, "")

    @post("/", opt=SET)
    async def set_parents(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Make exactly those who are ticked the contact parents."""
        chosen = await read_parents(request)
        try:
            async with platform.write(actor) as write:
                await set_contact_parents(write, platform, actor, GROUP.parse(group_id), chosen)
        except Invalid as problem:
            ticked = {PROFILE.format(one) for one in chosen}
            reason = problem.fields[0].reason
            return await _page(actor, read, platform, shell, group_id, ticked, reason)
        href = f"/contacts/{group_id}?show={Show.CONTACT_PARENTS.value}"
        return shell.see_other(href, toast=_("The contact parents are kept"))


async def _page(
    actor: Actor,
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    group_id: str,
    ticked: set[str] | None,
    error: str,
) -> Response[Any]:
    page = await list_contacts(
        read, platform, actor, GROUP.parse(group_id), Show.GUARDIANS, size=PRINT_SIZE
    )
    if ticked is None:
        ticked = {one.id for one in page.items if one.is_contact_parent}
    context = {"page": page, "ticked": ticked, "error": error, "say": wording}
    return await shell.page(
        "contacts/parents.html",
        context,
        title=_("Contact parents"),
        status_code=422 if error else 200,
    )
