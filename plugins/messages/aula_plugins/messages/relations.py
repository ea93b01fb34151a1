"""Ways in which a reader can be related to a conversation, a message, a person or a group."""

from typing import Any

import sqlalchemy as sa

from aula_plugins.messages.models import message, participant, participant_child
from aula_sdk import stamdata
from aula_sdk.people import Kind
from aula_sdk.permissions import Me


def participates(
    me: Me, thread_id: sa.ColumnElement[Any], of: sa.Table, *further: Any
) -> sa.ColumnElement[bool]:
    """The actor has a row among the participants of the thread that ``thread_id`` names.

    ``further`` are functions of that row to conditions on it. R7: a guardian's row counts only
    while the guardian has access to one of the children on whose account it is there.
    """
    mine = participant.alias("mine")
    conditions = [condition(mine) for condition in further]
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(mine)
        .where(
            mine.c.thread_id == thread_id,
            mine.c.profile_id.in_(me.profiles),
            sa.or_(mine.c.kind != Kind.GUARDIAN, has_access(mine, me.now)),
            *conditions,
        )
        .correlate(of)
    )


def has_access(row: sa.FromClause, now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The guardian whose ``row`` among the participants it is has access to one of the children on
    whose account it is there (R7), and belongs there too: no guardianship holds longer than both
    profiles.
    """
    link = participant_child.alias("child_of_row")
    access = stamdata.guardianship.alias("access_of_row")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(
            link.join(
                access,
                sa.and_(
                    access.c.guardian_id == link.c.profile_id,
                    access.c.child_id == link.c.child_id,
                ),
            )
        )
        .where(
            link.c.thread_id == row.c.thread_id,
            link.c.profile_id == row.c.profile_id,
            access.c.access.is_(True),
            stamdata.valid(access, now),
        )
        .correlate(row)
    )


def is_told(now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The participant, or a guardian's child, has not left: else nothing newer is told (0038)."""
    profile, link = stamdata.profile, participant_child.alias("told_of")
    child = stamdata.profile.alias("child_told_of")
    has_child_there = sa.exists(
        sa.select(sa.literal(1))
        .select_from(link.join(child, child.c.id == link.c.child_id))
        .where(
            link.c.thread_id == participant.c.thread_id,
            link.c.profile_id == participant.c.profile_id,
            stamdata.valid(child, now),
        )
        .correlate(participant)
    )
    return sa.and_(
        sa.exists(
            sa.select(sa.literal(1))
            .where(profile.c.id == participant.c.profile_id, stamdata.valid(profile, now))
            .correlate(participant)
        ),
        sa.or_(participant.c.kind != Kind.GUARDIAN, has_child_there),
    )


def still_in(mine: sa.FromClause) -> sa.ColumnElement[bool]:
    return mine.c.left_at.is_(None)


def left(mine: sa.FromClause) -> sa.ColumnElement[bool]:
    return mine.c.left_at.is_not(None)


def sent_before_leaving(mine: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(mine.c.left_at.is_(None), message.c.sent_at <= mine.c.left_at)


def belonged(
    me: Me,
    thread_id: sa.ColumnElement[Any],
    of: sa.Table,
    changed: sa.ColumnElement[Any] | None = None,
) -> sa.ColumnElement[bool]:
    """One of my former profiles took part (decision 0038); a guardian on account of a child to whom
    the guardian has access today, wherever both have gone (R7). Where something was ``changed``,
    the profile and the child's held then, and neither had left the conversation.
    """
    mine, was = participant.alias("was_mine"), stamdata.profile.alias("was")
    conditions = []
    if changed is not None:
        conditions = [
            sa.or_(mine.c.left_at.is_(None), changed <= mine.c.left_at),
            changed < was.c.valid_to,
        ]
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(mine.join(was, was.c.id == mine.c.profile_id))
        .where(
            mine.c.thread_id == thread_id,
            mine.c.profile_id.in_(me.profiles),
            sa.or_(mine.c.kind != Kind.GUARDIAN, _still_has_access(me, mine, was, changed)),
            *conditions,
        )
        .correlate(of)
    )


def _still_has_access(
    me: Me, mine: sa.FromClause, was: sa.FromClause, changed: sa.ColumnElement[Any] | None
) -> sa.ColumnElement[bool]:
    link, child = participant_child.alias("was_child"), stamdata.profile.alias("child_was")
    then: list[sa.ColumnElement[bool]] = []
    if changed is not None:
        then = [sa.or_(child.c.valid_to.is_(None), child.c.valid_to > changed)]
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(link.join(child, child.c.id == link.c.child_id))
        .where(
            link.c.thread_id == mine.c.thread_id,
            link.c.profile_id == mine.c.profile_id,
            stamdata.has_access(was.c.person_id, child.c.person_id, me.now),
            *then,
        )
        .correlate_except(link, child)
    )


def as_it_stands() -> sa.ColumnElement[Any]:
    """When the message got the words that it has."""
    return sa.func.coalesce(message.c.edited_at, message.c.sent_at)


def works_here(me: Me) -> sa.ColumnElement[bool]:
    person = stamdata.profile
    return sa.and_(
        person.c.kind == Kind.EMPLOYEE.value,
        person.c.institution_id.in_(me.institutions),
        stamdata.valid(person, me.now),
    )


def is_here(me: Me) -> sa.ColumnElement[bool]:
    """Belongs to the institution; a guardian on account of a child with access (ID-11)."""
    person = stamdata.profile
    access = stamdata.guardianship.alias("some_access")
    has_access = sa.exists(
        sa.select(sa.literal(1))
        .select_from(access)
        .where(
            access.c.guardian_id == person.c.id,
            access.c.access.is_(True),
            stamdata.valid(access, me.now),
        )
        .correlate(person)
    )
    return sa.and_(
        person.c.institution_id.in_(me.institutions),
        sa.or_(person.c.kind != Kind.GUARDIAN.value, has_access),
        stamdata.valid(person, me.now),
    )


def is_in_my_group(me: Me) -> sa.ColumnElement[bool]:
    """Somebody, at whatever institution, whom a group reaches that reaches the actor too."""
    return sa.and_(
        stamdata.valid(stamdata.profile, me.now),
        stamdata.is_reached(stamdata.profile, me.now, me.groups),
    )


def meets_me_in_a_group(me: Me) -> sa.ColumnElement[bool]:
    """Anybody but externals in a group of the acting guardian or of one of the children."""
    return sa.and_(stamdata.profile.c.kind != Kind.EXTERNAL.value, is_in_my_group(me))
