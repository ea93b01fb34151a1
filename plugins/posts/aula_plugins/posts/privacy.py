"""What is kept about people, why and for how long; how it is given out and erased."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.posts import _
from aula_plugins.posts.models import (
    WithdrawnBy,
    audience,
    comment,
    draft,
    mark,
    post,
    report,
)
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData, SubjectData
from aula_sdk.db import Instant
from aula_sdk.i18n import Text
from aula_sdk.protocols import ReadUnit, WriteUnit

_TASK = _("What school and day-care tell families, pupils and staff")
_LAW = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_KEPT = _("As long as the municipality's retention schedule says; withdrawn words at once")
_DRAFTS_KEPT = _("Until it is published or thrown away; at most a year untouched")

_CONFIDENTIAL, _ORDINARY = DataClass.CONFIDENTIAL, DataClass.ORDINARY


def _table(
    table: sa.Table,
    purpose: Text,
    *,
    retention: Text = _KEPT,
    technical: tuple[str, ...] = (),
    **fields: FieldPrivacy,
) -> PersonalData:
    return PersonalData(table.name, purpose, _LAW, retention, fields, technical)


PERSONAL_DATA = (
    _table(
        post,
        _TASK,
        author_id=FieldPrivacy(_ORDINARY, _("Who wrote the post")),
        author_kind=FieldPrivacy(_ORDINARY, _("In which role it was written")),
        title=FieldPrivacy(_ORDINARY, _("What the writer says that it is about")),
        html=FieldPrivacy(_CONFIDENTIAL, _("What the person wrote")),
        excerpt=FieldPrivacy(_CONFIDENTIAL, _("The first words of it")),
        pictures=FieldPrivacy(_CONFIDENTIAL, _("Which attached files are pictures")),
        technical=(
            "institution_id",
            "attachment_count",
            "comments_allowed",
            "comment_count",
            "withdrawn_by",
        ),
    ),
    _table(
        audience,
        _("Decides who can read a post: groups, never single people"),
        technical=("post_id", "group_id", "role", "position"),
    ),
    _table(
        comment,
        _("Lets people talk about a post"),
        author_id=FieldPrivacy(_ORDINARY, _("Who wrote the comment")),
        author_kind=FieldPrivacy(_ORDINARY, _("In which role it was written")),
        text=FieldPrivacy(_CONFIDENTIAL, _("What the person wrote")),
        technical=("post_id", "parent_id", "answer_count", "withdrawn_by"),
    ),
    _table(
        mark,
        _("Shows each reader what is new, and what they want to find again"),
        profile_id=FieldPrivacy(_ORDINARY, _("The reader")),
        read_at=FieldPrivacy(_ORDINARY, _("When the person first read it")),
        bookmarked_at=FieldPrivacy(_ORDINARY, _("When the person bookmarked it")),
        technical=("post_id",),
    ),
    _table(
        report,
        _("Lets people say what should not stand there, and somebody decide about it"),
        author_id=FieldPrivacy(_CONFIDENTIAL, _("Whose words were reported")),
        reporter_id=FieldPrivacy(_CONFIDENTIAL, _("Who reported them")),
        reason=FieldPrivacy(_CONFIDENTIAL, _("Why they were reported")),
        words=FieldPrivacy(_CONFIDENTIAL, _("What the reporter added")),
        decider_id=FieldPrivacy(_ORDINARY, _("Who decided about it")),
        decision=FieldPrivacy(_CONFIDENTIAL, _("What was decided")),
        technical=("institution_id", "post_id", "comment_id", "target_id"),
    ),
    _table(
        draft,
        _("Keeps what somebody is writing"),
        retention=_DRAFTS_KEPT,
        profile_id=FieldPrivacy(_ORDINARY, _("Who is writing")),
        content=FieldPrivacy(_CONFIDENTIAL, _("The words and choices so far")),
    ),
)

_ABOUT: tuple[tuple[sa.Table, str], ...] = (
    (post, "author_id"),
    (comment, "author_id"),
    (mark, "profile_id"),
    (report, "author_id"),
    (report, "reporter_id"),
    (report, "decider_id"),
    (draft, "profile_id"),
)
"""Every column that names a person."""

_OTHERS_SHARE = {
    "author_id": ("reporter_id", "words", "decider_id"),
    "reporter_id": ("author_id", "decider_id"),
    "decider_id": ("author_id", "reporter_id", "words"),
}
"""What of a report is about the others in it: whose words were reported is not told by whom."""


def _profiles(person_id: UUID) -> sa.Select[Any]:
    return sa.select(stamdata.profile.c.id).where(stamdata.profile.c.person_id == person_id)


async def export_person(
    person_id: UUID, read: ReadUnit
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield every row that names the person; what is about others in it stays out (R25)."""
    for table, column in _ABOUT:
        others = _OTHERS_SHARE[column] if table is report else ()
        told = [each for each in table.c if each.name not in others]
        rows = await read.rows(sa.select(*told).where(table.c[column].in_(_profiles(person_id))))
        for row in rows:
            yield table.name, dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.


async def erase_person(person_id: UUID, write: WriteUnit) -> int:
    """Take the person out of every post; return how many rows that touched.

    What the person wrote becomes a place without words and author, so that the others' comments
    keep theirs. Reports by or about the person stay without their names and words.
    """
    touched = 0
    for table, blank in (
        (post, {"title": "", "html": "", "excerpt": "", "attachment_count": 0, "pictures": []}),
        (comment, {"text": ""}),
    ):
        gone = await write.execute(
            sa.update(table)
            .where(table.c.author_id.in_(_profiles(person_id)))
            .values(
                author_id=None,
                withdrawn_at=sa.func.coalesce(table.c.withdrawn_at, sa.literal(write.now, Instant)),
                withdrawn_by=WithdrawnBy.ERASURE,
                **blank,
            )
        )
        touched += gone.rowcount
    for column, further in (
        ("author_id", {}),
        ("reporter_id", {"words": ""}),
        ("decider_id", {}),
    ):
        named = report.c[column].in_(_profiles(person_id))
        changed = await write.execute(
            sa.update(report).where(named).values({column: None, **further})
        )
        touched += changed.rowcount
    for table in (mark, draft):
        gone = await write.execute(
            sa.delete(table).where(table.c.profile_id.in_(_profiles(person_id)))
        )
        touched += gone.rowcount
    return touched


SUBJECT_DATA = SubjectData("posts", export_person, erase_person)
