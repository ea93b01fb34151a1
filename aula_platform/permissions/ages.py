"""Which age limits hold: the statements that every reader of them shares.

For own consent an institution's word holds over its municipality's (CNS-4). To what is sensitive
each level may only raise the age, so the highest holds, of several institutions too (SEC-6).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.permissions.tables import age
from aula_platform.stamdata.tables import person
from aula_sdk.db import Id
from aula_sdk.people import ActorProfile
from aula_sdk.protocols import ReadUnit

_DECIDED = (
    sa.select(sa.func.max(age.c.secure_area_age))
    .where(
        age.c.municipality_id.in_(sa.bindparam("municipalities", expanding=True, type_=Id)),
        sa.or_(
            age.c.institution_id.is_(None),
            age.c.institution_id.in_(sa.bindparam("institutions", expanding=True, type_=Id)),
        ),
    )
    .scalar_subquery()
)
_SECURE_AREA: sa.Select[Any] = sa.select(_DECIDED)
_BORN: sa.Select[Any] = sa.select(person.c.birth_date, _DECIDED.label("decided")).where(
    person.c.id.in_(sa.bindparam("persons", expanding=True, type_=Id))
)


async def secure_area_age(unit: ReadUnit, profiles: Iterable[ActorProfile], floor: int) -> int:
    """Return how old a pupil with these profiles must be for what is sensitive."""
    decided = await unit.scalar(_SECURE_AREA, _places(profiles))
    return max(floor, decided or 0)


async def is_old_enough(
    unit: ReadUnit,
    persons: Iterable[UUID],
    profiles: Iterable[ActorProfile],
    floor: int,
    today: date,
) -> bool:
    """Whether a pupil is let in to what is sensitive (LOG-14); not one of unknown age."""
    rows = await unit.rows(_BORN, {"persons": list(persons), **_places(profiles)})
    return bool(rows) and all(
        has_turned(row.birth_date, max(floor, row.decided or 0), today) for row in rows
    )


def has_turned(born: date | None, age: int, today: date) -> bool:
    """Whether somebody is so many years old: from the birthday on, which for who was born on
    February 29 is March 1 in other years; not if it is unknown.
    """
    return born is not None and (born.year + age, born.month, born.day) <= (
        today.year,
        today.month,
        today.day,
    )


def _places(profiles: Iterable[ActorProfile]) -> dict[str, Any]:
    here = list(profiles)
    return {
        "municipalities": list({profile.municipality_id for profile in here}),
        "institutions": list({profile.institution_id for profile in here}),
    }
