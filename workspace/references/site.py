"""The site that references are made of: every plugin that lies here, and no database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litestar import Litestar

from aula_platform.app import create_app
from aula_platform.kernel import make_catalogue
from aula_platform.permissions import Catalogue
from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.testing import settings_for
from workspace.places import find_plugins


@dataclass(frozen=True, slots=True)
class Site:
    """What is put together of it."""

    app: Litestar
    host: Host
    catalogue: Catalogue


def put_together(folder: Path) -> Site:
    """Return the site, which keeps nothing but an empty folder; it is never opened.

    Raises AssertionError when a plugin that lies here does not take part, which would leave it out
    of the references.
    """
    names = find_plugins()
    host = start_host([each for each in installed_plugins() if each.name in names])
    if sorted(host.accepted) != names:
        raise AssertionError(f"not all of {names} take part: {host.refusals}")
    settings = settings_for(f"sqlite:///{folder / 'none.db'}", names, folder)
    return Site(create_app(settings, host, background=False), host, make_catalogue(host))
