"""With whom contact data is shared."""

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.contacts import schemas
from aula_plugins.contacts.api.declarations import PersonPath
from aula_plugins.contacts.service import sharing
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import PROFILE, WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class SharingApi(Controller):
    """``/api/v1/contacts/sharing``."""

    path = "/sharing"
    tags = ("Contacts",)

    @get(opt=needs("contacts.choose_sharing"), responses=problems())
    async def list_choices(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.SharingChoices:
        """List with whom one's own and one's children's contact data is shared."""
        return schemas.SharingChoices(list(await sharing.list_choices(read, platform, actor)))

    @put(
        "/{person_id:str}",
        opt=needs("contacts.choose_sharing", step_up=True, too_young=True),
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def choose(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        person_id: PersonPath,
        data: JSONBody[schemas.SharingToChoose],
    ) -> schemas.SharingChoice:
        """Answer for oneself, or for a child of whom one has custody."""
        return await sharing.choose(write, platform, actor, PROFILE.parse(person_id), data.audience)
