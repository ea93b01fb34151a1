"""Groups in lists and by themselves, with what the actor may do to each."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.models import Access, application, editor, part, set_up
from aula_plugins.groups.permissions import counts
from aula_plugins.groups.queries import params
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, INSTITUTION
from aula_sdk.people import Kind

PAGE = 30
_Clause = sa.ColumnElement[bool]
_group, _place = stamdata.group, stamdata.institution


class GroupRow(msgspec.Struct, frozen=True):
    """A group in a list."""

    id: UUID
    name: str
    kind: str
    institution_name: str
    made_here: bool
    access: Access
    size: int
    valid_to: datetime | None

    @property
    def key(self) -> str:
        """The id on the wire."""
        return GROUP.format(self.id)


def _size() -> sa.ColumnElement[int]:
    """How many people are members now; a guardian without access to a child is none (R7)."""
    inside, person = stamdata.membership.alias("inside"), stamdata.profile.alias("insider")
    return (
        sa.select(sa.func.count(sa.distinct(inside.c.profile_id)))
        .join(person, person.c.id == inside.c.profile_id)
        .where(inside.c.group_id == _group.c.id, stamdata.valid(inside, params.now()))
        .where(counts(person, params.now()))
        .correlate(_group)
        .scalar_subquery()
    )


def _from() -> sa.FromClause:
    return _group.join(_place, _place.c.id == _group.c.institution_id).outerjoin(
        set_up, set_up.c.id == _group.c.id
    )


@cache
def listed(visible: _Clause, *, mine: bool, of_kind: bool, named: bool, paged: bool) -> Any:
    """Groups by name. Parameters: ``now``, those of the right, and as they are asked for
    ``members`` (profiles of whom it is a group), ``kind``, ``prefix`` (a pattern of the sort key),
    ``after`` (the last group of the page before).
    """
    statement = (
        sa.select(
            _group.c.id,
            _group.c.name,
            _group.c.kind,
            _place.c.name,
            sa.func.coalesce(set_up.c.made_here, sa.false()),
            sa.func.coalesce(set_up.c.access, sa.literal(Access.CLOSED, set_up.c.access.type)),
            _size(),
            _group.c.valid_to,
        )
        .select_from(_from())
        .where(visible, stamdata.valid(_group, params.now()))
        .order_by(_group.c.sort_key, _group.c.id)
        .limit(PAGE + 1)
    )
    if mine:
        statement = statement.where(_is_of_members())
    if of_kind:
        statement = statement.where(_group.c.kind == sa.bindparam("kind", type_=sa.String))
    if named:
        pattern = sa.bindparam("prefix", type_=sa.String)
        statement = statement.where(_group.c.sort_key.like(pattern, escape="\\"))
    if paged:
        last = stamdata.group.alias("last")
        statement = statement.where(
            sa.exists()
            .where(
                last.c.id == params.one("after"),
                sa.tuple_(_group.c.sort_key, _group.c.id) > sa.tuple_(last.c.sort_key, last.c.id),
            )
            .correlate(_group)
        )
    return statement


def _is_of_members() -> _Clause:
    inside, post = stamdata.membership.alias("of_mine"), editor.alias("my_editing")
    members = params.many("members")
    return sa.or_(
        _group.c.id.in_(
            sa.select(inside.c.group_id).where(
                inside.c.profile_id.in_(members), stamdata.valid(inside, params.now())
            )
        ),
        _group.c.id.in_(sa.select(post.c.group_id).where(post.c.profile_id.in_(members))),
    )


class Head(msgspec.Struct, frozen=True):
    """A group as its page shows it, and what the reader may do."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    institution_name: str
    name: str
    kind: str
    valid_from: datetime
    valid_to: datetime | None
    is_set_up: bool
    made_here: bool
    across: bool
    description: str
    access: Access
    show_members: bool
    for_employee: bool
    for_pupil: bool
    for_guardian: bool
    for_external: bool
    size: int
    may_see_members: bool
    may_join: bool
    may_leave: bool
    may_edit: bool
    may_manage_members: bool
    may_decide: bool
    may_set_up: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return GROUP.format(self.id)

    @property
    def institution_key(self) -> str:
        """The institution's id on the wire."""
        return INSTITUTION.format(self.institution_id)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What kinds of people can be members of a group that was made here."""
        return tuple(kind for kind in Kind if getattr(self, f"for_{kind.value}"))

    @property
    def may(self) -> tuple[str, ...]:
        """What the reader may do, by the names of the actions."""
        return tuple(action for action in ASKED if getattr(self, f"may_{action}"))


ASKED = (
    "see_members",
    "join",
    "leave",
    "edit",
    "manage_members",
    "decide",
    "set_up",
)
"""Actions that a group's page asks about, each without ``groups.``."""


@cache
def head(visible: _Clause, *rights: _Clause) -> sa.Select[Any]:
    """One group. ``rights`` are those of `ASKED`; parameters: ``group_id``, ``now``, theirs."""
    flags = [sa.func.coalesce(set_up.c[name], sa.false()) for name in ("made_here", "across")]
    kinds = [sa.func.coalesce(set_up.c[f"for_{kind.value}"], sa.false()) for kind in Kind]
    return (
        sa.select(
            _group.c.id,
            _group.c.municipality_id,
            _group.c.institution_id,
            _place.c.name,
            _group.c.name,
            _group.c.kind,
            _group.c.valid_from,
            _group.c.valid_to,
            set_up.c.id.is_not(None),
            *flags,
            sa.func.coalesce(set_up.c.description, ""),
            sa.func.coalesce(set_up.c.access, sa.literal(Access.CLOSED, set_up.c.access.type)),
            sa.func.coalesce(set_up.c.show_members, sa.false()),
            *kinds,
            _size(),
            *(sa.case((right, sa.true()), else_=sa.false()) for right in rights),
        )
        .select_from(_from())
        .where(_group.c.id == params.group_id(), visible)
    )


class PartRow(msgspec.Struct, frozen=True):
    """Another group whose people of one kind are members too."""

    part_id: UUID
    kind: Kind
    name: str | None
    valid_to: datetime | None

    @property
    def key(self) -> str:
        """The part on the wire: the group and the kind."""
        return f"{GROUP.format(self.part_id)}:{self.kind.value}"


_follower = stamdata.group.alias("follower")
PARTS = (
    sa.select(part.c.part_id, part.c.kind, _group.c.name, _group.c.valid_to)
    .select_from(
        part.outerjoin(_group, _group.c.id == part.c.part_id).outerjoin(
            _follower, _follower.c.id == part.c.follower_id
        )
    )
    .where(part.c.group_id == params.group_id())
    .where(
        sa.or_(
            _follower.c.id.is_(None),
            _follower.c.valid_from > params.now(),
            _group.c.valid_to.is_(None),
            _group.c.valid_to > params.now(),
        )
    )
    .order_by(_group.c.sort_key, part.c.part_id, part.c.kind)
)
"""The parts of a group, without those whose follower has taken over. Parameters: ``group_id`` and
``now``."""


MY_APPLICATIONS = sa.select(application.c.profile_id).where(
    application.c.group_id == params.group_id(),
    application.c.profile_id.in_(params.many("members")),
    application.c.state == "waiting",
)
"""For whom of these an application is waiting. Parameters: ``group_id``, ``members``."""
