"""DEL-R2, DEL-3: those whose things go are told before, by what they can read, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.privacy.retention.tables import item
from aula_platform.storage import EVERYWHERE
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import new_id
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


async def test_it_costs_one_statement_while_nothing_is_announced(keeping: Keeping) -> None:
    """The overview is the hottest page."""
    actor = await keeping.site.actor(keeping.people.teacher, Assurance.SUBSTANTIAL)
    # The unit's own count: the site's jobs work meanwhile.
    async with keeping.site.storage.read(EVERYWHERE) as read:
        assert await keeping.retention.announced(read, actor) == []
        assert read.statements == 1


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


_OTHERS = 20_000


async def test_others_things_cost_a_reader_nothing(keeping: Keeping) -> None:
    """Speed: of a large run, the things of the reader alone are looked up, on either database."""
    await keeping.age()
    found = await keeping.announced()
    storage, pupil = keeping.site.storage, await keeping.site.actor(keeping.people.pupil)
    place = keeping.people.pupil.institution_id
    values = [
        {
            "run_id": found, "municipality_id": keeping.north, "object_id": new_id(),
            "subject": name, "institution_id": place,
        }
        for name in ("messages.silent", "posts.posts")
        for _number in range(_OTHERS // 2)
    ]  # fmt: skip
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(item), values)
    async with storage.write(EVERYWHERE) as write:
        await (await write.connection()).execute(sa.text("ANALYZE"))
    plans: list[Any] = []

    def explain(
        same: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        if "privacy_retention_item" in statement and not statement.startswith("EXPLAIN"):
            how = "QUERY PLAN" if storage.is_sqlite else "(ANALYZE, FORMAT JSON)"
            plans.append(same.exec_driver_sql(f"EXPLAIN {how} {statement}", given).all())
        return statement, given

    sa.event.listen(sa.Engine, "before_cursor_execute", explain, retval=True)
    try:
        async with keeping.site.platform.read() as read:
            told = await keeping.retention.announced(read, pupil)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", explain)
    assert [one.count for one in told] == [2, 1]
    assert len(plans) >= 2
    for plan in plans:
        if storage.is_sqlite:
            steps = [row[-1] for row in plan if "privacy_retention_item" in row[-1]]
            assert steps
            assert all("object_id=?" in step for step in steps), plan
        else:
            (answer,) = plan
            whole = json.loads(answer[0]) if isinstance(answer[0], str) else answer[0]
            assert _touched(whole[0]["Plan"]) < _OTHERS // 100, whole


def _touched(node: Any) -> float:
    """Return how many of the run's items a plan has looked at."""
    below = sum(_touched(one) for one in node.get("Plans", ()))
    if node.get("Relation Name") != "privacy_retention_item":
        return float(below)
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(below + rows * node["Actual Loops"])
