"""Who is in a group, who looks after it, who could come into it, and who will by its parts."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.models import chosen, editor, set_up
from aula_plugins.groups.permissions import counts, takes
from aula_plugins.groups.queries import params
from aula_sdk import stamdata
from aula_sdk.ids import PROFILE
from aula_sdk.people import Kind

PAGE = 50
SEARCH_SIZE = 20
_Clause = sa.ColumnElement[bool]
_group, _person = stamdata.group, stamdata.profile


class MemberRow(msgspec.Struct, frozen=True):
    """Somebody in a group, by the name that may be shown (STM-12)."""

    profile_id: UUID
    name: str
    kind: str
    title: str
    institution_id: UUID
    institution_name: str
    is_chosen: bool
    """Added by somebody, or joined; the others come by a part, or from elsewhere."""

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.profile_id)


@cache
def members(visible: _Clause, *, paged: bool) -> sa.Select[Any]:
    """Members by name, each once. ``visible`` is the right to see them. Parameters: ``group_id``,
    ``now``, those of the right, and ``after`` (the last one of the page before).

    A guardian is listed while there is access to a child (R7).
    """
    place = stamdata.institution
    by_hand = sa.exists().where(
        chosen.c.group_id == _group.c.id, chosen.c.profile_id == _person.c.id
    )
    statement = (
        sa.select(
            _person.c.id,
            _person.c.name,
            _person.c.kind,
            _person.c.title,
            _person.c.institution_id,
            place.c.name,
            by_hand.correlate(_group, _person),
        )
        .select_from(
            _group.join(_person, _person.c.municipality_id == _group.c.municipality_id).join(
                place, place.c.id == _person.c.institution_id
            )
        )
        .where(_group.c.id == params.group_id(), visible, counts(_person, params.now()))
        .where(_person.c.id.in_(_inside()))
        .order_by(_person.c.sort_key, _person.c.id)
        .limit(PAGE + 1)
    )
    if paged:
        last = stamdata.profile.alias("last")
        place_in_list = sa.tuple_(_person.c.sort_key, _person.c.id)
        further = sa.exists().where(
            last.c.id == params.one("after"),
            place_in_list > sa.tuple_(last.c.sort_key, last.c.id),
        )
        statement = statement.where(further.correlate(_person))
    return statement


def _inside() -> sa.Select[tuple[UUID]]:
    """The members of the group in question, found by the group alone."""
    inside = stamdata.membership.alias("found_inside")
    return sa.select(inside.c.profile_id).where(
        inside.c.group_id == params.group_id(), stamdata.valid(inside, params.now())
    )


INSIDE = _inside()
"""The profiles of the members, for telling open pages, never for showing. Parameters:
``group_id``, ``now``."""


class Editor(msgspec.Struct, frozen=True):
    """Somebody who looks after a group."""

    profile_id: UUID
    name: str
    title: str
    added_at: datetime

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.profile_id)


EDITORS = (
    sa.select(editor.c.profile_id, _person.c.name, _person.c.title, editor.c.added_at)
    .join(_person, _person.c.id == editor.c.profile_id)
    .where(editor.c.group_id == params.group_id(), stamdata.valid(_person, params.now()))
    .order_by(_person.c.sort_key, _person.c.id)
)
"""Who looks after a group now. Parameters: ``group_id``, ``now``."""


class Named(msgspec.Struct, frozen=True):
    """A profile with its name and where it belongs."""

    id: UUID
    name: str
    kind: str
    institution_id: UUID

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.id)


_NAMED = (_person.c.id, _person.c.name, _person.c.kind, _person.c.institution_id)


@cache
def addable(to_add: _Clause) -> sa.Select[Any]:
    """Those of ``people`` who can be added to the group: by the right, and by its set-up."""
    return (
        sa.select(*_NAMED)
        .join(set_up, takes(set_up, _person))
        .where(set_up.c.id == params.group_id(), _person.c.id.in_(params.many("people")), to_add)
    )


@cache
def employable(to_add: _Clause) -> sa.Select[Any]:
    """Those of ``people`` who can look after a group: employees whom the actor may choose."""
    return sa.select(*_NAMED).where(
        _person.c.id.in_(params.many("people")),
        _person.c.kind == Kind.EMPLOYEE.value,
        stamdata.valid(_person, params.now()),
        to_add,
    )


JOINABLE_BY = (
    sa.select(*_NAMED)
    .join(set_up, takes(set_up, _person))
    .where(
        set_up.c.id == params.group_id(),
        _person.c.id.in_(params.many("members")),
        counts(_person, params.now()),
    )
    .order_by(_person.c.sort_key, _person.c.id)
)
"""Those of ``members`` (the actor and the children) whom the group takes."""


MEMBERS_OF_MINE = (
    sa.select(*_NAMED)
    .where(_person.c.id.in_(params.many("members")), _person.c.id.in_(_inside()))
    .order_by(_person.c.sort_key, _person.c.id)
)
"""Those of ``members`` who are in the group. Parameters: ``group_id``, ``now``, ``members``."""


@cache
def people_by_name(to_add: _Clause, *, employees: bool) -> sa.Select[Any]:
    """People one of whose names begins with the words, whom the group can take (or, with
    ``employees``, who can look after it). Parameters: ``prefix``, ``inside``, ``group_id``,
    ``now``, and those of the right.
    """
    fits = (
        _person.c.kind == Kind.EMPLOYEE.value
        if employees
        else sa.exists()
        .where(set_up.c.id == params.group_id(), takes(set_up, _person))
        .correlate(_person)
    )
    return (
        sa.select(*_NAMED)
        .where(
            sa.or_(
                _person.c.search_key.like(sa.bindparam("prefix", type_=sa.String), escape="\\"),
                _person.c.search_key.like(sa.bindparam("inside", type_=sa.String), escape="\\"),
            ),
            fits,
            to_add,
            stamdata.valid(_person, params.now()),
        )
        .order_by(_person.c.sort_key, _person.c.id)
        .limit(SEARCH_SIZE)
    )


class Particular(msgspec.Struct, frozen=True):
    """What tells namesakes apart (R6): a child of a guardian, or the class of a pupil."""

    profile_id: UUID
    child_name: str | None
    group_name: str | None


def _particulars() -> sa.Select[Any]:
    person, child = stamdata.profile.alias("found"), stamdata.profile.alias("child")
    access, place = stamdata.guardianship.alias("access"), stamdata.membership.alias("place")
    main = stamdata.group.alias("main")
    now = params.now()
    concerned = sa.func.coalesce(child.c.id, person.c.id)
    has = sa.and_(
        access.c.guardian_id == person.c.id,
        access.c.access.is_(True),
        stamdata.valid(access, now),
    )
    in_main = sa.and_(
        main.c.id == place.c.group_id, main.c.kind == "main", stamdata.valid(main, now)
    )
    return (
        sa.select(person.c.id, child.c.name, main.c.name)
        .select_from(
            person.outerjoin(access, has)
            .outerjoin(child, child.c.id == access.c.child_id)
            .outerjoin(place, sa.and_(place.c.profile_id == concerned, stamdata.valid(place, now)))
            .outerjoin(main, in_main)
        )
        .where(person.c.id.in_(params.many("people")))
        .order_by(person.c.id, child.c.sort_key, main.c.sort_key)
    )


PARTICULARS = _particulars()
"""Children of guardians, and classes, of ``people``. Parameters: ``people``, ``now``."""


@cache
def groups_by_name(seen: _Clause) -> sa.Select[Any]:
    """Groups whose name begins so, whose members the actor may see, by kinds of people in them.

    Parameters: ``group_prefix``, ``now`` and those of the right.
    """
    reach = stamdata.reach
    return (
        sa.select(
            _group.c.id,
            _group.c.name,
            reach.c.kind,
            sa.func.count(sa.distinct(reach.c.profile_id)),
        )
        .select_from(_group.join(reach, reach.c.group_id == _group.c.id))
        .where(
            _group.c.sort_key.like(sa.bindparam("group_prefix", type_=sa.String), escape="\\"),
            _group.c.id != params.group_id(),
            stamdata.valid(_group, params.now()),
            stamdata.valid(reach, params.now()),
            seen,
        )
        .group_by(_group.c.id, _group.c.name, _group.c.sort_key, reach.c.kind)
        .order_by(_group.c.sort_key, _group.c.id, reach.c.kind)
        .limit(SEARCH_SIZE * len(Kind))
    )


@cache
def possible_parts(seen: _Clause) -> sa.Select[Any]:
    """Those of ``parts`` that can be a part of the group: other groups of its institution, or of
    the municipality when it is across institutions, whose members the actor may see.

    Parameters: ``parts``, ``group_id``, ``now`` and those of the right.
    """
    its = set_up.alias("taking_parts")
    here = sa.or_(its.c.institution_id == _group.c.institution_id, its.c.across.is_(True))
    fits = sa.exists().where(
        its.c.id == params.group_id(), its.c.municipality_id == _group.c.municipality_id, here
    )
    return sa.select(_group.c.id).where(
        _group.c.id.in_(params.many("parts")),
        _group.c.id != params.group_id(),
        stamdata.valid(_group, params.now()),
        fits.correlate(_group),
        seen,
    )


class Difference(msgspec.Struct, frozen=True):
    """Somebody who should be a member and is not (``gained``), or is and should not be."""

    profile_id: UUID
    name: str
    kind: str
    gained: bool


def _stayed_to_the_end(
    reach: sa.FromClause, kin: sa.FromClause, now: sa.ColumnElement[Any]
) -> _Clause:
    """Who was in a group when it ended; the view ends nobody's time later than the group's."""
    return sa.and_(kin.c.valid_to <= now, reach.c.valid_to >= kin.c.valid_to)


def _differences() -> sa.Select[Any]:
    reach, kin, now = stamdata.reach, stamdata.group.alias("kin"), params.now()
    by_part = sa.or_(
        *(
            sa.and_(
                reach.c.kind == kind.value,
                reach.c.group_id.in_(params.many(f"{kind.value}_parts")),
            )
            for kind in Kind
        )
    )
    wanted = sa.union(
        sa.select(chosen.c.profile_id).where(chosen.c.group_id == params.group_id()),
        sa.select(reach.c.profile_id)
        .join(kin, kin.c.id == reach.c.group_id)
        .where(by_part, sa.or_(stamdata.valid(reach, now), _stayed_to_the_end(reach, kin, now))),
    ).subquery("wanted")
    inside = _inside()
    is_wanted = _person.c.id.in_(sa.select(wanted.c.profile_id))
    new = sa.and_(is_wanted, _person.c.id.not_in(inside), counts(_person, now))
    old = sa.and_(~is_wanted, _person.c.id.in_(inside))
    gained = sa.case((is_wanted, sa.true()), else_=sa.false())
    return (
        sa.select(_person.c.id, _person.c.name, _person.c.kind, gained)
        .where(
            sa.or_(_person.c.id.in_(sa.select(wanted.c.profile_id)), _person.c.id.in_(inside)),
            sa.or_(new, old),
            stamdata.valid(_person, now),
        )
        .order_by(_person.c.sort_key, _person.c.id)
    )


DIFFERENCES = _differences()
"""What stamdata lacks, or has too much, of a group's members. Parameters: ``group_id``, ``now``,
and ``<kind>_parts``: the groups whose people of each kind are members too. Of a group that has
ended those who were in it to the end count, so that nobody is lost over the summer (GRP-5)."""


KINDS = sa.select(*(set_up.c[f"for_{kind.value}"] for kind in Kind)).where(
    set_up.c.id == params.group_id()
)
"""Which kinds of people a group takes, in the order of `Kind`. Parameter: ``group_id``."""
