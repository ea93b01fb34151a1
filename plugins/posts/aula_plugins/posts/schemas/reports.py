"""Reports as programs send, read and decide them."""

from datetime import datetime
from typing import Self

import msgspec

from aula_plugins.posts.models import Decision, Reason
from aula_plugins.posts.queries.reports import ReportRow
from aula_plugins.posts.schemas.fields import (
    CommentId,
    PostId,
    ReportId,
    Words,
    Writer,
)
from aula_plugins.posts.service.reporting import Complaint
from aula_sdk.paging import Page


class ReportToSend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something should not stand there."""

    reason: Reason
    words: Words = ""

    @property
    def complaint(self) -> Complaint:
        """The same for the service."""
        return Complaint(self.reason, self.words)


class SentReport(msgspec.Struct, frozen=True):
    """The report that was made."""

    report: ReportId


class ReportItem(msgspec.Struct, frozen=True):
    """A report, for those who handle it: the reporter is never told to anybody else."""

    id: ReportId
    post: PostId
    comment: CommentId | None
    author: Writer
    reporter_name: str
    reason: Reason
    words: str
    title: str
    content: str
    """What is reported: the post's HTML, or the comment's text."""
    reported_at: datetime
    decided_at: datetime | None
    decision: Decision | None
    decider_name: str

    @classmethod
    def of(cls, row: ReportRow) -> Self:
        return cls(
            id=row.key,
            post=row.post_key,
            comment=row.comment_key or None,
            author=Writer.of(row.author_id, row.author_name, row.author_kind, None),
            reporter_name=row.reporter_name or "",
            reason=row.reason,
            words=row.words,
            title=row.title,
            content=row.html if row.text is None else row.text,
            reported_at=row.reported_at,
            decided_at=row.decided_at,
            decision=row.decision,
            decider_name=row.decider_name or "",
        )


class ReportPage(msgspec.Struct, frozen=True):
    """Some reports, the newest first."""

    items: list[ReportItem]
    next: str | None

    @classmethod
    def of(cls, page: Page[ReportRow]) -> Self:
        return cls(
            [ReportItem.of(row) for row in page.items], str(page.next) if page.next else None
        )


class DecisionToMake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the reported words stay or go."""

    decision: Decision
