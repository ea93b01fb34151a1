"""What kinds of people may do in groups that take a template (RGT-4): chosen, checked, given.

A template holds no rights by itself: whoever lets a group take it gives them, and so must be able
to (decision 0027), whoever has made it. A right whose feature is off there is left out, by name.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.queries.templates import RIGHTS, RightRow, TemplateRow
from aula_plugins.groups.service.set_ups import MANY
from aula_sdk.group_grants import GroupCell, GroupDecision, GroupLine
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


class Refusal(msgspec.Struct, frozen=True):
    """What somebody else than the asker is needed to decide."""

    right: TemplateRight
    groups: tuple[UUID, ...] = ()
    """In which of the groups that were to take it; none for one that has still to be made."""

    def named(self, names: Mapping[UUID, str]) -> tuple[str, ...]:
        """Return what those groups are called, of all that were to take it; none when it is all of
        them, since then it is not about the group.
        """
        if len(self.groups) == len(names):
            return ()
        return tuple(names[one] for one in self.groups)


class Outcome(msgspec.Struct, frozen=True):
    """What a template's rights come to at one institution, for one asker."""

    lines: tuple[Line, ...]
    """The whole matrix there."""
    kept: tuple[TemplateRight, ...]
    left_out: tuple[TemplateRight, ...]
    """Whose feature is off there, or gone."""
    refused: tuple[Refusal, ...]

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
    return compare(await platform.grants.new_group_rights(read, actor, place), rights, {})


async def lacking(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    place: Place,
    group_id: UUID,
    rights: Sequence[TemplateRight],
) -> tuple[TemplateRight, ...]:
    """Return which of the rights a group does not have that has taken them: those of features that
    are off there or gone, or were when it took them.
    """
    if not rights:
        return ()
    matrices = await platform.grants.rights_in_groups(read, actor, place, [group_id])
    cells = _cells(matrices[group_id])
    decided = {key for key, cell in cells.items() if cell.chosen is not None}
    return tuple(one for one in rights if (one.right, one.kind) not in decided)


def compare(
    matrix: Sequence[GroupLine],
    rights: Sequence[TemplateRight],
    groups: Mapping[UUID, Sequence[GroupLine]],
) -> Outcome:
    """Return what the rights would come to in groups of one place, given each one's matrix; in a
    new one, whose ``matrix`` it is, where there are none.
    """
    cells, of_groups = _cells(matrix), {key: _cells(lines) for key, lines in groups.items()}
    said = {(one.right, one.kind): one for one in rights}
    kept: list[TemplateRight] = []
    left_out: list[TemplateRight] = []
    refused: list[Refusal] = []
    for key, one in said.items():
        if key not in cells:
            left_out.append(one)
            continue
        closed = tuple(group for group, its in of_groups.items() if not _may(its[key], one))
        if closed or not (of_groups or _may(cells[key], one)):
            refused.append(Refusal(one, closed))
        else:
            kept.append(one)
    lines = tuple(_line(line, said) for line in matrix)
    return Outcome(lines, tuple(kept), tuple(left_out), tuple(refused))


def _cells(matrix: Sequence[GroupLine]) -> dict[tuple[str, Kind], GroupCell]:
    return {(line.right, cell.kind): cell for line in matrix for cell in line.cells}


def _may(cell: GroupCell, one: TemplateRight) -> bool:
    return cell.is_open if one.decided == "yes" else cell.may_close


def _line(line: GroupLine, said: dict[tuple[str, Kind], TemplateRight]) -> Line:
    cells = []
    for cell in line.cells:
        word = said.get((line.right, cell.kind))
        chosen = word.decided if word else None
        holds = cell.is_given if chosen is None else chosen == "yes"
        cells.append(Cell(cell.kind, holds, chosen, cell.is_given, cell.is_open))
    return Line(line.right, line.title, tuple(cells))


def require(outcome: Outcome, field: str, names: Mapping[UUID, str] | None = None) -> Outcome:
    """Return the outcome; raise `Invalid` with each right that the actor may not decide, by name
    and kind of person, and by the ``names`` of the groups where it is so in some of them.
    """
    if not outcome.refused:
        return outcome
    titles = {line.right: line.title for line in outcome.lines}
    named = []
    for one in outcome.refused:
        where = ", ".join(one.named(names or {}))
        what = f"{MANY[one.right.kind]}: {titles[one.right.right]}"
        named.append(f"{what} ({where})" if where else what)
    reason = _("Somebody who may decide this has to do it: %(rights)s") % {
        "rights": "; ".join(named)
    }
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
        outcome = compare(matrices[place], said[row.id], {})
        titles = {line.right: line.title for line in matrices[place]}
        named = tuple((one, titles.get(one.right)) for one in said[row.id])
        found[row.id] = Said(row.name, named, bool(outcome.refused))
    return found
