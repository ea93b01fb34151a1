"""Who takes part in a conversation: to be shown, to be told, to be answered."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.models import participant, participant_child, regarding, thread
from aula_plugins.messages.queries import params
from aula_plugins.messages.queries.recipients import channel_is_open
from aula_plugins.messages.relations import has_access
from aula_sdk import stamdata
from aula_sdk.db import Instant
from aula_sdk.ids import PROFILE
from aula_sdk.people import Kind

PEOPLE_PAGE = 50


class ParticipantRow(msgspec.Struct, frozen=True):
    """Somebody who takes part or has done so; read state only where the reader may see it."""

    profile_id: UUID
    name: str | None
    kind: Kind
    title: str | None
    joined_at: datetime
    left_at: datetime | None
    last_read_at: datetime | None
    unread: int

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.profile_id)


@cache
def participants(visible: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    """Who takes part, in the order of joining. ``visible`` is the right to see participants."""
    person = stamdata.profile
    place = sa.tuple_(participant.c.joined_at, participant.c.profile_id)
    after = sa.tuple_(sa.bindparam("cursor_at", type_=Instant), params.one("cursor_id"))
    return (
        sa.select(
            participant.c.profile_id,
            person.c.name,
            participant.c.kind,
            person.c.title,
            participant.c.joined_at,
            participant.c.left_at,
            participant.c.last_read_at,
            participant.c.unread,
        )
        .select_from(
            participant.join(thread, thread.c.id == participant.c.thread_id).outerjoin(
                person, person.c.id == participant.c.profile_id
            )
        )
        .where(thread.c.id == params.thread_id(), visible)
        .where(*([place > after] if paged else []))
        .order_by(participant.c.joined_at, participant.c.profile_id)
        .limit(PEOPLE_PAGE + 1)
    )


ACTIVE_PEOPLE = (
    sa.select(participant.c.profile_id)
    .where(participant.c.thread_id == params.thread_id(), participant.c.left_at.is_(None))
    .order_by(participant.c.profile_id)
)
"""The profiles of those who take part now; for telling open pages, never for showing."""


def _reachable(person: sa.FromClause, row: sa.FromClause = participant) -> sa.ColumnElement[bool]:
    """The participant (``row``) still belongs there; a guardian with access to one of the children
    (R7).
    """
    now = params.now()
    return sa.and_(
        stamdata.valid(person, now), sa.or_(row.c.kind != Kind.GUARDIAN, has_access(row, now))
    )


ALREADY_IN = (
    sa.select(
        participant.c.profile_id,
        stamdata.profile.c.person_id,
        participant.c.kind,
        participant.c.left_at,
        _reachable(stamdata.profile),
    )
    .select_from(
        participant.join(stamdata.profile, stamdata.profile.c.id == participant.c.profile_id)
    )
    .where(
        participant.c.thread_id == params.thread_id(),
        stamdata.profile.c.person_id.in_(params.many("persons")),
    )
)
"""Which of these persons have a row in the conversation, and whether they can read it by that.
Parameters: thread_id, persons, now."""

SOMEBODY_ELSE = (
    sa.select(sa.literal(1))
    .select_from(
        participant.join(stamdata.profile, stamdata.profile.c.id == participant.c.profile_id)
    )
    .where(
        participant.c.thread_id == params.thread_id(),
        participant.c.profile_id != params.one("profile_id"),
        participant.c.left_at.is_(None),
        _reachable(stamdata.profile),
    )
    .limit(1)
)
"""Whether anybody but ``profile_id`` can read what is written. Parameters: those, and now."""


class AnswerableRow(msgspec.Struct, frozen=True):
    """Somebody in a conversation whom a direct answer can reach."""

    profile_id: UUID
    kind: Kind
    name: str


ANSWERABLE = (
    sa.select(participant.c.profile_id, participant.c.kind, stamdata.profile.c.name)
    .select_from(
        participant.join(stamdata.profile, stamdata.profile.c.id == participant.c.profile_id)
    )
    .where(
        participant.c.thread_id == params.thread_id(),
        participant.c.profile_id == params.one("profile_id"),
        participant.c.left_at.is_(None),
        _reachable(stamdata.profile),
    )
)
"""The person, when a direct answer can reach them. Parameters: thread_id, profile_id, now."""


def _takes_part(name: str) -> sa.ColumnElement[bool]:
    row, person = participant.alias(f"row_{name}"), stamdata.profile.alias(f"person_{name}")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(row.join(person, person.c.id == row.c.profile_id))
        .where(
            row.c.thread_id == thread.c.id,
            row.c.profile_id == params.one(name),
            row.c.left_at.is_(None),
            _reachable(person, row),
        )
        .correlate(thread)
    )


DIRECT_ANSWER = (
    sa.select(thread.c.id)
    .where(
        thread.c.origin_id == params.thread_id(),
        thread.c.participant_count == 2,  # noqa: PLR2004  # Two make it a direct answer.
        _takes_part("me"),
        _takes_part("other"),
    )
    .order_by(thread.c.started_at.desc())
    .limit(1)
)
"""The direct conversation about a conversation (MSG-11) that two people have, and can both read.
Parameters: thread_id, me, other, now."""

BEHIND_CLOSED = (
    sa.select(participant.c.profile_id)
    .select_from(
        participant.join(stamdata.profile, stamdata.profile.c.id == participant.c.profile_id)
    )
    .where(
        participant.c.thread_id == params.thread_id(),
        participant.c.left_at.is_(None),
        participant.c.profile_id != params.one("sender"),
        sa.not_(channel_is_open(stamdata.profile)),
    )
)
"""Who takes part and cannot be written to by the sender (MSG-15). Parameters: ``thread_id``,
``sender``, ``sender_kind``, ``municipality``, ``institution``."""

CHILDREN_OF = sa.select(participant_child.c.profile_id, participant_child.c.child_id).where(
    participant_child.c.thread_id == params.thread_id(),
    participant_child.c.profile_id.in_(params.many("profiles")),
)
"""On account of which children these guardians take part. Parameters: thread_id, profiles."""

REGARDING = sa.select(regarding.c.child_id).where(regarding.c.thread_id == params.thread_id())
"""Which children a conversation is about."""
