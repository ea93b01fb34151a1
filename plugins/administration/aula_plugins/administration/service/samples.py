"""Samples of the log: what waits to be judged, judging it, and the report."""

import csv
import io
import re
from collections import Counter
from uuid import UUID

from aula_plugins.administration import sample_schemas as schemas
from aula_plugins.administration import schemas as place_schemas
from aula_plugins.administration.service.places import item_of as place_of
from aula_plugins.administration.settings import plan_of
from aula_sdk.db import utc_now
from aula_sdk.errors import NotFound
from aula_sdk.ids import MUNICIPALITY
from aula_sdk.log_samples import SAMPLE, DrawnEntry, ReportLine, SampleHead, Verdict
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

PAGE = 20
_FORMULA = re.compile(r"^(?=[=+\-@\t\r\n])|(?<=[;,\t\r\n])(?=\s*[=+\-@])")
"""Where a cell begins that is a formula to a spreadsheet, be it one that splits the text elsewhere
than it is meant: by commas, or without looking at the quotes."""
_DELIMITER = ";"
"""Where the comma stands in numbers, as in Danish, spreadsheets split there and nowhere else."""


async def list_samples(
    read: ReadUnit, platform: Platform, actor: Actor, after: Cursor | None = None
) -> schemas.SampleList:
    """Return the samples, the newest first; raise `Forbidden` to who goes through none."""
    page = await platform.log_samples.newest(read, actor, after=after, size=PAGE)
    following = str(page.next) if page.next else None
    return schemas.SampleList([item_of(one) for one in page.items], following)


async def open_sample(
    read: ReadUnit, platform: Platform, actor: Actor, sample_id: UUID
) -> schemas.SampleItem:
    """Return one sample; raise `NotFound` for another place's."""
    return item_of(await platform.log_samples.find(read, actor, sample_id))


async def list_entries(
    read: ReadUnit, platform: Platform, actor: Actor, sample_id: UUID, after: int = 0
) -> tuple[schemas.SampleItem, schemas.EntryList]:
    """Return a sample, and its entries in their order from the one after number ``after`` on."""
    head, rows = await platform.log_samples.entries(
        read, actor, sample_id, after=max(0, after), size=PAGE
    )
    items = [_entry(one) for one in rows]
    has_more = bool(items) and items[-1].number < head.size
    return item_of(head), schemas.EntryList(items, items[-1].number if has_more else None)


async def list_towns(
    read: ReadUnit, platform: Platform, actor: Actor
) -> list[place_schemas.PlaceItem]:
    """Return the municipalities of which the actor may have an extra sample drawn."""
    return [place_of(one) for one in await platform.log_samples.places(read, actor)]


async def draw_extra(platform: Platform, actor: Actor, municipality: str) -> str:
    """Draw a sample of this month; return its id. Raises what `LogSamples.draw_extra` does."""
    municipality_id = MUNICIPALITY.parse(municipality)
    if municipality_id not in actor.municipalities:
        raise NotFound
    plan = plan_of(platform, municipality_id)
    return SAMPLE.format(await platform.log_samples.draw_extra(actor, municipality_id, plan))


async def judge(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    sample_id: UUID,
    number: int,
    wanted: schemas.EntryToJudge,
) -> None:
    """Say what is thought of an entry; raises what `LogSamples.judge` does."""
    await platform.log_samples.judge(write, actor, sample_id, number, wanted.verdict, wanted.note)


async def sign_off(write: WriteUnit, platform: Platform, actor: Actor, sample_id: UUID) -> None:
    """Sign a sample off for good; raises what `LogSamples.sign_off` does."""
    await platform.log_samples.sign_off(write, actor, sample_id)


async def open_report(
    read: ReadUnit, platform: Platform, actor: Actor, sample_id: UUID
) -> schemas.ReportView:
    """Return the report of a sample."""
    found = await platform.log_samples.report(read, actor, sample_id)
    counted = Counter(one.verdict.value if one.verdict else "open" for one in found.lines)
    return schemas.ReportView(
        item_of(found.head),
        found.method,
        found.seed,
        found.sealed,
        [schemas.StratumItem(one.signal, one.found, one.drawn) for one in found.strata],
        {name: counted[name] for name in (*Verdict, "open")},
        [_line(one) for one in found.lines],
        found.digest,
        found.is_intact,
    )


def write_csv(report: schemas.ReportView) -> str:
    """Return the report's lines for a spreadsheet, in which nothing is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=_DELIMITER, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    names = schemas.LineItem.__struct_fields__
    writer.writerow(names)
    for line in report.lines:
        values = [getattr(line, name) for name in names]
        writer.writerow(["" if one is None else _cell(str(one)) for one in values])
    return text.getvalue()


def _cell(text: str) -> str:
    return _FORMULA.sub("'", text)


def item_of(found: SampleHead) -> schemas.SampleItem:
    """Return the sample as it travels."""
    waits: schemas.SampleState = "overdue" if found.due_at <= utc_now() else "waiting"
    return schemas.SampleItem(
        SAMPLE.format(found.id),
        MUNICIPALITY.format(found.municipality_id),
        found.institution,
        found.first_month,
        found.last_month,
        found.is_extra,
        "signed" if found.signed_at else waits,
        found.drawn_at,
        found.due_at,
        found.size,
        found.judged,
        found.signed_at,
        found.signed_by,
    )


def _entry(found: DrawnEntry) -> schemas.EntryItem:
    return schemas.EntryItem(
        found.number,
        found.at,
        found.kind.value,
        found.name,
        found.is_protected,
        found.role,
        found.institution,
        found.assurance,
        str(found.purpose) if found.purpose else found.action,
        [str(one) for one in found.basis],
        [schemas.ConcernedItem(one.name, one.kind, one.institution) for one in found.about],
        found.more,
        found.drawn_as,
        list(found.signals),
        found.is_own,
        found.verdict,
        found.note,
        found.judged_at,
        found.judged_by,
    )


def _line(found: ReportLine) -> schemas.LineItem:
    return schemas.LineItem(
        found.number,
        found.entry.hex,
        found.at,
        found.kind.value,
        found.role,
        found.action,
        found.drawn_as,
        found.verdict,
        found.note,
        found.judged_at,
        found.judged_by,
    )
