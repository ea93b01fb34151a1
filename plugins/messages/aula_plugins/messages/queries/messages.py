"""The messages and system lines of a conversation."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.ids import MESSAGE
from aula_plugins.messages.models import MessageKind, message
from aula_plugins.messages.queries import params
from aula_sdk import stamdata
from aula_sdk.ids import PROFILE
from aula_sdk.paging import beyond

MESSAGES_PAGE = 20


class MessageRow(msgspec.Struct, frozen=True):
    """One message or system line of a conversation."""

    id: UUID
    thread_id: UUID
    kind: MessageKind
    author_id: UUID | None
    author_name: str | None
    author_kind: str | None
    author_title: str | None
    html: str
    excerpt: str
    attachment_count: int
    sent_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def key(self) -> str:
        """The id on the wire."""
        return MESSAGE.format(self.id)

    @property
    def author_key(self) -> str:
        """The author's id on the wire."""
        return PROFILE.format(self.author_id) if self.author_id else ""


@cache
def messages(visible: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    """Messages of a conversation that the actor may read, the newest first (MSG-18, MSG-20).

    Parameters: ``thread_id``, those of ``visible`` and of the cursor.
    """
    return (
        _message_columns()
        .where(message.c.thread_id == params.thread_id(), visible)
        .where(*([beyond(message.c.sent_at, message.c.id)] if paged else []))
        .order_by(message.c.sent_at.desc(), message.c.id.desc())
        .limit(MESSAGES_PAGE + 1)
    )


@cache
def one_message(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One message. Parameters: ``message_id`` and those of ``visible``."""
    return _message_columns().where(message.c.id == params.one("message_id"), visible)


def _message_columns() -> sa.Select[Any]:
    author = stamdata.profile.alias("author")
    return sa.select(
        message.c.id,
        message.c.thread_id,
        message.c.kind,
        message.c.author_id,
        author.c.name,
        author.c.kind,
        author.c.title,
        message.c.html,
        message.c.excerpt,
        message.c.attachment_count,
        message.c.sent_at,
        message.c.edited_at,
        message.c.withdrawn_at,
    ).select_from(message.outerjoin(author, author.c.id == message.c.author_id))


@cache
def latest_of_others(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The newest message that somebody else wrote. Parameters: ``thread_id``, ``mine`` and those
    of ``visible``.
    """
    return (
        _message_columns()
        .where(
            message.c.thread_id == params.thread_id(),
            message.c.kind == MessageKind.WRITTEN,
            message.c.author_id.not_in(params.mine()),
            visible,
        )
        .order_by(message.c.sent_at.desc(), message.c.id.desc())
        .limit(1)
    )


MESSAGE_COUNT = sa.select(sa.func.count()).where(
    message.c.thread_id == params.thread_id(), message.c.kind == MessageKind.WRITTEN
)
"""How many messages people wrote in a conversation. Parameter: thread_id."""
