"""The year roll: which groups end and begin, what is made of them, and who follows whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.models import part, set_up
from aula_plugins.groups.queries import params
from aula_sdk import stamdata
from aula_sdk.db import Instant
from aula_sdk.ids import GROUP
from aula_sdk.people import Kind

_group = stamdata.group
_SINCE, _UNTIL = sa.bindparam("since", type_=Instant), sa.bindparam("until", type_=Instant)


class RolledRow(msgspec.Struct, frozen=True):
    """A group of the administrative system that ends or begins about now."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    institution_name: str
    name: str
    kind: str
    valid_from: datetime
    valid_to: datetime | None
    is_set_up: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return GROUP.format(self.id)


def _rolled(*conditions: Any) -> sa.Select[Any]:
    place = stamdata.institution
    return (
        sa.select(
            _group.c.id,
            _group.c.municipality_id,
            _group.c.institution_id,
            place.c.name,
            _group.c.name,
            _group.c.kind,
            _group.c.valid_from,
            _group.c.valid_to,
            set_up.c.id.is_not(None),
        )
        .select_from(
            _group.join(place, place.c.id == _group.c.institution_id).outerjoin(
                set_up, set_up.c.id == _group.c.id
            )
        )
        .where(_group.c.institution_id.in_(params.many("institutions")))
        .where(sa.func.coalesce(set_up.c.made_here, sa.false()).is_(False), *conditions)
        .order_by(place.c.name, _group.c.sort_key, _group.c.id)
    )


ENDING = _rolled(_group.c.valid_to.between(_SINCE, _UNTIL))
"""Groups that have just ended or will soon. Parameters: ``institutions``, ``since``, ``until``."""

CONTINUING = _rolled(
    _group.c.valid_from <= _UNTIL,
    sa.or_(_group.c.valid_to.is_(None), _group.c.valid_to > _UNTIL),
)
"""Groups that hold, or will, when the others have ended. Parameters as of `ENDING`."""


class AffectedRow(msgspec.Struct, frozen=True):
    """A group that was made here, and a part of it that ends."""

    group_id: UUID
    municipality_id: UUID
    group_name: str
    part_id: UUID
    part_name: str
    part_ends: datetime
    kind: Kind


def _affected() -> sa.Select[Any]:
    own, old = stamdata.group.alias("own"), stamdata.group.alias("old")
    return (
        sa.select(
            own.c.id,
            own.c.municipality_id,
            own.c.name,
            old.c.id,
            old.c.name,
            old.c.valid_to,
            part.c.kind,
        )
        .select_from(
            part.join(own, own.c.id == part.c.group_id).join(old, old.c.id == part.c.part_id)
        )
        .where(
            own.c.institution_id.in_(params.many("institutions")),
            stamdata.valid(own, params.now()),
            old.c.valid_to <= _UNTIL,
            part.c.follower_id.is_(None),
        )
        .order_by(own.c.sort_key, own.c.id, old.c.sort_key, old.c.id, part.c.kind)
    )


AFFECTED = _affected()
"""What has to be re-pointed (GRP-5). Parameters: ``institutions``, ``until``, ``now``."""


class Shared(msgspec.Struct, frozen=True):
    """How many of those who were in ``old_id`` at its end are in ``new_id``."""

    old_id: UUID
    new_id: UUID
    people: int


def _shared() -> sa.Select[Any]:
    old, new = stamdata.group.alias("old"), stamdata.group.alias("new")
    was, will = stamdata.membership.alias("was"), stamdata.membership.alias("will")
    # The view ends a membership with its group at the latest, so who stayed to the end has the
    # group's own end; who was taken out a little before, over the summer, counts as well.
    recently = sa.bindparam("recently", type_=Instant)
    stayed = sa.or_(was.c.valid_to >= old.c.valid_to, was.c.valid_to >= recently)
    people = sa.func.count(sa.distinct(will.c.profile_id))
    return (
        sa.select(old.c.id, new.c.id, people)
        .select_from(
            old.join(was, was.c.group_id == old.c.id)
            .join(will, will.c.profile_id == was.c.profile_id)
            .join(new, new.c.id == will.c.group_id)
        )
        .where(
            old.c.id.in_(params.many("old")),
            new.c.id.in_(params.many("new")),
            new.c.id != old.c.id,
            new.c.institution_id == old.c.institution_id,
            stayed,
            sa.or_(will.c.valid_to.is_(None), will.c.valid_to > params.now()),
        )
        .group_by(old.c.id, new.c.id)
        .order_by(old.c.id, people.desc(), new.c.id)
    )


SHARED = _shared()
"""Who follows whom, the likeliest first. Parameters: ``old``, ``new``, ``recently``, ``now``."""
