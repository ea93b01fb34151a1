"""The year roll: look, preview, carry over; templates for what begins."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.groups import schemas
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.service import beginning, rolling
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import GROUP, WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

ROLL = needs(rolling.ROLL)


class RollApi(Controller):
    """``/api/v1/groups/roll``."""

    path = "/roll"
    tags = ("Groups",)

    @get(opt=ROLL, responses=problems())
    async def look(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.YearRoll:
        """Tell what ends, what begins, and which groups made here have to follow."""
        return schemas.YearRoll.of(await rolling.look(read, platform, actor))

    @post(opt=ROLL, status_code=200, responses=problems(WrongIdKind, Invalid))
    async def carry_over(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.RollToDo],
    ) -> schemas.RollDone:
        """Tell who would come and go, or (``apply``) do it."""
        choices = [
            rolling.Choice(
                GROUP.parse(one.group),
                GROUP.parse(one.old),
                GROUP.parse(one.new) if one.new else None,
            )
            for one in data.choices
        ]
        if not data.apply:
            found = await rolling.preview(write, platform, actor, choices)
            return schemas.RollDone.of_preview(found)
        done = await rolling.carry_over(write, platform, actor, choices)
        return schemas.RollDone(True, [schemas.RolledGroup.of(one) for one in done])

    @post(
        "/template", opt=ROLL, status_code=200, responses=problems(WrongIdKind, NotFound, Invalid)
    )
    async def take_template(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.TemplateToTake],
    ) -> schemas.TemplateTaken:
        """Tell which groups that begin would take a template and who could do what in them, or
        (``apply``) let them.
        """
        key = TEMPLATE.parse(data.template)
        do = beginning.set_up_beginning if data.apply else beginning.preview_beginning
        found = await do(write, platform, actor, key)
        return schemas.TemplateTaken.of(found, applied=data.apply)
