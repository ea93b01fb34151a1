"""Joining, and applications to join."""

from datetime import datetime
from typing import Self

import msgspec

from aula_plugins.groups.queries.applications import ApplicationRow
from aula_plugins.groups.schemas.fields import ApplicationId, GroupId, ProfileId, Words
from aula_sdk.ids import PROFILE


class Joiner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who joins, leaves or takes an application back: oneself, or a child."""

    who: ProfileId
    words: Words = ""


class Joined(msgspec.Struct, frozen=True):
    """Whether it was done at once, or is to be decided."""

    application: ApplicationId | None


class Application(msgspec.Struct, frozen=True):
    """An application that waits."""

    id: ApplicationId
    group: GroupId
    group_name: str
    who: ProfileId
    name: str
    applicant_name: str
    words: str
    made_at: datetime

    @classmethod
    def of(cls, row: ApplicationRow) -> Self:
        return cls(
            row.key,
            row.group_key,
            row.group_name,
            PROFILE.format(row.profile_id),
            row.name or "",
            row.applicant_name or "",
            row.words,
            row.made_at,
        )


class Applications(msgspec.Struct, frozen=True):
    """The applications that wait for the reader, the oldest first."""

    items: list[Application]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is decided about an application."""

    accept: bool
