"""What a municipality can set for messages, under ``[municipality.….plugins.messages]``."""

from typing import Annotated, cast
from uuid import UUID

import msgspec

from aula_plugins.messages import _
from aula_sdk.protocols import Platform


class MessagesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field has a default; see README.md for what each means to people."""

    max_recipients: Annotated[int, msgspec.Meta(ge=1, le=5000)] = 400
    """How many people one message reaches without ``messages.send_to_many`` (MSG-13)."""
    large_audience: Annotated[int, msgspec.Meta(ge=1)] = 60
    """More people than a class with its guardians: the sender confirms having seen who they are."""
    edit_window_minutes: Annotated[int, msgspec.Meta(ge=0)] = 24 * 60
    """For how long one may change what one has sent (MSG-19); it can be withdrawn for ever."""
    guardians_may_write_to_guardians: bool = True
    """Whether guardians can choose other guardians as recipients; employees they always can."""


TITLES = {
    "max_recipients": _("Most people one message can reach"),
    "large_audience": _("Confirm the audience when more people get it than"),
    "edit_window_minutes": _("Minutes in which one can change what one has sent"),
    "guardians_may_write_to_guardians": _("Guardians can write to other guardians"),
}
"""What administrators read beside each field."""


def settings_of(platform: Platform, municipality_id: UUID) -> MessagesSettings:
    """Return the settings that hold in a municipality."""
    return cast(MessagesSettings, platform.settings_for("messages", municipality_id))
