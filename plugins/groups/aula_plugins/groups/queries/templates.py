"""Templates of the institutions at which the actor may use or make them."""

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.models import Access, template, template_right
from aula_plugins.groups.queries import params
from aula_sdk import stamdata
from aula_sdk.people import Kind


class TemplateRow(msgspec.Struct, frozen=True):
    """A named set-up."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    institution_name: str
    name: str
    description: str
    access: Access
    show_members: bool
    for_employee: bool
    for_pupil: bool
    for_guardian: bool
    for_external: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return TEMPLATE.format(self.id)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What kinds of people can be members."""
        return tuple(kind for kind in Kind if getattr(self, f"for_{kind.value}"))


def _templates(*conditions: Any) -> sa.Select[Any]:
    place = stamdata.institution
    return (
        sa.select(
            template.c.id,
            template.c.municipality_id,
            template.c.institution_id,
            place.c.name,
            template.c.name,
            template.c.description,
            template.c.access,
            template.c.show_members,
            *(template.c[f"for_{kind.value}"] for kind in Kind),
        )
        .join(
            place,
            sa.and_(
                place.c.id == template.c.institution_id,
                place.c.municipality_id == template.c.municipality_id,
            ),
        )
        .where(template.c.institution_id.in_(params.many("institutions")), *conditions)
        .order_by(place.c.name, template.c.name, template.c.id)
    )


OF_INSTITUTIONS = _templates()
"""Parameter: ``institutions``."""
ONE = _templates(template.c.id == params.one("template_id"))
"""Parameters: ``institutions``, ``template_id``."""


class RightRow(msgspec.Struct, frozen=True):
    """What a template says of one right of one kind of person."""

    template_id: UUID
    kind: Kind
    right: str
    allowed: bool


RIGHTS = (
    sa.select(
        template_right.c.template_id,
        template_right.c.kind,
        template_right.c.right_name,
        template_right.c.allowed,
    )
    .where(template_right.c.template_id.in_(params.many("templates")))
    .order_by(template_right.c.template_id, template_right.c.right_name, template_right.c.kind)
)
"""Parameter: ``templates``."""
