"""Who may do what: four resources, the relations people have to them, and what roles start with.

A post is for groups narrowed by role, and the rule is applied when somebody reads (rule 13):
whoever belongs to a group now sees its current posts; whoever has left sees what was published
before, and writes nothing there; a guardian sees a child's only while having access to that child
(ID-12). A group that has closed is left by all, so its posts stay with those who could read them,
unlike POST-7. Who has left the whole place keeps them too (``belonged``, decision 0038).
"""

from collections.abc import Iterable

import sqlalchemy as sa

from aula_plugins.posts import _, relations
from aula_plugins.posts.ids import COMMENT, POST, REPORT
from aula_plugins.posts.models import comment, post, report
from aula_sdk import stamdata
from aula_sdk.ids import GROUP
from aula_sdk.people import Kind
from aula_sdk.permissions import (
    NO_RELATION,
    Action,
    GroupRight,
    Relation,
    Resource,
    RoleDefault,
)

POSTS = Resource(
    "posts.post",
    POST,
    _("Post"),
    post,
    (
        Relation(
            "audience",
            _("belongs to those whom the post is for, or is the guardian of a child who does"),
            lambda me: relations.in_audience(me, post),
        ),
        Relation(
            "addressed",
            _("belongs now to those whom the post is for, or is the guardian of a child who does"),
            lambda me: relations.in_audience(me, post, me.now),
        ),
        Relation(
            "author",
            _("has written the post"),
            lambda me: post.c.author_id.in_(me.profiles),
        ),
        Relation(
            "reader",
            _("has written the post, or belongs to those whom it is for"),
            relations.follows,
        ),
        Relation(
            "institution",
            _("looks after the posts of the institution"),
            lambda me: relations.at_my_institution(me, post),
        ),
        Relation(
            "belonged",
            _("belonged to those whom the post is for, at an institution that they have left"),
            relations.belonged,
            former=("posts.read", "posts.follow"),
        ),
    ),
)


COMMENTS = Resource(
    "posts.comment",
    COMMENT,
    _("Comment"),
    comment,
    (
        Relation("reader", _("can read the post that it is about"), relations.reads_its_post),
        Relation(
            "author",
            _("has written the comment and can read the post"),
            lambda me: sa.and_(
                comment.c.author_id.in_(me.profiles), relations.reads_its_post(me, me.now)
            ),
        ),
        Relation(
            "institution",
            _("looks after the posts of the institution"),
            lambda me: relations.of_its_post(
                lambda its_post: relations.at_my_institution(me, its_post)
            ),
        ),
        Relation(
            "belonged",
            _("could read the post when it was written, at an institution that they have left"),
            relations.belonged_to_its_post,
            former=("posts.read_comment",),
        ),
    ),
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
                report.c.institution_id.in_(me.institutions), sa.not_(relations.wrote_it(me))
            ),
        ),
    ),
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
            lambda me: stamdata.group.c.id.in_(relations.my_childrens_groups(me)),
        ),
        Relation(
            "own_group",
            _("is a group that I belong to"),
            lambda me: stamdata.group.c.id.in_(relations.my_groups(me)),
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
        only_reads=True,
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
    Action(
        "posts.read_comment",
        _("Read a comment"),
        COMMENTS.name,
        break_glass=True,
        only_reads=True,
    ),
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
