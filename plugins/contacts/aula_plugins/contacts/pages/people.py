"""One person's card."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from aula_plugins.contacts.api.declarations import PersonPath
from aula_plugins.contacts.pages import wording
from aula_plugins.contacts.pages.writing import can_write
from aula_plugins.contacts.service.showing import open_card
from aula_sdk.contributions import needs
from aula_sdk.ids import PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell


class PeoplePages(Controller):
    """``/contacts/people/pro_…``."""

    path = "/people/{person_id:str}"

    @get("/", opt=needs("contacts.see_person"))
    async def show_person(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        person_id: PersonPath,
    ) -> Response[Any]:
        """Show a person: guardians or children, groups, and how to reach them."""
        card, _municipality = await open_card(read, platform, actor, PROFILE.parse(person_id))
        is_me = any(PROFILE.format(profile.id) == card.id for profile in actor.profiles)
        context = {
            "card": card,
            "is_me": is_me,
            "can_write": can_write(actor, platform) and not is_me,
            "may_choose": is_me and actor.can("contacts.choose_sharing"),
            "say": wording,
        }
        return await shell.page("contacts/card.html", context, title=card.name)
