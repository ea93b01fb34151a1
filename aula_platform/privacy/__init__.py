"""A municipality's data as a whole: handed over, and erased, when its contract ends.

Both work on the tables of all owners alike, by what these say of themselves: a plugin need do
nothing for it, and cannot be forgotten (decision 0021).
"""

from pathlib import Path

from aula_platform.privacy.place import Installation, NotWhole, Place, UnknownPlace
from aula_platform.privacy.retention import tables as _retention  # noqa: F401  # More tables.
from aula_platform.privacy.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("privacy", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER", "Installation", "NotWhole", "Place", "UnknownPlace"]
