"""A choice that is made in one process is obeyed by every other on its next request (rule 20)."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from aula_platform.events.relay import Relay
from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.plugin_host import Host
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.testing import RunningSite
from aula_sdk.operations import Place
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.plugin_host.choices.conftest import LEFT, Open, make_settings


@pytest.fixture
async def other(running: RunningSite, open_site: Open) -> AsyncIterator[RunningSite]:
    """The same site in what would be another process: nothing is shared but the database."""
    async with open_site() as site:
        assert site.storage is not running.storage
        yield site


@pytest.fixture
async def worker(
    running: RunningSite, database: str, host: Host, tmp_path: Path
) -> AsyncIterator[Kernel]:
    """The kernel as ``aula work`` opens it."""
    storage = Storage(database)
    settings = make_settings(database, tmp_path, LEFT)
    yield await open_kernel(settings, host, storage, make_catalogue(host))
    await storage.close()


async def _switch(site: RunningSite, member: Member, state: Any) -> None:
    actor = await site.actor(member)
    place = Place(member.municipality_id)
    async with site.storage.write(EVERYWHERE, actor) as write:
        await site.platform.choices.switch(write, actor, place, "notes", state)


async def _clients(
    stack: AsyncExitStack, sites: tuple[RunningSite, ...], member: Member
) -> list[Any]:
    return [await Browser(site, stack)(member) for site in sites]


async def test_the_other_process_obeys_on_its_next_request(
    running: RunningSite, other: RunningSite, people: People
) -> None:
    """In both directions, for whoever was signed in before, without anything being restarted."""
    async with AsyncExitStack() as stack:
        here, there = await _clients(stack, (running, other), people.teacher)
        for chooser, state, expected in (
            (running, "off", 404),
            (other, "on", 200),
            (other, "off", 404),
        ):
            await _switch(chooser, people.leader, state)
            assert (await there.get("/api/v1/notes")).status_code == expected
            assert (await here.get("/api/v1/notes")).status_code == expected


async def test_a_request_costs_no_more_statements_than_without_choices(
    running: RunningSite, other: RunningSite, people: People, count_statements: Callable[[], Any]
) -> None:
    """Budget: one statement reads session and epochs; what has moved is read once."""
    async with AsyncExitStack() as stack:
        client = (await _clients(stack, (other,), people.teacher))[0]
        await client.get("/api/v1/notes")
        with count_statements() as before:
            await client.get("/api/v1/notes")
        assert before.count == 1
        await _switch(running, people.leader, "on")
        with count_statements() as changed:
            await client.get("/api/v1/notes")
        about_choices = [text for text in changed.statements if "plugin_host_" in text]
        assert len(about_choices) == 3
        with count_statements() as after:
            await client.get("/api/v1/notes")
        assert after.count == before.count


async def test_jobs_and_subscribers_elsewhere_obey_too(
    running: RunningSite, worker: Kernel, people: People
) -> None:
    """Each run and each event begins with what is chosen by then."""
    hooks = sys.modules["installed_notes.hooks"]
    relay = Relay(worker.storage, worker.platform, worker.subscribers, worker="test")
    for state, places in (("off", 0), ("on", 1)):
        await _switch(running, people.leader, state)
        hooks.SEEN.clear()
        (job,) = worker.jobs
        await job.run(worker.platform)
        await _switch(running, people.leader, "off" if state == "on" else "on")
        async with running.storage.write(EVERYWHERE) as write:
            write.emit(hooks.NoteWritten(municipality_id=people.leader.municipality_id))
        assert await relay.deliver_waiting() == 1
        assert [("job", places), ("event", 1 - places)] == hooks.SEEN
