"""Managing who is in a group and who looks after it."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.api.declarations import AfterMember, GroupPath, profile_of
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.queries.groups import Head
from aula_plugins.groups.service import finding, members, reading
from aula_plugins.groups.service.members import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Forbidden, Invalid
from aula_sdk.i18n import Text, ngettext_for
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

_n = ngettext_for("groups")
MANAGE = needs("groups.manage_members")


class PeoplePages(Controller):
    """``/groups/grp_…/people``."""

    path = "/{group_id:str}/people"

    @get("/", opt=MANAGE)
    async def show_people(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
        after: AfterMember = None,
    ) -> Response[Any]:
        """Show the members, parts and editors, each with what can be done about it."""
        return await _page(actor, read, platform, shell, group_id, after=after)

    @post("/", opt=MANAGE)
    async def change(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Do what the button said: search, add, remove."""
        form = await request.form()
        words, role = forms.text(form, "q")[:100], forms.text(form, "role")
        if "search" in form:
            return await _page(actor, read, platform, shell, group_id, words=words, role=role)
        try:
            toast = await _act(form, actor, platform, group_id, role)
        except (Invalid, Conflict) as problem:
            errors = forms.errors_of(problem, "people")
            return await _page(
                actor, read, platform, shell, group_id, words=words, role=role, errors=errors
            )
        return shell.see_other(f"/groups/{group_id}/people", toast=toast)

    @post("/find", opt=MANAGE, status_code=200)
    async def find(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Show whom the words find, for the list that comes while one types."""
        words = forms.text(await request.form(), "q")[:100]
        found = await finding.find_people(read, platform, actor, GROUP.parse(group_id), words)
        context = {"found": found, "words": words, "say": wording}
        return await shell.part("groups/found.html", context)


async def _act(
    form: FormMultiDict, actor: Actor, platform: Platform, group_id: str, role: str
) -> Text:
    group = GROUP.parse(group_id)
    remove = forms.text(form, "remove")
    chosen = forms.texts(form, "recipient")
    async with platform.write(actor) as write:
        if remove and role == "editor":
            await members.remove_editor(write, platform, actor, group, PROFILE.parse(remove))
            return _("No longer looks after the group")
        if remove:
            choices = parse_choices([remove])
            for part in choices.parts:
                await members.remove_part(write, platform, actor, group, part)
            for person in choices.people:
                await members.remove_person(write, platform, actor, group, person)
            return _("Removed from the group")
        choices = parse_choices(chosen)
        if role == "editor":
            for person in choices.people:
                await members.add_editor(write, platform, actor, group, person)
            return _("Looks after the group from now on")
        settled = await members.add_people(write, platform, actor, group, choices)
        count = len(settled.gained)
        return _n("%(count)s person was added", "%(count)s people were added", count)


async def _page(
    actor: Actor,
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    group_id: str,
    *,
    words: str = "",
    role: str = "",
    errors: dict[str, str] | None = None,
    after: str | None = None,
) -> Response[Any]:
    opened = await reading.open_group(read, platform, actor, GROUP.parse(group_id))
    head = _manageable(opened.head)
    found = await finding.find_people(
        read, platform, actor, head.id, words, employees=role == "editor"
    )
    page = opened.members
    if after:
        page = await reading.list_members(read, platform, actor, head.id, profile_of(after))
    context = {
        "head": head,
        "opened": opened,
        "members": page.items,
        "next": PROFILE.format(page.next) if page.next else None,
        "found": found,
        "words": words,
        "role": role,
        "errors": errors or {},
        "say": wording,
    }
    status = 422 if errors else 200
    title = _("People in the group")
    return await shell.page("groups/people.html", context, title=title, status_code=status)


def _manageable(head: Head) -> Head:
    if not head.may_manage_members:
        raise Forbidden
    return head
