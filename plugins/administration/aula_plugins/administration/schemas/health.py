"""How the installation is, and what needs somebody now."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_sdk.health import STREAM


class Trouble(msgspec.Struct, frozen=True):
    """Something that is not as it should be, and what can be done about it."""

    code: str
    title: str
    what: str
    remedy: str
    at: datetime | None = None
    is_past: bool = False
    """Whether nobody needs to do anything about it now."""
    details: str = ""
    """For whoever runs the installation: types and places, never anybody's data."""


class ParkedItem(msgspec.Struct, frozen=True):
    """Deliveries that a feature could not take: they wait, in their order."""

    subscriber: str
    stream: str
    feature: str
    event: str
    waiting: int
    parked_at: datetime
    error: str


class HealthView(msgspec.Struct, frozen=True):
    """How the installation is, in plain words."""

    at: datetime
    is_well: bool
    troubles: list[Trouble]
    parked: list[ParkedItem]
    may_release: bool


class ParkedToRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which parked deliveries are meant."""

    subscriber: Annotated[str, msgspec.Meta(pattern=r"^[\w.:-]{1,120}$")]
    stream: Annotated[str, msgspec.Meta(pattern=STREAM.pattern)]


class Concern(msgspec.Struct, frozen=True):
    """Something that needs somebody now, and where to see more of it."""

    code: str
    text: str
    href: str
    at: datetime | None = None


class Attention(msgspec.Struct, frozen=True):
    """Everything that needs somebody now; empty when all is well."""

    items: list[Concern]
