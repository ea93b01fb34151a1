"""What templates say of rights, and what that comes to."""

from typing import Annotated, Literal, Self

import msgspec

from aula_plugins.groups.models import MAX_RIGHT
from aula_plugins.groups.schemas.fields import GroupId, InstitutionId, TemplateId
from aula_plugins.groups.schemas.roll import Rolled
from aula_plugins.groups.service.beginning import Beginning
from aula_plugins.groups.service.template_rights import Cell, Line, Refusal, TemplateRight
from aula_sdk.ids import GROUP, INSTITUTION
from aula_sdk.operations import Place
from aula_sdk.people import Kind

_Name = Annotated[
    str,
    msgspec.Meta(
        max_length=MAX_RIGHT,
        pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$",
        description="As `GET /groups/templates/rights` names it: `posts.write_in_group`.",
    ),
]


class RightOfKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of person may do in a group, or may not; what is not said is as elsewhere."""

    kind: Kind
    right: _Name
    decided: Literal["yes", "no"]

    @classmethod
    def of(cls, one: TemplateRight) -> Self:
        return cls(one.kind, one.right, one.decided)

    @property
    def wanted(self) -> TemplateRight:
        """The same for the service."""
        return TemplateRight(self.kind, self.right, self.decided)


class RefusedRight(msgspec.Struct, frozen=True):
    """A right that somebody else is needed to decide."""

    kind: Kind
    right: str
    decided: Literal["yes", "no"]
    groups: list[GroupId]
    """In which of those that would take the template."""

    @classmethod
    def of(cls, one: Refusal) -> Self:
        wanted = one.right
        groups = [GROUP.format(key) for key in one.groups]
        return cls(wanted.kind, wanted.right, wanted.decided, groups)


class MatrixCell(msgspec.Struct, frozen=True):
    """One right of one kind of person."""

    kind: Kind
    is_given: bool
    """Whether it holds in a group that takes the template, or none."""
    is_open: bool
    """Whether the asker may give it."""

    @classmethod
    def of(cls, cell: Cell) -> Self:
        return cls(cell.kind, cell.is_given, cell.is_open)


class MatrixLine(msgspec.Struct, frozen=True):
    """One right, for each kind of person that can have it."""

    right: str
    title: str
    cells: list[MatrixCell]

    @classmethod
    def of(cls, line: Line) -> Self:
        return cls(line.right, str(line.title), [MatrixCell.of(cell) for cell in line.cells])


class Matrix(msgspec.Struct, frozen=True):
    """Who may do what in a new group of an institution."""

    institution: InstitutionId
    lines: list[MatrixLine]

    @classmethod
    def of(cls, place: Place, lines: tuple[Line, ...]) -> Self:
        assert place.institution_id is not None  # noqa: S101  # Templates are institutions'.
        key = INSTITUTION.format(place.institution_id)
        return cls(key, [MatrixLine.of(line) for line in lines])


class Matrices(msgspec.Struct, frozen=True):
    """The same for each institution where one makes templates."""

    items: list[Matrix]


class TemplateToTake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which template the groups that begin are to take; only looked at until ``apply`` is said."""

    template: TemplateId
    apply: bool = False


class TemplateTaken(msgspec.Struct, frozen=True):
    """Which groups have taken a template, or would, and who may do what in them."""

    applied: bool
    groups: list[Rolled]
    decided: list[Rolled]
    """Those that do not, because somebody has decided a right in them."""
    lines: list[MatrixLine]
    left_out: list[RightOfKind]
    """Of features that are off there, or gone."""
    refused: list[RefusedRight]
    """What somebody else is needed to decide; nothing is applied then."""

    @classmethod
    def of(cls, found: Beginning, *, applied: bool) -> Self:
        return cls(
            applied,
            [Rolled.of(row) for row in found.groups],
            [Rolled.of(row) for row in found.decided],
            [MatrixLine.of(line) for line in found.outcome.lines],
            [RightOfKind.of(one) for one in found.outcome.left_out],
            [RefusedRight.of(one) for one in found.outcome.refused],
        )


class GroupMade(msgspec.Struct, frozen=True):
    """The id of the group, and what it does not have of its template's rights."""

    id: str
    left_out: list[RightOfKind]
    """Of features that are off there, or gone."""
