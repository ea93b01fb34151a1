"""Every plugin is switched off and on in the middle of use, and nobody's request fails."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from aula_platform.plugin_host.choices.stored import Site
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.contributions import NavItem
from aula_sdk.ids import PROFILE
from aula_sdk.operations import Place, Switch
from aula_sdk.people import Actor
from aula_sdk.testing.plugin import People
from tests.fire.load import Ask, under_load
from tests.fire.served import run_served
from tests.plugin_host.choices.conftest import appoint
from tests.together.two_places import open_choices

LONG = bool(os.environ.get("AULA_LONG"))
MOST_SECONDS = 0.5
"""How long a choice may take until another process obeys it; asked of the clock in long runs alone.

What made a round slow on a busy machine was never the switching: a page asked right afterwards
queues behind the other readers, and on SQLite another process waits for its turn to write.
"""
MOST_STATEMENTS = 12
"""What a choice costs, whatever the load: its rights, its rows, the epoch, its audit."""
ROUNDS = 10 if LONG else 2
READERS = 4
pytestmark = pytest.mark.timeout(240)


def _asks(pages: dict[str, str], people: People) -> list[tuple[str, Ask]]:
    """Return what people do all the time: read every plugin's page, and write."""
    numbers = count()

    def read(path: str) -> Ask:
        return lambda client: client.get(path)

    def write(client: httpx.AsyncClient) -> Any:
        body = {
            "recipients": [PROFILE.format(people.guardian.profile_id)],
            "subject": "Hej",
            "html": f"<p>{next(numbers)}</p>",
        }
        return client.post("/api/v1/messages/threads", json=body)

    return [
        *((plugin, read(path)) for plugin, path in pages.items()),
        ("overview", read("/")),
        ("write", write),
    ]


class Operators:
    """Whoever administers the municipality, in a process that is not the one that serves."""

    def __init__(self, site: RunningSite, actor: Actor, place: Place) -> None:
        self._site, self._actor, self._place = site, actor, place

    async def switch(self, plugin: str, state: Switch) -> None:
        """Choose for the municipality."""
        async with self._site.storage.write(EVERYWHERE, self._actor) as write:
            choices = self._site.platform.choices
            await choices.switch(write, self._actor, self._place, plugin, state)

    async def sees(self, plugin: str) -> bool:
        """Whether the plugin is on, for whoever asks now."""
        activation = self._site.app.state.activation
        async with self._site.storage.read(EVERYWHERE) as read:
            await activation.catch_up(read)
        settled = activation.settled(Site(plugin, self._place.municipality_id))
        return settled is not None and settled.is_on


async def test_every_plugin_is_switched_off_and_on_under_load(
    database: str,
    database_kind: str,
    plugins: Sequence[str],
    tmp_path: Path,
    count_statements: Callable[[], Any],
) -> None:
    """In every round the very next request to any process is answered by the choice; what is asked
    meanwhile is answered as on or as off. To choose costs a dozen statements and waits for nobody.
    """
    workers = ("--workers", "2") if database_kind == "postgresql" else ()
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(open_choices(database, plugins, tmp_path))
        await appoint(site)
        people = People(await site.members(), await site.groups())
        leader = await site.actor(people.leader)
        operators = Operators(site, leader, Place(people.leader.municipality_id))
        pages = {plugin: item.href for plugin, item in site.app.state.host.each(NavItem)}
        assert {"messages", "posts", "contacts", "groups"} <= set(pages)
        cookies, headers = await site.sign_in(people.leader)
        url = stack.enter_context(
            run_served(tmp_path, database, plugins, *workers, left_to="municipality")
        )
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=url, cookies=cookies, headers=headers, timeout=30)
            )
            for _client in range(READERS + 1)
        ]
        asker, readers = clients[0], clients[1:]
        for path in pages.values():
            assert (await asker.get(path)).status_code == 200, path
        times: defaultdict[tuple[str, Switch], list[float]] = defaultdict(list)
        async with under_load(readers, _asks(pages, people)) as load:
            for plugin in [*plugins] * ROUNDS:
                for state in ("off", "on"):
                    began = time.monotonic()
                    with count_statements() as counted:
                        await operators.switch(plugin, state)
                    kept = time.monotonic()
                    assert 0 < counted.count <= MOST_STATEMENTS, counted.statements
                    assert await operators.sees(plugin) is (state == "on")
                    times[plugin, state].append(time.monotonic() - began)
                    if plugin in pages:
                        answer = await asker.get(pages[plugin])
                        assert answer.status_code == (200 if state == "on" else 404), plugin
                        if (plugin, "on") not in times:
                            # In the first round at least, one of many meets that it is off.
                            await load.wait_for(plugin, kept)
                    late = [
                        one
                        for one in load.answers
                        if one.name == plugin
                        and one.asked_at > kept
                        and one.status != (200 if state == "on" else 404)
                    ]
                    assert late == [], "asked after the choice was kept, and answered against it"
        assert load.failed() == []
        statuses = load.statuses()
        assert min(statuses[200], statuses[404], statuses[201]) > 0, statuses
        assert len(times) == 2 * len(plugins)
        slow = {which: took for which, took in times.items() if max(took) > MOST_SECONDS}
        assert not LONG or slow == {}
