"""Calls into plugins on the running site: what fails is left alone, and takes nothing with it."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.plugin_host import Host, Place
from aula_platform.plugin_host.faults import Faults
from aula_platform.plugin_host.guard import Guard
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.errors import Forbidden, NotFound, SwitchedOff
from aula_sdk.people import Actor, Kind
from aula_sdk.testing.plugin import Browser, People


async def timed(client: httpx.AsyncClient, path: str) -> tuple[httpx.Response, float]:
    """Return the answer and how long it took."""
    began = time.monotonic()
    return await client.get(path), time.monotonic() - began


@pytest.mark.expects_fault(r"plugin_quarantined", reason="widgets that hang or return nonsense")
async def test_what_keeps_failing_is_left_alone_and_the_page_is_quick(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """B2: after three times nobody waits for it; operators see why and since when."""
    client = await browser(people.guardian)
    for _time in range(3):
        await client.get("/")
    page, took = await timed(client, "/")
    assert took < 0.4, "the hanging box is not asked any more"
    assert "Hanging box cannot be shown right now" in page.text
    assert "good neighbour" in page.text
    host: Host = running.app.state.host
    sentence = host.quarantined("hanger")
    assert sentence is not None
    assert "3 failures in a row: took longer than 0.4 s; since 2" in sentence
    assert host.quarantined("good") is None
    await running.app.state.shared_faults.share()
    admin = Actor(people.teacher.person_id, Kind.EMPLOYEE, "A", (), (), {"health.read": ()})
    report = await running.platform.health.report(admin)
    left_alone = {(each.plugin, each.place) for each in report.quarantines}
    assert ("hanger", "badge n") in left_alone
    assert ("raiser", "widget w") in left_alone
    assert not report.is_well
    stranger = await running.actor(people.teacher)
    with pytest.raises(Forbidden):
        await running.platform.health.report(stranger)


@pytest.mark.expects_fault("incident|plugin_quarantined", reason="routes that raise and hang")
async def test_a_route_that_fails_or_hangs_takes_nothing_with_it(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """B2: a page that raises is a 500, one that hangs a 503; the lock it held is free again."""
    client = await browser(people.teacher)
    host: Host = running.app.state.host
    for path in ("/raiser", "/raiser/end"):
        answer = await client.get(path)
        assert answer.status_code == 500
        assert "text/html" in answer.headers["content-type"]
        assert "Content-Security-Policy" in answer.headers
        assert f'<a class="button button--primary" href="{path}">' in answer.text, "offered again"
    for _time in range(3):
        answer = await client.get("/api/v1/stuck/read")
        assert (answer.status_code, answer.json()["code"]) == (503, "took-too-long")
    answer, took = await timed(client, "/api/v1/stuck/read")
    assert (answer.status_code, answer.json()["code"]) == (503, "quarantined")
    assert took < 0.4
    nobody = await browser()
    assert (await nobody.get("/api/v1/stuck/read")).status_code == 401, "as ever (rule 23)"
    assert host.quarantined("stuck"), "asking without rights was no proof that it works"
    written = await client.post("/api/v1/stuck/write")
    assert written.status_code == 503
    began = time.monotonic()
    assert (await client.post("/api/v1/good/note")).status_code == 201
    assert time.monotonic() - began < 2, "the writer's place is free again"
    assert await _lost_names(running) == 0
    failures = {fault.place.name: fault.failures for fault in host.faults}
    assert failures["route GET /raiser"] == 1
    assert failures["route GET /api/v1/stuck/read"] == 3
    assert (await client.get("/")).status_code == 200


async def _lost_names(running: RunningSite) -> int:
    statement = sa.text("SELECT count(*) FROM stamdata_person WHERE name = 'lost'")
    async with running.storage.read(EVERYWHERE) as read:
        found: Any = await read.scalar(statement)
    return int(found)


async def test_being_switched_off_meanwhile_is_no_fault_of_the_plugin() -> None:
    """A call that began while the plugin was on is answered as "not here", and not counted."""
    guard = Guard(Faults())
    place = Place("fine", "widget box")

    async def meet_it() -> None:
        raise SwitchedOff

    for _time in range(5):
        with pytest.raises(NotFound):
            await guard.run(place, "widget", meet_it)
    assert not guard.faults.is_closed(place)
    assert guard.faults.quarantined("fine") is None
    assert isinstance(SwitchedOff(), LookupError)
