"""Serving the application with uvicorn."""

import os
from pathlib import Path
from types import FrameType

import uvicorn
from litestar import Litestar
from uvicorn.supervisors import Multiprocess

from aula_platform.app import create_app
from aula_platform.plugin_host import start_host
from aula_platform.settings import load_settings

_CONFIG, _JOBS = "AULA_CONFIG", "AULA_JOBS"
_STOP_SECONDS = 5
_made: list[Litestar] = []


class SiteServer(uvicorn.Server):
    """Ends the open live streams when it is told to stop; they would hold the stop up else."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal."""
        for app in _made:
            hub = app.state.get("hub")
            if hub is not None:
                hub.close()
        super().handle_exit(sig, frame)


def serve_site(config: Path, host: str, port: int, workers: int, *, jobs: bool) -> None:
    """Serve until interrupted; returns when everything has been closed.

    With ``jobs`` each process also delivers events and runs jobs (rule 19).
    """
    # Workers are processes of their own: what they serve reaches them by the environment.
    os.environ[_CONFIG] = str(config.absolute())
    os.environ[_JOBS] = "1" if jobs else ""
    settings = uvicorn.Config(
        f"{__name__}:make_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    if workers > 1:
        # The supervisor makes servers of its own; open streams end with its time limit.
        Multiprocess(settings, sockets=[settings.bind_socket()]).run()
    else:
        SiteServer(settings).run()


def make_app() -> Litestar:
    """Return the application that the environment's configuration describes."""
    settings = load_settings(Path(os.environ[_CONFIG]))
    app = create_app(settings, start_host(), background=bool(os.environ.get(_JOBS)))
    _made.append(app)
    return app
