"""What somebody is writing, kept on the server so that nothing typed is lost.

A draft belongs to the profile that writes and to nobody else. Its id is made before it is first
kept. It holds what the form holds, unchecked: times as they were typed, ids as on the wire.
"""

from datetime import timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_plugins.posts.models import MAX_TITLE, draft
from aula_plugins.posts.queries import drafts as queries
from aula_plugins.posts.service.audience import choose_sender
from aula_plugins.posts.service.words import shorten_html
from aula_sdk.errors import NotFound
from aula_sdk.paging import Cursor, Page, page_of
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

KEPT = timedelta(days=365)
"""How long a draft that nobody touches stays."""
MAX_TIME = 30


class DraftContent(msgspec.Struct, frozen=True):
    """What can be kept of a post that is being written."""

    title: str = ""
    html: str = ""
    search: str = ""
    """What was typed to find groups."""
    audience: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    comments_allowed: bool = True
    publish: str = ""
    """Times are as typed: local, ``2026-11-25T10:00``."""
    expire: str = ""
    important: bool = False
    important_from: str = ""
    important_to: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A draft, by whom."""

    id: UUID
    profile_id: UUID
    content: DraftContent


async def save_draft(
    write: WriteUnit, actor: Actor, draft_id: UUID, content: DraftContent, sender_id: UUID | None
) -> None:
    """Keep a post as it stands; raise `NotFound` when the draft is somebody else's."""
    sender = choose_sender(actor, sender_id)
    mine = [profile.id for profile in actor.profiles]
    is_known = await write.scalar(queries.OWN_DRAFT, {"draft_id": draft_id, "mine": mine})
    kept = msgspec.structs.replace(
        content, title=content.title[:MAX_TITLE], html=shorten_html(content.html)
    )
    values = {
        "profile_id": sender.id,
        "municipality_id": sender.municipality_id,
        "content": msgspec.to_builtins(kept),
        "updated_at": write.now,
    }
    if is_known is not None:
        await write.execute(sa.update(draft).where(draft.c.id == draft_id).values(**values))
        return
    # Somebody, in whatever municipality, may have that id.
    made = await write.execute(insert(draft).on_conflict_do_nothing(), {"id": draft_id} | values)
    if not made.rowcount:
        raise NotFound


async def add_attachments(
    write: WriteUnit, actor: Actor, draft_id: UUID, files: tuple[str, ...]
) -> None:
    """Put uploaded files to an own draft; raise `NotFound`."""
    found = await load_draft(write, actor, draft_id)
    attached = (*found.content.attachments, *files)
    content = msgspec.structs.replace(found.content, attachments=attached)
    await write.execute(
        sa.update(draft)
        .where(draft.c.id == draft_id)
        .values(content=msgspec.to_builtins(content), updated_at=write.now)
    )


async def load_draft(read: ReadUnit, actor: Actor, draft_id: UUID) -> Draft:
    """Return an own draft; raise `NotFound`."""
    params = {"draft_id": draft_id, "mine": own_profiles(actor)}
    found = await read.structs(queries.DraftRow, queries.ONE_DRAFT, params)
    if not found:
        raise NotFound
    row = found[0]
    return Draft(row.id, row.profile_id, msgspec.convert(row.content, DraftContent))


async def list_drafts(
    read: ReadUnit, actor: Actor, after: Cursor | None = None
) -> Page[queries.DraftRow]:
    """Return the actor's drafts, the newest first."""
    rows = await read.structs(
        queries.DraftRow,
        queries.own_drafts(paged=after is not None),
        {"mine": own_profiles(actor), **(after.params if after else {})},
    )
    return page_of(rows, queries.PAGE_SIZE, lambda row: Cursor(row.updated_at, row.id))


async def drop_draft(write: WriteUnit, actor: Actor, draft_id: UUID) -> None:
    """Throw an own draft away; raise `NotFound` when there is none."""
    mine = (draft.c.id == draft_id, draft.c.profile_id.in_(own_profiles(actor)))
    result = await write.execute(sa.delete(draft).where(*mine))
    if not result.rowcount:
        raise NotFound


async def drop_stale_drafts(platform: Platform) -> None:
    """Remove drafts that nobody has touched for a year: the plugin's nightly job."""
    async with platform.write() as write:
        await write.execute(sa.delete(draft).where(draft.c.updated_at < write.now - KEPT))


def own_profiles(actor: Actor) -> list[UUID]:
    """Return the profiles with which the actor may write posts."""
    return [profile.id for profile in actor.profiles_for("posts.create")]
