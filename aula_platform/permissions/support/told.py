"""Who has had access to what oneself or one's child reads, why, and when: told to the person (R2).

Who it was is told as of readings (`permissions.onlookers`): the institution and the role, the name
where the municipality has chosen so.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.tables import break_glass, impersonation
from aula_platform.permissions.onlookers import people_of
from aula_platform.stamdata.tables import institution, person, profile
from aula_sdk.db import Id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit

MOST = 25


class SeenAs(msgspec.Struct, frozen=True):
    """That somebody has had access to what the reader, or a child of theirs, reads."""

    id: UUID
    began_at: datetime
    ended_at: datetime
    """When it was over, or will be at the latest."""
    reason: str
    about: str
    area: str
    """What was opened by broken glass: a plugin's name; empty for support, which saw what is
    ordinary."""
    role: str
    """A `Kind`; empty when nobody knows any more who it was."""
    institution: str
    name: str
    """Empty where it is not told."""


_persons = sa.bindparam("persons", expanding=True, type_=Id)
_places = sa.bindparam("municipalities", expanding=True, type_=Id)
_by, _by_person, _at = profile.alias("by"), person.alias("by_person"), institution.alias("at")
_whose, _mine = person.alias("whose"), person.alias("mine")
_own = sa.bindparam("own", expanding=True, type_=Id)
_is_told = sa.or_(
    ~_whose.c.protected,
    _whose.c.id.in_(_own),
    sa.exists().where(_mine.c.id.in_(_own), _mine.c.protected),
)
"""Of a protected child the reasons are for those who are protected with it alone (R8)."""


def _of_ones_own(
    table: sa.Table,
    supporter: sa.Column[Any],
    began: sa.Column[Any],
    ended: sa.ColumnElement[Any],
    area: sa.ColumnElement[str],
    *where: sa.ColumnElement[bool],
) -> sa.Select[Any]:
    return (
        sa.select(
            table.c.id,
            began.label("began_at"),
            ended.label("ended_at"),
            table.c.reason,
            area.label("area"),
            table.c.municipality_id,
            profile.c.person_id,
            _by.c.kind,
            _at.c.name.label("institution"),
            _by_person.c.name,
            _by_person.c.protected,
        )
        .join_from(table, profile, profile.c.id == table.c.profile_id)
        .join(_whose, _whose.c.id == profile.c.person_id)
        .outerjoin(_by, _by.c.id == supporter)
        .outerjoin(_by_person, _by_person.c.id == _by.c.person_id)
        .outerjoin(_at, _at.c.id == _by.c.institution_id)
        .where(profile.c.person_id.in_(_persons), table.c.municipality_id.in_(_places))
        .where(_is_told, *where)
        .order_by(began.desc(), table.c.id.desc())
        .limit(MOST)
    )


_SEEN = _of_ones_own(
    impersonation,
    impersonation.c.supporter_id,
    impersonation.c.began_at,
    sa.func.coalesce(impersonation.c.ended_at, impersonation.c.ends_at),
    sa.literal(""),
    impersonation.c.glass_id.is_(None),
)
_OPENED = _of_ones_own(
    break_glass,
    break_glass.c.asker_id,
    break_glass.c.decided_at,
    break_glass.c.ends_at,
    break_glass.c.area,
    break_glass.c.ends_at.is_not(None),
)
"""What was approved: whoever has refused has seen to it that there is nothing to tell."""


async def list_seen_as(read: ReadUnit, actor: Actor, names_told: Collection[UUID]) -> list[SeenAs]:
    """Return who has had access to what the actor reads, or a child in their custody: the latest
    first.
    """
    people = people_of(actor)
    params = {
        "persons": list(people),
        "municipalities": list(actor.municipalities),
        "own": sorted({one.person_id for one in actor.profiles}),
    }
    rows = [*await read.rows(_SEEN, params), *await read.rows(_OPENED, params)]
    rows.sort(key=lambda row: (row.began_at, row.id), reverse=True)
    return [_tell(row, people, names_told) for row in rows[:MOST]]


def _tell(row: sa.Row[Any], people: Mapping[UUID, str], names_told: Collection[UUID]) -> SeenAs:
    is_open = row.kind is not None and not row.protected
    tells = is_open and row.municipality_id in names_told
    return SeenAs(
        row.id, row.began_at, row.ended_at, row.reason, people[row.person_id], row.area,
        Kind(row.kind).value if row.kind else "", row.institution if is_open else "",
        row.name if tells else "",
    )  # fmt: skip
