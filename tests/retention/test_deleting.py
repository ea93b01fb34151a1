"""DEL-R1, DEL-R2: what was previewed and is due goes whole, with a tombstone; all else stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.privacy.retention.executing import Execution
from aula_platform.privacy.retention.tables import run, tombstone
from aula_platform.storage import EVERYWHERE
from aula_sdk.errors import Conflict, Invalid
from aula_sdk.retention import RunState
from tests.retention.keeping import Keeping

WORDS = {"messages_message", "posts_post", "posts_comment", "posts_report", "messages_draft"}
STAMDATA = {"stamdata_contact", "stamdata_person"}
"""Where the pupil's name and address are, who has not left."""


async def test_nothing_of_what_was_deleted_is_left(keeping: Keeping) -> None:
    """DEL-R2: no word in any table, file or event, and a tombstone for each thing."""
    assert await keeping.words_left() >= WORDS | {"a file", "files_file"}
    gone = {*await keeping.ids("messages_thread"), *await keeping.ids("posts_post")}
    await keeping.age()
    found = await keeping.deleted()
    assert await keeping.words_left() == STAMDATA
    stones = await keeping.stones()
    assert set(stones) == gone
    assert set(stones.values()) == {"messages.silent", "posts.posts"}
    assert await keeping.items() == 0
    counts = await keeping.counts(found)
    assert {name: one["deleted"] for name, one in counts.items()} == {
        "messages.silent": 3,
        "posts.posts": 1,
    }
    assert await keeping.audited() == [
        f"privacy.retention_{what}"
        for what in ("planned", "previewed", "announced", "began", "done")
    ]


async def test_what_is_not_due_is_as_it_was(keeping: Keeping) -> None:
    """Only the old conversation goes; the others and everybody's data stay, row by row."""
    _first, old, _answer = await keeping.ids("messages_thread")
    message = next(one for one in keeping.tables if one.name == "messages_message")
    async with keeping.site.storage.write(EVERYWHERE) as write:
        mine = message.c.thread_id == old
        long_ago = write.now - timedelta(days=12 * 365)
        await write.execute(sa.update(message).where(mine).values(sent_at=long_ago))
    await keeping.age("messages_thread", only=[old])
    before = await keeping.everything()
    await keeping.deleted()
    after = await keeping.everything()
    own = {"audit_entry", "audit_subject", "audit_link"}
    for name, rows in before.items():
        if name in own or name.startswith(("privacy_", "events_", "identity_")):
            continue
        lost = rows - after[name]
        if name.startswith("messages_") or name == "files_file":
            assert all(repr(old) in row for row in lost if name != "messages_message_person"), name
        else:
            assert not lost, name
        assert after[name] <= rows, name
    assert set(await keeping.stones()) == {old}


async def test_nothing_goes_before_it_was_announced(keeping: Keeping) -> None:
    """DEL-R2: a preview deletes nothing, and an announcement nothing before its day."""
    await keeping.age()
    found = await keeping.previewed()
    assert await keeping.state(found) == RunState.PREVIEWED
    await keeping.work.run()
    for days in (0, 13, 181):
        with pytest.raises(Invalid):
            await keeping.decide(keeping.retention.announce, found, days)
    await keeping.decide(keeping.retention.announce, found, 14)
    with pytest.raises(Conflict):
        await keeping.decide(keeping.retention.announce, found, 14)
    await keeping.work.run()
    assert await keeping.stones() == {}
    assert await keeping.words_left() >= WORDS
    with pytest.raises(Conflict):
        await keeping.decide(keeping.retention.plan, keeping.north)
    await keeping.decide(keeping.retention.cancel, found)
    await keeping.let_the_day_come()
    await keeping.work.run()
    assert await keeping.stones() == {}
    assert await keeping.state(found) == RunState.CANCELLED
    with pytest.raises(Conflict):
        await keeping.decide(keeping.retention.cancel, found)


async def test_where_nothing_is_due_there_is_nothing_to_announce(keeping: Keeping) -> None:
    """Nobody is told for nothing."""
    found = await keeping.previewed()
    assert await keeping.counts(found) == {}
    with pytest.raises(Conflict):
        await keeping.decide(keeping.retention.announce, found, 30)


async def test_a_longer_time_decided_meanwhile_spares_it(keeping: Keeping) -> None:
    """A policy that has changed since the preview holds when it is deleted."""
    await keeping.age(by=timedelta(days=6 * 365))
    found = await keeping.announced()
    await keeping.decide(keeping.retention.decide, keeping.north, "messages.silent", 84)
    await keeping.work.run()
    counts = await keeping.counts(found)
    assert (counts["messages.silent"]["deleted"], counts["messages.silent"]["spared"]) == (0, 3)
    assert counts["posts.posts"]["deleted"] == 1


async def test_a_shorter_time_takes_nothing_that_was_not_previewed(keeping: Keeping) -> None:
    """What becomes due by a shorter policy waits for the next run."""
    await keeping.age("posts_post", "posts_audience")
    await keeping.age("messages_thread", "messages_message", by=timedelta(days=2 * 365))
    found = await keeping.announced()
    await keeping.decide(keeping.retention.decide, keeping.north, "messages.silent", 12)
    await keeping.work.run()
    assert set(await keeping.counts(found)) == {"posts.posts"}
    assert len(await keeping.ids("messages_thread")) == 3
    assert "messages.silent" in await keeping.counts(await keeping.previewed())


async def test_what_somebody_goes_on_with_is_spared(keeping: Keeping) -> None:
    """A message written after the announcement keeps its conversation."""
    await keeping.age()
    found = await keeping.announced()
    first, second, _answer = await keeping.ids("messages_thread")
    reply = {"html": "<p>Igen</p>", "to": "all"}
    path = f"/messages/threads/thr_{first.hex}/messages"
    await keeping.life.do(keeping.people.teacher, "POST", path, json=reply)
    await keeping.work.run()
    assert await keeping.ids("messages_thread") == [first]
    assert second in await keeping.stones()
    assert (await keeping.counts(found))["messages.silent"]["spared"] == 1


async def test_conversations_about_children_who_left_go_sooner(keeping: Keeping) -> None:
    """DEL-R1: a year after the last child in it has left, and not while one is here."""
    await keeping.age("messages_thread", "messages_message", by=timedelta(days=3 * 365))
    assert await keeping.counts(await keeping.previewed()) == {}
    await keeping.decide(keeping.retention.cancel, (await keeping.last()).id)
    await keeping.leave(keeping.people.pupil, timedelta(days=400))
    counts = await keeping.counts(await keeping.previewed())
    # The other conversation has a classmate who is still here.
    assert counts["messages.left"]["found"] == 1
    assert counts["stamdata.contact"]["found"] == 1


@pytest.mark.expects_fault(r"retention failed", reason="the plugin removes nothing")
async def test_what_is_still_there_is_not_buried(keeping: Keeping) -> None:
    """DEL-R2: a tombstone says that a thing is gone, and by which run."""
    await keeping.age()
    threads = await keeping.ids("messages_thread")
    subject = keeping.desk.kept["messages.silent"]

    async def pretend(ids: Any, _write: Any) -> int:
        return len(ids)

    keeping.replace("messages.silent", replace(subject, remove=pretend))
    first = await keeping.announced()
    await keeping.work.run()
    assert (await keeping.counts(first))["messages.silent"]["failed"] == 3
    assert await keeping.ids("messages_thread") == threads
    assert set((await keeping.stones()).values()) == {"posts.posts"}


async def test_what_came_again_has_the_tombstone_of_its_last_run(keeping: Keeping) -> None:
    """A person's contact data, say, which has the person's id."""
    await keeping.age()
    post = (await keeping.ids("posts_post"))[0]
    async with keeping.site.storage.write(EVERYWHERE) as write:
        values = {
            "object_id": post, "municipality_id": keeping.north, "subject": "posts.posts",
            "run_id": post, "deleted_at": write.now - timedelta(days=900),
        }  # fmt: skip
        await write.execute(sa.insert(tombstone), values)
    found = await keeping.deleted()
    async with keeping.site.storage.read(EVERYWHERE) as read:
        this = sa.select(tombstone).where(tombstone.c.object_id == post)
        (row,) = await read.rows(this)
    assert row.run_id == found
    assert read.now - row.deleted_at < timedelta(hours=1)


_BUDGET = 28
"""Statements of a batch, reading what is next aside."""


class _CutOff(Execution):
    """A carrying out that ``kill -9`` ends after some batches, in the middle of one."""

    batches = 0

    async def _note(self, *given: Any, **named: Any) -> None:
        self.batches -= 1
        if self.batches < 0:
            raise KeyboardInterrupt
        await super()._note(*given, **named)


@pytest.mark.parametrize("batches", [0, 1, 2])
async def test_what_was_cut_off_goes_on(
    keeping: Keeping, batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DEL-R2: wherever it stops, a thing is whole or gone with its tombstone; the next finishes."""
    await keeping.age()
    gone = {*await keeping.ids("messages_thread"), *await keeping.ids("posts_post")}
    found = await keeping.announced()
    async with keeping.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(run).values(state=RunState.EXECUTING))
    monkeypatch.setattr(
        "aula_platform.privacy.retention.executing.MOST", 1
    )  # One at a time, so that it can stop between two.
    cut_off = _CutOff(
        keeping.desk.installation, keeping.archive, await keeping.place(), found,
        keeping.desk.kept, size=1, pause=0,
    )  # fmt: skip
    cut_off.batches = batches
    with pytest.raises(KeyboardInterrupt):
        await cut_off.work(60)
    left = {*await keeping.ids("messages_thread"), *await keeping.ids("posts_post")}
    assert set(await keeping.stones()) == gone - left
    assert len(gone - left) == batches
    assert await keeping.items() == len(left)
    await keeping.work.run()
    assert await keeping.state(found) == RunState.DONE
    assert set(await keeping.stones()) == gone
    assert sum(one["deleted"] for one in (await keeping.counts(found)).values()) == len(gone)


async def test_a_preview_that_was_cut_off_is_done_again(keeping: Keeping) -> None:
    """What it had kept already is neither lost nor counted twice."""
    await keeping.age()
    planned = await keeping.decide(keeping.retention.plan, keeping.north)
    await keeping.work.run()
    once = await keeping.counts(planned)
    async with keeping.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(run).values(state=RunState.PLANNED))
    await keeping.work.run()
    assert await keeping.counts(planned) == once


@pytest.mark.expects_fault(r"retention failed", reason="the plugin cannot remove one")
async def test_one_thing_that_cannot_go_holds_up_no_other(keeping: Keeping) -> None:
    """It is counted as failed, named in the log by its kind, and whole; the others go."""
    await keeping.age()
    bad, other, _answer = await keeping.ids("messages_thread")
    subject = keeping.desk.kept["messages.silent"]

    async def remove(ids: Any, write: Any) -> int:
        if bad in ids:
            raise RuntimeError("kanarie")
        return await subject.remove(ids, write)

    keeping.replace("messages.silent", replace(subject, remove=remove))
    found = await keeping.announced()
    await keeping.work.run()
    assert await keeping.ids("messages_thread") == [bad]
    assert other in await keeping.stones()
    assert (await keeping.counts(found))["messages.silent"]["failed"] == 1
    assert await keeping.state(found) == RunState.DONE


async def test_a_batch_costs_the_same_however_many_things_it_has(
    keeping: Keeping, count_statements: Callable[[], Any]
) -> None:
    """The budget of a batch: what it holds up others with does not grow with its things."""
    await keeping.age()
    found = await keeping.announced()
    async with keeping.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(run).values(state=RunState.EXECUTING))
    execution = keeping.execution(found, await keeping.place())
    taken = {}
    for _batch in range(2):
        some = await execution._next()
        assert some is not None
        with count_statements() as counted:
            await execution._batch(*some)
        taken[some[0], len(some[1])] = counted.count
    assert set(taken) == {("messages.silent", 3), ("posts.posts", 1)}
    assert max(taken.values()) <= _BUDGET
