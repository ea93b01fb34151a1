"""What a municipality can set for contacts, under ``[municipality.….plugins.contacts]``."""

from typing import Literal, cast
from uuid import UUID

import msgspec

from aula_plugins.contacts import _
from aula_sdk.protocols import Platform

StaffWay = Literal["email", "phone", "mobile"]


class ContactsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field has a default; see README.md for what each means to people."""

    staff_ways: tuple[StaffWay, ...] = ("email", "phone")
    """How employees are reached at work, as far as stamdata says it. Their address is private."""


TITLES = {
    "staff_ways": _("How employees are reached at work"),
}
"""What administrators read beside each field."""
VALUE_TITLES = {
    "staff_ways": {"email": _("E-mail"), "phone": _("Phone"), "mobile": _("Mobile phone")},
}
"""What administrators read for the values to choose among."""


def settings_of(platform: Platform, municipality_id: UUID) -> ContactsSettings:
    """Return the settings that hold in a municipality."""
    return cast(ContactsSettings, platform.settings_for("contacts", municipality_id))
