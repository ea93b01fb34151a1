"""Who has seen the site as oneself or one's child, why, and when: told to the person (R2).

Who it was is told as of readings (`permissions.onlookers`): the institution and the role, the name
where the municipality has chosen so.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.tables import impersonation
from aula_platform.permissions.onlookers import people_of
from aula_platform.stamdata.tables import institution, person, profile
from aula_sdk.db import Id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit

MOST = 25


class SeenAs(msgspec.Struct, frozen=True):
    """That somebody has seen the site as the reader, or as a child of theirs."""

    id: UUID
    began_at: datetime
    ended_at: datetime
    """When it was over, or will be at the latest."""
    reason: str
    about: str
    role: str
    """A `Kind`; empty when nobody knows any more who it was."""
    institution: str
    name: str
    """Empty where it is not told."""


_persons = sa.bindparam("persons", expanding=True, type_=Id)
_places = sa.bindparam("municipalities", expanding=True, type_=Id)
_by, _by_person, _at = profile.alias("by"), person.alias("by_person"), institution.alias("at")
_OF_ONES_OWN = (
    sa.select(
        impersonation.c.id,
        impersonation.c.began_at,
        sa.func.coalesce(impersonation.c.ended_at, impersonation.c.ends_at).label("ended_at"),
        impersonation.c.reason,
        impersonation.c.municipality_id,
        profile.c.person_id,
        _by.c.kind,
        _at.c.name.label("institution"),
        _by_person.c.name,
        _by_person.c.protected,
    )
    .join_from(impersonation, profile, profile.c.id == impersonation.c.profile_id)
    .outerjoin(_by, _by.c.id == impersonation.c.supporter_id)
    .outerjoin(_by_person, _by_person.c.id == _by.c.person_id)
    .outerjoin(_at, _at.c.id == _by.c.institution_id)
    .where(profile.c.person_id.in_(_persons), impersonation.c.municipality_id.in_(_places))
    .order_by(impersonation.c.began_at.desc(), impersonation.c.id.desc())
    .limit(MOST)
)


async def list_seen_as(read: ReadUnit, actor: Actor, names_told: Collection[UUID]) -> list[SeenAs]:
    """Return who has seen the site as the actor or a child in their custody, the latest first."""
    people = people_of(actor)
    params = {"persons": list(people), "municipalities": list(actor.municipalities)}
    found = []
    for row in await read.rows(_OF_ONES_OWN, params):
        is_open = row.kind is not None and not row.protected
        tells = is_open and row.municipality_id in names_told
        found.append(
            SeenAs(
                row.id, row.began_at, row.ended_at, row.reason, people[row.person_id],
                Kind(row.kind).value if row.kind else "",
                row.institution if is_open else "", row.name if tells else "",
            )
        )  # fmt: skip
    return found
