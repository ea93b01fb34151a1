"""The contacts of a group: in pages, found by name, and all of them on paper."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.contacts.api.declarations import AfterPerson, GroupPath, Shown
from aula_plugins.contacts.pages import wording
from aula_plugins.contacts.pages.forms import read_words
from aula_plugins.contacts.pages.writing import can_write
from aula_plugins.contacts.queries.people import PRINT_SIZE
from aula_plugins.contacts.schemas import ContactPage, Show
from aula_plugins.contacts.service.listing import list_contacts, search_contacts
from aula_sdk.contributions import needs
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

SEE = needs("contacts.see_group")


class ListPages(Controller):
    """``/contacts/grp_…``."""

    path = "/{group_id:str}"

    @get("/", opt=SEE)
    async def show_contacts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
        show: Shown = Show.CHILDREN,
        after: AfterPerson = None,
    ) -> Response[Any]:
        """Show the people of a group, each as far as the reader may know."""
        last = PROFILE.parse(after) if after else None
        page = await list_contacts(read, platform, actor, GROUP.parse(group_id), show, last)
        context = _context(actor, platform, page) | {"show": show}
        return await shell.page("contacts/list.html", context, title=page.group.name)

    @post("/search", opt=SEE, status_code=200)
    async def search(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Show whom the words find in the group."""
        words = await read_words(request)
        page = await search_contacts(read, platform, actor, GROUP.parse(group_id), words)
        context = _context(actor, platform, page) | {"show": None, "words": words}
        return await shell.page("contacts/list.html", context, title=page.group.name)

    @get("/print", opt=SEE)
    async def show_on_paper(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
        show: Shown = Show.CHILDREN,
    ) -> Response[Any]:
        """Show all of them in one table, for printing (CON-4)."""
        page = await list_contacts(
            read, platform, actor, GROUP.parse(group_id), show, size=PRINT_SIZE
        )
        context = {"page": page, "show": show, "today": read.now, "say": wording}
        return await shell.page("contacts/print.html", context, title=page.group.name)


def _context(actor: Actor, platform: Platform, page: ContactPage) -> dict[str, Any]:
    return {
        "page": page,
        "words": "",
        "shows": list(Show),
        "can_write": can_write(actor, platform),
        "say": wording,
    }
