"""The whole application, served by uvicorn on a port of its own while the tests run."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec
import uvicorn
from litestar import Litestar

from aula_platform.app import create_app
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.settings import BrokerSettings, LoginSettings, PluginChoice, Settings
from aula_platform.testing import RunningSite, kernel, settings_for
from aula_sdk.people import Assurance
from aula_sdk.testing.cast import NORTH
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People

PLUGINS = tuple(
    sorted({plugin.name for plugin in installed_plugins()} - {"demo"})
)  # The demo only starts the others.
BROKER, NO_BROKER = "test", "http://127.0.0.1:9"
"""The broker of the kit's sessions; at its address nobody answers."""
LARGE_AUDIENCE = 6
"""More people than this must be confirmed: the cast is smaller than a class."""
_PATIENCE = 60
Found = TypeVar("Found")


def _leave_posts_open(settings: Settings) -> Settings:
    """Return the settings with something left to be chosen by administrators."""
    north = settings.municipalities[NORTH]
    plugins = {**north.plugins, "posts": PluginChoice("on", "institution")}
    north = msgspec.structs.replace(north, plugins=plugins)
    return msgspec.structs.replace(
        settings, municipalities={**settings.municipalities, NORTH: north}
    )


class ServedSite:
    """Serves the cast's world over SQLite; the browser and these helpers are its visitors.

    It runs in a thread with an event loop of its own, because the browser has one in the main one.
    """

    app: Litestar
    people: People

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="site")
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Return when pages can be asked for."""
        self._thread.start()
        assert self._started.wait(_PATIENCE), "the site has not started"
        running = RunningSite(self.app)
        self.people = People(self.run(running.members()), self.run(running.groups()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(_PATIENCE)

    async def _serve(self) -> None:
        database = f"sqlite:///{self._folder / 'site.db'}"
        await kernel.prepare(database, PLUGINS, self._folder)
        set_up = {"messages": {"large_audience": LARGE_AUDIENCE}}
        settings = _leave_posts_open(settings_for(database, PLUGINS, self._folder, set_up))
        secret = self._folder / "secret"
        secret.write_text("not asked for")
        broker = BrokerSettings(
            issuer=NO_BROKER, client_id="aula", client_secret_file=str(secret), title="Unilogin"
        )
        settings = msgspec.structs.replace(
            settings,
            site=msgspec.structs.replace(settings.site, url=self.url),
            login=LoginSettings(brokers={BROKER: broker}),
        )
        found = [plugin for plugin in installed_plugins() if plugin.name in PLUGINS]
        self.app = create_app(settings, start_host(found), background=False)
        self._loop = asyncio.get_running_loop()
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, log_level="warning", timeout_graceful_shutdown=2)
        )
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.02)
        self._started.set()
        await serving

    def _stop(self) -> None:
        # Open live streams would hold the stop up.
        self.app.state.hub.close()
        self._server.should_exit = True

    def run(self, work: Awaitable[Found]) -> Found:
        """Do something where the application runs; return its outcome."""

        async def wait() -> Found:
            return await work

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result(_PATIENCE)

    def sign_in(
        self, member: Member, assurance: Assurance = Assurance.LOW
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Start a session; return its cookies and the headers that a page would send."""
        return self.run(RunningSite(self.app).sign_in(member, assurance))

    def client(self, member: Member) -> httpx.Client:
        """Return a client of the API, signed in as the member with two factors."""
        cookies, headers = self.sign_in(member, Assurance.SUBSTANTIAL)
        return httpx.Client(base_url=self.url, cookies=cookies, headers=headers, timeout=60.0)

    def cookies(self, member: Member) -> list[Any]:
        """Return the cookies that sign a browser's context in."""
        return [
            {"name": name, "value": value, "url": self.url}
            for name, value in self.sign_in(member)[0].items()
        ]
