"""Access beyond one's own rights, as those see it who answer for it: who, to whom, why, until when.

Support sees the site as somebody else (`SEE_AS`): reading, what is ordinary alone. It begins and
ends in the kernel's own pages; here it is reviewed.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from aula_sdk.operations import READ_SUPPORT, SEE_AS
from aula_sdk.paging import Cursor, Page
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

__all__ = ["READ_SUPPORT", "SEE_AS", "ImpersonationHead", "Support"]


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


class Support(Protocol):
    """Reviewing support, for those who hold `READ_SUPPORT`; `Forbidden` to who holds it nowhere."""

    async def impersonations(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[ImpersonationHead]:
        """Return who has seen the site as whom, the latest first; that it was read is audited."""
        ...
