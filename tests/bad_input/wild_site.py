"""One site with all plugins and the demo's content, which is asked wild things one at a time."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
import structlog
from anyio.from_thread import BlockingPortal, start_blocking_portal

from aula_platform.kernel import owners_of
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import SITE, RunningSite, kernel
from aula_sdk.contributions import DemoData
from aula_sdk.testing.plugin import People
from tests.bad_input.bodies import describe

ROLES = ("teacher", "guardian", "pupil", "admin", "external")
"""Who asks: one of each kind of people, and an administrator."""

ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")
_LOUD = {"error", "critical"}


class Faults(logging.Handler):
    """Whatever is logged as an error: an exception that nobody expected is there too."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record, with what was raised."""
        self.found.append(logging.Formatter().format(record))

    def keep(self, _logger: Any, method: str, event: Any) -> Any:
        """Keep what structlog is told, and let nothing be printed."""
        if method in _LOUD or event.get("level") in _LOUD:
            self.found.append(repr(event))
        raise structlog.DropEvent


class WildSite:
    """The site, its people's browsers, and the ids of what there is, by their kind."""

    def __init__(self, portal: BlockingPortal, running: RunningSite, faults: Faults) -> None:
        self._portal = portal
        self.running = running
        # Litestar's own names of ASGI's types are narrower than httpx's.
        self._app: Any = running.app
        self._faults = faults
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.ids: dict[str, list[str]] = {}
        self.document = describe(running.app)

    def fill(self) -> None:
        """Let every plugin make its content for the demo, and sign everybody in."""
        self._portal.call(self._fill)

    async def _fill(self) -> None:
        for _plugin, data in self.running.app.state.host.each(DemoData):
            await data.fill(self.running.platform)
        people = People(await self.running.members(), await self.running.groups())
        for role in ROLES:
            cookies, headers = await self.running.sign_in(getattr(people, role))
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            self._clients[role] = httpx.AsyncClient(
                transport=transport,
                base_url=SITE,
                cookies=cookies,
                headers={"Accept-Language": "en"} | headers,
            )
        self.ids = await self._find_ids()

    async def _find_ids(self) -> dict[str, list[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for client in self._clients.values():
            for path in [*self.lists(), *self.pages()]:
                for match in ID.finditer((await client.get(path)).text):
                    found[match[1]].add(match[0])
        return {kind: sorted(ids) for kind, ids in found.items()}

    def lists(self) -> list[str]:
        """Return the API's addresses that answer GET and name no object."""
        return [
            path
            for path, item in self.document["paths"].items()
            if "get" in item and "{" not in path
        ]

    def pages(self) -> list[str]:
        """Return the pages that name no object."""
        return [
            route.path
            for route in self.running.app.routes
            if "GET" in getattr(route, "methods", ())
            and "{" not in route.path
            and not route.path.startswith(("/api", "/static", "/live", "/sign-", "/role"))
        ]

    def send(self, role: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request as somebody; fail when it is answered as a fault or logged as one."""

        async def ask() -> httpx.Response:
            client = self._clients[role]
            # Whoever looks at the answer may want to see the whole request beside it.
            request = client.build_request(method, path, **more)
            await request.aread()
            return await client.send(request)

        self._faults.found.clear()
        answer = self._portal.call(ask)
        told = f"{role}: {method} {path} {more!r:.2000} -> {answer.status_code} {answer.text:.500}"
        assert answer.status_code < 500, told + "\n" + "\n".join(self._faults.found)
        assert self._faults.found == [], told + "\n" + "\n".join(self._faults.found)
        return answer

    def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Carry out some work where the site runs."""
        return self._portal.call(work)

    def contents(self) -> Mapping[str, Sequence[Any]]:
        """Return every row of every table but of those that only count who asks."""
        return self._portal.call(self._contents)

    async def _contents(self) -> Mapping[str, Sequence[Any]]:
        async with self.running.storage.read(EVERYWHERE) as read:
            return {
                table.name: sorted(map(repr, await read.rows(sa.select(table))))
                for owner in owners_of(self.running.app.state.host)
                for table in owner.metadata.sorted_tables
                if table.name not in _COUNTERS
            }


_COUNTERS = {"identity_session"}
"""When a session was seen last is written while it is read."""


@contextmanager
def open_wild_site(url: str, plugins: Sequence[str], folder: Path) -> Iterator[WildSite]:
    """Run the site in a thread of its own over a database that is prepared."""
    faults = Faults()
    before = structlog.get_config()
    logging.getLogger().addHandler(faults)
    structlog.configure(processors=[faults.keep], cache_logger_on_first_use=False)
    try:
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(kernel.start(url, plugins, folder, {})) as running,
        ):
            site = WildSite(portal, running, faults)
            site.fill()
            yield site
    finally:
        logging.getLogger().removeHandler(faults)
        structlog.configure(**before)
