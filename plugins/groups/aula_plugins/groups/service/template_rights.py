"""What kinds of people may do in groups that take a template (RGT-4): chosen, checked, given.

A template holds no rights by itself: whoever lets a group take it gives them, and so must be able
to (decision 0027), whoever has made it. A right whose feature is off there is left out, by name.
"""

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.queries.templates import RIGHTS, RightRow, TemplateRow
from aula_plugins.groups.service.set_ups import MANY
from aula_sdk.grants import GroupDecision, GroupLine
from aula_sdk.i18n import Text
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit


class TemplateRight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of person may do in groups that take a template, or may not."""

    kind: Kind
    right: str
    decided: Literal["yes", "no"]


class Cell(msgspec.Struct, frozen=True):
    """What a kind of person may do in a group that takes the template, or none."""

    kind: Kind
    is_given: bool
    """Whether it holds then, by what the template says or as it is elsewhere."""
    chosen: Literal["yes", "no"] | None
    """What the template says."""
    elsewhere: bool
    """Whether it holds in groups of which nobody has said anything."""
    is_open: bool
    """Whether the asker may give it."""


class Line(msgspec.Struct, frozen=True):
    """A right in a group that takes the template, for each kind of person that can have it."""

    right: str
    title: Text
    cells: tuple[Cell, ...]


class Said(msgspec.Struct, frozen=True):
    """What a template says of rights, in words."""

    name: str
    """The template's."""
    rights: tuple[tuple[TemplateRight, Text | None], ...]
    """Each with its title; None where the right's feature is off, or gone."""
    needs_somebody: bool
    """Whether somebody else than the asker is needed to let a group take it."""


class Outcome(msgspec.Struct, frozen=True):
    """What a template's rights come to at one institution, for one asker."""

    lines: tuple[Line, ...]
    """The whole matrix there."""
    kept: tuple[TemplateRight, ...]
    left_out: tuple[TemplateRight, ...]
    """Whose feature is off there, or gone."""
    refused: tuple[TemplateRight, ...]
    """What somebody else is needed to decide."""

    @property
    def decisions(self) -> list[GroupDecision]:
        """What is to be decided in a group that takes them."""
        return [GroupDecision(one.kind, one.right, one.decided) for one in self.kept]


async def rights_of(
    read: ReadUnit, templates: Iterable[UUID]
) -> dict[UUID, tuple[TemplateRight, ...]]:
    """Return what each of the templates says; one that says nothing has none."""
    found: dict[UUID, tuple[TemplateRight, ...]] = dict.fromkeys(templates, ())
    if not found:
        return found
    for row in await read.structs(RightRow, RIGHTS, {"templates": list(found)}):
        word: Literal["yes", "no"] = "yes" if row.allowed else "no"
        found[row.template_id] += (TemplateRight(row.kind, row.right, word),)
    return found


async def look(
    read: ReadUnit, platform: Platform, actor: Actor, place: Place, rights: Sequence[TemplateRight]
) -> Outcome:
    """Return what the rights would come to in a new group there, if the actor gave them."""
    return _compare(await platform.grants.new_group_rights(read, actor, place), rights)


def _compare(matrix: Sequence[GroupLine], rights: Sequence[TemplateRight]) -> Outcome:
    cells = {(line.right, cell.kind): cell for line in matrix for cell in line.cells}
    said = {(one.right, one.kind): one for one in rights}
    kept: list[TemplateRight] = []
    left_out: list[TemplateRight] = []
    refused: list[TemplateRight] = []
    for key, one in said.items():
        if key not in cells:
            left_out.append(one)
        elif cells[key].is_open if one.decided == "yes" else cells[key].may_close:
            kept.append(one)
        else:
            refused.append(one)
    lines = tuple(_line(line, said) for line in matrix)
    return Outcome(lines, tuple(kept), tuple(left_out), tuple(refused))


def _line(line: GroupLine, said: dict[tuple[str, Kind], TemplateRight]) -> Line:
    cells = []
    for cell in line.cells:
        word = said.get((line.right, cell.kind))
        chosen = word.decided if word else None
        holds = cell.is_given if chosen is None else chosen == "yes"
        cells.append(Cell(cell.kind, holds, chosen, cell.is_given, cell.is_open))
    return Line(line.right, line.title, tuple(cells))


def require(outcome: Outcome, field: str) -> Outcome:
    """Return the outcome; raise `Invalid` with each right that the actor may not decide, by name
    and kind of person.
    """
    if not outcome.refused:
        return outcome
    titles = {line.right: line.title for line in outcome.lines}
    named = "; ".join(f"{MANY[one.kind]}: {titles[one.right]}" for one in outcome.refused)
    reason = _("Somebody who may decide this has to do it: %(rights)s") % {"rights": named}
    raise wrong_field(field, reason, "not-yours-to-give")


async def tell(
    read: ReadUnit, platform: Platform, actor: Actor, templates: Sequence[TemplateRow]
) -> dict[UUID, Said]:
    """Return what the templates say of rights, by id; of those that say something."""
    said = await rights_of(read, [row.id for row in templates])
    matrices: dict[Place, Sequence[GroupLine]] = {}
    found = {}
    for row in templates:
        if not said[row.id]:
            continue
        place = Place(row.municipality_id, row.institution_id)
        if place not in matrices:
            matrices[place] = await platform.grants.new_group_rights(read, actor, place)
        outcome = _compare(matrices[place], said[row.id])
        titles = {line.right: line.title for line in matrices[place]}
        named = tuple((one, titles.get(one.right)) for one in said[row.id])
        found[row.id] = Said(row.name, named, bool(outcome.refused))
    return found
