"""Groups and who is in them."""

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.contacts import schemas
from aula_plugins.contacts.api.declarations import AfterGroup, AfterPerson, GroupPath, Shown
from aula_plugins.contacts.service import listing, parents
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import GROUP, PROFILE, WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class GroupsApi(Controller):
    """``/api/v1/contacts/groups``."""

    path = "/groups"
    tags = ("Contacts",)

    @get(opt=needs("contacts.see_group"), responses=problems(WrongIdKind))
    async def list_groups(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        after: AfterGroup = None,
    ) -> schemas.GroupPage:
        """List the groups that concern one: the own ones first, then others where one works."""
        last = GROUP.parse(after) if after else None
        return await listing.list_groups(read, platform, actor, last)

    @get(
        "/{group_id:str}",
        opt=needs("contacts.see_group"),
        responses=problems(WrongIdKind, NotFound),
    )
    async def list_contacts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        *,
        show: Shown = schemas.Show.CHILDREN,
        after: AfterPerson = None,
    ) -> schemas.ContactPage:
        """List the people of a group by name, each as far as one may know."""
        last = PROFILE.parse(after) if after else None
        return await listing.list_contacts(read, platform, actor, GROUP.parse(group_id), show, last)

    @post(
        "/{group_id:str}/search",
        opt=needs("contacts.see_group"),
        status_code=200,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def search_contacts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.ContactSearch],
    ) -> schemas.ContactPage:
        """Find people of a group by the beginning of a name; the first 20 are returned."""
        return await listing.search_contacts(
            read, platform, actor, GROUP.parse(group_id), data.words
        )

    @put(
        "/{group_id:str}/contact-parents",
        opt=needs("contacts.set_contact_parents"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def set_contact_parents(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.ContactParents],
    ) -> None:
        """Say who the contact parents of a group are: exactly these."""
        chosen = [PROFILE.parse(one) for one in data.parents]
        await parents.set_contact_parents(write, platform, actor, GROUP.parse(group_id), chosen)
