"""GDPR-3: a report says so when what was signed off has been changed behind the triggers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.audit.tables import entry
from aula_platform.sampling.judging import judge, sign_off
from aula_platform.sampling.period import Period
from aula_platform.sampling.report import SIGNED, digest_of
from aula_platform.sampling.tables import drawn, sample
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.ids import new_id
from aula_sdk.log_samples import SAMPLE, SamplePlan, Verdict
from tests.administration.office import Office
from tests.audit.intruder import rows_of, run
from tests.sampling.log import Log

SIZE = 3


@pytest.fixture
async def signed(office: Office, period: Period) -> dict[str, Any]:
    """A sample that was signed off, as it is in the database."""
    people, log = office.people, Log(office.site, period)
    await log.add(people.teacher, [people.pupil], times=SIZE)
    await log.close()
    town, storage = people.leader.municipality_id, office.site.storage
    assert await office.site.platform.log_samples.draw_due(town, SamplePlan()) == 1
    (row,) = await rows_of(storage, sample)
    actor = await office.site.actor(people.leader)
    async with storage.write(EVERYWHERE, actor) as write:
        for number in range(1, SIZE + 1):
            await judge(write, actor, row["id"], number, Verdict.BREACH, "Uden grund")
        await sign_off(write, actor, row["id"])
    (row,) = await rows_of(storage, sample)
    return row


async def _take_triggers_away(storage: Storage) -> None:
    async with storage.write(EVERYWHERE) as write:
        if not storage.is_sqlite:
            for table in (drawn, sample):
                await write.execute(sa.text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
            return
        names = sa.text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'sampling_%'"
        )
        for row in await write.rows(names):
            await write.execute(sa.text(f"DROP TRIGGER {row.name}"))


async def _is_intact(office: Office, row: dict[str, Any]) -> bool:
    key = SAMPLE.format(row["id"])
    report = await office.get(office.people.leader, f"/samples/{key}/report")
    return bool(report["is_intact"])


async def test_what_was_drawn_cannot_be_removed(office: Office, signed: dict[str, Any]) -> None:
    """The database refuses while the audit has the entries, be it one line or the whole sample;
    nor does it let what was drawn belong to somebody else first.
    """
    for change in (
        sa.delete(drawn).where(drawn.c.number == 1),
        sa.delete(drawn),
        sa.delete(sample),
        # Of a municipality whose audit is gone it could be removed.
        sa.update(drawn).values(municipality_id=new_id()),
    ):
        with pytest.raises(DBAPIError, match=r"sampling_|FOREIGN KEY"):
            await run(office.site.storage, change)
    if not office.site.storage.is_sqlite:
        with pytest.raises(DBAPIError, match="sampling_"):
            await run(office.site.storage, sa.text("TRUNCATE sampling_sample CASCADE"))
    assert len(await rows_of(office.site.storage, drawn)) == SIZE
    assert await _is_intact(office, signed)


CHANGES: Sequence[tuple[str, sa.Executable]] = (
    ("note", sa.update(drawn).where(drawn.c.number == 2).values(note="")),
    ("verdict", sa.update(drawn).where(drawn.c.number == 2).values(verdict="justified")),
    ("line", sa.delete(drawn).where(drawn.c.number == 2)),
    ("seed", sa.update(sample).values(seed="0" * 64)),
    ("size", sa.update(sample).values(size=SIZE - 1)),
    ("digest", sa.update(sample).values(digest="")),
    ("signature", sa.update(sample).values(digest="", signed_at=None)),
)


@pytest.mark.parametrize("change", [one for _name, one in CHANGES], ids=[one for one, _ in CHANGES])
async def test_a_change_behind_the_triggers_is_told(
    office: Office, signed: dict[str, Any], change: sa.Executable
) -> None:
    """Whatever it is, in the report and on its page."""
    await _take_triggers_away(office.site.storage)
    assert await _is_intact(office, signed)
    await run(office.site.storage, change)
    assert not await _is_intact(office, signed)


async def test_the_sum_beside_the_sample_proves_nothing(
    office: Office, signed: dict[str, Any]
) -> None:
    """A line is removed and the sum made to fit; nor does a second entry in the audit help, which
    the audit lets anybody write who has the database.
    """
    storage = office.site.storage
    await _take_triggers_away(storage)
    await run(storage, sa.delete(drawn).where(drawn.c.number == SIZE))
    async with storage.read(EVERYWHERE) as read:
        digest, left = await digest_of(read, signed["id"])
    await run(storage, sa.update(sample).values(digest=digest, size=left))
    assert not await _is_intact(office, signed)
    (told,) = [one for one in await rows_of(storage, entry) if one["action"] == SIGNED]
    more = {**told, "id": new_id(), "details": {"digest": digest, "entries": left}}
    await run(storage, sa.insert(entry).values(**more))
    assert not await _is_intact(office, signed)
