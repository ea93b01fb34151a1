"""What a municipality can set for groups, under ``[municipality.….plugins.groups]``."""

from typing import Annotated, cast
from uuid import UUID

import msgspec

from aula_plugins.groups import _
from aula_sdk.protocols import Platform


class GroupsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field has a default; see README.md for what each means to people."""

    max_members: Annotated[int, msgspec.Meta(ge=1, le=5000)] = 1000
    """How many members a group that was made here can have."""
    roll_window_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 90
    """How many days before and after today the year roll looks for groups that end and begin."""
    keep_decided_days: Annotated[int, msgspec.Meta(ge=1)] = 180
    """How long an application is kept after it was decided or withdrawn."""


TITLES = {
    "max_members": _("Most members of a group that was made here"),
    "roll_window_days": _("Days before and after today that the year roll looks at"),
    "keep_decided_days": _("Days an application is kept after it was decided"),
}
"""What administrators read beside each field."""


def settings_of(platform: Platform, municipality_id: UUID) -> GroupsSettings:
    """Return the settings that hold in a municipality."""
    return cast(GroupsSettings, platform.settings_for("groups", municipality_id))
