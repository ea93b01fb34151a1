"""The Structs at the HTTP edge of support and of special access."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_plugins.administration.schemas.fields import NAME_PATTERN
from aula_sdk.support import GlassState


class SupportItem(msgspec.Struct, frozen=True):
    """That somebody has seen the site as somebody else, to help."""

    id: str
    name: str
    """As whom; empty when the person was erased."""
    institution: str
    supporter: str
    """Who it was; empty when the person was erased."""
    reason: str
    began_at: datetime
    ended_at: datetime
    """When it was over, or will be at the latest."""


class SupportList(msgspec.Struct, frozen=True):
    """Some of them, the latest first; ``next`` is what ``after`` has to be for older ones."""

    items: list[SupportItem]
    next: str | None = None


class LoggedOut(msgspec.Struct, frozen=True):
    """That somebody was logged out everywhere."""

    sessions: int
    """At how many places they were logged in."""


class GlassItem(msgspec.Struct, frozen=True):
    """What somebody has asked to read beyond their rights, and what has become of it."""

    id: str
    area: str
    name: str
    """Whose data; empty when the person was erased."""
    institution: str
    asker: str
    """Empty when the person was erased."""
    decider: str
    """Empty while nobody has decided, and when the person was erased."""
    reason: str
    hours: int
    asked_at: datetime
    decided_at: datetime | None
    ends_at: datetime | None
    state: GlassState
    """It waits, nobody decided in time, it was taken back or refused, is open, or over."""
    is_mine: bool
    may_decide: bool
    is_protected: bool
    """Whether the person is protected; told to who may decide, while it waits."""


class GlassList(msgspec.Struct, frozen=True):
    """Some of them, the latest first; ``next`` is what ``after`` has to be for older ones."""

    items: list[GlassItem]
    next: str | None = None


class GlassToAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be read, why, and for how long."""

    area: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    hours: Annotated[int, msgspec.Meta(ge=1, le=24)]


class GlassToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it is approved."""

    approved: bool


class GlassAsked(msgspec.Struct, frozen=True):
    """What was asked for now waits for a second person."""

    id: str
