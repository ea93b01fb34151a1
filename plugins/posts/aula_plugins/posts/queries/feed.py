"""The list of posts, those on top, the count on the badge, and the words that belong to rows.

``visible`` of ``posts.follow`` enumerates the reader's posts out of the audience's index, so a list
costs what the reader has, never what the municipality has.
"""

from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.models import audience, post
from aula_plugins.posts.queries import params
from aula_plugins.posts.queries.posts import (
    is_bookmarked,
    is_pinned,
    is_unread,
    select_posts,
)
from aula_plugins.posts.relations import is_current, reaches
from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.ids import GROUP, PERSON, PROFILE
from aula_sdk.paging import beyond
from aula_sdk.people import Kind

PAGE_SIZE = 20
MOST_PINNED = 20
MOST_UNREAD = 500


class Box(StrEnum):
    """Which posts a list shows (POST-3)."""

    ALL = "all"
    UNREAD = "unread"
    IMPORTANT = "important"
    STAFF = "staff"
    PARENTS = "parents"
    PUPILS = "pupils"
    OWN = "own"
    BOOKMARKED = "bookmarked"
    INSTITUTION = "institution"
    """Everything at the institution, for who can take a post off a group (POST-6)."""


_AUTHORS = {
    Box.STAFF: (Kind.EMPLOYEE, Kind.EXTERNAL),
    Box.PARENTS: (Kind.GUARDIAN,),
    Box.PUPILS: (Kind.PUPIL,),
}


def _conditions(box: Box) -> list[sa.ColumnElement[bool]]:
    if box is Box.OWN:
        return [post.c.author_id.in_(params.mine())]
    if box is Box.INSTITUTION:
        return []
    now = is_current(post, params.now())
    if box in _AUTHORS:
        return [now, post.c.author_kind.in_(_AUTHORS[box])]
    particular = {
        Box.ALL: lambda: sa.not_(sa.func.coalesce(is_pinned(), sa.false())),
        Box.UNREAD: is_unread,
        Box.IMPORTANT: lambda: post.c.important_from.is_not(None),
        Box.BOOKMARKED: is_bookmarked,
    }
    return [now, particular[box]()]


def _about(*, of_child: bool, of_group: bool) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if of_child:
        reached, meant = stamdata.reach.alias("childs_reach"), audience.alias("childs_audience")
        found.append(
            post.c.id.in_(
                sa.select(meant.c.post_id)
                .select_from(reached.join(meant, meant.c.group_id == reached.c.group_id))
                .where(
                    reaches(reached, meant, params.mine(), params.now()),
                    reached.c.child_id.in_(params.many("children")),
                )
            )
        )
    if of_group:
        meant = audience.alias("groups_audience")
        found.append(
            sa.exists(
                sa.select(sa.literal(1))
                .select_from(meant)
                .where(
                    meant.c.post_id == post.c.id,
                    meant.c.group_id == params.one("group"),
                    meant.c.removed_at.is_(None),
                )
                .correlate(post)
            )
        )
    return found


@cache
def feed(
    visible: sa.ColumnElement[bool], box: Box, *, of_child: bool, of_group: bool, paged: bool
) -> sa.Select[Any]:
    """Posts, the newest first; in ``all`` without those on top.

    Parameters: ``mine``, ``now``, those of ``visible``, and where asked for ``since`` (of unread),
    ``children`` (profiles of one child), ``group`` and those of the cursor.
    """
    chosen = (
        sa.select(post.c.id)
        .where(visible, *_conditions(box), *_about(of_child=of_child, of_group=of_group))
        .where(*([beyond(post.c.publish_at, post.c.id)] if paged else []))
    )
    return _describe_newest(chosen, PAGE_SIZE + 1)


def _describe_newest(chosen: sa.Select[Any], size: int) -> sa.Select[Any]:
    """Return the columns of the newest of some posts: names are looked up for those alone."""
    newest = (
        chosen.order_by(post.c.publish_at.desc(), post.c.id.desc()).limit(size).subquery("newest")
    )
    return (
        select_posts()
        .where(post.c.id.in_(sa.select(newest.c.id)))
        .order_by(post.c.publish_at.desc(), post.c.id.desc())
    )


@cache
def pinned(visible: sa.ColumnElement[bool], *, of_child: bool, of_group: bool) -> sa.Select[Any]:
    """The important posts whose time it is, the newest first (POST-4). Parameters as of `feed`."""
    chosen = sa.select(post.c.id).where(
        visible,
        is_current(post, params.now()),
        is_pinned(),
        *_about(of_child=of_child, of_group=of_group),
    )
    return _describe_newest(chosen, MOST_PINNED)


@cache
def unread_count(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """How many posts wait to be read. Parameters: ``mine``, ``now``, ``since``."""
    return (
        sa.select(sa.func.count())
        .select_from(post)
        .where(visible, is_current(post, params.now()), is_unread())
    )


@cache
def unread(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Which posts wait to be read, and where they belong; the newest first."""
    return (
        sa.select(post.c.id, post.c.institution_id, post.c.municipality_id)
        .where(visible, is_current(post, params.now()), is_unread())
        .order_by(post.c.publish_at.desc(), post.c.id.desc())
        .limit(MOST_UNREAD)
    )


class Label(msgspec.Struct, frozen=True):
    """What belongs to a row of a list: for whom the post is, or on account of which child."""

    what: str
    """``audience`` or ``child``."""
    post_id: UUID
    target_id: UUID
    name: str | None
    role: str
    is_removed: bool
    """Whether an administrator took the post off this group."""
    person_id: UUID | None

    @property
    def key(self) -> str:
        """What keeps the colour of a chip: the person, who is the same at every institution."""
        return PERSON.format(self.person_id) if self.person_id else PROFILE.format(self.target_id)

    @property
    def group_key(self) -> str:
        """The group's id on the wire."""
        return GROUP.format(self.target_id)


@cache
def labels(*, with_children: bool) -> sa.Select[Any]:
    """For whom some posts are; to guardians also on account of which own children they read them.

    Parameters: ``posts``, and for the children ``mine`` and ``now``.
    """
    parts = [_audience_labels(), *([_child_labels()] if with_children else [])]
    every = sa.union_all(*parts).subquery("every")
    shown = [column for column in every.c if column is not every.c.place]
    return sa.select(*shown).order_by(every.c.place, every.c.name)


def _audience_labels() -> sa.Select[Any]:
    group = stamdata.group
    return (
        sa.select(
            sa.literal("audience", sa.String).label("what"),
            audience.c.post_id.label("post_id"),
            audience.c.group_id.label("target_id"),
            group.c.name.label("name"),
            sa.type_coerce(audience.c.role, sa.String).label("role"),
            audience.c.removed_at.is_not(None).label("is_removed"),
            sa.cast(sa.null(), Id).label("person_id"),
            audience.c.position.label("place"),
        )
        .select_from(audience.outerjoin(group, group.c.id == audience.c.group_id))
        .where(audience.c.post_id.in_(params.many("posts")))
    )


def _child_labels() -> sa.Select[Any]:
    reached, child = stamdata.reach.alias("my_reach"), stamdata.profile.alias("child")
    return (
        sa.select(
            sa.literal("child", sa.String),
            audience.c.post_id,
            reached.c.child_id,
            child.c.name,
            sa.literal("", sa.String),
            sa.false(),
            child.c.person_id,
            sa.literal(0),
        )
        .select_from(
            audience.join(reached, reached.c.group_id == audience.c.group_id).join(
                child, child.c.id == reached.c.child_id
            )
        )
        .where(
            audience.c.post_id.in_(params.many("posts")),
            reaches(reached, audience, params.mine(), params.now()),
        )
        .distinct()
    )


@cache
def group_name(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The name of a group in which the reader has a post, for the heading of a filtered list."""
    meant = audience.alias("named_audience")
    return sa.select(stamdata.group.c.name).where(
        stamdata.group.c.id == params.one("group"),
        sa.exists(
            sa.select(sa.literal(1))
            .select_from(meant.join(post, post.c.id == meant.c.post_id))
            .where(meant.c.group_id == stamdata.group.c.id, visible)
            .correlate(stamdata.group)
        ),
    )
