"""Templates: set-ups and rights by name."""

from typing import Annotated, Self

import msgspec

from aula_plugins.groups.models import Access
from aula_plugins.groups.queries.templates import TemplateRow
from aula_plugins.groups.schemas.fields import InstitutionId, Name, ProfileId, TemplateId
from aula_plugins.groups.schemas.groups import SetUpToKeep
from aula_plugins.groups.schemas.template_rights import RightOfKind
from aula_plugins.groups.service.template_rights import TemplateRight
from aula_sdk.ids import INSTITUTION
from aula_sdk.people import Kind


class Template(msgspec.Struct, frozen=True):
    """A named set-up, and what it says of rights."""

    id: TemplateId
    name: str
    institution: InstitutionId
    description: str
    access: Access
    show_members: bool
    kinds: list[Kind]
    rights: list[RightOfKind]

    @classmethod
    def of(cls, row: TemplateRow, rights: tuple[TemplateRight, ...]) -> Self:
        return cls(
            row.key,
            row.name,
            INSTITUTION.format(row.institution_id),
            row.description,
            row.access,
            row.show_members,
            list(row.kinds),
            [RightOfKind.of(one) for one in rights],
        )


class Templates(msgspec.Struct, frozen=True):
    """Templates by institution and name."""

    items: list[Template]


class TemplateToMake(SetUpToKeep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new template."""

    name: Name
    maker: ProfileId | None = None
    rights: Annotated[tuple[RightOfKind, ...], msgspec.Meta(max_length=200)] = ()
