"""Classes that begin with a new school year take a template (GRP-5, RGT-4)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.models import set_up
from aula_plugins.groups.permissions import IN_GROUPS
from aula_plugins.groups.queries.roll import RolledRow
from aula_plugins.groups.queries.templates import TemplateRow
from aula_plugins.groups.service.making import class_row
from aula_plugins.groups.service.rolling import ROLL
from aula_plugins.groups.service.rolling import look as look_at_roll
from aula_plugins.groups.service.template_rights import (
    Line,
    Outcome,
    compare,
    require,
    rights_of,
)
from aula_plugins.groups.service.templates import load_template, set_up_of
from aula_sdk.group_grants import GroupLine
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class Beginning(msgspec.Struct, frozen=True):
    """Which classes take a template, and what kinds of people may do in them then."""

    template: TemplateRow
    groups: tuple[RolledRow, ...]
    decided: tuple[RolledRow, ...]
    """Those that do not, because somebody has decided a right in them and the template says
    something of rights.
    """
    outcome: Outcome

    @property
    def names(self) -> dict[UUID, str]:
        """What the classes are called that take it."""
        return {one.id: one.name for one in self.groups}


async def preview_beginning(
    read: ReadUnit, platform: Platform, actor: Actor, template_id: UUID
) -> Beginning:
    """Return what would happen if the classes that begin took the template: those of its
    institution that nobody has set up, and in which nobody has decided a right before a template
    does (GRP-5).
    """
    row = await load_template(read, actor, ROLL, template_id)
    roll = await look_at_roll(read, platform, actor)
    place = Place(row.municipality_id, row.institution_id)
    fresh = [
        one
        for one in roll.beginning
        if not one.is_set_up and Place(one.municipality_id, one.institution_id) == place
    ]
    rights = (await rights_of(read, [row.id]))[row.id]
    keys = [one.id for one in fresh]
    matrices = await platform.grants.rights_in_groups(read, actor, place, keys)
    by_hand = {key for key, matrix in matrices.items() if rights and _is_decided(matrix)}
    taking = tuple(one for one in fresh if one.id not in by_hand)
    decided = tuple(one for one in fresh if one.id in by_hand)
    matrix = await platform.grants.new_group_rights(read, actor, place)
    outcome = compare(matrix, rights, {one.id: matrices[one.id] for one in taking})
    if not taking:  # There is nothing, then, for which somebody else would be needed.
        outcome = msgspec.structs.replace(outcome, refused=())
    if not row.show_members:
        outcome = msgspec.structs.replace(outcome, lines=_hide_members(outcome.lines))
    return Beginning(row, taking, decided, outcome)


def _is_decided(matrix: Sequence[GroupLine]) -> bool:
    """Whether somebody has decided a right in the group."""
    return any(cell.chosen is not None for line in matrix for cell in line.cells)


def _hide_members(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines as they are where members are not shown: nobody is given to see them."""
    hidden = IN_GROUPS[0].name
    return tuple(
        msgspec.structs.replace(
            line,
            cells=tuple(msgspec.structs.replace(cell, is_given=False) for cell in line.cells),
        )
        if line.right == hidden
        else line
        for line in lines
    )


async def set_up_beginning(
    write: WriteUnit, platform: Platform, actor: Actor, template_id: UUID
) -> Beginning:
    """Let the classes that begin take the template, with its rights; return what has happened.

    In a class that begins later the rights hold from its beginning, in others from the next
    request. Raises `Invalid` for rights that are not the actor's to give in every one of them, and
    `StepUpRequired` where they are with a fresh second factor; then no class takes it.
    """
    # Who decides by hand in a class at the same time has then decided, or waits; and who presses
    # the button twice finds that the classes have taken it.
    await platform.grants.take_turn(write)
    found = await preview_beginning(write, platform, actor, template_id)
    outcome = require(found.outcome, "template", found.names)
    if found.groups:
        wanted = set_up_of(found.template)
        await write.execute(
            sa.insert(set_up), [class_row(write, one, wanted) for one in found.groups]
        )
        if outcome.kept:
            taking = [one.id for one in found.groups]
            await platform.grants.decide_in_groups(write, actor, taking, outcome.decisions)
    write.audit(
        "groups.template_taken",
        municipality_id=found.template.municipality_id,
        object_id=found.template.id,
        details={"groups": len(found.groups), "rights": len(outcome.kept)},
    )
    return found
