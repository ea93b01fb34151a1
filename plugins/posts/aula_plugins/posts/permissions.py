"""Who may do what: four resources, the relations people have to them, and what roles start with.

A post is for groups narrowed by role, and the rule is applied when somebody reads (rule 13):
whoever belongs to a group now sees its current posts; whoever has left sees what was published
before, and writes nothing there; a guardian sees a child's only while having access to that child
(ID-12). A group that has closed is left by all, so its posts stay with those who could read them,
unlike POST-7. Who has left the whole place keeps them too (``belonged``, decision 0038).
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from aula_plugins.posts import _
from aula_plugins.posts.ids import COMMENT, POST, REPORT
from aula_plugins.posts.models import audience, comment, post, report
from aula_sdk import stamdata
from aula_sdk.ids import GROUP
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


def _in_audience(
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


def _follows(me: Me) -> _Clause:
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


def _when_there(me: Me, moment: Any, *further: Any) -> sa.Select[Any]:
    """Posts that were for one of my former profiles at the ``moment``, a function of the audience.

    That profile, the place in the group, and of a guardian the child's profile all held then; and
    the guardian has access to the child today, wherever both have gone.
    """
    reached, meant = stamdata.reach.alias("was_reached"), audience.alias("was_meant")
    was, child = stamdata.profile.alias("was"), stamdata.profile.alias("childs_was")
    at = moment(meant)
    return (
        sa.select(meant.c.post_id)
        .select_from(
            reached.join(meant, meant.c.group_id == reached.c.group_id)
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
                sa.or_(place.c.valid_to.is_(None), place.c.valid_to > at)
                for place in (was, reached, child)
            ),
            sa.or_(
                reached.c.child_id.is_(None),
                stamdata.has_access(was.c.person_id, child.c.person_id, me.now),
            ),
            *(condition(meant) for condition in further),
        )
    )


def _belonged(me: Me) -> _Clause:
    """The post was for me while I belonged to the institution, and is current."""
    mine = _when_there(me, lambda meant: meant.c.publish_at)
    return sa.and_(post.c.id.in_(mine), is_current(post, me.now))


def _at_my_institution(me: Me, written: sa.FromClause) -> _Clause:
    return sa.and_(written.c.institution_id.in_(me.institutions), is_out(written, me.now))


POSTS = Resource(
    "posts.post",
    POST,
    _("Post"),
    post,
    (
        Relation(
            "audience",
            _("belongs to those whom the post is for, or is the guardian of a child who does"),
            lambda me: _in_audience(me, post),
        ),
        Relation(
            "addressed",
            _("belongs now to those whom the post is for, or is the guardian of a child who does"),
            lambda me: _in_audience(me, post, me.now),
        ),
        Relation(
            "author",
            _("has written the post"),
            lambda me: post.c.author_id.in_(me.profiles),
        ),
        Relation(
            "reader",
            _("has written the post, or belongs to those whom it is for"),
            _follows,
        ),
        Relation(
            "institution",
            _("looks after the posts of the institution"),
            lambda me: _at_my_institution(me, post),
        ),
        Relation(
            "belonged",
            _("belonged to those whom the post is for, at an institution that they have left"),
            _belonged,
            former=True,
        ),
    ),
)


def _of_its_post(condition: Any) -> _Clause:
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


def _reads_its_post(me: Me, until: sa.ColumnElement[Any] = comment.c.written_at) -> _Clause:
    """I was among those whom the post is for when the comment was written, or am so ``until``."""
    return _of_its_post(
        lambda its_post: sa.or_(
            its_post.c.author_id.in_(me.profiles), _in_audience(me, its_post, until)
        )
    )


def _belonged_to_its_post(me: Me) -> _Clause:
    own = _when_there(
        me, lambda _meant: comment.c.written_at, lambda meant: meant.c.post_id == comment.c.post_id
    )
    return sa.and_(
        _of_its_post(lambda its_post: is_current(its_post, me.now)),
        comment.c.post_id.in_(own.correlate(comment)),
    )


COMMENTS = Resource(
    "posts.comment",
    COMMENT,
    _("Comment"),
    comment,
    (
        Relation("reader", _("can read the post that it is about"), _reads_its_post),
        Relation(
            "author",
            _("has written the comment and can read the post"),
            lambda me: sa.and_(comment.c.author_id.in_(me.profiles), _reads_its_post(me, me.now)),
        ),
        Relation(
            "institution",
            _("looks after the posts of the institution"),
            lambda me: _of_its_post(lambda its_post: _at_my_institution(me, its_post)),
        ),
        Relation(
            "belonged",
            _("could read the post when it was written, at an institution that they have left"),
            _belonged_to_its_post,
            former=True,
        ),
    ),
)


def _wrote_it(me: Me) -> _Clause:
    """The reported words are the actor's own, in whatever role they were written."""
    writer, asking = stamdata.profile.alias("writer"), stamdata.profile.alias("asking")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(writer.join(asking, asking.c.person_id == writer.c.person_id))
        .where(writer.c.id == report.c.author_id, asking.c.id.in_(me.profiles))
        .correlate(report)
    )


REPORTS = Resource(
    "posts.report",
    REPORT,
    _("Report"),
    report,
    (
        Relation(
            "institution",
            _("handles reports at the institution, and did not write what is reported"),
            lambda me: sa.and_(
                report.c.institution_id.in_(me.institutions), sa.not_(_wrote_it(me))
            ),
        ),
    ),
)


def _my_groups(me: Me) -> sa.Select[Any]:
    place = stamdata.membership.alias("my_place")
    return sa.select(place.c.group_id).where(
        place.c.profile_id.in_(me.profiles), stamdata.valid(place, me.now)
    )


def _my_childrens_groups(me: Me) -> sa.Select[Any]:
    reached = stamdata.reach.alias("childs_place")
    return sa.select(reached.c.group_id).where(
        reached.c.profile_id.in_(me.profiles),
        reached.c.child_id.is_not(None),
        stamdata.valid(reached, me.now),
    )


GROUPS = Resource(
    "posts.group",
    GROUP,
    _("Group to post to"),
    stamdata.group,
    (
        Relation(
            "institution",
            _("is a group of an institution where I work"),
            lambda me: stamdata.group.c.institution_id.in_(me.institutions),
        ),
        Relation(
            "childs_group",
            _("is a group in which I have a child"),
            lambda me: stamdata.group.c.id.in_(_my_childrens_groups(me)),
        ),
        Relation(
            "own_group",
            _("is a group that I belong to"),
            lambda me: stamdata.group.c.id.in_(_my_groups(me)),
        ),
    ),
)

ACTIONS = (
    Action(
        "posts.read",
        _("Read a post and its attachments"),
        POSTS.name,
        on_shared_devices=True,
        break_glass=True,
    ),
    Action(
        "posts.follow",
        _("Have posts in one's own list"),
        POSTS.name,
        on_shared_devices=True,
        break_glass=True,
    ),
    Action("posts.create", _("Write posts")),
    Action("posts.write_to_group", _("Choose a group as audience"), GROUPS.name),
    Action("posts.edit_own", _("Change an own post"), POSTS.name),
    Action("posts.withdraw_own", _("Withdraw an own post"), POSTS.name),
    Action("posts.comment", _("Comment on a post"), POSTS.name),
    Action("posts.report", _("Report a post"), POSTS.name),
    Action("posts.remove_from_group", _("Take a post off a group"), POSTS.name),
    Action("posts.read_comment", _("Read a comment"), COMMENTS.name, break_glass=True),
    Action("posts.edit_own_comment", _("Change an own comment"), COMMENTS.name),
    Action("posts.withdraw_own_comment", _("Withdraw an own comment"), COMMENTS.name),
    Action("posts.report_comment", _("Report a comment"), COMMENTS.name),
    Action("posts.handle_reports", _("Decide about reports"), REPORTS.name),
)

IN_GROUPS = (
    GroupRight(
        "posts.write_in_group",
        _("Write posts to the group"),
        {
            Kind.EMPLOYEE: (("posts.create", NO_RELATION), ("posts.write_to_group", "institution")),
            Kind.GUARDIAN: (
                ("posts.create", NO_RELATION),
                ("posts.write_to_group", "childs_group"),
            ),
            Kind.PUPIL: (("posts.create", NO_RELATION), ("posts.write_to_group", "own_group")),
            Kind.EXTERNAL: (("posts.create", NO_RELATION), ("posts.write_to_group", "own_group")),
        },
    ),
)
"""What can be given in single groups (RGT-4); guardians and pupils hold none of it from the start.
"""

_EVERYBODY = (
    ("posts.read", "audience"),
    ("posts.read", "author"),
    ("posts.follow", "reader"),
    ("posts.edit_own", "author"),
    ("posts.withdraw_own", "author"),
    ("posts.report", "audience"),
    ("posts.read_comment", "reader"),
    ("posts.edit_own_comment", "author"),
    ("posts.withdraw_own_comment", "author"),
    ("posts.report_comment", "reader"),
)
_FORMER = (
    ("posts.read", "belonged"),
    ("posts.follow", "belonged"),
    ("posts.read_comment", "belonged"),
)
"""What is left to pupils and guardians who have left an institution (decision 0038)."""
_COMMENTERS = (Kind.EMPLOYEE, Kind.GUARDIAN, Kind.PUPIL)
_OVERSEERS = (
    ("posts.read", "institution"),
    ("posts.read_comment", "institution"),
    ("posts.handle_reports", "institution"),
)


def role_defaults() -> Iterable[RoleDefault]:
    """Yield what each role holds until a municipality decides otherwise (appendix E).

    Employees write to the groups of their institution; guardians, pupils and externals read, and
    can be given ``posts.create`` with ``posts.write_to_group``. Leaders and administrators look
    after the institution's posts; administrators can take one off a group.
    """
    for kind in Kind:
        for action, relation in _EVERYBODY:
            yield RoleDefault(kind.value, action, relation)
    for kind in _COMMENTERS:
        yield RoleDefault(kind.value, "posts.comment", "addressed")
        yield RoleDefault(kind.value, "posts.comment", "author")
    for kind in (Kind.PUPIL, Kind.GUARDIAN):
        for action, relation in _FORMER:
            yield RoleDefault(kind.value, action, relation)
    yield RoleDefault(Kind.EMPLOYEE.value, "posts.create")
    yield RoleDefault(Kind.EMPLOYEE.value, "posts.write_to_group", "institution")
    for role in ("leader", "institution_admin"):
        for action, relation in _OVERSEERS:
            yield RoleDefault(role, action, relation)
    yield RoleDefault("institution_admin", "posts.remove_from_group", "institution")
