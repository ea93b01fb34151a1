"""Who has chosen something: names of profiles, as far as the reader's municipalities reach."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.protocols import ReadUnit

_profile = stamdata.profile
_names = sa.select(_profile.c.id, _profile.c.name).where(
    _profile.c.id.in_(sa.bindparam("profiles", expanding=True, type_=Id)),
    _profile.c.municipality_id.in_(sa.bindparam("places", expanding=True, type_=Id)),
)


async def names_of(
    read: ReadUnit, municipalities: Sequence[UUID], profiles: Iterable[UUID | None]
) -> Mapping[UUID, str]:
    """Return the names of these profiles, also of people who have left; asks nothing for none."""
    wanted = sorted({profile for profile in profiles if profile is not None})
    if not wanted:
        return {}
    rows = await read.rows(_names, {"profiles": wanted, "places": list(municipalities)})
    return {row.id: row.name for row in rows}
