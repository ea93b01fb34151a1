"""The tables: posts, whom they are for, comments, what each reader has kept, reports, drafts.

People and groups are known by id only; their names live in the views of `aula_sdk.stamdata`. An
audience is a rule over groups, never a list of people (rule 13): who reads is decided when it is
read.
"""

from enum import StrEnum

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata, plugin_table
from aula_sdk.people import Kind

MAX_TITLE = 160
MAX_HTML = 100_000
MAX_EXCERPT = 280
MAX_COMMENT = 4_000
MAX_WORDS = 500
MAX_ATTACHMENTS = 20
MOST_PICTURES = 4

metadata = plugin_metadata("posts")


class WithdrawnBy(StrEnum):
    """Who took the words away: who wrote them, the institution after a report, an erasure."""

    AUTHOR = "author"
    INSTITUTION = "institution"
    ERASURE = "erasure"


class Reason(StrEnum):
    """Why somebody reports a post or a comment."""

    UNKIND = "unkind"
    PRIVATE = "private"
    WRONG_PLACE = "wrong_place"
    OTHER = "other"


class Decision(StrEnum):
    """What was decided about a report."""

    KEPT = "kept"
    REMOVED = "removed"


def _one_of(values: type[StrEnum]) -> sa.Enum:
    """Return the type of a column that holds one of these words."""
    return sa.Enum(
        values,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


post = plugin_table(
    metadata,
    "posts_post",
    sa.Column("id", Id, primary_key=True),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("author_id", Id),
    sa.Column("author_kind", _one_of(Kind), nullable=False),
    sa.Column("title", sa.String(MAX_TITLE), nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("excerpt", sa.String(MAX_EXCERPT), nullable=False),
    sa.Column("attachment_count", sa.Integer, nullable=False),
    sa.Column("pictures", JSON, nullable=False),
    sa.Column("comments_allowed", sa.Boolean, nullable=False),
    sa.Column("comment_count", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("publish_at", Instant, nullable=False),
    sa.Column("announced_at", Instant),
    sa.Column("expire_at", Instant),
    sa.Column("important_from", Instant),
    sa.Column("important_to", Instant),
    sa.Column("edited_at", Instant),
    sa.Column("withdrawn_at", Instant),
    sa.Column("withdrawn_by", _one_of(WithdrawnBy)),
    sa.Index("ix_posts_post_author", "author_id", "publish_at", "id"),
    sa.Index("ix_posts_post_institution", "institution_id", "publish_at", "id"),
    sa.Index(
        "ix_posts_post_unannounced",
        "publish_at",
        sqlite_where=sa.text("announced_at IS NULL"),
        postgresql_where=sa.text("announced_at IS NULL"),
    ),
)
"""What somebody tells (POST-1). It can be read from ``publish_at`` until ``expire_at``;
``announced_at`` is when others were told of it. ``pictures`` are the first files that have a
preview, so that a list asks no files. A withdrawn post keeps its row and loses its words; no
``author_id``: the person was erased."""

# Whose posts somebody reads is found by group; an index of whole municipalities would only tempt a
# database without statistics to read one from end to end.
post.indexes -= {index for index in post.indexes if index.columns.keys() == ["municipality_id"]}

audience = plugin_table(
    metadata,
    "posts_audience",
    sa.Column("post_id", Id, sa.ForeignKey("posts_post.id"), primary_key=True),
    sa.Column("group_id", Id, primary_key=True),
    sa.Column("role", _one_of(Kind), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("publish_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    sa.Index("ix_posts_audience_group", "group_id", "role", "publish_at", "post_id", "removed_at"),
)
"""For whom a post is: the people of one kind in a group (POST-2). ``publish_at`` repeats the
post's, so that a reader's posts are found in this index alone; ``removed_at``: an administrator
took the post off the group (POST-6)."""

comment = plugin_table(
    metadata,
    "posts_comment",
    sa.Column("id", Id, primary_key=True),
    sa.Column("post_id", Id, sa.ForeignKey("posts_post.id"), nullable=False),
    sa.Column("parent_id", Id, sa.ForeignKey("posts_comment.id")),
    sa.Column("author_id", Id, index=True),
    sa.Column("author_kind", _one_of(Kind), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("answer_count", sa.Integer, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("edited_at", Instant),
    sa.Column("withdrawn_at", Instant),
    sa.Column("withdrawn_by", _one_of(WithdrawnBy)),
    sa.Index("ix_posts_comment_post", "post_id", "parent_id", "written_at", "id"),
    sa.Index("ix_posts_comment_parent", "parent_id", "written_at", "id"),
)
"""A comment on a post, or an answer to one (``parent_id``): one level deep (POST-5)."""

mark = plugin_table(
    metadata,
    "posts_mark",
    sa.Column("profile_id", Id, primary_key=True),
    sa.Column("post_id", Id, sa.ForeignKey("posts_post.id"), primary_key=True, index=True),
    sa.Column("read_at", Instant),
    sa.Column("bookmarked_at", Instant),
    sa.Index(
        "ix_posts_mark_bookmarked",
        "profile_id",
        sqlite_where=sa.text("bookmarked_at IS NOT NULL"),
        postgresql_where=sa.text("bookmarked_at IS NOT NULL"),
    ),
)
"""A post as it is to one reader: read, bookmarked. There is no row before either."""

report = plugin_table(
    metadata,
    "posts_report",
    sa.Column("id", Id, primary_key=True),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("post_id", Id, sa.ForeignKey("posts_post.id"), nullable=False, index=True),
    sa.Column("comment_id", Id, sa.ForeignKey("posts_comment.id"), index=True),
    sa.Column("target_id", Id, nullable=False),
    sa.Column("author_id", Id),
    sa.Column("reporter_id", Id, index=True),
    sa.Column("reason", _one_of(Reason), nullable=False),
    sa.Column("words", sa.String(MAX_WORDS), nullable=False),
    sa.Column("reported_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("decision", _one_of(Decision)),
    sa.Column("decider_id", Id),
    sa.Index("ix_posts_report_institution", "institution_id", "reported_at", "id"),
    sa.Index(
        "uq_posts_report_open",
        "target_id",
        "reporter_id",
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    ),
)
"""What somebody finds should not stand there: a post, or one of its comments (``target_id`` is the
one or the other). ``author_id`` is whose words they are: such a person never sees the report."""

draft = plugin_table(
    metadata,
    "posts_draft",
    sa.Column("id", Id, primary_key=True),
    sa.Column("profile_id", Id, nullable=False),
    sa.Column("content", JSON, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index("ix_posts_draft_profile", "profile_id", "updated_at", "id"),
)
"""A post that somebody is writing, as the form holds it (`service.drafting.DraftContent`)."""
