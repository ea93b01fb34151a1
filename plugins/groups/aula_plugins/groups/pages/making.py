"""Making a group, changing one, ending one."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.api.declarations import GroupPath
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.pages.forms import GroupForm
from aula_plugins.groups.queries.groups import Head
from aula_plugins.groups.service import making, reading, template_rights, templates
from aula_plugins.groups.service.making import NewlyMade
from aula_plugins.groups.service.set_ups import SetUp
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Forbidden, Invalid, NotFound
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

CREATE, EDIT = needs("groups.create"), needs("groups.edit")
_EMPTY = GroupForm("", SetUp(), "", across=False, maker=None, template=None, rights=(), key="")


class MakingPages(Controller):
    """``/groups/new``, ``/groups/grp_…/edit``, ``/groups/grp_…/end``."""

    path = "/"

    @get("/new", opt=CREATE)
    async def show_new(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the form of a new group."""
        return await _new_page(actor, read, platform, shell, _EMPTY, {})

    @post("/new", opt=CREATE)
    async def make(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Make the group and go to its people."""
        form = await forms.read_group(request)
        try:
            async with platform.write(actor) as write:
                made = await _make(write, platform, actor, form)
        except Invalid as problem:
            errors = forms.errors_of(problem, "name")
            return await _new_page(actor, read, platform, shell, form, errors)
        toast = _("The group has been made; now add people")
        if made.left_out:
            toast = _("The group has been made, without %(rights)s; now add people") % {
                "rights": wording.keys_of(made.left_out)
            }
        return shell.see_other(f"/groups/{GROUP.format(made.id)}/people", toast=toast)

    @get("/{group_id:str}/edit", opt=needs("groups.see"))
    async def show_edit(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Show the group in a form: all of it, or what can be said of a class."""
        head = await _changeable(read, platform, actor, group_id)
        day = making.last_day(head.valid_to)
        form = msgspec.structs.replace(
            _EMPTY,
            name=head.name,
            set_up=SetUp(head.description, head.access, head.show_members, head.kinds),
            ends_on=day.isoformat() if day else "",
        )
        return await _edit_page(shell, head, form, {})

    @post("/{group_id:str}/edit", opt=needs("groups.see"))
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
        """Change the group."""
        form = await forms.read_group(request)
        head = await _changeable(read, platform, actor, group_id)
        try:
            change = making.Change(form.name, form.set_up, form.last_day)
            async with platform.write(actor) as write:
                await making.change_group(write, platform, actor, head.id, change)
        except (Invalid, Conflict) as problem:
            return await _edit_page(shell, head, form, forms.errors_of(problem, "name"))
        return shell.see_other(f"/groups/{group_id}", toast=_("The group has been changed"))

    @get("/{group_id:str}/end", opt=EDIT)
    async def ask_to_end(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Ask before the group ends."""
        head = await reading.load_head(read, platform, actor, GROUP.parse(group_id))
        if not head.may_edit:
            raise Forbidden
        context = {"head": head, "say": wording}
        return await shell.page("groups/end.html", context, title=_("End the group?"))

    @post("/{group_id:str}/end", opt=EDIT)
    async def end(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """End the group."""
        await making.end_group(write, platform, actor, GROUP.parse(group_id))
        return shell.see_other("/groups", toast=_("The group has ended"))


async def _make(write: WriteUnit, platform: Platform, actor: Actor, form: GroupForm) -> NewlyMade:
    new = making.NewGroup(form.name, form.set_up, form.across, form.last_day, form.maker)
    if form.template is None:
        return await making.create_group(write, platform, actor, new, key=form.key)
    try:
        return await making.create_from_template(
            write, platform, actor, new, form.template, key=form.key
        )
    except NotFound:
        reason = _("The template is not there any more; choose another one, or none")
        raise wrong_field("template", reason, "gone") from None


async def _changeable(read: ReadUnit, platform: Platform, actor: Actor, group_id: str) -> Head:
    head = await reading.load_head(read, platform, actor, GROUP.parse(group_id))
    if not (head.may_edit if head.made_here else head.may_set_up):
        raise Forbidden
    return head


async def _new_page(
    actor: Actor,
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    form: GroupForm,
    errors: dict[str, str],
) -> Response[Any]:
    makers = making.makers(actor)
    known = await templates.list_templates(read, actor, "groups.create")
    context = {
        "form": form,
        "makers": [
            {"value": PROFILE.format(one.id), "label": one.institution_name} for one in makers
        ],
        "maker": PROFILE.format(form.maker) if form.maker else "",
        "templates": [
            {"value": "", "label": str(_("None: as I say below"))},
            *({"value": one.key, "label": wording.name_among(one, known)} for one in known),
        ],
        "template": TEMPLATE.format(form.template) if form.template else "",
        "has_templates": bool(known),
        "said": await template_rights.tell(read, platform, actor, known),
        "may_across": actor.can("groups.create_across"),
        "errors": errors,
        "say": wording,
        "kinds": [kind.value for kind in form.set_up.kinds],
    }
    status = 422 if errors else 200
    return await shell.page("groups/new.html", context, title=_("New group"), status_code=status)


async def _edit_page(
    shell: Shell, head: Head, form: GroupForm, errors: dict[str, str]
) -> Response[Any]:
    context = {
        "head": head,
        "form": form,
        "errors": errors,
        "say": wording,
        "kinds": [kind.value for kind in form.set_up.kinds],
    }
    title = _("Change the group")
    status = 422 if errors else 200
    return await shell.page("groups/edit.html", context, title=title, status_code=status)
