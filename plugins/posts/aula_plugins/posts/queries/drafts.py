"""What somebody is writing: only ever one's own."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.ids import DRAFT
from aula_plugins.posts.models import draft
from aula_plugins.posts.queries import params
from aula_sdk.paging import beyond

PAGE_SIZE = 20


class DraftRow(msgspec.Struct, frozen=True):
    """A draft as it is stored."""

    id: UUID
    profile_id: UUID
    content: dict[str, Any]
    updated_at: datetime

    @property
    def key(self) -> str:
        """The id on the wire."""
        return DRAFT.format(self.id)


_COLUMNS = sa.select(draft.c.id, draft.c.profile_id, draft.c.content, draft.c.updated_at).where(
    draft.c.profile_id.in_(params.mine())
)


@cache
def own_drafts(*, paged: bool) -> sa.Select[Any]:
    """The actor's drafts, the newest first. Parameters: ``mine`` and the cursor's."""
    return (
        _COLUMNS.where(*([beyond(draft.c.updated_at, draft.c.id)] if paged else []))
        .order_by(draft.c.updated_at.desc(), draft.c.id.desc())
        .limit(PAGE_SIZE + 1)
    )


ONE_DRAFT = _COLUMNS.where(draft.c.id == params.one("draft_id"))
"""One of the actor's drafts. Parameters: ``draft_id`` and ``mine``."""

OWN_DRAFT = sa.select(draft.c.id).where(
    draft.c.id == params.one("draft_id"), draft.c.profile_id.in_(params.mine())
)
"""Whether it is one of the actor's drafts. Parameters: ``draft_id`` and ``mine``."""
