"""Reporting what should not stand there, and deciding about it (ADM-6).

Who reported is shown to those who decide, and to nobody else; whoever wrote the reported words
sees no report about them, also when handling reports at that institution.
"""

from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.errors import AlreadyDecided, AlreadyWithdrawn, OwnWords
from aula_plugins.posts.events import ReportDecided, Reported
from aula_plugins.posts.models import Decision, Reason, WithdrawnBy, report
from aula_plugins.posts.queries import reports as queries
from aula_plugins.posts.queries.reports import ReportRow
from aula_plugins.posts.service.commenting import blank_comment, load_comment
from aula_plugins.posts.service.editing import blank_post
from aula_plugins.posts.service.heads import load_post, profile_at, reading_profiles
from aula_plugins.posts.service.words import clean_words
from aula_sdk.errors import NotFound
from aula_sdk.ids import new_id
from aula_sdk.paging import Cursor, Page, page_of
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class Complaint(msgspec.Struct, frozen=True):
    """Why somebody reports something."""

    reason: Reason
    words: str = ""


class _Target(msgspec.Struct, frozen=True):
    """What is reported."""

    municipality_id: UUID
    institution_id: UUID
    post_id: UUID
    comment_id: UUID | None
    author_id: UUID | None


async def report_post(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    post_id: UUID,
    complaint: Complaint,
    *,
    key: str,
) -> UUID:
    """Report a post and return the report's id; who has done so already gets the same again.

    Raises `NotFound` to strangers, `Forbidden`, `OwnWords`, `AlreadyWithdrawn`.
    """
    await platform.permissions.require(write, actor, "posts.report", post_id, sees="posts.read")
    row = (await load_post(write, platform, actor, post_id)).head.row
    _check(actor, row.author_id, is_withdrawn=row.withdrawn_at is not None)
    target = _Target(row.municipality_id, row.institution_id, post_id, None, row.author_id)
    return await _report(write, actor, "posts.report", target, complaint, key)


async def report_comment(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    comment_id: UUID,
    complaint: Complaint,
    *,
    key: str,
) -> UUID:
    """Report a comment, as `report_post` does a post."""
    await platform.permissions.require(
        write, actor, "posts.report_comment", comment_id, sees="posts.read_comment"
    )
    row = (await load_comment(write, platform, actor, comment_id)).row
    _check(actor, row.author_id, is_withdrawn=row.withdrawn_at is not None)
    about = (await load_post(write, platform, actor, row.post_id)).head.row
    target = _Target(
        row.municipality_id, about.institution_id, row.post_id, comment_id, row.author_id
    )
    return await _report(write, actor, "posts.report_comment", target, complaint, key)


def _check(actor: Actor, author_id: UUID | None, *, is_withdrawn: bool) -> None:
    if author_id in reading_profiles(actor):
        raise OwnWords
    if is_withdrawn:
        raise AlreadyWithdrawn


async def _report(
    write: WriteUnit, actor: Actor, action: str, target: _Target, complaint: Complaint, key: str
) -> UUID:
    words = clean_words(complaint.words)
    reporter = profile_at(actor, action, target.institution_id)
    target_id = target.comment_id or target.post_id
    earlier = await write.once(f"posts.report:{key}") or await write.scalar(
        queries.OPEN_REPORT, {"target_id": target_id, "reporter_id": reporter.id}
    )
    if earlier is not None:
        return UUID(str(earlier))
    report_id = new_id()
    await write.execute(
        sa.insert(report),
        {
            "id": report_id,
            "target_id": target_id,
            "reporter_id": reporter.id,
            "reason": complaint.reason,
            "words": words,
            "reported_at": write.now,
            "decided_at": None,
            "decision": None,
            "decider_id": None,
            **msgspec.structs.asdict(target),
        },
    )
    write.emit(
        Reported(
            municipality_id=target.municipality_id,
            institution_id=target.institution_id,
            report_id=report_id,
            post_id=target.post_id,
            comment_id=target.comment_id,
        )
    )
    write.audit(
        "posts.reported",
        municipality_id=target.municipality_id,
        object_id=report_id,
        details={"reason": complaint.reason.value},
    )
    await write.remember(f"posts.report:{key}", report_id)
    return report_id


async def list_reports(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    *,
    decided: bool = False,
    after: Cursor | None = None,
) -> Page[ReportRow]:
    """Return the reports that wait, or those that were decided, the newest first."""
    visible = platform.permissions.visible(actor, "posts.handle_reports")
    rows = await read.structs(
        ReportRow,
        queries.reports(visible.clause, decided=decided, paged=after is not None),
        {**visible.params, **(after.params if after else {})},
    )
    page = page_of(rows, queries.PAGE_SIZE, lambda row: Cursor(row.reported_at, row.id))
    for row in page.items:
        # Nobody is named as whom it is about: told of the reading, the author would learn that
        # there is a report, and the reporter's parents that it was theirs.
        read.looked("posts.handle_reports", municipality_id=row.municipality_id, object_id=row.id)
    return page


async def count_waiting(read: ReadUnit, platform: Platform, actor: Actor) -> int:
    """Return how many reports wait to be decided by the actor; none for who decides nothing."""
    if not actor.can("posts.handle_reports"):
        return 0
    visible = platform.permissions.visible(actor, "posts.handle_reports")
    return int(await read.scalar(queries.waiting_count(visible.clause), visible.params))


async def decide(
    write: WriteUnit, platform: Platform, actor: Actor, report_id: UUID, decision: Decision
) -> ReportRow:
    """Let the reported words stay or go; every report of the same words is decided with it.

    Raises `NotFound` to whoever does not handle this report, and `AlreadyDecided`.
    """
    visible = platform.permissions.visible(actor, "posts.handle_reports")
    found = await write.structs(
        ReportRow,
        queries.one_report(visible.clause),
        {**visible.params, "report_id": report_id},
    )
    if not found:
        raise NotFound
    row = found[0]
    handler = _handler(actor, row)
    decided = await write.execute(
        sa.update(report)
        .where(report.c.target_id == row.target_id, report.c.decided_at.is_(None))
        .values(decided_at=write.now, decision=decision, decider_id=handler)
    )
    if not decided.rowcount:
        raise AlreadyDecided
    if decision is Decision.REMOVED and row.withdrawn_at is None:
        await _remove(write, platform, actor, row)
    write.emit(
        ReportDecided(municipality_id=row.municipality_id, report_id=report_id, post_id=row.post_id)
    )
    write.audit(
        "posts.report_decided",
        municipality_id=row.municipality_id,
        object_id=report_id,
        subjects=(row.author_id,) if row.author_id else (),
        details={"decision": decision.value, "reports": decided.rowcount},
    )
    return row


def _handler(actor: Actor, row: ReportRow) -> UUID:
    possible = actor.profiles_for("posts.handle_reports")
    here = [one for one in possible if one.municipality_id == row.municipality_id]
    return (*here, *possible)[0].id


async def _remove(write: WriteUnit, platform: Platform, actor: Actor, row: ReportRow) -> None:
    if row.comment_id is not None:
        said = await load_comment(write, platform, actor, row.comment_id)
        await blank_comment(write, said.row, WithdrawnBy.INSTITUTION)
        return
    opened = await load_post(write, platform, actor, row.post_id)
    await blank_post(write, platform, opened.head.row, WithdrawnBy.INSTITUTION)
