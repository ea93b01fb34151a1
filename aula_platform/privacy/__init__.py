"""A municipality's data as a whole: handed over, and erased, when its contract ends.

Both work on the tables of all owners alike, by what these say of themselves: a plugin need do
nothing for it, and cannot be forgotten (decision 0021).
"""

from aula_platform.privacy.place import Installation, NotWhole, Place, UnknownPlace

__all__ = ["Installation", "NotWhole", "Place", "UnknownPlace"]
