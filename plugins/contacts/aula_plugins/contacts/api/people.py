"""One person."""

from litestar import Controller, get
from litestar.di import NamedDependency

from aula_plugins.contacts import schemas
from aula_plugins.contacts.api.declarations import PersonPath
from aula_plugins.contacts.service.showing import open_card
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.ids import PROFILE, WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


class PeopleApi(Controller):
    """``/api/v1/contacts/people``."""

    path = "/people"
    tags = ("Contacts",)

    @get(
        "/{person_id:str}",
        opt=needs("contacts.see_person"),
        responses=problems(WrongIdKind, NotFound),
    )
    async def read_person(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        person_id: PersonPath,
    ) -> schemas.Card:
        """Read about a person: guardians or children, groups, and how to reach them."""
        card, _municipality = await open_card(read, platform, actor, PROFILE.parse(person_id))
        return card
