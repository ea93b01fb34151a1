"""Serving the site: worker processes, and a supervisor that ends one that does not let go."""

import os

import uvicorn

from aula_platform.plugin_host import Host
from aula_platform.serving.supervisor import Supervisor
from aula_platform.serving.worker import Serving, make_config, serve_alone
from aula_platform.settings import Settings

__all__ = ["Serving", "serve_site"]


def serve_site(settings: Settings, plugins: Host, serving: Serving) -> int:
    """Serve until interrupted; return the exit code when everything has been closed.

    Where processes cannot be forked there is one process without a supervisor.
    """
    if not hasattr(os, "fork"):
        serve_alone(settings, plugins, serving)
        return 0
    listening = uvicorn.Config.bind_socket(make_config(serving))
    try:
        return Supervisor(settings, plugins, serving, listening).run()
    finally:
        listening.close()
