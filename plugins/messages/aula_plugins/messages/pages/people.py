"""Who takes part in a conversation, and adding people to it."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.messages import _
from aula_plugins.messages.api.declarations import After, ThreadPath
from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.pages import forms, wording
from aula_plugins.messages.service import finding, joining, reading
from aula_plugins.messages.service.choices import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Problem
from aula_sdk.i18n import ngettext_for
from aula_sdk.ids import PROFILE
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

_n = ngettext_for("messages")


class PeoplePages(Controller):
    """``/messages/thr_…/people``."""

    path = "/{thread_id:str}/people"

    @get("/", opt=needs("messages.see_participants"))
    async def show_people(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
        after: After = None,
    ) -> Response[Any]:
        """Show who takes part and who has left; employees see who has read it."""
        people = await reading.list_participants(
            read, platform, actor, THREAD.parse(thread_id), Cursor.parse(after)
        )
        return await _page(shell, people, finding.Candidates())

    @post("/", opt=needs("messages.add_participant"))
    async def add_people(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Add the chosen people, or look for some to choose."""
        form = await forms.read_people(request)
        thread = THREAD.parse(thread_id)
        errors: dict[str, str] = {}
        status = 200
        if not form.is_search:
            try:
                choices = parse_choices(form.recipients)
                async with platform.write(actor) as write:
                    added = await joining.add_people(write, platform, actor, thread, choices)
            except Problem as problem:
                errors, status = forms.errors_of(problem, "recipients"), problem.status
            else:
                toast = _n("%(count)s person was added", "%(count)s people were added", added)
                return shell.see_other(f"/messages/{thread_id}", toast=toast)
        people = await reading.list_participants(read, platform, actor, thread)
        sender = next(one for one in actor.profiles if one.id == people.head.profile_id)
        found = await finding.find_recipients(read, platform, actor, sender, form.words)
        return await _page(shell, people, found, words=form.words, errors=errors, status=status)


async def _page(
    shell: Shell,
    people: reading.People,
    found: finding.Candidates,
    *,
    words: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    context = {
        "head": people.head,
        "people": people.page.items,
        "next": people.page.next,
        "found": found,
        "words": words,
        "sender_key": PROFILE.format(people.head.profile_id),
        "errors": errors or {},
        "say": wording,
    }
    title = _("Who takes part")
    return await shell.page("messages/people.html", context, title=title, status_code=status)
