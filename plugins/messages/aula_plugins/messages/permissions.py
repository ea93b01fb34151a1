"""Who may do what: four resources, the relations people have to them, and what roles start with.

A conversation and its messages are reached by taking part. Whom somebody may write to is a right
of its own over people and groups, so that every recipient is checked by the same condition that
the search for recipients is made of (appendix E of the domain, R6).
"""

from collections.abc import Iterable

import sqlalchemy as sa

from aula_plugins.messages import _, relations
from aula_plugins.messages.ids import MESSAGE, THREAD
from aula_plugins.messages.models import message, thread
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind
from aula_sdk.permissions import (
    NO_RELATION,
    Action,
    GroupRight,
    Relation,
    Resource,
    RoleDefault,
)

THREADS = Resource(
    "messages.thread",
    THREAD,
    _("Conversation"),
    thread,
    (
        Relation(
            "participant",
            _("takes part in the conversation"),
            lambda me: relations.participates(me, thread.c.id, thread, relations.still_in),
        ),
        Relation(
            "former_participant",
            _("took part in the conversation and has left it"),
            lambda me: relations.participates(me, thread.c.id, thread, relations.left),
        ),
        Relation(
            "belonged",
            _("took part in the conversation at an institution that they have left"),
            lambda me: relations.belonged(me, thread.c.id, thread),
            former=("messages.read",),
        ),
        Relation(
            "creator",
            _("has started the conversation and takes part in it"),
            lambda me: sa.and_(
                thread.c.creator_id.in_(me.profiles),
                relations.participates(me, thread.c.id, thread, relations.still_in),
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
            lambda me: relations.participates(
                me, message.c.thread_id, message, relations.sent_before_leaving
            ),
        ),
        Relation(
            "belonged",
            _("took part in the conversation when it was sent, at an institution they have left"),
            lambda me: relations.belonged(
                me, message.c.thread_id, message, relations.as_it_stands()
            ),
            former=("messages.read_message",),
        ),
        Relation(
            "author",
            _("has written the message and takes part in the conversation"),
            lambda me: sa.and_(
                message.c.author_id.in_(me.profiles),
                relations.participates(me, message.c.thread_id, message, relations.still_in),
            ),
        ),
    ),
)


PEOPLE = Resource(
    "messages.person",
    PROFILE,
    _("Person to write to"),
    stamdata.profile,
    (
        Relation("institution", _("belongs to an institution where I work"), relations.is_here),
        Relation(
            "staff",
            _("works at an institution where I or my children belong"),
            relations.works_here,
        ),
        Relation(
            "classmates",
            _("is in a group with me or my child, or guardian of somebody who is"),
            relations.meets_me_in_a_group,
        ),
        Relation("group", _("is in a group with me"), relations.is_in_my_group),
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
            lambda me: stamdata.group.c.id.in_(me.groups),
        ),
    ),
)

ACTIONS = (
    Action(
        "messages.read",
        _("Read conversations"),
        THREADS.name,
        break_glass=True,
        only_reads=True,
    ),
    Action(
        "messages.read_message",
        _("Read a message and its attachments"),
        MESSAGES.name,
        break_glass=True,
        only_reads=True,
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
