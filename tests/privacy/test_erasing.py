"""After an erasure nothing is left of the one municipality, and the other is as it was."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.audit.checkpoints import set_checkpoint
from aula_platform.audit.sealing import seal
from aula_platform.audit.tables import checkpoint, entry
from aula_platform.identity.tables import account, account_person
from aula_platform.privacy.counting import count
from aula_platform.privacy.erasing import Erasure, StillWritten
from aula_platform.privacy.reach import KEPT, RULES
from aula_platform.stamdata.tables import municipality, person
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.compacting import HeldByOthers, compact
from aula_platform.storage.wall import COLUMN
from aula_platform.testing import run_site, settings_for
from aula_sdk.ids import new_id
from aula_sdk.testing.plugin import Browser, People
from tests.privacy.conftest import LEAVING, Town, host_with, silently
from tests.privacy.town import CANARY, let_people_in


async def _everything(storage: Storage, tables: list[sa.Table]) -> dict[str, Counter[str]]:
    """Return every row of every table, as text."""
    found: dict[str, Counter[str]] = {}
    async with storage.read(EVERYWHERE) as read:
        for table in tables:
            rows = await read.rows(sa.select(*(_plain(column) for column in table.c)))
            found[table.name] = Counter(repr(dict(row._mapping)) for row in rows)
    return found


def _plain(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.type_coerce(column, sa.String()) if isinstance(column.type, sa.Enum) else column


async def _of_others(town: Town) -> dict[str, Counter[str]]:
    """Return every row that is not the leaving municipality's, found by other ways than its own."""
    everything = await _everything(town.storage, town.tables)
    mine = repr(town.leaving.id)
    async with town.storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(account_person))
        written = await read.rows(
            sa.select(entry.c.id).where(entry.c.municipality_id == town.leaving.id)
        )
    here = {row.account_id for row in rows if row.municipality_id == town.leaving.id}
    elsewhere = {row.account_id for row in rows if row.municipality_id != town.leaving.id}
    ids = [mine, *(repr(one) for one in here - elsewhere), *(repr(row.id) for row in written)]
    kept = {
        name: Counter({row: n for row, n in rows.items() if not any(one in row for one in ids)})
        for name, rows in everything.items()
    }
    kept["events_lane"] = Counter(
        {row: n for row, n in kept["events_lane"].items() if town.leaving.id.hex not in row}
    )
    # What workers remember does not hold any more.
    del kept["identity_epoch"]
    return kept


async def _canaries(town: Town) -> list[str]:
    """Return in which tables and files the canary is still to be found."""
    everything = await _everything(town.storage, town.tables)
    found = [name for name, rows in everything.items() if any(CANARY in row for row in rows)]
    mine = f"bytes of {town.leaving.id}".encode()
    found += [
        path.name
        for path in (town.folder / "files").rglob("*")
        if path.is_file() and mine in path.read_bytes()
    ]
    if town.storage.is_sqlite:
        path = Path(town.storage.url.removeprefix("sqlite:///"))
        found += [
            part.name
            for part in (path, path.with_name(f"{path.name}-wal"))
            if part.exists() and CANARY.encode() in part.read_bytes()
        ]
    return found


async def test_nothing_is_left_and_the_other_is_as_it_was(town: Town) -> None:
    """Issue 3: no canary in any table, file or the database's own file; others' rows are equal."""
    await seal(town.storage)
    before, others = await _canaries(town), await _of_others(town)
    assert {table.name for table in town.tables if COLUMN in table.c} - set(before) <= {
        "audit_link",  # Hashes and ids; no words.
        "audit_checkpoint",
        *(table.name for table in town.tables if not _has_words(table)),
    }
    assert len(before) > len(town.tables) / 2
    gone = await Erasure(town.installation, town.leaving, pause=0).run(silently)
    assert sum(gone.values()) > len(town.tables)
    await compact(town.storage, town.tables)
    assert await _canaries(town) == []
    assert await _of_others(town) == others
    left = (await count(town.installation, town.leaving)).rows
    assert left == {}
    async with town.storage.read(EVERYWHERE) as read:
        points = await read.rows(sa.select(checkpoint).order_by(checkpoint.c.id))
    assert [point.kind for point in points] == ["erasing", "erased"]
    assert points[-1].counts == gone
    assert points[-1].municipality_id == town.leaving.id


def _has_words(table: sa.Table) -> bool:
    return any(
        isinstance(column.type, sa.String | sa.JSON) and not column.foreign_keys
        for column in table.c
    )


class _CutOff(Erasure):
    """An erasure that a power cut ends after some steps."""

    steps = 0

    async def _timed(self, step: Callable[[], Awaitable[int]]) -> int:
        self.steps -= 1
        if self.steps < 0:
            raise KeyboardInterrupt
        return await super()._timed(step)


async def test_what_was_cut_off_is_finished_by_the_next(town: Town) -> None:
    """Wherever it stops, the next one finds the rest: row by row, and again."""
    await seal(town.storage)
    others = await _of_others(town)
    for steps in (1, 4, 30, 60):
        erasure = _CutOff(town.installation, town.leaving, batch=1, pause=0)
        erasure.steps = steps
        with pytest.raises(KeyboardInterrupt):
            await erasure.run(silently)
    left = await count(town.installation, town.leaving)
    assert left.total > 1
    await Erasure(town.installation, town.leaving, batch=3, pause=0).run(silently)
    await compact(town.storage, town.tables)
    assert await _canaries(town) == []
    after = await _of_others(town)
    assert after == others


class _Sealing(Erasure):
    """An erasure beside which the audit's own job goes on."""

    async def _timed(self, step: Callable[[], Awaitable[int]]) -> int:
        gone = await super()._timed(step)
        await seal(self._storage)
        return gone


async def test_the_audits_job_does_not_stand_in_the_way(town: Town) -> None:
    """R19: what waits to be sealed goes too, and no chain begins anew while the old one goes."""
    async with town.storage.write(EVERYWHERE) as write:
        write.audit("probe.waits", municipality_id=town.leaving.id)
    await _Sealing(town.installation, town.leaving, batch=2, pause=0).run(silently)
    assert (await count(town.installation, town.leaving)).rows == {}


async def test_an_account_of_both_stays_and_is_the_others_alone(town: Town) -> None:
    """Rule 8: the guardian signs in as before, and is nobody in the municipality that left."""
    async with town.storage.read(EVERYWHERE) as read:
        links = await read.rows(sa.select(account_person))
    here, elsewhere = (
        {row.account_id for row in links if (row.municipality_id == town.leaving.id) == is_here}
        for is_here in (True, False)
    )
    assert here & elsewhere
    assert here - elsewhere
    await Erasure(town.installation, town.leaving, pause=0).run(silently)
    async with town.storage.read(EVERYWHERE) as read:
        accounts = {row.id for row in await read.rows(sa.select(account.c.id))}
        links = await read.rows(sa.select(account_person))
    assert accounts & (here | elsewhere) == elsewhere
    assert {row.account_id for row in links} == elsewhere


async def test_the_site_works_on_for_the_others(
    town: Town, filled: str, plugins: tuple[str, ...], tmp_path: Path
) -> None:
    """A teacher of the other municipality reads throughout; who belonged to the one is nobody."""
    await let_people_in(town.storage, town.tables)
    settings = settings_for(filled, plugins, tmp_path / "site")
    async with run_site(settings, host_with(plugins)) as site, AsyncExitStack() as stack:
        people = People(await site.members(), await site.groups())
        browser = Browser(site, stack)
        theirs = await browser(people.stranger_teacher)
        ours = await browser(people.teacher)
        assert (await ours.get("/")).status_code == 200
        answers: list[int] = []

        async def read_on() -> None:
            while True:
                answers.append((await theirs.get("/")).status_code)
                await asyncio.sleep(0.01)

        reading = asyncio.create_task(read_on())
        await Erasure(town.installation, town.leaving, batch=20, pause=1).run(silently)
        reading.cancel()
        assert set(answers) == {200}
        assert (await ours.get("/", follow_redirects=False)).status_code in {302, 303, 401}
        assert (await theirs.get("/")).status_code == 200


async def test_the_audit_can_be_deleted_from_behind_a_checkpoint_alone(town: Town) -> None:
    """R19: of no municipality, and of no moment, but those that a checkpoint names; it stays."""
    async with town.storage.write(EVERYWHERE) as write:
        await set_checkpoint(write, town.leaving.id, "erasing", {})
    others = sa.delete(entry).where(entry.c.municipality_id == town.staying.id)
    later = sa.delete(entry).where(entry.c.action == "probe.later")
    async with town.storage.write(EVERYWHERE) as write:
        await write.execute(
            sa.insert(entry),
            {
                "id": new_id(),
                "municipality_id": town.leaving.id,
                "at": write.now,
                "profiles": [],
                "role": "system",
                "assurance": 0,
                "action": "probe.later",
                "details": {},
                "request_id": "",
            },
        )
    forbidden: list[sa.Executable] = [
        others,
        later,
        sa.delete(checkpoint),
        sa.update(checkpoint).values(kind="no"),
    ]
    if not town.storage.is_sqlite:
        forbidden.append(sa.text("TRUNCATE audit_checkpoint"))
    for statement in forbidden:
        with pytest.raises(DBAPIError, match="append-only"):
            async with town.storage.write(EVERYWHERE) as write:
                await write.execute(statement)


async def test_somebody_who_keeps_writing_is_told_of(town: Town) -> None:
    """It ends with a sentence instead of running for ever."""

    class Busy(Erasure):
        async def _pass(self, rows: dict[str, int], tell: Any) -> None:
            tell(rows)

    with pytest.raises(StillWritten, match="restart the site"):
        await Busy(town.installation, town.leaving).run(silently)
    async with town.storage.read(EVERYWHERE) as read:
        assert await read.first(sa.select(municipality.c.id).where(municipality.c.key == LEAVING))


async def test_the_command_asks_before_it_erases(town: Town) -> None:
    """Issue 3: preview, then export, then out of the configuration, then the key again."""
    said = await town.run("erase", LEAVING, "--preview")
    assert said.exit_code == 0, said.output
    assert "stamdata_person: " in said.output
    assert "never exported" in said.output
    refused = await town.run("erase", LEAVING, "--yes", LEAVING)
    assert refused.exit_code == 1
    assert "municipality export" in refused.output
    exported = await town.run("export", LEAVING, "--to", str(town.folder / "out.zip"))
    assert exported.exit_code == 0, exported.output
    assert LEAVING in (await town.run("list")).output
    town.configure(LEAVING, "south")
    for words, said_why in (
        ((), "is in use"),
        (("--yes", "south"), "is not"),
    ):
        refused = await town.run("erase", LEAVING, *words, typed=f"{LEAVING}\n")
        assert refused.exit_code, refused.output
        assert said_why in refused.output
    town.configure("south")
    assert (await town.run("erase", LEAVING, typed="south\n")).exit_code == 1
    async with town.storage.read(EVERYWHERE) as read:
        mine = sa.select(sa.func.count()).where(person.c.municipality_id == town.leaving.id)
        assert await read.scalar(mine)
    done = await town.run("erase", LEAVING, typed=f"{LEAVING}\n")
    assert done.exit_code == 0, done.output
    assert f"rows of {LEAVING} are erased" in done.output
    assert await _canaries(town) == []
    again = await town.run("erase", LEAVING, "--preview")
    assert again.exit_code == 1
    assert "known: south" in again.output
    assert (await town.run("compact")).exit_code == 0


async def test_without_an_export_only_when_told(town: Town) -> None:
    """Who has agreed on it with the municipality says so; the configuration is overruled too."""
    town.configure(LEAVING, "south")
    done = await town.run("erase", LEAVING, "--without-export", "--yes", LEAVING)
    assert done.exit_code == 0, done.output
    assert await _canaries(town) == []


async def test_a_reader_of_an_old_state_is_waited_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's log cannot be emptied under somebody who reads on; that is said, and can be tried
    again. PostgreSQL keeps nobody waiting.
    """
    monkeypatch.setattr("aula_platform.storage.compacting._TRIES", 2)
    if not town.storage.is_sqlite:
        async with town.storage.snapshot(EVERYWHERE) as read:
            await read.rows(sa.select(municipality.c.id))
            await compact(town.storage, town.tables)
        return
    reader = sqlite3.connect(town.storage.url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM stamdata_municipality").fetchall()
    with pytest.raises(HeldByOthers, match="try again"):
        await compact(town.storage, town.tables)
    reader.close()
    await compact(town.storage, town.tables)


def test_what_stays_is_named() -> None:
    """The one table whose rows outlive their municipality."""
    assert set(KEPT) == {"audit_checkpoint"}
    assert not set(KEPT) & set(RULES)
