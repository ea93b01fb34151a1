"""Applications to become a member, for those who decide and those who asked."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.ids import APPLICATION
from aula_plugins.groups.models import State, application
from aula_plugins.groups.queries import params
from aula_sdk import stamdata
from aula_sdk.ids import GROUP

PAGE = 50
_Clause = sa.ColumnElement[bool]
_group = stamdata.group


class ApplicationRow(msgspec.Struct, frozen=True):
    """An application that is waiting."""

    id: UUID
    group_id: UUID
    group_name: str
    profile_id: UUID
    name: str | None
    kind: str | None
    applicant_name: str | None
    words: str
    made_at: datetime
    municipality_id: UUID

    @property
    def key(self) -> str:
        """The id on the wire."""
        return APPLICATION.format(self.id)

    @property
    def group_key(self) -> str:
        """The group's id on the wire."""
        return GROUP.format(self.group_id)

    @property
    def is_for_another(self) -> bool:
        """Whether somebody else has asked: a guardian for a child."""
        return self.applicant_name != self.name


@cache
def waiting(to_decide: _Clause, *, of_group: bool) -> sa.Select[Any]:
    """Applications that wait for the actor, the oldest first. Parameters: those of the right, and
    ``group_id`` for those of one group.
    """
    person, applicant = stamdata.profile.alias("person"), stamdata.profile.alias("applicant")
    return (
        sa.select(
            application.c.id,
            application.c.group_id,
            _group.c.name,
            application.c.profile_id,
            person.c.name,
            person.c.kind,
            applicant.c.name,
            application.c.words,
            application.c.made_at,
            application.c.municipality_id,
        )
        .select_from(
            application.join(_group, _group.c.id == application.c.group_id)
            .outerjoin(person, person.c.id == application.c.profile_id)
            .outerjoin(applicant, applicant.c.id == application.c.applicant_id)
        )
        .where(application.c.state == State.WAITING, to_decide)
        .where(*([_group.c.id == params.group_id()] if of_group else []))
        .order_by(application.c.made_at, application.c.id)
        .limit(PAGE)
    )


@cache
def count_waiting(to_decide: _Clause) -> sa.Select[Any]:
    """How many applications wait for the actor."""
    return (
        sa.select(sa.func.count())
        .select_from(application.join(_group, _group.c.id == application.c.group_id))
        .where(application.c.state == State.WAITING, to_decide)
    )


ONE = sa.select(
    application.c.id,
    application.c.group_id,
    application.c.profile_id,
    application.c.applicant_id,
    application.c.state,
).where(
    application.c.id == params.one("application_id"),
    application.c.municipality_id.in_(params.many("municipalities")),
)
"""One application in the asker's municipalities; the caller asks the rights.

Parameters: ``application_id``, ``municipalities``.
"""
