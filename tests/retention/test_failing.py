"""What one plugin cannot do holds up no other, no other municipality, and nobody for long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.plugin_host.faults import Faults
from aula_platform.plugin_host.guard import KINDS, Guard, TookTooLong
from aula_platform.privacy.retention.tables import run
from aula_platform.settings import BudgetSettings
from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from aula_sdk.retention import RetentionSubject, RunState
from tests.retention.keeping import Keeping


def _raise(*_given: Any) -> Any:
    raise RuntimeError("kanarie")


@pytest.mark.expects_fault(r"not counted", reason="the plugin cannot say what is due")
async def test_what_cannot_be_counted_holds_up_no_other(keeping: Keeping) -> None:
    """The run says that it was not counted, and deletes the rest."""
    await keeping.age()
    keeping.replace("messages.silent", replace(keeping.desk.kept["messages.silent"], due=_raise))
    found = await keeping.previewed()
    counts = await keeping.counts(found)
    assert counts["messages.silent"]["failed"] == 1
    assert counts["messages.silent"]["found"] == 0
    assert counts["posts.posts"]["found"] == 1
    await keeping.decide(keeping.retention.announce, found, 30)
    await keeping.let_the_day_come()
    await keeping.work.run()
    assert await keeping.state(found) == RunState.DONE
    assert set((await keeping.stones()).values()) == {"posts.posts"}


@pytest.mark.expects_fault(r"retention run failed", reason="one run cannot go on")
async def test_one_run_that_cannot_go_on_holds_up_no_other(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runs of other municipalities are previewed, and that one is tried again."""
    await keeping.age()
    places = await keeping.desk.installation.places()
    south = next(one for one in places if one.id != keeping.north)
    async with keeping.site.storage.write(EVERYWHERE) as write:
        values: dict[str, Any] = {
            "id": new_id(), "municipality_id": south.id, "state": RunState.PLANNED,
            "planned_at": utc_now().replace(year=2020),
        }  # fmt: skip
        await write.execute(sa.insert(run), values)
    original = "aula_platform.privacy.retention.previewing.read_months"

    async def read_months(unit: Any, municipality_id: Any, subjects: Any) -> dict[str, int]:
        if municipality_id == south.id:
            _raise()
        return {name: one.months for name, one in subjects.items()}

    monkeypatch.setattr(original, read_months)
    found = await keeping.previewed()
    assert await keeping.state(found) == RunState.PREVIEWED
    assert await keeping.state(values["id"]) == RunState.PLANNED


async def test_a_cancelled_run_forgets_what_it_would_have_deleted(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calling it off changes its state alone; the job removes its items, some at a time."""
    await keeping.age()
    found = await keeping.previewed()
    assert await keeping.items() == 4
    await keeping.decide(keeping.retention.cancel, found)
    assert await keeping.items() == 4
    monkeypatch.setattr("aula_platform.privacy.retention.working._FEW", 3)
    await keeping.work.run()
    assert await keeping.items() == 1
    again = await keeping.previewed()
    await keeping.work.run()
    assert await keeping.items() == 4
    assert await keeping.state(again) == RunState.PREVIEWED


@pytest.mark.expects_fault(r"retention failed|took longer", reason="the plugin does not return")
async def test_what_hangs_lets_others_write(keeping: Keeping) -> None:
    """A removal has seconds of its own; after one that failed a round tries one thing alone."""
    assert BudgetSettings().retention <= 5
    assert KINDS[RetentionSubject, "remove"] == "retention"
    await keeping.age()
    threads = await keeping.ids("messages_thread")
    sizes: list[int] = []

    async def hang(ids: Any, _write: Any) -> int:
        sizes.append(len(ids))
        await asyncio.sleep(60)
        return 0

    guard = Guard(Faults(), BudgetSettings(retention=0.05))
    subject = keeping.desk.kept["messages.silent"]
    hanging = guard.exchange("messages", replace(subject, remove=hang))
    assert isinstance(hanging, RetentionSubject)
    async with keeping.site.storage.write(EVERYWHERE) as write:
        with pytest.raises(TookTooLong):
            await hanging.remove(threads, write)
    sizes.clear()
    keeping.replace("messages.silent", hanging)
    found = await keeping.announced()
    async with keeping.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(run).values(state=RunState.EXECUTING))
    execution = keeping.execution(found, await keeping.place())
    for rounds in range(1, len(threads) + 2):
        assert not await execution.work(0)
        assert len(sizes) == rounds
    assert sizes == [3, 1, 1, 1]
    assert await execution.work(60)
    assert await keeping.ids("messages_thread") == threads
    assert (await keeping.counts(found))["messages.silent"]["failed"] == 3
