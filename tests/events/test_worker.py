"""The background of a process: woken at once, jobs by one worker, nothing left behind."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from aula_platform import events
from aula_platform.events import JobRunner, LiveHub, Worker
from aula_platform.events.feed import LiveFeed
from aula_platform.events.housekeeping import remove_done
from aula_platform.events.tables import delivery, job, outbox, topic
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.contributions import Job


async def test_commit_wakes_the_worker_at_once(bench: Any) -> None:
    """Rule 22: subscribers and open pages are told after the commit, without waiting for a poll."""
    hub, profile = LiveHub(), uuid4()
    patience = events.Patience(poll=timedelta(seconds=30))
    worker = Worker(
        bench.storage, bench, subscribers=[bench.subscriber()], hub=hub, patience=patience
    )
    await worker.start()
    try:
        with hub.subscribe([profile]) as stream:
            began = time.monotonic()
            async with bench.storage.write(EVERYWHERE) as write:
                write.emit(bench.event(uuid4(), 1))
                write.changed("messages", [profile, uuid4()])
            assert await stream.take(5) == ("messages",)
            await bench.until(1)
            assert time.monotonic() - began < 0.9
    finally:
        await worker.stop()
    assert bench.storage.listeners == []


async def test_second_worker_hears_of_a_commit_elsewhere(bench: Any) -> None:
    """Rule 22: an open page on another machine learns of it, by call or by looking itself."""
    other = Storage(bench.storage.url)
    hub, profile = LiveHub(), uuid4()
    here = Worker(bench.storage, bench, background=False)
    there = Worker(other, bench, hub=hub, background=False)
    await here.start()
    await there.start()
    try:
        with hub.subscribe([profile]) as stream:
            async with bench.storage.write(EVERYWHERE) as write:
                write.changed("messages", [profile])
            assert await stream.take(5) == ("messages",)
            assert await stream.take(0.1) == ()
    finally:
        await there.stop()
        await here.stop()
        await other.close()


async def test_calls_between_workers_arrive_without_a_poll(bench: Any) -> None:
    """Rule 22, PostgreSQL: NOTIFY reaches the others in less than the poll's second."""
    if bench.storage.is_sqlite:
        # One serving process has nobody to call; its own bell is tested above.
        assert Worker(bench.storage, bench)._relays[0] is not None
        return
    other = Storage(bench.storage.url)
    patience = events.Patience(poll=timedelta(seconds=30))
    here = Worker(bench.storage, bench, background=False)
    there = Worker(other, bench, subscribers=[bench.subscriber()], patience=patience)
    await here.start()
    await there.start()
    try:
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await bench.emit(uuid4(), 1)
        await bench.until(1)
        assert time.monotonic() - began < 5
    finally:
        await there.stop()
        await here.stop()
        await other.close()


async def test_feed_tells_of_numbers_that_commit_late(bench: Any) -> None:
    """Rule 22: on PostgreSQL a lower number can commit later; it is told all the same, once."""
    hub, profile = LiveHub(), uuid4()
    feed = LiveFeed(bench.storage, hub)
    await feed.begin()

    async def insert(sequence: int, name: str) -> None:
        async with bench.storage.write(EVERYWHERE) as write:
            row = {"name": name, "profiles": [profile.hex], "created_at": write.now}
            await write.execute(sa.insert(topic), {"sequence": sequence, **row})

    with hub.subscribe([profile]) as stream:
        await insert(3, "late.first")
        assert await feed.publish_new() == 1
        await insert(2, "early.last")
        assert await feed.publish_new() == 1
        assert await feed.publish_new() == 0
        assert await stream.take(1) == ("late.first", "early.last")


async def test_job_is_run_by_one_worker_and_again_when_due(bench: Any) -> None:
    """Rule 19: a lease lets one worker run a job, and it runs again after its time."""
    runs: list[str] = []

    async def run(platform: Any) -> None:
        runs.append("ran")
        await asyncio.sleep(0.05)

    every = Job("probe.job", timedelta(hours=1), run)
    runners = [JobRunner(bench.storage, bench, [every], worker=f"w{n}") for n in range(3)]
    for runner in runners:
        await runner.schedule()
    await asyncio.gather(*(runner.run_due() for runner in runners))
    assert runs == ["ran"]
    async with bench.storage.write(EVERYWHERE) as write:
        (state,) = await events.job_states(write)
        assert timedelta(minutes=59) < state.next_run - write.now <= timedelta(hours=1)
        await write.execute(sa.update(job).values(next_run=write.now))
    assert await runners[1].run_due() == ["probe.job"]


async def test_failed_job_says_where_and_runs_again_soon(bench: Any) -> None:
    """Operators see type and place of the failure, and other jobs run on."""

    async def fail(platform: Any) -> None:
        raise ValueError("Anna Andersen")

    async def run(platform: Any) -> None:
        """Do nothing."""

    runner = JobRunner(
        bench.storage,
        bench,
        [Job("probe.a", timedelta(days=1), fail), Job("probe.b", timedelta(days=1), run)],
        worker="one",
    )
    await runner.schedule()
    assert sorted(await runner.run_due()) == ["probe.a", "probe.b"]
    async with bench.read() as read:
        failed, well = await events.job_states(read)
        soon = failed.next_run - read.now
    assert failed.error.startswith("ValueError at ")
    assert "Anna" not in failed.error
    assert (failed.failures, well.failures, well.error) == (1, 0, "")
    assert soon < timedelta(minutes=1)


async def test_job_of_a_dead_worker_is_taken_over_when_its_lease_ends(bench: Any) -> None:
    """R23: a job whose worker was killed runs elsewhere."""
    runs: list[str] = []

    async def run(platform: Any) -> None:
        runs.append("ran")

    every = Job("probe.job", timedelta(hours=1), run)
    dead = JobRunner(bench.storage, bench, [every], worker="dead")
    await dead.schedule()
    assert await dead._claim() is not None
    alive = JobRunner(bench.storage, bench, [every], worker="alive")
    assert await alive.run_due() == []
    async with bench.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(job).values(leased_until=write.now))
    assert await alive.run_due() == ["probe.job"]


async def test_housekeeping_removes_what_is_done_and_nothing_else(bench: Any) -> None:
    """Delivered events go after a week; what waits stays however old it is."""
    await bench.emit(uuid4(), 1)
    await bench.relay(bench.subscriber()).deliver_waiting()
    await bench.emit(uuid4(), 2)
    async with bench.storage.write(EVERYWHERE) as write:
        write.changed("messages", [uuid4()])
    await remove_done(bench)
    assert await bench.count(outbox) == 2
    async with bench.storage.write(EVERYWHERE) as write:
        long_ago = write.now - timedelta(days=8)
        await write.execute(sa.update(outbox).values(created_at=long_ago))
        await write.execute(sa.update(topic).values(created_at=long_ago))
    await remove_done(bench)
    assert [await bench.count(table) for table in (outbox, delivery, topic)] == [1, 1, 0]


async def test_stopping_lets_the_present_delivery_end(bench: Any) -> None:
    """A graceful stop cuts nothing off and gives the lane back."""
    started, stream = asyncio.Event(), uuid4()

    async def slow(event: Any, write: Any, platform: Any) -> None:
        started.set()
        await asyncio.sleep(0.2)
        await bench.note(event, write)

    await bench.emit(stream, 1, 2)
    worker = Worker(bench.storage, bench, subscribers=[bench.subscriber(slow)])
    await worker.start()
    async with asyncio.timeout(5):
        await started.wait()
    await worker.stop()
    assert await bench.seen() == [(stream, 1)]
    assert await bench.relay(bench.subscriber()).deliver_waiting() == 1


def test_hub_takes_equal_topics_together_and_limits_what_waits() -> None:
    """Rule 22: a burst is told once; too many topics become "everything"."""
    hub, mine, other = LiveHub(), uuid4(), uuid4()

    async def go() -> None:
        with hub.subscribe([mine, UUID(int=7)]) as stream:
            for _time in range(3):
                hub.publish("messages", [mine, UUID(int=7)])
            hub.publish("calendar", [other])
            assert await stream.take(1) == ("messages",)
            for number in range(200):
                hub.publish(f"topic{number}", [mine])
            assert await stream.take(1) == (events.EVERYTHING,)
            hub.publish("messages", [mine])
            assert await anext(aiter(stream)) == "messages"
            hub.close()
            assert [name async for name in stream] == []
        assert hub.open_streams == 0
        assert hub._streams == {}

    asyncio.run(go())


def test_stream_that_comes_after_the_close_ends_at_once() -> None:
    """A server that is stopping keeps nobody."""
    hub = LiveHub()
    hub.close()
    with hub.subscribe([uuid4()]) as stream:
        assert stream.closed
