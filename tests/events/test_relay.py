"""Deliveries: in order, each effect once, a poisoned event parks its lane alone (rule 17)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from aula_platform import events
from aula_platform.events import lanes
from aula_platform.events.bell import Bell
from aula_platform.events.tables import delivery, lane, outbox, topic
from aula_platform.storage import EVERYWHERE, Write


class Killed(BaseException):
    """Ends a delivery as a kill would: nothing after it runs."""


async def test_write_that_rolls_back_leaves_nothing(bench: Any) -> None:
    """Rule 17: events and topics commit with their cause or not at all."""
    with pytest.raises(ZeroDivisionError):
        await _write_and_fail(bench)
    assert [await bench.count(table) for table in (outbox, delivery, topic)] == [0, 0, 0]


async def _write_and_fail(bench: Any) -> None:
    async with bench.storage.write(EVERYWHERE) as write:
        await bench.note(bench.event(uuid4(), 1), write)
        write.emit(bench.event(uuid4(), 1))
        write.changed("messages", [uuid4()])
        raise ZeroDivisionError


async def test_events_come_in_order_with_a_receipt(bench: Any) -> None:
    """Rule 17: a stream is delivered in the order of its events, each once."""
    stream = uuid4()
    await bench.emit(stream, 1, 2, 3)
    await bench.emit(stream, 4)
    relay = bench.relay(bench.subscriber(), batch=2)
    assert await relay.deliver_waiting() == 4
    assert await relay.deliver_waiting() == 0
    assert await bench.seen() == [(stream, number) for number in (1, 2, 3, 4)]
    assert await bench.count(lane) == 0


async def test_events_wait_for_a_subscriber_whose_plugin_is_broken(bench: Any) -> None:
    """aula_subscribers, on error: the events wait and are delivered when it is mended."""
    stream = uuid4()
    await bench.emit(stream, 1)
    assert await bench.relay().deliver_waiting() == 0
    assert await bench.relay(bench.subscriber()).deliver_waiting() == 1


async def test_crash_between_effect_and_receipt_applies_the_effect_once(bench: Any) -> None:
    """R23, rule 17: effect and receipt commit together; a kill between them undoes both."""
    stream = uuid4()
    await bench.emit(stream, 1)
    deaths = [Killed()]

    async def die_once(event: Any, write: Write, platform: Any) -> None:
        await bench.note(event, write, platform)
        if deaths:
            raise deaths.pop()

    with pytest.raises(Killed):
        await bench.relay(bench.subscriber(die_once), lease=timedelta(0)).deliver_waiting()
    assert await bench.seen() == []
    second = bench.relay(bench.subscriber(die_once), worker="two")
    assert await second.deliver_waiting() == 1
    assert await bench.seen() == [(stream, 1)]


async def test_lease_of_a_dead_worker_keeps_others_out_until_it_ends(bench: Any) -> None:
    """Rule 17: a stream is leased so that it stays ordered."""
    await bench.emit(uuid4(), 1)
    names = ["probe.count"]
    assert await lanes.claim(bench.storage, names, "dead", timedelta(seconds=0.3)) is not None
    relay = bench.relay(bench.subscriber())
    assert await relay.deliver_waiting() == 0
    await asyncio.sleep(0.35)
    assert await relay.deliver_waiting() == 1


async def test_worker_whose_lease_was_taken_over_delivers_nothing(bench: Any) -> None:
    """Rule 17: who was too slow finds the lane in other hands, and its effect is undone."""
    stream = uuid4()
    await bench.emit(stream, 1)
    slow = await lanes.claim(bench.storage, ["probe.count"], "slow", timedelta(0))
    assert slow is not None
    assert await lanes.claim(bench.storage, ["probe.count"], "fast", timedelta(minutes=1))
    relay = bench.relay(bench.subscriber(), worker="slow")
    assert await relay._work_on(slow) == 0
    assert await bench.seen() == []


async def test_several_workers_keep_each_stream_in_order(bench: Any) -> None:
    """Rule 17: ordering per (subscriber, stream) holds however many workers there are."""
    streams = [uuid4() for _number in range(6)]

    async def emit(stream: UUID) -> None:
        for number in range(8):
            await bench.emit(stream, number)

    relays = [
        bench.relay(bench.subscriber(), worker=f"worker-{number}", batch=2) for number in range(4)
    ]
    bell = Bell()
    running = [asyncio.create_task(relay.run(bell)) for relay in relays]
    await asyncio.gather(*(emit(stream) for stream in streams))
    await bench.until(len(streams) * 8)
    for relay in relays:
        relay.stop()
    await asyncio.gather(*running)
    seen = await bench.seen()
    for stream in streams:
        assert [number for place, number in seen if place == stream] == list(range(8))


async def test_poisoned_event_parks_its_lane_alone(bench: Any) -> None:
    """Rule 17: after several failures only that (subscriber, stream) stops."""
    bad, good = uuid4(), uuid4()

    async def refuse_two(event: Any, write: Write, platform: Any) -> None:
        await bench.note(event, write, platform)
        if event.lane == bad and event.number == 2:
            raise ValueError("Anna Andersen")

    other = bench.subscriber(_nothing, "probe.other")
    await events.register_subscribers(bench.storage, [other])
    await bench.emit(bad, 1, 2, 3)
    await bench.emit(good, 1, 2)
    relay = bench.relay(bench.subscriber(refuse_two), other, tries=3)
    while await relay.deliver_waiting():
        pass
    assert sorted(await bench.seen()) == sorted([(bad, 1), (good, 1), (good, 2)])
    async with bench.read() as read:
        (parked,) = await events.parked_lanes(read)
    assert (parked.subscriber, parked.stream, parked.waiting) == ("probe.count", bad, 2)
    assert parked.failures == 3
    assert parked.event_name == "probe.counted.v1"
    assert parked.error.startswith("ValueError at ")
    assert "Anna" not in parked.error


async def _nothing(event: Any, write: Write, platform: Any) -> None:
    """Take the event and do nothing."""


async def test_failed_delivery_waits_longer_each_time(bench: Any) -> None:
    """Rule 17: the event is tried again later, after a pause that doubles."""
    await bench.emit(uuid4(), 1)

    async def refuse(event: Any, write: Write, platform: Any) -> None:
        raise ValueError

    relay = bench.relay(bench.subscriber(refuse), first_pause=timedelta(minutes=1))
    pauses = []
    for _attempt in range(2):
        await relay.deliver_waiting()
        async with bench.storage.write(EVERYWHERE) as write:
            row = await write.first(sa.select(lane))
            pauses.append((row.retry_at - write.now).total_seconds())
            await write.execute(sa.update(lane).values(retry_at=write.now))
    assert 50 < pauses[0] < 70
    assert 100 < pauses[1] < 140


async def test_replay_goes_on_where_the_lane_stopped(bench: Any) -> None:
    """Rule 17: after mending, the parked event and those behind it come, in order and once."""
    stream = uuid4()
    broken = [True]

    async def refuse_while_broken(event: Any, write: Write, platform: Any) -> None:
        if event.number == 2 and broken:
            raise ValueError
        await bench.note(event, write, platform)

    await bench.emit(stream, 1, 2, 3)
    relay = bench.relay(bench.subscriber(refuse_while_broken), tries=2)
    while await relay.deliver_waiting():
        pass
    broken.clear()
    assert await relay.deliver_waiting() == 0
    assert await events.replay(bench.storage, "probe.count", stream)
    assert not await events.replay(bench.storage, "probe.count", stream)
    await relay.deliver_waiting()
    assert await bench.seen() == [(stream, 1), (stream, 2), (stream, 3)]


async def test_skip_gives_up_one_event_only(bench: Any) -> None:
    """Rule 17: an operator can give up the event on which a lane is parked."""
    stream = uuid4()

    async def refuse_first(event: Any, write: Write, platform: Any) -> None:
        if event.number == 1:
            raise ValueError
        await bench.note(event, write, platform)

    await bench.emit(stream, 1, 2)
    relay = bench.relay(bench.subscriber(refuse_first), tries=1)
    await relay.deliver_waiting()
    assert await events.skip(bench.storage, "probe.count", stream)
    await relay.deliver_waiting()
    assert await bench.seen() == [(stream, 2)]
    assert not await events.skip(bench.storage, "probe.count", stream)


async def test_event_that_kills_the_worker_is_parked_too(bench: Any) -> None:
    """R23: a try that ends the process counts, so a deadly event does not kill for ever."""
    await bench.emit(uuid4(), 1)

    async def die(event: Any, write: Write, platform: Any) -> None:
        raise Killed

    relay = bench.relay(bench.subscriber(die), lease=timedelta(0), tries=2)
    for _death in range(2):
        with pytest.raises(Killed):
            await relay.deliver_waiting()
    assert await relay.deliver_waiting() == 0
    async with bench.read() as read:
        assert len(await events.parked_lanes(read)) == 1


async def test_forgotten_subscriber_leaves_nothing_waiting(bench: Any) -> None:
    """What waits for a plugin that was removed can be let go."""
    await bench.emit(uuid4(), 1)
    await events.forget_subscriber(bench.storage, "probe.count")
    await bench.emit(uuid4(), 2)
    assert await bench.count(delivery) == 0
