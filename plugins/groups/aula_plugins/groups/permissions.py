"""Who may do what: groups and people, the relations to them, and what roles start with.

A group is reached by belonging to it, by a child who does, by looking after it, or by working
where it is. Groups of the administrative system and those made here are the same resource; what
changes a group needs a relation that only groups made here give (GRP-4).
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.models import Access, editor, set_up
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind
from aula_sdk.permissions import (
    MUNICIPALITY_ADMIN,
    Action,
    GroupRight,
    Me,
    Relation,
    Resource,
    RoleDefault,
)

_Condition = sa.ColumnElement[bool]
_group = stamdata.group


def has_access(guardian: sa.ColumnElement[Any], me_now: sa.ColumnElement[Any]) -> _Condition:
    """Return the condition that a guardian's profile has access to a child there (ID-11)."""
    access = stamdata.guardianship.alias("has_access")
    return sa.exists().where(
        access.c.guardian_id == guardian, access.c.access.is_(True), stamdata.valid(access, me_now)
    )


def counts(profile: sa.FromClause, now: sa.ColumnElement[Any]) -> _Condition:
    """Return the condition that somebody is here: a guardian on account of a child only (R7)."""
    return sa.and_(
        stamdata.valid(profile, now),
        sa.or_(profile.c.kind != Kind.GUARDIAN.value, has_access(profile.c.id, now)),
    )


def takes(group: sa.FromClause, profile: sa.FromClause) -> _Condition:
    """Return the condition that a set-up takes a profile: by its kind, at its institution."""
    kinds = [
        sa.and_(profile.c.kind == kind.value, group.c[f"for_{kind.value}"].is_(True))
        for kind in Kind
    ]
    here = sa.or_(profile.c.institution_id == group.c.institution_id, group.c.across.is_(True))
    return sa.and_(sa.or_(*kinds), here, profile.c.municipality_id == group.c.municipality_id)


def _my_groups(me: Me) -> sa.Select[Any]:
    mine, person = stamdata.membership.alias("mine"), stamdata.profile.alias("me")
    return (
        sa.select(mine.c.group_id)
        .join(person, person.c.id == mine.c.profile_id)
        .where(mine.c.profile_id.in_(me.profiles), stamdata.valid(mine, me.now))
        .where(counts(person, me.now))
    )


def _my_children(me: Me) -> sa.Select[Any]:
    access = stamdata.guardianship.alias("my_access")
    return sa.select(access.c.child_id).where(
        access.c.guardian_id.in_(me.profiles),
        access.c.access.is_(True),
        stamdata.valid(access, me.now),
    )


def _my_childrens_groups(me: Me) -> sa.Select[Any]:
    place = stamdata.membership.alias("childs_place")
    return sa.select(place.c.group_id).where(
        place.c.profile_id.in_(_my_children(me)), stamdata.valid(place, me.now)
    )


def _belongs(me: Me) -> _Condition:
    return sa.or_(_group.c.id.in_(_my_groups(me)), _group.c.id.in_(_my_childrens_groups(me)))


def _is_set_up(column: str) -> _Condition:
    # An alias, because the statements around it join the same table.
    its = set_up.alias(f"its_{column}")
    return _group.c.id.in_(sa.select(its.c.id).where(its.c[column].is_(True)))


def _looks_after(me: Me) -> _Condition:
    mine = editor.alias("my_post")
    return _group.c.id.in_(sa.select(mine.c.group_id).where(mine.c.profile_id.in_(me.profiles)))


def _is_here(me: Me) -> _Condition:
    return _group.c.institution_id.in_(me.institutions)


def _can_join(me: Me) -> _Condition:
    """A group that takes the actor, or a child of the actor's, and is not closed (GRP-1)."""
    person, its = stamdata.profile.alias("joiner"), set_up.alias("taking")
    taking = (
        sa.select(its.c.id)
        .join(person, takes(its, person))
        .where(its.c.made_here.is_(True), its.c.access != Access.CLOSED)
        .where(sa.or_(person.c.id.in_(me.profiles), person.c.id.in_(_my_children(me))))
        .where(counts(person, me.now))
    )
    return sa.and_(_group.c.id.in_(taking), stamdata.valid(_group, me.now))


ORDINARY = DataClass.ORDINARY
GROUPS = Resource(
    "groups.group",
    GROUP,
    _("Group"),
    _group,
    (
        Relation("member", _("is a group of mine"), lambda me: _group.c.id.in_(_my_groups(me))),
        Relation(
            "guardian",
            _("is a group of a child of mine"),
            lambda me: _group.c.id.in_(_my_childrens_groups(me)),
        ),
        Relation("editor", _("is a group that I look after"), _looks_after),
        Relation("institution", _("is a group of an institution where I work"), _is_here),
        Relation(
            "municipality",
            _("is a group of a municipality where I work"),
            lambda me: _group.c.municipality_id.in_(me.municipalities),
        ),
        Relation("joinable", _("is a group that I or my child can join"), _can_join),
        Relation(
            "shown_to_members",
            _("is a group of mine or of my child, whose members may be shown"),
            lambda me: sa.and_(_belongs(me), _is_set_up("show_members")),
        ),
        Relation(
            "leavable",
            _("is a group that was made here, with me or my child in it"),
            lambda me: sa.and_(_belongs(me), _is_set_up("made_here")),
        ),
        Relation(
            "made_here",
            _("was made here, at an institution where I work"),
            lambda me: sa.and_(_is_here(me), _is_set_up("made_here")),
        ),
    ),
)

PEOPLE = Resource(
    "groups.person",
    PROFILE,
    _("Person to add to a group"),
    stamdata.profile,
    (
        Relation(
            "institution",
            _("belongs to an institution where I work"),
            lambda me: sa.and_(
                stamdata.profile.c.institution_id.in_(me.institutions),
                counts(stamdata.profile, me.now),
            ),
        ),
        Relation(
            "municipality",
            _("belongs to a municipality where I work"),
            lambda me: sa.and_(
                stamdata.profile.c.municipality_id.in_(me.municipalities),
                counts(stamdata.profile, me.now),
            ),
        ),
    ),
)

ACTIONS = (
    Action("groups.see", _("See a group"), GROUPS.name, reads=ORDINARY, only_reads=True),
    Action(
        "groups.see_members",
        _("See who is in a group"),
        GROUPS.name,
        reads=ORDINARY,
        only_reads=True,
    ),
    Action("groups.join", _("Join a group, or ask to"), GROUPS.name),
    Action("groups.leave", _("Leave a group"), GROUPS.name),
    Action("groups.create", _("Make groups"), reads=ORDINARY),
    Action("groups.create_across", _("Make groups for several institutions"), reads=ORDINARY),
    Action("groups.edit", _("Change a group and its editors"), GROUPS.name),
    Action("groups.manage_members", _("Add and remove members"), GROUPS.name),
    Action("groups.decide", _("Decide who may join"), GROUPS.name),
    Action("groups.set_up", _("Set up a group of the administrative system"), GROUPS.name),
    Action("groups.add_person", _("Add a person to a group"), PEOPLE.name),
    Action("groups.handle_templates", _("Make templates for groups"), reads=ORDINARY),
    Action("groups.roll_year", _("Carry groups over to the next school year")),
)

IN_GROUPS = (
    GroupRight(
        "groups.see_members_of_group",
        _("See who is in the group"),
        {
            Kind.GUARDIAN: (("groups.see_members", "shown_to_members"),),
            Kind.PUPIL: (("groups.see_members", "shown_to_members"),),
        },
    ),
)
"""What can be given in single groups (RGT-4)."""

_MEMBERS = (
    ("groups.see", "member"),
    ("groups.see", "joinable"),
    ("groups.join", "joinable"),
    ("groups.leave", "leavable"),
)
_SHOWN = ("groups.see_members", "shown_to_members")
_BEYOND = {
    Kind.EMPLOYEE: (
        _SHOWN,
        ("groups.see", "editor"),
        ("groups.see", "institution"),
        ("groups.see_members", "editor"),
        ("groups.see_members", "institution"),
        ("groups.edit", "editor"),
        ("groups.manage_members", "editor"),
        ("groups.decide", "editor"),
        ("groups.add_person", "institution"),
    ),
    Kind.GUARDIAN: (_SHOWN, ("groups.see", "guardian")),
    Kind.PUPIL: (_SHOWN,),
    Kind.EXTERNAL: (),
}
_LOOK_AFTER_ALL = (
    ("groups.edit", "made_here"),
    ("groups.manage_members", "made_here"),
    ("groups.decide", "made_here"),
    ("groups.set_up", "institution"),
)
_LEADING = ("groups.handle_templates", "groups.roll_year")


def role_defaults() -> Iterable[RoleDefault]:
    """Yield what each role holds until a municipality decides otherwise (appendix E).

    Employees make groups and look after their own; leaders and administrators after all that were
    made at their institution. Groups across institutions are for administrators (GRP-9).
    """
    for kind, beyond in _BEYOND.items():
        for action, relation in (*_MEMBERS, *beyond):
            yield RoleDefault(kind.value, action, relation)
    yield RoleDefault(Kind.EMPLOYEE.value, "groups.create")
    for role in ("leader", "institution_admin"):
        for action, relation in _LOOK_AFTER_ALL:
            yield RoleDefault(role, action, relation)
        for action in _LEADING:
            yield RoleDefault(role, action)
    yield RoleDefault("institution_admin", "groups.create_across")
    yield RoleDefault("institution_admin", "groups.add_person", "municipality")
    # ADM-4: who decides rights in all groups of a municipality can open each of them.
    yield RoleDefault(MUNICIPALITY_ADMIN, "groups.see", "municipality")
