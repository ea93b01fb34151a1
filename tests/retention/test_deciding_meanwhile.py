"""What is decided while something is deleted comes before it or after it, never in between."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from aula_platform.privacy.person.erasing import erase_person
from aula_platform.privacy.retention.held import Frozen
from aula_sdk.errors import Invalid
from aula_sdk.ids import PERSON
from tests.retention.keeping import Keeping

_A_WHILE = 0.3
"""Seconds in which something that nothing holds off would be done."""


async def _waits(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Begin with something and return it, waiting."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=_A_WHILE)
    assert not task.done()
    return task


async def test_what_is_being_deleted_can_be_frozen_no_more(keeping: Keeping) -> None:
    """A freeze and a policy wait for the batch in hand; what went with it is not frozen then."""
    await keeping.age()
    threads = await keeping.ids("messages_thread")
    subject = keeping.desk.kept["messages.silent"]
    retention, north = keeping.retention, keeping.north
    decided: list[asyncio.Task[Any]] = []

    async def remove(ids: Any, write: Any) -> int:
        target = f"thr_{threads[0].hex}"
        freeze = keeping.decide(retention.freeze, north, target, "Sag 17", None)
        policy = keeping.decide(retention.decide, north, "messages.silent", 72)
        decided.extend([await _waits(freeze), await _waits(policy)])
        return await subject.remove(ids, write)

    keeping.replace("messages.silent", replace(subject, remove=remove))
    await keeping.announced()
    await keeping.work.run()
    frozen, policy = decided
    with pytest.raises(Invalid):
        await frozen
    await policy
    assert await keeping.frozen() == []
    assert await keeping.ids("messages_thread") == []


async def test_what_is_being_frozen_is_not_deleted(keeping: Keeping) -> None:
    """The batch waits for a freeze that is not committed yet, and spares what it holds."""
    await keeping.age()
    found = await keeping.announced()
    kept, *_others = await keeping.ids("messages_thread")
    actor = await keeping.leader()
    async with keeping.site.platform.write(actor) as write:
        target = f"thr_{kept.hex}"
        await keeping.retention.freeze(write, actor, keeping.north, target, "Sag 17", None)
        running = await _waits(keeping.work.run())
    await running
    assert await keeping.ids("messages_thread") == [kept]
    assert (await keeping.counts(found))["messages.silent"]["spared"] == 1


async def test_who_is_being_frozen_is_not_erased(keeping: Keeping) -> None:
    """Art. 17(3): the erasure waits for the freeze, and is refused."""
    people, desk = keeping.people, keeping.desk
    await desk.leave(people.pupil)
    subject, before = await desk.subject(people.pupil), await keeping.words_left()
    actor = await keeping.leader()
    async with keeping.site.platform.write(actor) as write:
        target = PERSON.format(people.pupil.person_id)
        await keeping.retention.freeze(write, actor, keeping.north, target, "Sag 17", None)
        erasing = erase_person(desk.installation, subject, desk.plugins, desk.kept)
        running = await _waits(erasing)
    with pytest.raises(Frozen):
        await running
    assert await keeping.words_left() == before
