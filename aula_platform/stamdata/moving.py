"""Which persons a unit of work has moved, for whoever must look at them anew before it commits.

Units of work know no people. What stamdata knows of one is kept beside it for as long as it lives.
"""

from collections.abc import Set as AbstractSet
from uuid import UUID
from weakref import WeakKeyDictionary

from aula_platform.stamdata.delivery.applying import find_moved
from aula_platform.stamdata.delivery.scope import Scope
from aula_sdk.protocols import WriteUnit

MOST = 1_000
"""Of more persons than these nobody is named: looking at everybody is cheaper then."""
_moved: WeakKeyDictionary[WriteUnit, frozenset[UUID] | None] = WeakKeyDictionary()


async def note_moved(write: WriteUnit, scope: Scope) -> None:
    """Remember whose person or profile the staged delivery changes."""
    found = await write.rows(find_moved(scope).limit(MOST + 1))
    before = _moved.get(write, frozenset())
    both = None if before is None else before | {row.id for row in found}
    _moved[write] = None if both is None or len(both) > MOST else both


def moved_in(write: WriteUnit) -> AbstractSet[UUID] | None:
    """Return the ids of the persons whom this unit has moved; None where it can be anybody."""
    return _moved.get(write)
