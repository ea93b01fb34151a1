"""Templates of one's institutions."""

from uuid import uuid4

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.groups import schemas
from aula_plugins.groups.api.declarations import TemplatePath, profile_of
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.service import template_rights, templates
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

HANDLE = needs(templates.HANDLE)


class TemplatesApi(Controller):
    """``/api/v1/groups/templates``."""

    path = "/templates"
    tags = ("Groups",)

    @get(opt=needs("groups.create"), responses=problems())
    async def list_templates(
        self, actor: NamedDependency[Actor], read: NamedDependency[ReadUnit]
    ) -> schemas.Templates:
        """List the templates that a new group can take."""
        found = await templates.list_templates(read, actor, "groups.create")
        rights = await template_rights.rights_of(read, [row.id for row in found])
        return schemas.Templates([schemas.Template.of(row, rights[row.id]) for row in found])

    @get("/rights", opt=HANDLE, responses=problems())
    async def list_rights(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.Matrices:
        """List the rights that a template can give or take, and what holds without one."""
        items = []
        for place in templates.places(actor, templates.HANDLE):
            found = await template_rights.look(read, platform, actor, place, ())
            items.append(schemas.Matrix.of(place, found.lines))
        return schemas.Matrices(items)

    @post(opt=HANDLE, responses=problems(WrongIdKind, Invalid))
    async def make_template(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.TemplateToMake],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.Made:
        """Keep a set-up, and rights that one may give, under a name."""
        rights = tuple(one.wanted for one in data.rights)
        new = templates.NewTemplate(data.name, data.set_up, profile_of(data.maker), rights)
        key = idempotency_key or uuid4().hex
        made = await templates.make_template(write, platform, actor, new, key=key)
        return schemas.Made(TEMPLATE.format(made))

    @delete("/{template_id:str}", opt=HANDLE, responses=problems(WrongIdKind, NotFound))
    async def drop_template(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        template_id: TemplatePath,
    ) -> None:
        """Throw a template away; groups that took it stay as they are."""
        await templates.drop_template(write, actor, TEMPLATE.parse(template_id))
