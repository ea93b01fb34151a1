"""What a municipality can set, under ``[municipalities.….plugins.stil.settings]``."""

from typing import Annotated

import msgspec

from aula_plugins.stil import _
from aula_sdk.stamdata_source import OrgKind

NAMESPACE = "urn:aula-platform:stil-export:1"
"""Our own: the schema of the real exports could not be read, so it is not claimed."""


class StilSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field has a default; see README.md for what each means to people."""

    extended_access_from: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 2
    """The lowest ``accessLevel`` that gives a contact person without custody access to the child
    (STM-8 is our reading; the levels have no published meaning). 0: none does."""
    delivered_names_are_aliases: bool = False
    """Whether the supplier has confirmed that the packages without alias fields carry a protected
    person's alias as the name. Otherwise protected people come with *myndighed* packages only."""
    institution_kinds: dict[str, OrgKind] = {}
    """What an institution is, by its number, where the export says nothing or something else:
    administrations are often registered as schools (ID-7)."""
    other_namespaces: tuple[str, ...] = ()
    """Further XML namespaces whose elements mean the same as ours."""


TITLES = {
    "extended_access_from": _(
        "Lowest access level that gives a contact person access to the child"
    ),
    "delivered_names_are_aliases": _("Delivered names of protected people are aliases"),
    "institution_kinds": _("What institutions are, by number"),
    "other_namespaces": _("Further XML namespaces"),
}
"""What administrators read beside each field."""
VALUE_TITLES = {
    "institution_kinds": {
        "school": _("School"),
        "daycare": _("Day-care"),
        "municipality": _("Municipality"),
        "administration": _("Administration"),
    },
}
"""What administrators read for the values to choose among."""
