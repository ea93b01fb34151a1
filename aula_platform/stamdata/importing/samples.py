"""A few of the people whom an import is about, for the human who looks at the preview.

Nobody who is protected is in it (STM-12), and it is neither stored nor given to programs.
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.matching import LEAVING, SAME
from aula_platform.stamdata.delivery.scope import Scope
from aula_sdk.protocols import ReadUnit

PER_KIND = 3


class Sample(msgspec.Struct, frozen=True):
    """Somebody at an institution, and what would become of the profile."""

    institution: str
    kind: str
    change: str
    name: str


async def take_samples(read: ReadUnit, scope: Scope) -> tuple[Sample, ...]:
    """Return at most `PER_KIND` people for each institution, kind and change."""
    every = sa.union_all(_staged(scope), _leaving(scope)).subquery()
    place = sa.union_all(
        sa.select(live_tables.institution.c.id, live_tables.institution.c.name).where(
            scope.here(live_tables.institution)
        ),
        sa.select(tables.institution.c.id, tables.institution.c.name).where(
            scope.sound(tables.institution), tables.institution.c.live_id.is_(None)
        ),
    ).subquery()
    order = sa.func.row_number().over(
        partition_by=(every.c.institution_id, every.c.kind, every.c.change),
        order_by=every.c.sort_key,
    )
    numbered = (
        sa.select(
            place.c.name.label("institution"),
            every.c.kind,
            every.c.change,
            every.c.name,
            order.label("place_in_line"),
        )
        .join(place, place.c.id == every.c.institution_id)
        .subquery()
    )
    columns = (numbered.c.institution, numbered.c.kind, numbered.c.change, numbered.c.name)
    chosen = sa.select(*columns).where(numbered.c.place_in_line <= PER_KIND).order_by(*columns)
    return tuple(await read.structs(Sample, chosen))


def _staged(scope: Scope) -> sa.Select[Any]:
    profile, given, known = tables.profile, tables.person, live_tables.person
    protected = sa.func.coalesce(given.c.protected, known.c.protected, sa.true())
    return (
        sa.select(
            profile.c.institution_id,
            profile.c.kind,
            profile.c.change,
            sa.func.coalesce(given.c.name, known.c.name).label("name"),
            sa.func.coalesce(given.c.sort_key, known.c.sort_key).label("sort_key"),
        )
        .outerjoin(given, sa.and_(scope.sound(given), given.c.id == profile.c.person_id))
        .outerjoin(known, known.c.id == profile.c.person_id)
        .where(scope.sound(profile), profile.c.change != SAME, ~protected)
    )


def _leaving(scope: Scope) -> sa.Select[Any]:
    profile, person, gone = live_tables.profile, live_tables.person, tables.leaving
    return (
        sa.select(
            profile.c.institution_id,
            profile.c.kind,
            sa.literal(LEAVING, sa.String).label("change"),
            person.c.name,
            person.c.sort_key,
        )
        .join(person, person.c.id == profile.c.person_id)
        .join(gone, gone.c.id == profile.c.id)
        .where(gone.c.delivery_id == scope.id, gone.c.what == "profile", ~person.c.protected)
    )
