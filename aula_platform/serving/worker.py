"""A worker: a process that serves the site, and beats while its event loop goes on."""

import asyncio
import faulthandler
import gc
import os
import signal
import socket
import sys
from dataclasses import dataclass
from types import FrameType

import uvicorn
from litestar import Litestar

from aula_platform.app import create_app
from aula_platform.plugin_host import Host
from aula_platform.serving.slots import Slot
from aula_platform.settings import Settings

STOP_SECONDS = 5
_BEATS_PER_STALL = 8
_STARTUP_FAILED = 3


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the site is served, by how many processes, and whether they do the jobs too."""

    host: str
    port: int
    workers: int = 1
    jobs: bool = True


def make_config(serving: Serving, app: Litestar | None = None) -> uvicorn.Config:
    """Return how uvicorn serves it."""
    return uvicorn.Config(
        app or "",
        host=serving.host,
        port=serving.port,
        log_level="warning",
        # Its lines go where all lines go, in the same form.
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


class SiteServer(uvicorn.Server):
    """Ends the open live streams when it is told to stop; they would hold the stop up else."""

    def __init__(self, config: uvicorn.Config, app: Litestar) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve.

        What the application consists of is there to stay, and the collector of garbage need not
        walk through it in the midst of some request.
        """
        gc.collect()
        gc.freeze()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal."""
        self.end_streams()
        super().handle_exit(sig, frame)

    def end_streams(self) -> None:
        """Close the live streams, now and later."""
        hub = self._app.state.get("hub")
        if hub is not None:
            hub.close()


class BeatingServer(SiteServer):
    """Beats from the moment in which it serves; ends itself when its supervisor is gone."""

    def __init__(self, config: uvicorn.Config, app: Litestar, slot: Slot, pause: float) -> None:
        super().__init__(config, app)
        self._slot = slot
        self._pause = pause
        self._supervisor = os.getppid()
        self._beating: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and to beat."""
        await super().startup(sockets)
        if not self.should_exit:
            self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            self._slot.beat()
            if os.getppid() != self._supervisor:
                self.end_streams()
                self.should_exit = True
            await asyncio.sleep(self._pause)


def run_worker(
    settings: Settings, plugins: Host, serving: Serving, listening: socket.socket, slot: Slot
) -> None:
    """Serve in this process until it is told to end; exits with 3 when it could not begin."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # What the supervisor does about them is not for us.
        signal.signal(sign, signal.SIG_DFL)
    # The supervisor asks a worker that stands still where it stands before it ends it.
    faulthandler.register(signal.SIGUSR2)
    slot.attach()
    app = create_app(settings, plugins, background=serving.jobs)
    pause = settings.watchdog.stall_seconds / _BEATS_PER_STALL
    server = BeatingServer(make_config(serving, app), app, slot, pause)
    server.run(sockets=[listening])
    sys.exit(0 if server.started else _STARTUP_FAILED)


def serve_alone(settings: Settings, plugins: Host, serving: Serving) -> None:
    """Serve in this process, which nobody watches."""
    app = create_app(settings, plugins, background=serving.jobs)
    SiteServer(make_config(serving, app), app).run()
