"""With whom data is shared: the reader's answers, and what holds."""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.contacts.models import parent, sharing
from aula_plugins.contacts.queries import params
from aula_plugins.contacts.relations import answer_in_force
from aula_sdk import stamdata
from aula_sdk.ages import consent_age, consents_alone
from aula_sdk.ids import PROFILE
from aula_sdk.people import Kind

_Clause = sa.ColumnElement[bool]


class ChoiceRow(msgspec.Struct, frozen=True):
    """A person for whom the reader chooses, or chose until that person was old enough."""

    id: UUID
    person_id: UUID
    municipality_id: UUID
    name: str
    kind: str
    chosen: int | None
    in_force: int | None
    may_choose: bool
    """Whether the reader still does."""

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.id)


@cache
def choices(choose_sharing: _Clause, see_data: _Clause) -> sa.Select[Any]:
    """Those of ``people`` for whom the reader chooses, and of ``custody`` (children of whom the
    reader has it) those whose data the reader sees and who decide alone.

    Parameters: ``choosers`` (the reader as persons), ``now`` and ``today``.
    """
    person, own = stamdata.profile, sharing.alias("own_answer")
    return (
        sa.select(
            person.c.id,
            person.c.person_id,
            person.c.municipality_id,
            person.c.name,
            person.c.kind,
            own.c.width,
            answer_in_force(params.now(), params.today()).scalar_subquery(),
            choose_sharing,
        )
        .select_from(
            person.outerjoin(
                own,
                sa.and_(
                    own.c.person_id == person.c.person_id,
                    own.c.chooser_id.in_(params.many("choosers")),
                ),
            )
        )
        .where(
            person.c.id.in_(params.many("people")),
            stamdata.valid(person, params.now()),
            sa.or_(
                choose_sharing,
                sa.and_(
                    person.c.id.in_(params.many("custody")),
                    consents_alone(person, params.today()),
                    see_data,
                ),
            ),
        )
        .order_by(person.c.sort_key, person.c.id)
    )


AGES = sa.select(consent_age(stamdata.profile)).where(
    stamdata.profile.c.id.in_(params.many("people")),
    stamdata.profile.c.kind == Kind.PUPIL.value,
    stamdata.valid(stamdata.profile, params.now()),
)
"""From which age pupils decide alone. Parameters: ``people`` and ``now``."""


FORGET_ANSWER = sa.delete(sharing).where(
    sharing.c.person_id == params.one("whose"), sharing.c.chooser_id == params.one("chooser")
)
"""Remove an answer. Parameters: ``whose`` and ``chooser``."""

GUARDIANS_OF_GROUP = (
    sa.select(stamdata.reach.c.profile_id)
    .where(
        stamdata.reach.c.group_id == params.one("group"),
        stamdata.reach.c.kind == Kind.GUARDIAN.value,
        stamdata.valid(stamdata.reach, params.now()),
    )
    .distinct()
)
"""The guardians with access in a group. Parameters: ``group`` and ``now``."""

PARENTS_OF_GROUP = sa.select(parent.c.profile_id).where(parent.c.group_id == params.one("group"))
"""Who has been chosen as contact parent. Parameter: ``group``."""
