"""What is kept about people, why and for how long; how it is given out and erased."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.messages import _
from aula_plugins.messages.models import (
    MessageKind,
    draft,
    message,
    message_person,
    participant,
    participant_child,
    recipient,
    regarding,
    thread,
)
from aula_plugins.messages.permissions import MESSAGES
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData, SubjectData
from aula_sdk.db import Instant
from aula_sdk.i18n import Text
from aula_sdk.people import Kind
from aula_sdk.permissions import Me
from aula_sdk.protocols import ReadUnit, WriteUnit

_TASK = _("Cooperation between school, day-care and home")
_LAW = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_KEPT = _("As long as the municipality's retention schedule says; withdrawn words at once")
_DRAFTS_KEPT = _("Until it is sent or thrown away; at most a year untouched")

_CONFIDENTIAL, _ORDINARY = DataClass.CONFIDENTIAL, DataClass.ORDINARY


def _table(
    table: sa.Table,
    purpose: Text,
    *,
    retention: Text = _KEPT,
    technical: tuple[str, ...] = (),
    **fields: FieldPrivacy,
) -> PersonalData:
    return PersonalData(table.name, purpose, _LAW, retention, fields, technical)


PERSONAL_DATA = (
    _table(
        thread,
        _TASK,
        creator_id=FieldPrivacy(_ORDINARY, _("Who started the conversation")),
        subject=FieldPrivacy(_CONFIDENTIAL, _("What the writer says that it is about")),
        technical=("institution_id", "participant_count", "origin_id"),
    ),
    _table(
        message,
        _TASK,
        author_id=FieldPrivacy(_ORDINARY, _("Who wrote the message")),
        html=FieldPrivacy(_CONFIDENTIAL, _("What the person wrote")),
        excerpt=FieldPrivacy(_CONFIDENTIAL, _("The first words of it")),
        technical=("thread_id", "kind", "attachment_count"),
    ),
    _table(
        message_person,
        _("Tells the participants who came into the conversation"),
        profile_id=FieldPrivacy(_ORDINARY, _("Who was added")),
        technical=("message_id",),
    ),
    _table(
        participant,
        _("Shows each participant the conversation and what is new in it"),
        profile_id=FieldPrivacy(_ORDINARY, _("Who takes part")),
        kind=FieldPrivacy(_ORDINARY, _("As what the person takes part")),
        joined_at=FieldPrivacy(_ORDINARY, _("When the person came in")),
        left_at=FieldPrivacy(_ORDINARY, _("When the person left")),
        unread=FieldPrivacy(_ORDINARY, _("How much the person has not read")),
        last_read_at=FieldPrivacy(_ORDINARY, _("When the person last read it")),
        muted=FieldPrivacy(_ORDINARY, _("Whether the person wants to be told")),
        technical=("thread_id", "last_message_id"),
    ),
    _table(
        participant_child,
        _("Closes the conversation to a guardian who loses access to the child"),
        profile_id=FieldPrivacy(_ORDINARY, _("The guardian")),
        child_id=FieldPrivacy(_CONFIDENTIAL, _("On account of which child")),
        technical=("thread_id",),
    ),
    _table(
        regarding,
        _("Shows which child a conversation is about"),
        child_id=FieldPrivacy(_CONFIDENTIAL, _("The child it is about")),
        technical=("thread_id",),
    ),
    _table(
        recipient,
        _("Shows to whom the first message was addressed"),
        target_id=FieldPrivacy(_ORDINARY, _("The person or group that was addressed")),
        technical=("thread_id", "position", "what", "role", "reached"),
    ),
    _table(
        draft,
        _("Keeps what somebody is writing"),
        retention=_DRAFTS_KEPT,
        profile_id=FieldPrivacy(_ORDINARY, _("Who is writing")),
        subject=FieldPrivacy(_CONFIDENTIAL, _("The subject so far")),
        html=FieldPrivacy(_CONFIDENTIAL, _("The words so far")),
        search=FieldPrivacy(_ORDINARY, _("The name that was looked for last")),
        recipients=FieldPrivacy(_ORDINARY, _("Who was chosen so far")),
        regarding=FieldPrivacy(_CONFIDENTIAL, _("Which children it is about")),
        technical=("thread_id", "reply_to", "answered_id", "attachments"),
    ),
)

_ABOUT: tuple[tuple[sa.Table, str], ...] = (
    (thread, "creator_id"),
    (message, "author_id"),
    (message_person, "profile_id"),
    (participant, "profile_id"),
    (participant_child, "profile_id"),
    (participant_child, "child_id"),
    (regarding, "child_id"),
    (recipient, "target_id"),
    (draft, "profile_id"),
)
"""Every column that names a person."""


def _received(relation: str, profiles: int) -> sa.Select[Any]:
    """What so many profiles can read through the relation. Parameters: those of ``Me``."""
    author, me = stamdata.profile.alias("author"), Me.named("me", profiles)
    return (
        sa.select(message, author.c.name.label("author_name"))
        .outerjoin(author, author.c.id == message.c.author_id)
        .where(
            message.c.kind == MessageKind.WRITTEN,
            message.c.withdrawn_at.is_(None),
            *(one.condition(me) for one in MESSAGES.relations if one.name == relation),
        )
    )


async def _readers(person_id: UUID, read: ReadUnit) -> dict[str, list[UUID]]:
    """Return by relation the profiles with which the person reads: those that hold, and of pupils
    and guardians those that have ended (decision 0038).
    """
    own = stamdata.profile.c
    rows = await read.rows(
        sa.select(own.id, own.kind, own.valid_to).where(
            own.person_id == person_id, own.valid_from <= read.now
        )
    )
    found: dict[str, list[UUID]] = {"reader": [], "belonged": []}
    for row in rows:
        if row.valid_to is None or row.valid_to > read.now:
            found["reader"].append(row.id)
        elif row.kind in {Kind.PUPIL, Kind.GUARDIAN}:
            found["belonged"].append(row.id)
    return {relation: mine for relation, mine in found.items() if mine}


def _profiles(person_id: UUID) -> sa.Select[Any]:
    return sa.select(stamdata.profile.c.id).where(stamdata.profile.c.person_id == person_id)


async def export_person(
    person_id: UUID, read: ReadUnit
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield every row that names the person, and what others wrote to the person.

    That is what the person can read at this moment, with the writers' names as the person sees
    them: nothing of before or after, nothing about children to whom access was lost (R7), and
    nothing that was written to an employee who has left the post.
    """
    for table, column in _ABOUT:
        rows = await read.rows(sa.select(table).where(table.c[column].in_(_profiles(person_id))))
        for row in rows:
            values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.
            if table is participant_child and column == "child_id":
                # Which guardian writes with the school about a child is that guardian's own.
                del values["profile_id"]
            yield table.name, values
    given: set[UUID] = set()
    for relation, mine in (await _readers(person_id, read)).items():
        params = {**Me.values("me", mine, (), (), ()), **Me.moment(read.now)}
        for row in await read.rows(_received(relation, len(mine)), params):
            if row.id not in given:
                given.add(row.id)
                yield message.name, dict(row._mapping)  # noqa: SLF001


async def erase_person(person_id: UUID, write: WriteUnit) -> int:
    """Take the person out of every conversation; return how many rows that touched.

    What the person wrote becomes a message without words and author, so that the others' answers
    keep their place. What others wrote stays.
    """
    touched = await _leave_everything(person_id, write)
    touched += await _blank(person_id, write)
    for table, column in (
        (message_person, "profile_id"),
        (participant_child, "profile_id"),
        (participant_child, "child_id"),
        (regarding, "child_id"),
        (recipient, "target_id"),
        (participant, "profile_id"),
        (draft, "profile_id"),
    ):
        gone = await write.execute(
            sa.delete(table).where(table.c[column].in_(_profiles(person_id)))
        )
        touched += gone.rowcount
    return touched


async def _leave_everything(person_id: UUID, write: WriteUnit) -> int:
    """Count the person out of the conversations that they have not left."""
    active = sa.select(participant.c.thread_id).where(
        participant.c.profile_id.in_(_profiles(person_id)), participant.c.left_at.is_(None)
    )
    changed = await write.execute(
        sa.update(thread)
        .where(thread.c.id.in_(active))
        .values(participant_count=thread.c.participant_count - 1)
    )
    return changed.rowcount


async def _blank(person_id: UUID, write: WriteUnit) -> int:
    """Remove the person's words and name from what they wrote."""
    messages = await write.execute(
        sa.update(message)
        .where(message.c.author_id.in_(_profiles(person_id)))
        .values(
            author_id=None,
            html="",
            excerpt="",
            attachment_count=0,
            withdrawn_at=sa.func.coalesce(message.c.withdrawn_at, sa.literal(write.now, Instant)),
        )
    )
    threads = await write.execute(
        sa.update(thread)
        .where(thread.c.creator_id.in_(_profiles(person_id)))
        .values(creator_id=None, subject="")
    )
    return messages.rowcount + threads.rowcount


SUBJECT_DATA = SubjectData("messages", export_person, erase_person)
