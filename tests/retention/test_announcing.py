"""DEL-R2, DEL-3: those whose things go are told before, by what they can read, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aula_sdk.errors import Invalid, NotFound
from aula_sdk.people import Assurance
from tests.retention.keeping import Keeping

TOLD = "Soon to be deleted"


async def _told(keeping: Keeping, key: str, path: str = "/") -> bool:
    client = await keeping.browser(getattr(keeping.people, key))
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return TOLD in answer.text


async def test_those_whose_things_go_are_told(keeping: Keeping) -> None:
    """The pupil, the parent and the teacher; not who has nothing to do with it."""
    await keeping.age("messages_thread", "messages_message")
    found = await keeping.previewed()
    assert not await _told(keeping, "teacher")
    await keeping.decide(keeping.retention.announce, found, 30)
    for key in ("teacher", "pupil", "guardian"):
        assert await _told(keeping, key), key
        assert await _told(keeping, key, "/profile/data"), key
    for key in ("stranger_teacher", "pedagogue", "leader", "external"):
        assert not await _told(keeping, key), key
    await keeping.decide(keeping.retention.cancel, found)
    assert not await _told(keeping, "teacher")


async def test_what_is_told_is_what_one_can_read(keeping: Keeping) -> None:
    """Of each kind as many as the reader would find, with the day; after the run nothing."""
    await keeping.age()
    found = await keeping.announced()
    actor = await keeping.site.actor(keeping.people.pupil)
    async with keeping.site.platform.read() as read:
        told = await keeping.retention.announced(read, actor)
    assert [(str(one.title.message), one.href, one.count) for one in told] == [
        ("Conversations in which nobody writes any more", "/messages", 2),
        ("Posts", "/posts", 1),
    ]
    await keeping.work.run()
    assert await keeping.state(found) == "done"
    assert not await _told(keeping, "pupil")


async def test_it_costs_one_statement_while_nothing_is_announced(
    keeping: Keeping, count_statements: Callable[[], Any]
) -> None:
    """The overview is the hottest page."""
    actor = await keeping.site.actor(keeping.people.teacher, Assurance.SUBSTANTIAL)
    async with keeping.site.platform.read() as read:
        with count_statements() as counted:
            assert await keeping.retention.announced(read, actor) == []
    assert counted.count == 1


@pytest.mark.parametrize("key", ["guardian", "pupil", "teacher", "admin", "stranger_teacher"])
async def test_nobody_else_decides(keeping: Keeping, key: str) -> None:
    """GDPR-1: the municipality's administrators alone, each in their own municipality."""
    await keeping.age()
    found = await keeping.previewed()
    actor = await keeping.site.actor(getattr(keeping.people, key), Assurance.SUBSTANTIAL)
    retention = keeping.retention
    async with keeping.site.platform.read() as read:
        for refused in (
            retention.policies(read, actor, keeping.north),
            retention.freezes(read, actor, keeping.north),
            retention.runs(read, actor, keeping.north),
            retention.run(read, actor, found),
        ):
            with pytest.raises(NotFound):
                await refused
    changes: tuple[tuple[Callable[..., Any], tuple[Any, ...]], ...] = (
        (retention.decide, (keeping.north, "posts.posts", 24)),
        (retention.freeze, (keeping.north, keeping.place_key, "x", None)),
        (retention.plan, (keeping.north,)),
        (retention.announce, (found, 30)),
        (retention.cancel, (found,)),
    )
    for change, given in changes:
        with pytest.raises(NotFound):
            async with keeping.site.platform.write(actor) as write:
                await change(write, actor, *given)
    assert await keeping.state(found) == "previewed"


async def test_a_policy_is_decided_within_bounds_and_explained(keeping: Keeping) -> None:
    """DEL-R1: from the start as the owner says; then as the municipality does, until taken back."""

    async def line() -> Any:
        actor = await keeping.leader()
        async with keeping.site.platform.read() as read:
            lines = await keeping.retention.policies(read, actor, keeping.north)
        return next(one for one in lines if one.subject == "posts.posts")

    decide, north = keeping.retention.decide, keeping.north
    assert ((await line()).months, (await line()).source.by) == (12, "plugin")
    for months in (0, 61, -1):
        with pytest.raises(Invalid):
            await keeping.decide(decide, north, "posts.posts", months)
    with pytest.raises(NotFound):
        await keeping.decide(decide, north, "posts.nothing", 12)
    await keeping.decide(decide, north, "posts.posts", 24)
    found = await line()
    assert (found.months, found.default, found.source.by) == (24, 12, "municipality")
    assert found.source.profile_id == keeping.people.leader.profile_id
    await keeping.decide(decide, north, "posts.posts", None)
    assert ((await line()).months, (await line()).source.by) == (12, "plugin")
    assert await keeping.audited() == ["privacy.retention_decided"] * 2
