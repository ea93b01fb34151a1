"""What somebody is writing: only ever one's own."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.ids import DRAFT, THREAD
from aula_plugins.messages.models import MAX_EXCERPT, ReplyTo, draft, thread
from aula_plugins.messages.queries import params
from aula_sdk.paging import beyond
from aula_sdk.richtext import plain_text

PAGE_SIZE = 20


class DraftRow(msgspec.Struct, frozen=True):
    """A draft as it is stored; lists hold ids as they are written on the wire."""

    id: UUID
    profile_id: UUID
    thread_id: UUID | None
    reply_to: ReplyTo
    answered_id: UUID | None
    subject: str
    html: str
    search: str
    recipients: list[str]
    regarding: list[str]
    attachments: list[str]
    updated_at: datetime
    thread_subject: str | None

    @property
    def key(self) -> str:
        """The id on the wire."""
        return DRAFT.format(self.id)

    @property
    def excerpt(self) -> str:
        """The first words."""
        return " ".join(plain_text(self.html).split())[:MAX_EXCERPT]

    @property
    def thread_key(self) -> str:
        """The id on the wire of the conversation that it answers."""
        return THREAD.format(self.thread_id) if self.thread_id else ""


def _select() -> sa.Select[Any]:
    return (
        sa.select(
            draft.c.id,
            draft.c.profile_id,
            draft.c.thread_id,
            draft.c.reply_to,
            draft.c.answered_id,
            draft.c.subject,
            draft.c.html,
            draft.c.search,
            draft.c.recipients,
            draft.c.regarding,
            draft.c.attachments,
            draft.c.updated_at,
            thread.c.subject,
        )
        .select_from(draft.outerjoin(thread, thread.c.id == draft.c.thread_id))
        .where(draft.c.profile_id.in_(params.many("mine")))
    )


@cache
def own_drafts(visible: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    """The actor's drafts, the newest first; answers only while the conversation is visible."""
    return (
        _select()
        .where(sa.or_(draft.c.thread_id.is_(None), visible))
        .where(*([beyond(draft.c.updated_at, draft.c.id)] if paged else []))
        .order_by(draft.c.updated_at.desc(), draft.c.id.desc())
        .limit(PAGE_SIZE + 1)
    )


ONE_DRAFT = _select().where(draft.c.id == params.one("draft_id"), draft.c.thread_id.is_(None))
"""One of the actor's drafts of a new message. Parameters: ``draft_id`` and ``mine``."""

OWN_DRAFT = sa.select(sa.literal(1)).where(
    draft.c.id == params.one("draft_id"), draft.c.profile_id.in_(params.many("mine"))
)
"""Whether there is such a draft of one's own. Parameters: ``draft_id`` and ``mine``."""
