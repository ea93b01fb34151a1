"""``python -m benchmarks.faults``: what broken plugins cost their neighbours (B2), as a ratio.

Two sites in one process and one run, with the same visitors: in one all plugins are well, in the
other all but the measured one hang, raise or return nonsense wherever they are called. They are
measured in turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec

from aula_platform.plugin_host import start_host
from aula_platform.settings import BudgetSettings
from aula_platform.testing import SITE, kernel, run_site, settings_for
from tests.broken_plugins.factory import Shelf, add_good

NEIGHBOURS = 6
GOAL = 1.2
_OK = 200
_WAYS = ("await asyncio.sleep(3600)", "raise RuntimeError('no')", "return 'a word'")
_HOOKS = """
async def call(*given):
    {body}


async def count(*given):
    {count}


@get("/", opt=needs("{name}.use"))
async def page() -> str:
    {page}


@hookimpl
def aula_routes():
    yield Routes(pages=(page,))


@hookimpl
def aula_widgets():
    yield Widget("w", _("Box"), "{name}/box.html", "{name}.use", call)


@hookimpl
def aula_nav_items():
    yield NavItem("n", _("Place"), "/{name}", "home", "{name}.use", badge=count)
"""
_CALM = {"body": "return {}", "count": "return 1", "page": 'return "a page"'}


@dataclass
class Visited:
    """A site, somebody who is signed in to it, and how long the good plugin's answers took."""

    client: httpx.AsyncClient
    neighbours: list[str]
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    async def measure(self, requests: int) -> None:
        """Ask the good plugin one thing after the other, while others visit its neighbours."""
        others = asyncio.create_task(self._visit_neighbours())
        for number in range(requests):
            path = ("/api/v1/good/ping", "/good")[number % 2]
            began = time.perf_counter()
            answer = await self.client.get(path)
            self.seconds.append(time.perf_counter() - began)
            self.failed += answer.status_code != _OK
            # What a visitor does between two requests; the others get their turn.
            await asyncio.sleep(0.001)
        others.cancel()
        await asyncio.wait({others})

    async def _visit_neighbours(self) -> None:
        while True:
            for name in self.neighbours:
                await self.client.get(f"/{name}")
                await asyncio.sleep(0.02)
            await self.client.get("/")

    @property
    def p99(self) -> float:
        """The time within which 99 of 100 answers came."""
        ordered = sorted(self.seconds)
        return ordered[math.ceil(len(ordered) * 0.99) - 1]


def _install(shelf: Shelf, kind: str) -> list[str]:
    names = [f"{kind}{number}" for number in range(NEIGHBOURS)]
    for number, name in enumerate(names):
        way = _WAYS[number % len(_WAYS)]
        broken = {"body": way, "count": way, "page": "raise RuntimeError('no page')"}
        text = _HOOKS
        for key, value in (broken if kind == "broken" else _CALM).items():
            text = text.replace(f"{{{key}}}", value)
        shelf.add(name, text, files={f"templates/{name}/box.html": "<p>a box</p>"})
    return names


@contextlib.asynccontextmanager
async def _visit(shelf: Shelf, folder: Path, kind: str) -> AsyncIterator[Visited]:
    names = _install(shelf, kind)
    installed = [shelf.installed[name] for name in ("good", *names)]
    database = f"sqlite:///{folder / kind}.db"
    await kernel.prepare(database, (), folder)
    settings = settings_for(database, ["good", *names], folder)
    settings = msgspec.structs.replace(settings, budgets=BudgetSettings(widget=0.5, badge=0.5))
    async with run_site(settings, start_host(installed)) as site:
        (teacher,) = [one for one in await site.members() if one.key == "teacher"]
        cookies, headers = await site.sign_in(teacher)
        transport = httpx.ASGITransport(cast(Any, site.app), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=SITE, cookies=cookies, headers=headers
        ) as client:
            yield Visited(client, names)


async def measure(requests: int, rounds: int) -> dict[str, float]:
    """Return the 99th percentiles in milliseconds, their ratio and how many requests failed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        shelf = Shelf(folder / "installed")
        shelf.folder.mkdir()
        sys.path.insert(0, str(shelf.folder))
        try:
            add_good(shelf)
            async with (
                _visit(shelf, folder, "calm") as calm,
                _visit(shelf, folder, "broken") as broken,
            ):
                for each in (calm, broken) * rounds:
                    await each.measure(requests // rounds)
        finally:
            sys.path.remove(str(shelf.folder))
            shelf.forget()
    return {
        "calm_p99_ms": round(calm.p99 * 1000, 2),
        "broken_p99_ms": round(broken.p99 * 1000, 2),
        "ratio": round(broken.p99 / calm.p99, 3),
        "requests": len(calm.seconds) + len(broken.seconds),
        "failed": calm.failed + broken.failed,
    }


def main() -> int:
    """Measure, print what was found, and return 1 when it is past the goal or a request failed."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 6000
    found = asyncio.run(measure(requests, rounds=10))
    print(json.dumps(found))  # What was measured.
    return int(found["ratio"] > GOAL or found["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
