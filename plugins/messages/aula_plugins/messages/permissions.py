"""Who may do what: four resources, the relations people have to them, and what roles start with.

A conversation and its messages are reached by taking part. Whom somebody may write to is a right
of its own over people and groups, so that every recipient is checked by the same condition that
the search for recipients is made of (appendix E of the domain, R6).
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from aula_plugins.messages import _
from aula_plugins.messages.ids import MESSAGE, THREAD
from aula_plugins.messages.models import message, participant, participant_child, thread
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind
from aula_sdk.permissions import (
    NO_RELATION,
    Action,
    GroupRight,
    Me,
    Relation,
    Resource,
    RoleDefault,
)


def _participates(
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
            sa.or_(mine.c.kind != Kind.GUARDIAN, _has_access(me, mine)),
            *conditions,
        )
        .correlate(of)
    )


def _has_access(me: Me, mine: sa.FromClause) -> sa.ColumnElement[bool]:
    link = participant_child.alias("my_child")
    access = stamdata.guardianship.alias("my_access")
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
            link.c.thread_id == mine.c.thread_id,
            link.c.profile_id == mine.c.profile_id,
            access.c.access.is_(True),
            stamdata.valid(access, me.now),
        )
        .correlate(mine)
    )


def _still_in(mine: sa.FromClause) -> sa.ColumnElement[bool]:
    return mine.c.left_at.is_(None)


def _left(mine: sa.FromClause) -> sa.ColumnElement[bool]:
    return mine.c.left_at.is_not(None)


def _sent_before_leaving(mine: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(mine.c.left_at.is_(None), message.c.sent_at <= mine.c.left_at)


def _belonged(
    me: Me, thread_id: sa.ColumnElement[Any], of: sa.Table, *further: Any
) -> sa.ColumnElement[bool]:
    """One of my former profiles took part (decision 0038); a guardian on account of a child to whom
    the guardian has access today, wherever both have gone (R7). ``further`` get both rows.
    """
    mine, was = participant.alias("was_mine"), stamdata.profile.alias("was")
    conditions = [condition(mine, was) for condition in further]
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(mine.join(was, was.c.id == mine.c.profile_id))
        .where(
            mine.c.thread_id == thread_id,
            mine.c.profile_id.in_(me.profiles),
            sa.or_(mine.c.kind != Kind.GUARDIAN, _still_has_access(me, mine, was)),
            *conditions,
        )
        .correlate(of)
    )


def _still_has_access(me: Me, mine: sa.FromClause, was: sa.FromClause) -> sa.ColumnElement[bool]:
    link, child = participant_child.alias("was_child"), stamdata.profile.alias("child_was")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(link.join(child, child.c.id == link.c.child_id))
        .where(
            link.c.thread_id == mine.c.thread_id,
            link.c.profile_id == mine.c.profile_id,
            stamdata.has_access(was.c.person_id, child.c.person_id, me.now),
        )
        .correlate(mine, was)
    )


def _sent_while_there(mine: sa.FromClause, was: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(_sent_before_leaving(mine), message.c.sent_at < was.c.valid_to)


THREADS = Resource(
    "messages.thread",
    THREAD,
    _("Conversation"),
    thread,
    (
        Relation(
            "participant",
            _("takes part in the conversation"),
            lambda me: _participates(me, thread.c.id, thread, _still_in),
        ),
        Relation(
            "former_participant",
            _("took part in the conversation and has left it"),
            lambda me: _participates(me, thread.c.id, thread, _left),
        ),
        Relation(
            "belonged",
            _("took part in the conversation at an institution that they have left"),
            lambda me: _belonged(me, thread.c.id, thread),
            former=True,
        ),
        Relation(
            "creator",
            _("has started the conversation and takes part in it"),
            lambda me: sa.and_(
                thread.c.creator_id.in_(me.profiles),
                _participates(me, thread.c.id, thread, _still_in),
            ),
        ),
    ),
)

MESSAGES = Resource(
    "messages.message",
    MESSAGE,
    _("Message"),
    message,
    (
        Relation(
            "reader",
            _("takes part in the conversation, or did when the message was sent"),
            lambda me: _participates(me, message.c.thread_id, message, _sent_before_leaving),
        ),
        Relation(
            "belonged",
            _("took part in the conversation when it was sent, at an institution they have left"),
            lambda me: _belonged(me, message.c.thread_id, message, _sent_while_there),
            former=True,
        ),
        Relation(
            "author",
            _("has written the message and takes part in the conversation"),
            lambda me: sa.and_(
                message.c.author_id.in_(me.profiles),
                _participates(me, message.c.thread_id, message, _still_in),
            ),
        ),
    ),
)


def _works_here(me: Me) -> sa.ColumnElement[bool]:
    person = stamdata.profile
    return sa.and_(
        person.c.kind == Kind.EMPLOYEE.value,
        person.c.institution_id.in_(me.institutions),
        stamdata.valid(person, me.now),
    )


def _is_here(me: Me) -> sa.ColumnElement[bool]:
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


def _is_in_my_group(me: Me) -> sa.ColumnElement[bool]:
    """Somebody, at whatever institution, whom a group reaches that reaches the actor too."""
    return sa.and_(
        stamdata.valid(stamdata.profile, me.now),
        stamdata.is_reached(
            stamdata.profile, me.now, stamdata.groups_that_reach(me.profiles, me.now)
        ),
    )


def _meets_me_in_a_group(me: Me) -> sa.ColumnElement[bool]:
    """Anybody but externals in a group of the acting guardian or of one of the children."""
    return sa.and_(stamdata.profile.c.kind != Kind.EXTERNAL.value, _is_in_my_group(me))


PEOPLE = Resource(
    "messages.person",
    PROFILE,
    _("Person to write to"),
    stamdata.profile,
    (
        Relation("institution", _("belongs to an institution where I work"), _is_here),
        Relation("staff", _("works at an institution where I or my children belong"), _works_here),
        Relation(
            "classmates",
            _("is in a group with me or my child, or guardian of somebody who is"),
            _meets_me_in_a_group,
        ),
        Relation("group", _("is in a group with me"), _is_in_my_group),
    ),
)

GROUPS = Resource(
    "messages.group",
    GROUP,
    _("Group to write to"),
    stamdata.group,
    (
        Relation(
            "institution",
            _("is a group of an institution where I work"),
            lambda me: stamdata.group.c.institution_id.in_(me.institutions),
        ),
        Relation(
            "own_group",
            _("is a group in which I am or have a child"),
            lambda me: stamdata.group.c.id.in_(stamdata.groups_that_reach(me.profiles, me.now)),
        ),
    ),
)

ACTIONS = (
    Action("messages.read", _("Read conversations"), THREADS.name, break_glass=True),
    Action(
        "messages.read_message",
        _("Read a message and its attachments"),
        MESSAGES.name,
        break_glass=True,
    ),
    Action("messages.create", _("Start conversations")),
    Action("messages.send_to_many", _("Write to more people than the limit")),
    Action("messages.write_to_person", _("Choose a person as recipient"), PEOPLE.name),
    Action("messages.write_to_group", _("Choose a group as recipient"), GROUPS.name),
    Action("messages.reply", _("Answer the sender"), THREADS.name),
    Action("messages.reply_all", _("Answer all in a conversation"), THREADS.name),
    Action("messages.add_participant", _("Add people to a conversation"), THREADS.name),
    Action("messages.leave", _("Leave a conversation"), THREADS.name),
    Action("messages.see_participants", _("See who takes part"), THREADS.name, break_glass=True),
    Action("messages.see_readers", _("See who has read a conversation"), THREADS.name),
    Action("messages.edit_own", _("Change an own message"), MESSAGES.name),
    Action("messages.withdraw_own", _("Withdraw an own message"), MESSAGES.name),
)

_START = ("messages.create", NO_RELATION)
IN_GROUPS = (
    GroupRight(
        "messages.write_in_group",
        _("Write messages to the group"),
        {
            Kind.EMPLOYEE: (_START, ("messages.write_to_group", "institution")),
            Kind.GUARDIAN: (_START, ("messages.write_to_group", "own_group")),
            Kind.PUPIL: (_START, ("messages.write_to_group", "own_group")),
            Kind.EXTERNAL: (_START, ("messages.write_to_group", "own_group")),
        },
    ),
)
"""What can be given in single groups: employees and guardians hold it from the start (RGT-4)."""

_EVERYBODY = (
    ("messages.read", "participant"),
    ("messages.read", "former_participant"),
    ("messages.read_message", "reader"),
    ("messages.reply", "participant"),
    ("messages.leave", "participant"),
    ("messages.see_participants", "participant"),
    ("messages.edit_own", "author"),
    ("messages.withdraw_own", "author"),
)
_FORMER = (("messages.read", "belonged"), ("messages.read_message", "belonged"))
"""What is left to pupils and guardians who have left an institution (decision 0038)."""
_BEYOND = {
    Kind.EMPLOYEE: (
        ("messages.write_to_person", "institution"),
        ("messages.write_to_person", "group"),
        ("messages.write_to_group", "institution"),
        ("messages.write_to_group", "own_group"),
        ("messages.reply_all", "participant"),
        ("messages.add_participant", "participant"),
        ("messages.see_readers", "participant"),
    ),
    Kind.GUARDIAN: (
        ("messages.write_to_person", "staff"),
        ("messages.write_to_person", "classmates"),
        ("messages.write_to_group", "own_group"),
        ("messages.reply_all", "participant"),
        ("messages.add_participant", "creator"),
    ),
    Kind.PUPIL: (),
    Kind.EXTERNAL: (("messages.write_to_person", "staff"),),
}
_STARTERS = (Kind.EMPLOYEE, Kind.GUARDIAN, Kind.EXTERNAL)


def role_defaults() -> Iterable[RoleDefault]:
    """Yield what each role holds until a municipality decides otherwise (appendix E).

    Pupils read and answer; guardians start conversations within their own and their children's
    groups and with the staff; employees with everybody at their institution and in their groups.
    A group across institutions reaches beyond them, never beyond the municipality (GRP-1).
    """
    for kind, beyond in _BEYOND.items():
        for action, relation in (*_EVERYBODY, *beyond):
            yield RoleDefault(kind.value, action, relation)
    for kind in (Kind.PUPIL, Kind.GUARDIAN):
        for action, relation in _FORMER:
            yield RoleDefault(kind.value, action, relation)
    for kind in _STARTERS:
        yield RoleDefault(kind.value, "messages.create")
    yield RoleDefault("institution_admin", "messages.send_to_many")
