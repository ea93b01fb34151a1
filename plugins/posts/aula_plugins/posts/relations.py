"""Ways in which a reader can be related to a post, a comment, a report or a group, as SQL.

The rule of who is meant is applied when somebody reads: `permissions` tells it in words.
"""

from typing import Any

import sqlalchemy as sa

from aula_plugins.posts.models import audience, comment, post, report
from aula_sdk import stamdata
from aula_sdk.permissions import Me

_Clause = sa.ColumnElement[bool]


def reaches(
    reached: sa.FromClause,
    meant: sa.FromClause,
    profiles: Any,
    now: sa.ColumnElement[Any],
    until: sa.ColumnElement[Any] | None = None,
) -> _Clause:
    """The condition that a row of the audience (``meant``) is for one of the profiles.

    ``reached`` is an alias of `stamdata.reach`. The time that it holds must have begun; where it
    has ended, it must have had a length and ended after ``until``: without that, after the post was
    published.
    """
    if until is None:
        until = meant.c.publish_at
    access = stamdata.guardianship.alias("access_now")
    still_has_access = sa.exists(
        sa.select(sa.literal(1))
        .select_from(access)
        .where(
            access.c.guardian_id == reached.c.profile_id,
            access.c.child_id == reached.c.child_id,
            access.c.access.is_(True),
            stamdata.valid(access, now),
        )
        .correlate(reached)
    )
    return sa.and_(
        reached.c.profile_id.in_(profiles),
        meant.c.group_id == reached.c.group_id,
        meant.c.role == reached.c.kind,
        meant.c.removed_at.is_(None),
        reached.c.valid_from <= now,
        sa.or_(
            reached.c.valid_to.is_(None),
            sa.and_(
                reached.c.valid_to > until,
                reached.c.valid_to > reached.c.valid_from,
            ),
        ),
        sa.or_(reached.c.child_id.is_(None), still_has_access),
    )


def is_out(written: sa.FromClause, now: sa.ColumnElement[Any]) -> _Clause:
    """The post has been published, and was not taken back before that."""
    return sa.and_(
        written.c.publish_at <= now,
        sa.or_(written.c.withdrawn_at.is_(None), written.c.withdrawn_at >= written.c.publish_at),
    )


def is_current(written: sa.FromClause, now: sa.ColumnElement[Any]) -> _Clause:
    """The post is out and has not expired."""
    return sa.and_(
        is_out(written, now),
        sa.or_(written.c.expire_at.is_(None), written.c.expire_at > now),
    )


def in_audience(
    me: Me, written: sa.FromClause, until: sa.ColumnElement[Any] | None = None
) -> _Clause:
    """One of my profiles is meant; asked of one post at a time. ``until`` as of `reaches`."""
    reached, meant = stamdata.reach.alias("reached"), audience.alias("meant")
    beside = [column.table for column in [until] if isinstance(column, sa.Column)]
    return sa.and_(
        is_current(written, me.now),
        sa.exists(
            sa.select(sa.literal(1))
            .select_from(meant.join(reached, reached.c.group_id == meant.c.group_id))
            .where(
                meant.c.post_id == written.c.id,
                reaches(reached, meant, me.profiles, me.now, until),
            )
            .correlate(written, *beside)
        ),
    )


def follows(me: Me) -> _Clause:
    """The same for lists: my posts are enumerated once, out of two indexes, and then looked up."""
    reached, meant = stamdata.reach.alias("my_reach"), audience.alias("my_audience")
    own = post.alias("own")
    mine = sa.union_all(
        sa.select(meant.c.post_id)
        .select_from(reached.join(meant, meant.c.group_id == reached.c.group_id))
        .where(reaches(reached, meant, me.profiles, me.now)),
        sa.select(own.c.id).where(own.c.author_id.in_(me.profiles)),
    )
    return sa.and_(
        post.c.id.in_(mine),
        sa.or_(post.c.author_id.in_(me.profiles), is_current(post, me.now)),
    )


def _when_there(me: Me, changed: sa.ColumnElement[Any] | None = None) -> sa.Select[Any]:
    """Posts that were for one of my former profiles when they were ``changed`` last.

    Without ``changed`` that is when the post itself was. The profile, the place in the group, and
    of a guardian the child's profile all held then; and the guardian has access to the child today,
    wherever both have gone.
    """
    reached, meant = stamdata.reach.alias("was_reached"), audience.alias("was_meant")
    was, child = stamdata.profile.alias("was"), stamdata.profile.alias("childs_was")
    its_post = post.alias("as_it_stands")
    if changed is None:
        changed = sa.func.coalesce(its_post.c.edited_at, its_post.c.publish_at)
    return (
        sa.select(meant.c.post_id)
        .select_from(
            reached.join(meant, meant.c.group_id == reached.c.group_id)
            .join(its_post, its_post.c.id == meant.c.post_id)
            .join(was, was.c.id == reached.c.profile_id)
            .outerjoin(child, child.c.id == reached.c.child_id)
        )
        .where(
            reached.c.profile_id.in_(me.profiles),
            meant.c.role == reached.c.kind,
            meant.c.removed_at.is_(None),
            reached.c.valid_from < was.c.valid_to,
            sa.or_(reached.c.valid_to.is_(None), reached.c.valid_to > reached.c.valid_from),
            *(
                sa.or_(place.c.valid_to.is_(None), place.c.valid_to > changed)
                for place in (was, reached, child)
            ),
            sa.or_(
                reached.c.child_id.is_(None),
                stamdata.has_access(was.c.person_id, child.c.person_id, me.now),
            ),
        )
    )


def belonged(me: Me) -> _Clause:
    """The post was for me while I belonged to the institution, as it stands now, and is current."""
    return sa.and_(post.c.id.in_(_when_there(me)), is_current(post, me.now))


def at_my_institution(me: Me, written: sa.FromClause) -> _Clause:
    return sa.and_(written.c.institution_id.in_(me.institutions), is_out(written, me.now))


def of_its_post(condition: Any) -> _Clause:
    """A condition on the post that a comment is about, which must still stand."""
    its_post = post.alias("its_post")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(its_post)
        .where(
            its_post.c.id == comment.c.post_id,
            its_post.c.withdrawn_at.is_(None),
            condition(its_post),
        )
        .correlate(comment)
    )


def reads_its_post(me: Me, until: sa.ColumnElement[Any] = comment.c.written_at) -> _Clause:
    """I was among those whom the post is for when the comment was written, or am so ``until``."""
    return of_its_post(
        lambda its_post: sa.or_(
            its_post.c.author_id.in_(me.profiles), in_audience(me, its_post, until)
        )
    )


def belonged_to_its_post(me: Me) -> _Clause:
    """I could read the post, where I have left, when the comment was changed last."""
    changed = sa.func.coalesce(comment.c.edited_at, comment.c.written_at)
    return sa.and_(
        of_its_post(lambda its_post: is_current(its_post, me.now)),
        comment.c.post_id.in_(_when_there(me, changed).correlate(comment)),
    )


def wrote_it(me: Me) -> _Clause:
    """The reported words are the actor's own, in whatever role they were written."""
    writer, asking = stamdata.profile.alias("writer"), stamdata.profile.alias("asking")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(writer.join(asking, asking.c.person_id == writer.c.person_id))
        .where(writer.c.id == report.c.author_id, asking.c.id.in_(me.profiles))
        .correlate(report)
    )


def my_groups(me: Me) -> sa.Select[Any]:
    place = stamdata.membership.alias("my_place")
    return sa.select(place.c.group_id).where(
        place.c.profile_id.in_(me.profiles), stamdata.valid(place, me.now)
    )


def my_childrens_groups(me: Me) -> sa.Select[Any]:
    reached = stamdata.reach.alias("childs_place")
    return sa.select(reached.c.group_id).where(
        reached.c.profile_id.in_(me.profiles),
        reached.c.child_id.is_not(None),
        stamdata.valid(reached, me.now),
    )
