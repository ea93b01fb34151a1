"""The year roll: look at it, preview what is chosen, carry it over."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.service import beginning, rolling, templates
from aula_plugins.groups.service.beginning import Beginning
from aula_plugins.groups.service.rolling import Choice, Preview
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.i18n import ngettext_for
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

_n = ngettext_for("groups")
ROLL = needs(rolling.ROLL)
_CHOICE, _KEEP, _DROP = "to:", "", "drop"


class RollPages(Controller):
    """``/groups/roll``."""

    path = "/roll"

    @get("/", opt=ROLL)
    async def show_roll(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show what ends, what begins, and which groups made here have to follow."""
        return await _page(actor, read, platform, shell)

    @post("/", opt=ROLL)
    async def carry_over(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show who would come and go; with the button of that preview, do it."""
        form = await request.form()
        found = None
        try:
            choices = _choices(form)
            async with platform.write(actor) as write:
                if forms.text(form, "apply") == "1":
                    done = await rolling.carry_over(write, platform, actor, choices)
                    toast = _n(
                        "%(count)s group was carried over",
                        "%(count)s groups were carried over",
                        len(done),
                    )
                    return shell.see_other("/groups/roll", toast=toast)
                found = await rolling.preview(write, platform, actor, choices)
        except Invalid as problem:
            errors = forms.errors_of(problem, "choices")
            return await _page(actor, read, platform, shell, form=form, errors=errors)
        return await _page(actor, read, platform, shell, form=form, preview=found)

    @post("/template", opt=ROLL)
    async def take_template(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show which groups would take a template, and who could do what in them; with the button
        of that very preview, let them.
        """
        form = await request.form()
        key = TEMPLATE.parse(forms.text(form, "template"))
        if forms.text(form, "apply") != forms.text(form, "template"):
            found = await beginning.preview_beginning(read, platform, actor, key)
            return await _page(actor, read, platform, shell, begins=found)
        try:
            async with platform.write(actor) as write:
                found = await beginning.set_up_beginning(write, platform, actor, key)
        except Invalid as problem:
            found = await beginning.preview_beginning(read, platform, actor, key)
            errors = forms.errors_of(problem, "template")
            return await _page(actor, read, platform, shell, begins=found, errors=errors)
        count = len(found.groups)
        toast = _n("%(count)s group took it", "%(count)s groups took it", count)
        if count and found.outcome.left_out:
            # Their feature may have been switched off since the preview was shown.
            toast = _("%(taken)s, without %(rights)s") % {
                "taken": str(toast),
                "rights": wording.keys_of(found.outcome.left_out),
            }
        if found.decided:
            toast = _("%(taken)s. Left as they are: %(groups)s") % {
                "taken": str(toast),
                "groups": ", ".join(one.name for one in found.decided),
            }
        return shell.see_other("/groups/roll", toast=toast)


def _choices(form: FormMultiDict) -> list[Choice]:
    """Return what was chosen; what is to be left as it is, is no choice."""
    chosen = []
    for name in dict.fromkeys(form.keys()):
        value = forms.text(form, name)
        if name.startswith(_CHOICE) and value != _KEEP:
            target = "" if value == _DROP else value
            chosen.append(rolling.parse_choice(name.removeprefix(_CHOICE), target))
    return chosen


async def _page(
    actor: Actor,
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    *,
    form: FormMultiDict | None = None,
    preview: Preview | None = None,
    begins: Beginning | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    roll = await rolling.look(read, platform, actor)
    known = await templates.list_templates(read, actor, rolling.ROLL)
    given = {name: forms.text(form, name) for name in form} if form else {}
    context = {
        "roll": roll,
        "rows": [_row(one, given) for one in roll.repointings],
        "preview": preview,
        "begins": begins,
        "template": begins.template.key if begins else "",
        "templates": [
            {"value": one.key, "label": f"{one.name} ({one.institution_name})"} for one in known
        ],
        "errors": errors or {},
        "say": wording,
    }
    status = 422 if errors else 200
    title = _("Year roll")
    return await shell.page("groups/roll.html", context, title=title, status_code=status)


def _row(one: rolling.Repointing, given: dict[str, str]) -> dict[str, Any]:
    """Return a pair with its choices, the likeliest first; what was sent stays chosen."""
    options = [
        {"value": option.key, "label": _label(option.name, one.shared.get(option.id, 0))}
        for option in one.options
    ]
    proposed = next((row.key for row in one.options if row.id == one.proposed), _KEEP)
    name = f"{_CHOICE}{one.key}"
    return {
        "one": one,
        "name": name,
        "value": given.get(name, proposed),
        "options": [
            {"value": _KEEP, "label": str(_("Leave as it is"))},
            *options,
            {"value": _DROP, "label": str(_("Nothing: take its people out"))},
        ],
    }


def _label(name: str, shared: int) -> str:
    if not shared:
        return name
    same = _n("%(count)s person the same", "%(count)s people the same", shared)
    return f"{name} ({same})"
