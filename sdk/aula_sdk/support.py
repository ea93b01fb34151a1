"""Access beyond one's own rights, as those see it who answer for it: who, to whom, why, until when.

Support sees the site as somebody else (`SEE_AS`): reading, what is ordinary alone. It begins and
ends in the kernel's own pages; here it is reviewed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import msgspec

from aula_sdk.errors import Conflict
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import (
    APPROVE_GLASS,
    BREAK_GLASS,
    END_SESSIONS,
    READ_GLASSES,
    READ_SUPPORT,
    SEE_AS,
)
from aula_sdk.paging import Cursor, Page
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("sdk")
__all__ = [
    "APPROVE_GLASS", "BREAK_GLASS", "END_SESSIONS", "READ_GLASSES", "READ_SUPPORT", "SEE_AS",
    "DecidedAlready", "GlassHead", "GlassState", "GlassWish", "ImpersonationHead", "Support",
    "WishLapsed",
]  # fmt: skip


class ImpersonationHead(msgspec.Struct, frozen=True):
    """That somebody has seen the site as somebody."""

    id: UUID
    municipality_id: UUID
    institution: str
    name: str
    """As whom; empty when the person was erased."""
    supporter: str
    """Who it was; empty when the person was erased."""
    reason: str
    began_at: datetime
    ended_at: datetime
    """When it was over, or will be at the latest."""


class DecidedAlready(Conflict):
    """Somebody else has decided it meanwhile."""

    code = "support.decided-already"
    title = _("This has been decided already")


class WishLapsed(Conflict):
    """Nobody has decided about it in time; what was the matter then may not be so now."""

    code = "support.wish-lapsed"
    title = _("This was asked for too long ago. Whoever needs it can ask again.")


GlassState = Literal["asked", "lapsed", "withdrawn", "refused", "open", "over"]
"""What has become of a wish: it waits, nobody decided in time, who had asked took it back, it was
refused, it can be read now, the access has ended."""


class GlassWish(msgspec.Struct, frozen=True):
    """What somebody asks to read."""

    area: str
    """The part of the site: a plugin's name."""
    reason: str
    hours: int


class GlassHead(msgspec.Struct, frozen=True):
    """What was asked for, and what has become of it."""

    id: UUID
    municipality_id: UUID
    area: str
    institution: str
    name: str
    """Whose data; empty when the person was erased."""
    asker: str
    """Empty when the person was erased."""
    decider: str
    """Empty while nobody has decided, and when the person was erased."""
    reason: str
    hours: int
    asked_at: datetime
    decided_at: datetime | None
    ends_at: datetime | None
    """When the access ends, or ended; None when there never was one."""
    state: GlassState
    is_mine: bool
    """Whether the reader has asked for it."""
    may_decide: bool
    """Whether the reader may approve or refuse it now."""
    is_protected: bool
    """Whether the person is protected: told to who may decide alone, while it waits (R8)."""


class Support(Protocol):
    """Reviewing support, for those who hold `READ_SUPPORT`; `Forbidden` to who holds it nowhere.

    Breaking the glass is asked for by who holds `BREAK_GLASS` and decided by who holds
    `APPROVE_GLASS`, never by the same person; it is opened in the kernel's own pages.
    """

    @property
    def areas(self) -> Sequence[str]:
        """The parts of the site that can be opened, by their plugins' names."""
        ...

    @property
    def most_hours(self) -> int:
        """For how many hours at most."""
        ...

    async def may_see_as(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> bool:
        """Whether the actor may see the site as the person, after a fresh second factor."""
        ...

    async def may_ask(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> bool:
        """Whether the actor may `ask` about the person, after a fresh second factor."""
        ...

    async def name_of(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> str:
        """Return the name of somebody about whom the actor may ask; raise `NotFound`."""
        ...

    async def ask(self, unit: WriteUnit, actor: Actor, profile_id: UUID, wish: GlassWish) -> UUID:
        """Ask; raise `aula_sdk.errors.NotFound` for whom one may not ask about, and `Invalid`."""
        ...

    async def decide(self, unit: WriteUnit, actor: Actor, key: UUID, *, approved: bool) -> None:
        """Approve or refuse; raise `NotFound` to who may not, `DecidedAlready` and `WishLapsed`."""
        ...

    async def end(self, unit: WriteUnit, actor: Actor, key: UUID) -> None:
        """End an access before its time, or take back one's own wish that nobody has decided about.

        Raises `NotFound` to who may not, and `Forbidden` to who holds none of the rights at all.
        """
        ...

    async def may_end_sessions(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> bool:
        """Whether `end_sessions` would end them, after a fresh second factor."""
        ...

    async def end_sessions(self, unit: WriteUnit, actor: Actor, profile_id: UUID) -> int:
        """End all sessions and access keys of the person; return how many sessions still held.

        Raises `Forbidden` to who holds `END_SESSIONS` nowhere, or for their institution alone while
        the person decides for a municipality, and `NotFound` for whom it is out of reach or who has
        left. It is audited, and the person reads it in all roles for a month.
        """
        ...

    async def glasses(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[GlassHead]:
        """Return what was asked for: by the actor, for the actor to decide, or for review; the
        latest first. That it was read is audited. Raises `Forbidden` to who has none of the rights.
        """
        ...

    async def impersonations(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[ImpersonationHead]:
        """Return who has seen the site as whom, the latest first; that it was read is audited."""
        ...
