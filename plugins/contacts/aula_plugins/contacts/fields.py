"""What each field of a contact tells, and to whom it is shown (R1).

A field that is in nobody's class is shown to nobody: whoever adds one to a Struct in `schemas.py`
has to say here what it is before anybody sees it.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import msgspec

Contact = TypeVar("Contact", bound=msgspec.Struct)


class FieldClass(StrEnum):
    """Why somebody sees a field."""

    LISTED = "listed"
    """Whoever sees the group sees it (``contacts.see_person``)."""
    REACHABLE = "reachable"
    """Whoever may know how to reach the person (``contacts.see_contact_data``)."""
    RELATION = "relation"
    """Whoever may know how a guardian is related to a child (``contacts.see_relation``)."""


CLASSES: Mapping[str, FieldClass] = {
    "id": FieldClass.LISTED,
    "name": FieldClass.LISTED,
    "kind": FieldClass.LISTED,
    "title": FieldClass.LISTED,
    "is_contact_parent": FieldClass.LISTED,
    "relatives": FieldClass.LISTED,
    "groups": FieldClass.LISTED,
    "reach": FieldClass.LISTED,
    "email": FieldClass.REACHABLE,
    "phone": FieldClass.REACHABLE,
    "mobile": FieldClass.REACHABLE,
    "address": FieldClass.REACHABLE,
    "relation": FieldClass.RELATION,
}


@cache
def _shown(struct: type[msgspec.Struct], seen: frozenset[FieldClass]) -> tuple[str, ...]:
    names = (field.name for field in msgspec.structs.fields(struct))
    return tuple(name for name in names if CLASSES.get(name) in seen)


def show(struct: type[Contact], values: Mapping[str, Any], seen: frozenset[FieldClass]) -> Contact:
    """Return the Struct with the fields of these classes; every other one is as if unknown."""
    names = _shown(struct, seen)
    return struct(**{name: values[name] for name in names if name in values})
