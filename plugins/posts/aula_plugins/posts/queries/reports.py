"""Reports, for those who handle them at the institution."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.ids import COMMENT, POST, REPORT
from aula_plugins.posts.models import Decision, Reason, comment, post, report
from aula_plugins.posts.queries import params
from aula_plugins.posts.queries.people import name_of
from aula_sdk.ids import PROFILE
from aula_sdk.paging import beyond
from aula_sdk.people import Kind

PAGE_SIZE = 20


class ReportRow(msgspec.Struct, frozen=True):
    """A report with the words that it is about."""

    id: UUID
    municipality_id: UUID
    post_id: UUID
    comment_id: UUID | None
    target_id: UUID
    author_id: UUID | None
    author_name: str | None
    author_kind: Kind
    reporter_id: UUID | None
    reporter_name: str | None
    reason: Reason
    words: str
    reported_at: datetime
    decided_at: datetime | None
    decision: Decision | None
    decider_name: str | None
    title: str
    html: str
    text: str | None
    withdrawn_at: datetime | None

    @property
    def key(self) -> str:
        """The id on the wire."""
        return REPORT.format(self.id)

    @property
    def post_key(self) -> str:
        """The post's id on the wire."""
        return POST.format(self.post_id)

    @property
    def comment_key(self) -> str:
        """The comment's id on the wire."""
        return COMMENT.format(self.comment_id) if self.comment_id else ""

    @property
    def author_key(self) -> str:
        """The author's id on the wire."""
        return PROFILE.format(self.author_id) if self.author_id else ""


def _columns() -> sa.Select[Any]:
    return sa.select(
        report.c.id,
        report.c.municipality_id,
        report.c.post_id,
        report.c.comment_id,
        report.c.target_id,
        report.c.author_id,
        name_of(report.c.author_id),
        sa.func.coalesce(comment.c.author_kind, post.c.author_kind),
        report.c.reporter_id,
        name_of(report.c.reporter_id),
        report.c.reason,
        report.c.words,
        report.c.reported_at,
        report.c.decided_at,
        report.c.decision,
        name_of(report.c.decider_id),
        post.c.title,
        post.c.html,
        comment.c.text,
        sa.func.coalesce(
            comment.c.withdrawn_at, post.c.withdrawn_at, type_=post.c.withdrawn_at.type
        ),
    ).select_from(
        report.join(post, post.c.id == report.c.post_id).outerjoin(
            comment, comment.c.id == report.c.comment_id
        )
    )


@cache
def reports(visible: sa.ColumnElement[bool], *, decided: bool, paged: bool) -> sa.Select[Any]:
    """Reports that wait, or those that were decided, the newest first."""
    state = report.c.decided_at.is_not(None) if decided else report.c.decided_at.is_(None)
    return (
        _columns()
        .where(visible, state)
        .where(*([beyond(report.c.reported_at, report.c.id)] if paged else []))
        .order_by(report.c.reported_at.desc(), report.c.id.desc())
        .limit(PAGE_SIZE + 1)
    )


@cache
def one_report(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One report. Parameters: ``report_id`` and those of ``visible``."""
    return _columns().where(report.c.id == params.one("report_id"), visible)


@cache
def waiting_count(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """How many reports wait to be decided."""
    return (
        sa.select(sa.func.count()).select_from(report).where(visible, report.c.decided_at.is_(None))
    )


OPEN_REPORT = sa.select(report.c.id).where(
    report.c.target_id == params.one("target_id"),
    report.c.reporter_id == params.one("reporter_id"),
    report.c.decided_at.is_(None),
)
"""The report that somebody has made of this already. Parameters: target_id, reporter_id."""
