"""With whom the reader shares contact data, and that of the children."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.contacts import _
from aula_plugins.contacts.pages import wording
from aula_plugins.contacts.pages.forms import read_choice
from aula_plugins.contacts.service import sharing
from aula_sdk.contributions import needs
from aula_sdk.ids import PROFILE
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit, Shell

SEE = needs("contacts.choose_sharing")
CHOOSE = needs("contacts.choose_sharing", step_up=True, too_young=True)
"""To change what others see of one takes a second factor of everybody who is old enough to have
one, to look at it does not (LOG-15)."""


class SharingPages(Controller):
    """``/contacts/sharing``."""

    path = "/sharing"

    @get("/", opt=SEE)
    async def show_choices(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the choice for oneself, and for each child of whom one has custody."""
        return await _page(actor, read, platform, shell)

    @post("/", opt=CHOOSE)
    async def choose(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Keep one choice."""
        person, audience = await read_choice(request)
        if audience is None:
            return await _page(actor, read, platform, shell, missing=person)
        async with platform.write(actor) as write:
            kept = await sharing.choose(write, platform, actor, PROFILE.parse(person), audience)
        toast = _("Kept: shared with %(audience)s") % {
            "audience": str(wording.AUDIENCES[kept.in_force]).lower()
        }
        return shell.see_other(f"/contacts/sharing#{kept.id}", toast=toast)


async def _page(
    actor: Actor, read: ReadUnit, platform: Platform, shell: Shell, *, missing: str = ""
) -> Response[Any]:
    choices = await sharing.list_choices(read, platform, actor)
    is_pupil = actor.role is Kind.PUPIL
    context = {
        "choices": choices,
        "others_choose": [child.name for child in actor.children if not child.custody],
        "is_pupil": is_pupil,
        "age": None if choices else await sharing.age_to_choose(read, actor),
        "missing": missing,
        "say": wording,
    }
    return await shell.page(
        "contacts/sharing.html",
        context,
        title=_("Who sees my contact data"),
        status_code=422 if missing else 200,
    )
