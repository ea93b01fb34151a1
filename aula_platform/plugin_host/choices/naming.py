"""What institutions are called in files: their number, which is the same in every installation."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_sdk import ids
from aula_sdk.protocols import ReadUnit

_institution = tables.institution
_NUMBERS = sa.select(_institution.c.municipality_id, _institution.c.id, _institution.c.identifier)


class Names:
    """Institutions of the installation by what files call them, closed ones too."""

    def __init__(self, known: Mapping[UUID, tuple[UUID, str]]) -> None:
        """``known`` has the municipality and the number of each institution."""
        shared = Counter(known.values())
        self._names = {
            one: (place, number)
            if number and shared[place, number] == 1
            else (place, ids.INSTITUTION.format(one))
            for one, (place, number) in known.items()
        }
        self._ids = {name: one for one, name in self._names.items()}

    def name(self, institution_id: UUID) -> str:
        """Return what the institution is called; its id where it has no number of its own."""
        found = self._names.get(institution_id)
        return found[1] if found else ids.INSTITUTION.format(institution_id)

    def find(self, municipality_id: UUID, name: str) -> UUID | None:
        """Return the institution of that name in a municipality, if there is one."""
        return self._ids.get((municipality_id, name))


async def read_names(read: ReadUnit) -> Names:
    """Return the names as stamdata has them now."""
    rows = await read.rows(_NUMBERS)
    return Names({row.id: (row.municipality_id, row.identifier) for row in rows})
