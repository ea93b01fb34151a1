"""Changing and withdrawing what one has sent, with a trace that all can see (MSG-19)."""

from uuid import UUID

import sqlalchemy as sa

from aula_plugins.messages.errors import AlreadyWithdrawn, NotWritten, TooLateToEdit
from aula_plugins.messages.events import MessageEdited, MessageWithdrawn
from aula_plugins.messages.models import MessageKind, message
from aula_plugins.messages.queries.messages import MessageRow
from aula_plugins.messages.service.posting import refresh
from aula_plugins.messages.service.reading import is_editable, load_message
from aula_plugins.messages.service.words import clean_html, excerpt_of
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, WriteUnit


async def edit_message(
    write: WriteUnit, platform: Platform, actor: Actor, message_id: UUID, html: str
) -> MessageRow:
    """Put other words into an own message; it shows from then on that it was changed.

    Raises `NotFound` to strangers, `Forbidden` to readers, `TooLateToEdit` and `AlreadyWithdrawn`.
    """
    row, municipality_id = await _own(write, platform, actor, "messages.edit_own", message_id)
    if not is_editable(write, platform, municipality_id, row):
        raise TooLateToEdit
    clean = clean_html(html, has_attachments=bool(row.attachment_count))
    await write.execute(
        sa.update(message)
        .where(message.c.id == message_id)
        .values(html=clean, excerpt=excerpt_of(clean), edited_at=write.now)
    )
    write.emit(
        MessageEdited(
            municipality_id=municipality_id, thread_id=row.thread_id, message_id=message_id
        )
    )
    write.audit("messages.message_edited", municipality_id=municipality_id, object_id=message_id)
    await refresh(write, row.thread_id)
    return row


async def withdraw_message(
    write: WriteUnit, platform: Platform, actor: Actor, message_id: UUID
) -> MessageRow:
    """Take an own message back: words and attachments are gone, that there was one stays to see."""
    row, municipality_id = await _own(write, platform, actor, "messages.withdraw_own", message_id)
    await write.execute(
        sa.update(message)
        .where(message.c.id == message_id)
        .values(html="", excerpt="", attachment_count=0, withdrawn_at=write.now)
    )
    if row.attachment_count:
        await platform.files.detach(write, row.thread_id, message_id)
    write.emit(
        MessageWithdrawn(
            municipality_id=municipality_id, thread_id=row.thread_id, message_id=message_id
        )
    )
    write.audit("messages.message_withdrawn", municipality_id=municipality_id, object_id=message_id)
    await refresh(write, row.thread_id)
    return row


async def _own(
    write: WriteUnit, platform: Platform, actor: Actor, action: str, message_id: UUID
) -> tuple[MessageRow, UUID]:
    """Return an own message that can still be changed, and its municipality."""
    await platform.permissions.require(
        write, actor, action, message_id, sees="messages.read_message"
    )
    row = await load_message(write, platform, actor, message_id)
    if row is None:
        raise NotFound
    if row.kind is not MessageKind.WRITTEN:
        raise NotWritten
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    author = next(profile for profile in actor.profiles if profile.id == row.author_id)
    return row, author.municipality_id
