"""Templates of one's institutions."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.api.declarations import TemplatePath
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.pages.forms import GroupForm
from aula_plugins.groups.service import template_rights, templates
from aula_plugins.groups.service.set_ups import SetUp
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.ids import PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

HANDLE = needs(templates.HANDLE)
_EMPTY = GroupForm("", SetUp(), "", across=False, maker=None, template=None, rights=(), key="")


class TemplatePages(Controller):
    """``/groups/templates``."""

    path = "/templates"

    @get("/", opt=HANDLE)
    async def show_templates(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the templates and the form of a new one."""
        return await _page(actor, read, platform, shell, _EMPTY, {})

    @post("/", opt=HANDLE)
    async def make(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Keep a template."""
        form = await forms.read_group(request)
        new = templates.NewTemplate(form.name, form.set_up, form.maker, form.rights)
        try:
            async with platform.write(actor) as write:
                await templates.make_template(write, platform, actor, new, key=form.key)
        except Invalid as problem:
            errors = forms.errors_of(problem, "name")
            return await _page(actor, read, platform, shell, form, errors)
        return shell.see_other("/groups/templates", toast=_("The template is kept"))

    @post("/{template_id:str}/drop", opt=HANDLE)
    async def drop(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
        *,
        template_id: TemplatePath,
    ) -> Response[Any]:
        """Throw a template away."""
        await templates.drop_template(write, actor, TEMPLATE.parse(template_id))
        return shell.see_other("/groups/templates", toast=_("The template is gone"))


async def _page(
    actor: Actor,
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    form: GroupForm,
    errors: dict[str, str],
) -> Response[Any]:
    makers = actor.profiles_for(templates.HANDLE)
    known = await templates.list_templates(read, actor, templates.HANDLE)
    context = {
        "templates": known,
        "said": await template_rights.tell(read, platform, actor, known),
        "matrix": await templates.choices(read, platform, actor, form.rights),
        "form": form,
        "makers": [
            {"value": PROFILE.format(one.id), "label": one.institution_name} for one in makers
        ],
        "maker": PROFILE.format(form.maker) if form.maker else "",
        "errors": errors,
        "say": wording,
        "kinds": [kind.value for kind in form.set_up.kinds],
    }
    title = _("Templates for groups")
    status = 422 if errors else 200
    return await shell.page("groups/templates.html", context, title=title, status_code=status)
