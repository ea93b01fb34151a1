"""A schema is changed while everybody goes on: expand, migrate, contract."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import Installed
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_sdk.contributions import Job
from aula_sdk.testing.plugin import People
from tests.broken_plugins.factory import Shelf
from tests.fire.balancing import Balancer
from tests.fire.load import Load, under_load
from tests.fire.releases import add_release

API = "/api/v1/notes"


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """None but the one that changes."""
    return ()


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, Installed]]:
    """The four releases of the plugin."""
    folders = {number: tmp_path / f"release_{number}" for number in range(1, 5)}
    shelves = {}
    for number, folder in folders.items():
        folder.mkdir()
        monkeypatch.syspath_prepend(str(folder))
        shelves[number] = Shelf(folder)
    yield {number: add_release(shelf, number) for number, shelf in shelves.items()}
    for shelf in shelves.values():
        shelf.forget()


class Operator:
    """Brings one release after the other into service, as the documentation says."""

    def __init__(
        self, database: str, folder: Path, releases: dict[int, Installed], stack: AsyncExitStack
    ) -> None:
        self._database, self._folder = database, folder
        self._releases, self._stack = releases, stack
        self.balancer = Balancer()

    async def migrate(self, release: int) -> None:
        """Run ``aula migrate`` with this release installed."""
        storage = Storage(self._database)
        await migrate(storage, start_host([self._releases[release]]).owners())
        await storage.close()

    async def start(self, release: int) -> RunningSite:
        """Start a process with this release; it takes part as soon as it is there."""
        host = start_host([self._releases[release]])
        settings = settings_for(self._database, ["notes"], self._folder)
        site = await self._stack.enter_async_context(run_site(settings, host))
        assert set(host.accepted) == {"notes"}, [one.problem for one in host.refusals]
        self.balancer.add(site.app)
        return site

    async def columns(self) -> set[str]:
        """Return the columns of the plugin's table."""
        storage = Storage(self._database)
        async with storage.engines.reading.connect() as connection:
            found = await connection.run_sync(
                lambda inner: sa.inspect(inner).get_columns("notes_note")
            )
        await storage.close()
        return {one["name"] for one in found} - {"id", "municipality_id"}


async def _let_it_run(load: Load, answers: int = 12) -> None:
    """Wait until so many more requests have been answered."""
    wanted = len(load.answers) + answers
    async with asyncio.timeout(60):
        while len(load.answers) < wanted:  # Others append to it.
            await asyncio.sleep(0.01)


async def test_a_column_gets_another_name_without_a_failed_request(
    database: str, releases: dict[int, Installed], tmp_path: Path
) -> None:
    """Each release works with the schema before and after the next one's migration, so that old and
    new processes serve side by side; one that is started anew in between takes part as well.
    """
    async with AsyncExitStack() as stack:
        operator = Operator(database, tmp_path, releases, stack)
        await operator.migrate(1)
        old = await operator.start(1)
        people = People(await old.members(), {})
        cookies, headers = await old.sign_in(people.teacher)
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=operator.balancer, base_url="http://testserver", cookies=cookies,
                    headers=headers, timeout=60,
                )
            )
            for _client in range(4)
        ]  # fmt: skip
        written: list[str] = []
        numbers = count()

        async def write(client: httpx.AsyncClient) -> httpx.Response:
            answer = await client.post(API, params={"words": f"note {next(numbers)}"})
            if answer.is_success:
                written.append(answer.text)
            return answer

        async def read(client: httpx.AsyncClient) -> httpx.Response:
            known = set(written)
            answer = await client.get(API)
            assert not answer.is_success or known <= set(answer.json()), "one is missing"
            return answer

        async with under_load(clients, [("write", write), ("read", read)]) as load:
            await _let_it_run(load)

            await operator.migrate(2)
            assert await operator.columns() == {"words", "heading"}
            await _let_it_run(load)
            again = await operator.start(1)
            expanded = await operator.start(2)
            await _let_it_run(load)
            for site in (old, again):
                await operator.balancer.drain(site.app)

            await _run_jobs(expanded)
            await _let_it_run(load)

            forgetful = await operator.start(3)
            await _let_it_run(load)
            await operator.balancer.drain(expanded.app)
            await operator.migrate(4)
            assert await operator.columns() == {"heading"}
            await _let_it_run(load)
            forgetful_again = await operator.start(3)
            last = await operator.start(4)
            await _let_it_run(load)
            for site in (forgetful, forgetful_again):
                await operator.balancer.drain(site.app)
            await _let_it_run(load)
        assert load.failed() == []
        served = operator.balancer.served
        for site in (old, again, expanded, forgetful, forgetful_again, last):
            assert served[id(site.app)] > 0
        listed: list[Any] = (await clients[0].get(API)).json()
        assert sorted(listed) == sorted(written)
        assert len(written) > 30


async def _run_jobs(site: RunningSite) -> None:
    """Move what the old processes have written, in small transactions."""
    for _plugin, job in site.app.state.host.each(Job):
        await job.run(site.platform)
