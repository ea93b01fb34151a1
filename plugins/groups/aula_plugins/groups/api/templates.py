"""Templates of one's institutions."""

from uuid import uuid4

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.groups import schemas
from aula_plugins.groups.api.declarations import TemplatePath, profile_of
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.service import templates
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

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
        return schemas.Templates([schemas.Template.of(row) for row in found])

    @post(opt=HANDLE, responses=problems(WrongIdKind, Invalid))
    async def make_template(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        data: JSONBody[schemas.TemplateToMake],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.Made:
        """Keep a set-up under a name."""
        new = templates.NewTemplate(data.name, data.set_up, profile_of(data.maker))
        key = idempotency_key or uuid4().hex
        made = await templates.make_template(write, actor, new, key=key)
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
