"""The brake: a delivery that would remove a large share of an institution waits for a human."""

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.matching import LEAVING
from aula_platform.stamdata.delivery.scope import Scope
from aula_sdk.protocols import ReadUnit

DEFAULT_SHARE = 0.10


class Stop(msgspec.Struct, frozen=True):
    """More would leave an institution than may without being confirmed."""

    institution_id: UUID
    institution: str
    what: str
    """``people`` or ``memberships``."""
    leaving: int
    of: int


async def find_stops(read: ReadUnit, scope: Scope, share: float) -> list[Stop]:
    """Return the institutions that would lose more than ``share`` of their people or memberships.

    People are counted once however many profiles they have there; a membership that the delivery
    itself gives an end in the past counts as leaving.
    """
    losses = [
        Stop(row.id, row.name, what, row.leaving, row.of)
        for what, statement in (("people", _people(scope)), ("memberships", _memberships(scope)))
        for row in await read.rows(statement)
    ]
    return [loss for loss in losses if loss.leaving > share * loss.of]


def _people(scope: Scope) -> sa.Select[Any]:
    profile, other = live_tables.profile, live_tables.profile.alias("other")
    # Whoever keeps another profile there does not leave.
    remains = sa.exists().where(
        other.c.person_id == profile.c.person_id,
        other.c.institution_id == profile.c.institution_id,
        scope.stays("profile", other),
    )
    leaves = sa.and_(scope.leaves("profile", profile.c.id), ~remains)
    return _counted(scope, profile, profile.c.person_id, leaves, profile.c.institution_id)


def _memberships(scope: Scope) -> sa.Select[Any]:
    member, group, stage = live_tables.membership, live_tables.group, tables.membership
    ended = sa.exists().where(
        scope.sound(stage), stage.c.live_id == member.c.id, stage.c.change == LEAVING
    )
    leaves = sa.or_(scope.leaves("membership", member.c.id), ended)
    place = (
        sa.select(group.c.institution_id).where(group.c.id == member.c.group_id).scalar_subquery()
    )
    return _counted(scope, member, member.c.id, leaves, place)


def _counted(
    scope: Scope,
    live: sa.Table,
    counted: sa.ColumnElement[UUID],
    leaves: sa.ColumnElement[bool],
    place: sa.ColumnElement[UUID],
) -> sa.Select[Any]:
    every = (
        sa.select(
            place.label("place"), counted.label("counted"), sa.case((leaves, counted)).label("gone")
        )
        .where(scope.here(live), scope.holds(live))
        .subquery()
    )
    institution = live_tables.institution
    return (
        sa.select(
            institution.c.id,
            institution.c.name,
            sa.func.count(every.c.gone.distinct()).label("leaving"),
            sa.func.count(every.c.counted.distinct()).label("of"),
        )
        .join(every, every.c.place == institution.c.id)
        .group_by(institution.c.id, institution.c.name)
        .having(sa.func.count(every.c.gone.distinct()) > 0)
        .order_by(institution.c.name)
    )
