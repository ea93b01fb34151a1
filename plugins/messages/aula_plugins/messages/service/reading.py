"""Reading: the list of conversations, one conversation, who takes part."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from aula_plugins.messages import _
from aula_plugins.messages.errors import wrong_field
from aula_plugins.messages.models import MessageKind, RecipientKind
from aula_plugins.messages.queries import heads, messages, people
from aula_plugins.messages.queries import inbox as inbox_queries
from aula_plugins.messages.queries.inbox import Box, Label, ThreadRow
from aula_plugins.messages.queries.params import as_mine
from aula_plugins.messages.service.heads import left_at, load_head, own_profiles, reading_profiles
from aula_plugins.messages.settings import settings_of
from aula_sdk.errors import Forbidden
from aula_sdk.paging import Cursor, Page, page_of
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit, StoredFile

_WRITTEN_BY_PEOPLE = tuple(RecipientKind)


class Listed(msgspec.Struct, frozen=True):
    """A row of the list with the names that belong to it."""

    row: ThreadRow
    children: tuple[Label, ...]
    recipients: tuple[Label, ...]
    is_own: bool
    """Whether the reader has started it."""


class Filter(msgspec.Struct, frozen=True):
    """Which conversations to list; enumerations and opaque ids only, so it can stand in a URL."""

    box: Box = Box.ALL
    child: UUID | None = None
    """One of the actor's own children, by person: all its profiles are meant."""
    origin: UUID | None = None
    """Only direct answers to this conversation."""


async def list_threads(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    wanted: Filter,
    after: Cursor | None = None,
) -> Page[Listed]:
    """Return a page of conversations, the newest activity first (MSG-1, MSG-5)."""
    visible = platform.permissions.visible(actor, "messages.read")
    mine = own_profiles(actor) if wanted.box is Box.UNREAD else reading_profiles(actor)
    # Whoever has left nothing reads of each conversation what it says now, and is asked no more.
    readable = platform.permissions.visible(actor, "messages.read_message")
    is_former = any(one.id in mine for one in actor.former)
    rows = await read.structs(
        ThreadRow,
        inbox_queries.inbox(
            visible.clause,
            wanted.box,
            len(mine),
            of_child=wanted.child is not None,
            answers=wanted.origin is not None,
            paged=after is not None,
            readable=readable.clause if is_former else None,
        ),
        {
            **visible.params,
            **(readable.params if is_former else {}),
            **as_mine(mine),
            "children": _profiles_of(actor, wanted.child),
            "origin": wanted.origin,
            **(after.params if after else {}),
        },
    )
    page = page_of(rows, inbox_queries.PAGE_SIZE, _place)
    labels = await _labels(read, actor, mine, [row.id for row in page.items])
    _note_listed(read, actor, page.items, labels)
    shown = (_as_left(actor, row) for row in page.items)
    return Page(tuple(_listed(row, labels, mine) for row in shown), page.next)


def _as_left(actor: Actor, row: ThreadRow) -> ThreadRow:
    """Of what was had at an institution that the actor has left nothing waits (decision 0038)."""
    if all(row.profile_id != one.id for one in actor.former):
        return row
    left = left_at(actor, row.profile_id, row.left_at)
    return msgspec.structs.replace(row, left_at=left, unread=0)


def _note_listed(
    read: ReadUnit, actor: Actor, rows: Sequence[ThreadRow], labels: Sequence[Label]
) -> None:
    """Have it in the audit that first words were read, once for each municipality."""
    for municipality_id in actor.municipalities:
        every = (*actor.profiles, *actor.former)
        mine = {one.id for one in every if one.municipality_id == municipality_id}
        shown = {row.id for row in rows if row.profile_id in mine}
        if shown:
            about = [label for label in labels if label.owner_id in shown]
            read.looked(
                "messages.read",
                municipality_id=municipality_id,
                subjects=_read_about(actor, about),
                details={"listed": len(shown)},
            )


def _read_about(actor: Actor, labels: Sequence[Label]) -> list[UUID]:
    """Return the children who are told of the reading, and with them their parents.

    A guardian reads on account of their own child: the other parent, who may live elsewhere, is
    not told when, and that there is something to read.
    """
    if actor.role is Kind.GUARDIAN:
        return []
    return [child.target_id for child in _children(labels)]


def _place(row: ThreadRow) -> Cursor:
    return Cursor(row.activity_at, row.id)


def _profiles_of(actor: Actor, child: UUID | None) -> list[UUID]:
    """Return the profiles of one of the actor's own children; raise `Invalid` for another's."""
    profiles = [one.profile_id for one in actor.children if one.person_id == child]
    if child is not None and not profiles:
        raise wrong_field("child", _("This is not one of your children"), "not-yours")
    return profiles


async def _labels(
    read: ReadUnit,
    actor: Actor,
    mine: Sequence[UUID],
    threads: Sequence[UUID],
    messages: Sequence[UUID] = (),
) -> Sequence[Label]:
    if not threads:
        return ()
    return await read.structs(
        Label,
        inbox_queries.labels(actor.role, len(mine)),
        {"threads": threads, "messages": messages, **as_mine(mine)},
    )


def _listed(row: ThreadRow, labels: Sequence[Label], mine: Sequence[UUID]) -> Listed:
    own = [label for label in labels if label.owner_id == row.id]
    return Listed(row, _children(own), _recipients(own), row.creator_id in mine)


def _children(labels: Sequence[Label]) -> tuple[Label, ...]:
    found = {label.target_id: label for label in labels if label.what == "child"}
    return tuple(found.values())


def _recipients(labels: Sequence[Label]) -> tuple[Label, ...]:
    return tuple(label for label in labels if label.what in _WRITTEN_BY_PEOPLE)


async def count_unread(read: ReadUnit, platform: Platform, actor: Actor) -> int:
    """Return in how many conversations something waits to be read; the muted are silent."""
    visible = platform.permissions.visible(actor, "messages.read")
    mine = own_profiles(actor)
    return int(
        await read.scalar(
            inbox_queries.unread_count(visible.clause, len(mine)),
            {**visible.params, **as_mine(mine)},
        )
    )


class Shown(msgspec.Struct, frozen=True):
    """A message or line of the system as it is shown."""

    row: messages.MessageRow
    is_own: bool
    is_unread: bool
    may_edit: bool
    """Whether it is one's own and the time for changing it is not over (MSG-19)."""
    files: tuple[StoredFile, ...]
    added: tuple[Label, ...]
    """Whom a line of the system says to have been added."""

    @property
    def is_written(self) -> bool:
        """Whether a person wrote it, or the system."""
        return self.row.kind is MessageKind.WRITTEN


class Conversation(msgspec.Struct, frozen=True):
    """A conversation with its newest messages, in the order of reading: the oldest first."""

    head: heads.Head
    messages: tuple[Shown, ...]
    earlier: Cursor | None
    """Where the messages before these begin."""
    children: tuple[Label, ...]
    recipients: tuple[Label, ...]


async def open_conversation(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    thread_id: UUID,
    before: Cursor | None = None,
) -> Conversation:
    """Return a conversation; raise `NotFound` to whoever does not take part.

    Who has left it reads what was sent until then (MSG-20). Reading does not mark it as read.
    """
    head = await load_head(read, platform, actor, thread_id)
    rows = await _messages(read, platform, actor, thread_id, before)
    page = page_of(rows, messages.MESSAGES_PAGE, lambda row: Cursor(row.sent_at, row.id))
    ids = [row.id for row in page.items]
    files = await platform.files.attached(read, thread_id, ids) if _any_files(page.items) else {}
    mine = reading_profiles(actor)
    labels = await _labels(read, actor, mine, [thread_id], ids)
    own = [label for label in labels if label.owner_id == thread_id]
    read.looked(
        "messages.read",
        municipality_id=head.municipality_id,
        object_id=thread_id,
        subjects=_read_about(actor, own),
        details={"messages": len(page.items)},
    )
    shown = [
        Shown(
            row,
            is_own=row.author_id in mine,
            is_unread=_is_unread(head, row, mine),
            may_edit=row.author_id in mine
            and actor.can("messages.edit_own")
            and is_editable(read, platform, head.municipality_id, row),
            files=tuple(files.get(row.id, ())),
            added=tuple(label for label in labels if label.owner_id == row.id),
        )
        for row in reversed(page.items)
    ]
    return Conversation(head, tuple(shown), page.next, _children(own), _recipients(own))


def is_editable(
    read: ReadUnit, platform: Platform, municipality_id: UUID, row: messages.MessageRow
) -> bool:
    """Whether the time in which a message may be changed is not over yet (MSG-19)."""
    window = timedelta(minutes=settings_of(platform, municipality_id).edit_window_minutes)
    return read.now - row.sent_at <= window


async def _messages(
    read: ReadUnit, platform: Platform, actor: Actor, thread_id: UUID, before: Cursor | None
) -> list[messages.MessageRow]:
    visible = platform.permissions.visible(actor, "messages.read_message")
    return await read.structs(
        messages.MessageRow,
        messages.messages(visible.clause, paged=before is not None),
        {**visible.params, "thread_id": thread_id, **(before.params if before else {})},
    )


def _any_files(rows: Sequence[messages.MessageRow]) -> bool:
    return any(row.attachment_count and row.withdrawn_at is None for row in rows)


def _is_unread(head: heads.Head, row: messages.MessageRow, mine: Sequence[UUID]) -> bool:
    if not head.unread or row.author_id in mine:
        return False
    return head.last_read_at is None or row.sent_at > head.last_read_at


async def load_message(
    read: ReadUnit, platform: Platform, actor: Actor, message_id: UUID
) -> messages.MessageRow | None:
    """Return one message that the actor may read, or None."""
    visible = platform.permissions.visible(actor, "messages.read_message")
    found = await read.structs(
        messages.MessageRow,
        messages.one_message(visible.clause),
        {**visible.params, "message_id": message_id},
    )
    return found[0] if found else None


class People(msgspec.Struct, frozen=True):
    """Who takes part in a conversation, some at a time."""

    head: heads.Head
    page: Page[people.ParticipantRow]
    """Read state is there only for those who may see it (MSG-24)."""


async def list_participants(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    thread_id: UUID,
    after: Cursor | None = None,
) -> People:
    """Return who takes part and who has left; raise `Forbidden` when only that is not allowed."""
    head = await load_head(read, platform, actor, thread_id)
    if not head.may_see_participants:
        raise Forbidden
    visible = platform.permissions.visible(actor, "messages.see_participants")
    rows = await read.structs(
        people.ParticipantRow,
        people.participants(visible.clause, paged=after is not None),
        {**visible.params, "thread_id": thread_id, **(after.params if after else {})},
    )
    if not head.may_see_readers:
        rows = [msgspec.structs.replace(row, last_read_at=None, unread=0) for row in rows]
    return People(head, page_of(rows, people.PEOPLE_PAGE, _joined))


def _joined(row: people.ParticipantRow) -> Cursor:
    return Cursor(row.joined_at, row.profile_id)
