"""What a municipality can set for posts, under ``[municipality.….plugins.posts]``."""

from typing import Annotated, cast
from uuid import UUID

import msgspec

from aula_plugins.posts import _
from aula_sdk.protocols import Platform


class PostsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field has a default; see README.md for what each means to people."""

    large_audience: Annotated[int, msgspec.Meta(ge=1)] = 60
    """More people than a class with its guardians: the writer confirms having seen who they are."""
    comments: bool = True
    """Whether posts can be commented on at all; writers decide it for each post."""
    important_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    """For how many days an important post stays on top when the writer does not say until when."""


TITLES = {
    "large_audience": _("Confirm the audience when more people can read than"),
    "comments": _("Posts can be commented on"),
    "important_days": _("Days an important post stays on top"),
}
"""What administrators read beside each field."""


def settings_of(platform: Platform, municipality_id: UUID) -> PostsSettings:
    """Return the settings that hold in a municipality."""
    return cast(PostsSettings, platform.settings_for("posts", municipality_id))
