"""Starting a conversation: the recipients are a snapshot of the moment of sending (rule 13)."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.events import MessageSent
from aula_plugins.messages.models import (
    draft,
    message,
    participant,
    participant_child,
    recipient,
    regarding,
    thread,
)
from aula_plugins.messages.service import audience as audiences
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.service.posting import LIVE_TOPIC, attach, message_row
from aula_plugins.messages.service.words import clean_html, clean_subject, excerpt_of
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, WriteUnit


class NewThread(msgspec.Struct, frozen=True):
    """What somebody wants to send."""

    subject: str
    html: str
    recipients: tuple[Choice, ...]
    regarding: tuple[UUID, ...] = ()
    attachments: tuple[UUID, ...] = ()
    sender: UUID | None = None
    """The profile that writes, for those who belong to several institutions (MSG-7)."""


class Member(msgspec.Struct, frozen=True):
    """Somebody who will take part."""

    profile_id: UUID
    kind: Kind
    children: frozenset[UUID] = frozenset()


class Opening(msgspec.Struct, frozen=True):
    """A conversation to be opened, with everything about it decided."""

    sender: ActorProfile
    subject: str
    html: str
    members: tuple[Member, ...]
    """Everybody, the sender first."""
    regarding: frozenset[UUID] = frozenset()
    attachments: tuple[UUID, ...] = ()
    recipients: Mapping[Choice, int] = {}
    origin_id: UUID | None = None


class Sent(msgspec.Struct, frozen=True):
    """Where what was written has gone."""

    thread_id: UUID
    message_id: UUID


async def sent_before(write: WriteUnit, key: str) -> UUID | None:
    """Return the conversation that a request with this key has started, if one has (rule 15)."""
    return await write.once(f"messages.start:{key}")


async def start_thread(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    new: NewThread,
    *,
    key: str,
    draft_id: UUID | None = None,
) -> UUID:
    """Send a new message to everybody its recipients reach; return the conversation's id.

    The same ``key`` again returns the same conversation (rule 15). The draft it was written in is
    gone afterwards. Raises `Invalid` naming the field that cannot be sent.
    """
    earlier = await sent_before(write, key)
    if earlier is not None:
        return earlier
    sender = audiences.choose_sender(actor, new.sender)
    subject = clean_subject(new.subject)
    html = clean_html(new.html, has_attachments=bool(new.attachments))
    audience = await audiences.resolve(write, platform, actor, sender, new.recipients)
    audiences.check_audience(platform, actor, sender, audience)
    audiences.check_regarding(actor, sender, audience, new.regarding)
    about = frozenset(new.regarding)
    sent = await open_thread(
        write,
        platform,
        actor,
        Opening(
            sender=sender,
            subject=subject,
            html=html,
            members=(_writer(actor, sender, about), *_members(audience, about)),
            regarding=about,
            attachments=new.attachments,
            recipients=audience.sizes,
        ),
    )
    if draft_id is not None:
        await write.execute(
            sa.delete(draft).where(draft.c.id == draft_id, draft.c.profile_id == sender.id)
        )
    await write.remember(f"messages.start:{key}", sent.thread_id)
    return sent.thread_id


def _writer(actor: Actor, sender: ActorProfile, about: frozenset[UUID]) -> Member:
    """The sender; a guardian takes part on account of the children named, or of all (R7)."""
    own = frozenset(
        child.profile_id for child in actor.children if child.guardian_profile_id == sender.id
    )
    return Member(sender.id, sender.kind, (own & about) or own)


def _members(audience: audiences.Audience, about: frozenset[UUID]) -> Iterable[Member]:
    for person in audience.people:
        children = person.children(about) if person.kind is Kind.GUARDIAN else frozenset()
        yield Member(person.profile_id, person.kind, children)


async def open_thread(write: WriteUnit, platform: Platform, actor: Actor, opening: Opening) -> Sent:
    """Write a conversation and its first message, in as many statements for 2 people as for 400."""
    sent = Sent(new_id(), new_id())
    rows = _rows(write, sent, opening)
    for table in (thread, message, participant, participant_child, regarding, recipient):
        if rows[table]:
            await write.execute(sa.insert(table), rows[table])
    sender = opening.sender
    await attach(
        write,
        platform,
        actor,
        opening.attachments,
        thread_id=sent.thread_id,
        message_id=sent.message_id,
        municipality_id=sender.municipality_id,
    )
    write.emit(
        MessageSent(
            municipality_id=sender.municipality_id,
            institution_id=sender.institution_id,
            thread_id=sent.thread_id,
            message_id=sent.message_id,
            author_id=sender.id,
        )
    )
    write.audit(
        "messages.thread_started",
        municipality_id=sender.municipality_id,
        object_id=sent.thread_id,
        subjects=tuple(opening.regarding),
        details={"people": len(opening.members) - 1},
    )
    write.changed(LIVE_TOPIC, [member.profile_id for member in opening.members])
    return sent


def _rows(
    write: WriteUnit, sent: Sent, opening: Opening
) -> dict[sa.Table, list[dict[str, object]]]:
    sender = opening.sender
    common: dict[str, object] = {
        "thread_id": sent.thread_id,
        "municipality_id": sender.municipality_id,
    }
    first = message_row(write, sender.municipality_id, sent.thread_id, sent.message_id, sender.id)
    return {
        thread: [
            {
                "id": sent.thread_id,
                "institution_id": sender.institution_id,
                "creator_id": sender.id,
                "subject": opening.subject,
                "started_at": write.now,
                "participant_count": len(opening.members),
                "origin_id": opening.origin_id,
                "municipality_id": sender.municipality_id,
            }
        ],
        message: [
            first
            | {
                "html": opening.html,
                "excerpt": excerpt_of(opening.html),
                "attachment_count": len(opening.attachments),
            }
        ],
        participant: participant_rows(
            write, common, sent.message_id, opening.members, author_id=sender.id
        ),
        participant_child: child_rows(common, opening.members),
        regarding: [common | {"child_id": child} for child in sorted(opening.regarding)],
        recipient: [
            common
            | {
                "position": position,
                "what": choice.what,
                "target_id": choice.target_id,
                "role": choice.role,
                "reached": reached,
            }
            for position, (choice, reached) in enumerate(opening.recipients.items())
        ],
    }


def participant_rows(
    write: WriteUnit,
    common: Mapping[str, object],
    newest: UUID,
    members: Sequence[Member],
    *,
    author_id: UUID | None = None,
    unread: int = 1,
) -> list[dict[str, object]]:
    """Return the rows of people who come into a conversation now."""
    return [
        {
            **common,
            "profile_id": member.profile_id,
            "kind": member.kind,
            "joined_at": write.now,
            "left_at": None,
            "activity_at": write.now,
            "last_message_id": newest,
            "unread": 0 if member.profile_id == author_id else unread,
            "last_read_at": write.now if member.profile_id == author_id else None,
            "muted": False,
        }
        for member in members
    ]


def child_rows(common: Mapping[str, object], members: Iterable[Member]) -> list[dict[str, object]]:
    """Return the rows that say on account of which children guardians take part."""
    return [
        {**common, "profile_id": member.profile_id, "child_id": child}
        for member in members
        for child in sorted(member.children)
    ]
