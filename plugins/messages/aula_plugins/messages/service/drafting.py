"""What somebody is writing, kept on the server so that nothing typed is lost (MSG-16).

A draft belongs to the profile that writes and to nobody else. An answer has one draft per person
and conversation; a new message has a draft of its own, whose id is made before it is first kept.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_plugins.messages.models import MAX_SUBJECT, ReplyTo, draft
from aula_plugins.messages.queries import drafts as queries
from aula_plugins.messages.service.audience import choose_sender
from aula_plugins.messages.service.heads import load_head, own_profiles, require_right
from aula_plugins.messages.service.posting import LIVE_TOPIC
from aula_plugins.messages.service.words import shorten_html
from aula_sdk.errors import NotFound
from aula_sdk.ids import new_id
from aula_sdk.paging import Cursor, Page, page_of
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

MAX_SEARCH = 100
KEPT = timedelta(days=365)
"""How long a draft that nobody touches stays."""


class DraftContent(msgspec.Struct, frozen=True):
    """What can be kept of a new message; ids as they are written on the wire, unchecked."""

    subject: str = ""
    html: str = ""
    search: str = ""
    """What was typed to find recipients."""
    recipients: tuple[str, ...] = ()
    regarding: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    sender: UUID | None = None


class AnswerContent(msgspec.Struct, frozen=True):
    """What can be kept of an answer."""

    html: str = ""
    to: ReplyTo = ReplyTo.SENDER
    message_id: UUID | None = None
    attachments: tuple[str, ...] = ()


async def save_draft(write: WriteUnit, actor: Actor, draft_id: UUID, content: DraftContent) -> None:
    """Keep a new message as it stands; raise `NotFound` when the draft is somebody else's."""
    sender = choose_sender(actor, content.sender)
    mine = [profile.id for profile in actor.profiles]
    is_known = await write.scalar(queries.OWN_DRAFT, {"draft_id": draft_id, "mine": mine})
    values = {
        "profile_id": sender.id,
        "municipality_id": sender.municipality_id,
        "subject": content.subject[:MAX_SUBJECT],
        "html": shorten_html(content.html),
        "search": content.search[:MAX_SEARCH],
        "recipients": list(content.recipients),
        "regarding": list(content.regarding),
        "attachments": list(content.attachments),
        "updated_at": write.now,
    }
    if is_known is not None:
        await write.execute(sa.update(draft).where(draft.c.id == draft_id).values(**values))
    elif not await _insert(write, draft_id, values):
        raise NotFound
    write.changed(LIVE_TOPIC, [sender.id])


async def add_attachments(
    write: WriteUnit, actor: Actor, draft_id: UUID, files: Sequence[str]
) -> None:
    """Put uploaded files to an own draft; raise `NotFound`."""
    row = await load_draft(write, actor, draft_id)
    await write.execute(
        sa.update(draft)
        .where(draft.c.id == draft_id)
        .values(attachments=[*row.attachments, *files], updated_at=write.now)
    )


async def save_answer(
    write: WriteUnit, platform: Platform, actor: Actor, thread_id: UUID, content: AnswerContent
) -> None:
    """Keep an answer as it stands; an empty one is no draft. `NotFound` to strangers."""
    head = await load_head(write, platform, actor, thread_id)
    require_right(head, may=head.may_reply)
    html = shorten_html(content.html)
    mine = (draft.c.thread_id == thread_id, draft.c.profile_id == head.profile_id)
    if not html and not content.attachments:
        await write.execute(sa.delete(draft).where(*mine))
        return
    values = {
        "html": html,
        "reply_to": content.to,
        "answered_id": content.message_id,
        "attachments": list(content.attachments),
        "updated_at": write.now,
    }
    if head.draft_html is not None:
        await write.execute(sa.update(draft).where(*mine).values(**values))
    else:
        whose = {
            "thread_id": thread_id,
            "profile_id": head.profile_id,
            "municipality_id": head.municipality_id,
        }
        await _insert(write, new_id(), whose | values)


async def _insert(write: WriteUnit, draft_id: UUID, values: Mapping[str, Any]) -> bool:
    """Keep a new draft; return False when somebody, in whatever municipality, has that id."""
    empty: dict[str, Any] = {
        "thread_id": None,
        "reply_to": ReplyTo.SENDER,
        "answered_id": None,
        "subject": "",
        "search": "",
        "recipients": [],
        "regarding": [],
    }
    made = await write.execute(
        insert(draft).on_conflict_do_nothing(), {"id": draft_id} | empty | dict(values)
    )
    return bool(made.rowcount)


async def load_draft(read: ReadUnit, actor: Actor, draft_id: UUID) -> queries.DraftRow:
    """Return an own draft of a new message; raise `NotFound`."""
    found = await read.structs(
        queries.DraftRow, queries.ONE_DRAFT, {"draft_id": draft_id, "mine": own_profiles(actor)}
    )
    if not found:
        raise NotFound
    return found[0]


async def list_drafts(
    read: ReadUnit, platform: Platform, actor: Actor, after: Cursor | None = None
) -> Page[queries.DraftRow]:
    """Return the actor's drafts, new messages and answers alike, the newest first."""
    visible = platform.permissions.visible(actor, "messages.read")
    rows = await read.structs(
        queries.DraftRow,
        queries.own_drafts(visible.clause, paged=after is not None),
        {**visible.params, "mine": own_profiles(actor), **(after.params if after else {})},
    )
    return page_of(rows, queries.PAGE_SIZE, lambda row: Cursor(row.updated_at, row.id))


async def drop_draft(write: WriteUnit, actor: Actor, draft_id: UUID) -> None:
    """Throw an own draft away; raise `NotFound` when there is none."""
    mine = own_profiles(actor)
    result = await write.execute(
        sa.delete(draft).where(draft.c.id == draft_id, draft.c.profile_id.in_(mine))
    )
    if not result.rowcount:
        raise NotFound
    write.changed(LIVE_TOPIC, mine)


async def drop_stale_drafts(platform: Platform) -> None:
    """Remove drafts that nobody has touched for a year: the plugin's nightly job."""
    async with platform.write() as write:
        await write.execute(sa.delete(draft).where(draft.c.updated_at < write.now - KEPT))
