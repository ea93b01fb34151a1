"""Subscribers and jobs that hang or fail, beside those that do their work."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from aula_platform.background import make_worker
from aula_platform.events import Relay
from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.plugin_host import Place, start_host
from aula_platform.plugin_host.records import SharedFaults, fault_rows, record_restart
from aula_platform.settings import QuarantineSettings, WatchdogSettings
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.testing import settings_for
from tests.broken_plugins.conftest import BUDGETS
from tests.broken_plugins.factory import Shelf, add_good
from tests.broken_plugins.kinds import find_installed

STUCK = """
    class Stuck(Event, frozen=True, kw_only=True):
        name: ClassVar[str] = "slow.stuck.v1"
        lane: UUID

        @property
        def stream(self):
            return self.lane

    async def hang(*given):
        await asyncio.sleep(3600)

    async def fail(platform):
        raise RuntimeError("the job")

    @hookimpl
    def aula_subscribers():
        yield Subscriber("slow.wait", Stuck, hang)

    @hookimpl
    def aula_jobs():
        yield Job("slow.hang", timedelta(hours=1), hang)
        yield Job("slow.fail", timedelta(hours=1), fail)
    """
QUICK = QuarantineSettings(failures=3, first_seconds=3600)


@pytest.fixture
async def kernel(database: str, tmp_path: Path, shelf: Shelf) -> AsyncIterator[Kernel]:
    installed = find_installed([add_good(shelf), shelf.add("slow", STUCK)])
    host = start_host(installed)
    assert host.refusals == []
    settings = settings_for(database, ["good", "slow"], tmp_path)
    settings = msgspec.structs.replace(settings, budgets=BUDGETS, quarantine=QUICK)
    host.configure(settings)
    storage = Storage(database)
    yield await open_kernel(settings, host, storage, make_catalogue(host))
    await storage.close()


def _hooks(name: str) -> Any:
    return sys.modules[f"made_{name}.hooks"]


async def _emit(kernel: Kernel, kind: type, lane: UUID) -> None:
    town = next(iter(kernel.municipalities.values()))
    async with kernel.storage.write(EVERYWHERE) as write:
        write.emit(kind(municipality_id=town, lane=lane))


@pytest.mark.expects_fault(r"plugin_quarantined.*slow.wait", reason="a subscriber that hangs")
async def test_good_subscribers_and_jobs_work_beside_hanging_ones(kernel: Kernel) -> None:
    """B2, rule 17: what hangs is ended in its budget, retried later, and stops no other stream."""
    good, slow = _hooks("good"), _hooks("slow")
    good.HANDLED.clear()
    lanes = [uuid4() for _each in range(3)]
    for lane in lanes:
        await _emit(kernel, slow.Stuck, lane)
        await _emit(kernel, good.Noted, lane)
    worker = make_worker(kernel)
    await worker.start()
    waiting = Place("slow", "subscriber slow.wait")
    try:
        async with asyncio.timeout(30):
            faults = kernel.host.faults
            while not (
                {*lanes, "job"} <= set(good.HANDLED)
                and faults.is_closed(waiting)
                and faults.of(Place("slow", "job slow.hang")).failures
                and faults.of(Place("slow", "job slow.fail")).failures
            ):
                await asyncio.sleep(0.05)
    finally:
        await worker.stop()
    assert sorted(map(str, good.HANDLED)) == sorted(map(str, [*lanes, "job"])), "each once"
    await kernel.shared_faults.share()
    report = await kernel.health.look()
    assert {job.name for job in report.failing_jobs} == {"slow.fail", "slow.hang"}
    assert [(one.plugin, one.place) for one in report.quarantines] == [tuple(waiting)]


async def test_what_fails_last_is_shared_and_the_end_waits_for_it(kernel: Kernel) -> None:
    """Told to end in the middle, it ends: what failed until then is in the database."""
    place = Place("slow", "job slow.last")
    async with asyncio.timeout(10), kernel.shared_faults.sharing():
        kernel.host.faults.failed(place, "RuntimeError")
    async with kernel.storage.read(EVERYWHERE) as read:
        rows = await fault_rows(read)
    assert [(row.plugin, row.place, row.failures) for row in rows] == [(*place, 1)]


async def test_in_quarantine_events_wait_without_using_up_their_tries(kernel: Kernel) -> None:
    """A paused subscriber's streams are not parked one by one; they wait for it."""
    slow = _hooks("slow")
    place = Place("slow", "subscriber slow.wait")
    kernel.host.faults.of(place).until = kernel.host.faults._clock() + timedelta(hours=1)
    await _emit(kernel, slow.Stuck, uuid4())
    relay = Relay(
        kernel.storage,
        kernel.platform,
        kernel.subscribers,
        worker="one",
        is_paused=lambda name: name == "slow.wait" and kernel.host.faults.is_closed(place),
    )
    assert await relay.deliver_waiting() == 0
    assert kernel.host.faults.of(place).failures == 0
    kernel.host.faults.of(place).until = None
    assert await relay.deliver_waiting() == 0
    assert kernel.host.faults.of(place).failures == 1, "now it was tried"


@pytest.mark.expects_fault(
    r"plugin_quarantined.*slow.*poisoned", reason="every stream is poisoned in the end"
)
async def test_one_poisoned_stream_puts_nobody_in_quarantine(kernel: Kernel) -> None:
    """Rule 17: a poisoned event parks its own stream; the subscriber goes on with the others."""
    place, lane = Place("slow", "subscriber slow.wait"), uuid4()
    for _time in range(5):
        kernel.host.faults.failed(place, "poisoned", key=lane)
    assert not kernel.host.faults.is_closed(place)
    for other in (uuid4(), uuid4()):
        kernel.host.faults.failed(place, "poisoned", key=other)
    assert kernel.host.faults.is_closed(place)


@pytest.mark.expects_fault(r"plugin_quarantined.*widget w", reason="a widget that raises")
async def test_all_workers_know_of_a_quarantine_and_of_its_end(kernel: Kernel) -> None:
    """What one worker, or whoever watches it, leaves alone is left alone by the others too."""
    here, place = kernel.host.faults, Place("slow", "widget w")
    there = type(here)(QUICK)
    elsewhere = SharedFaults(kernel.storage, there)
    for _time in range(3):
        here.failed(place, "RuntimeError at made_slow")
    await kernel.shared_faults.share()
    await elsewhere.share()
    assert there.is_closed(place)
    assert there.quarantined("slow") == here.quarantined("slow")
    there.failed(place, "RuntimeError at made_slow")
    await elsewhere.share()
    await kernel.shared_faults.share()
    assert here.of(place).failures == 4, "failures of all workers are counted together"
    here.of(place).until = here._clock()
    here.enter(place)
    here.worked(place)
    await kernel.shared_faults.share()
    await elsewhere.share()
    assert not there.is_closed(place)
    assert there.quarantined("slow") is None

    looping = Place("slow", "route GET /slow")
    for times in (1, 2):
        await record_restart(kernel.storage, "stalled", looping, WatchdogSettings())
        await elsewhere.share()
        fault = there.of(looping)
        assert (fault.times, there.is_closed(looping)) == (times, True)
        assert fault.until is not None
        assert fault.failed_at is not None
        assert fault.until - fault.failed_at == timedelta(seconds=600 * times)
    report = await kernel.health.look()
    assert [(one.cause, one.plugin) for one in report.restarts] == [("stalled", "slow")] * 2


@pytest.mark.expects_fault(
    r"plugin_quarantined.*(once|again)", reason="a widget that fails by turns"
)
async def test_a_quarantine_doubles_until_it_has_come_back_well() -> None:
    """One caller tries when the time is over; the others wait for how that ends."""
    from aula_platform.plugin_host.faults import Faults, Quarantined
    from aula_sdk.db import utc_now

    now = utc_now()
    faults = Faults(
        QuarantineSettings(failures=1, first_seconds=60, longest_seconds=100), lambda: now
    )
    place = Place("bad", "widget w")
    faults.failed(place, "once")
    for seconds in (60, 100, 100):
        with pytest.raises(Quarantined):
            faults.enter(place)
        now += timedelta(seconds=seconds)
        faults.enter(place)
        with pytest.raises(Quarantined):
            faults.enter(place)
        faults.failed(place, "again")
    now += timedelta(seconds=100)
    faults.enter(place)
    faults.left(place)
    faults.enter(place)
    faults.worked(place)
    faults.enter(place)
    assert faults.of(place).until is None
