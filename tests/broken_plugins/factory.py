"""Real plugins, written into a folder as installed distributions with an entry point each."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from importlib_metadata import EntryPoint, PathDistribution

from aula_platform.plugin_host.discovery import GROUP, Installed

DESCRIPTION = """
from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("{name}")
plugin = Plugin("{name}", _("{name}"), _("For a test"), __name__, sdk="{sdk}")
"""
IMPORTS = """
import asyncio
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from litestar import Controller, get, post
from litestar.di import NamedDependency

from aula_sdk.contributions import *
from aula_sdk.db import Id, plugin_metadata
from aula_sdk.events import Event, Subscriber
from aula_sdk.hookspecs import hookimpl
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import PROFILE
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import Action, Relation, Resource, RoleDefault
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

_ = gettext_for("{name}")
"""
RIGHTS = """
@hookimpl
def aula_permissions():
    yield Action("{name}.use", _("Use it"))
    for kind in Kind:
        yield RoleDefault(kind.value, "{name}.use")
"""


class Shelf:
    """A folder of installed plugins; to be put onto the path of whoever starts a host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages: list[str] = []
        self.installed: dict[str, Installed] = {}

    def add(
        self,
        name: str,
        hooks: str = "",
        *,
        rights: bool = True,
        description: str = DESCRIPTION,
        sdk: str = ">=0.1,<1",
        package: str = "",
        files: dict[str, str] | None = None,
    ) -> Installed:
        """Write a plugin whose ``hooks.py`` holds the given text after the usual imports.

        ``files`` are further files of its package. It uses the action ``<name>.use``, which
        everybody holds.
        """
        package = package or f"made_{name}"
        text = IMPORTS + (RIGHTS if rights else "") + textwrap.dedent(hooks)
        written = {
            "__init__.py": description.replace("{name}", name).replace("{sdk}", sdk),
            "hooks.py": text.replace("{name}", name),
            **(files or {}),
        }
        for path, content in written.items():
            target = self.folder / package / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(content), encoding="utf-8")
        self.packages.append(package)
        self.installed[name] = self._install(name, package)
        return self.installed[name]

    def _install(self, name: str, package: str) -> Installed:
        info = self.folder / f"dist_{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: dist-{package}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {package}:plugin\n")
        (entry,) = PathDistribution(info).entry_points
        assert isinstance(entry, EntryPoint)
        return Installed(name, f"dist-{package}", "1.0", entry)

    def forget(self) -> None:
        """Let the modules be imported anew by the next test."""
        for name in list(sys.modules):
            if name.partition(".")[0] in self.packages:
                del sys.modules[name]


GOOD = """
class Noted(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "good.noted.v1"
    lane: UUID

    @property
    def stream(self):
        return self.lane


HANDLED = []


async def note(event, write, platform):
    HANDLED.append(event.lane)


async def show(actor, read, platform, view):
    return {"words": "good neighbour"}


async def count(actor, read, platform):
    return 7


async def work(platform):
    HANDLED.append("job")


@get("/", opt=needs("good.use"))
async def page() -> str:
    return "good page"


@get("/ping", opt=needs("good.use"))
async def ping(read: NamedDependency[ReadUnit]) -> dict[str, int]:
    return {"answer": await read.scalar(sa.select(sa.literal(42)))}


@post("/note", opt=needs("good.use"))
async def write_note(write: NamedDependency[WriteUnit]) -> None:
    await write.execute(sa.text("UPDATE stamdata_person SET name = name WHERE 1 = 0"))


@hookimpl
def aula_routes():
    yield Routes(api=(ping, write_note), pages=(page,))


@hookimpl
def aula_widgets():
    yield Widget("box", _("Good box"), "good/box.html", "good.use", show, order=900)


@hookimpl
def aula_nav_items():
    yield NavItem("good", _("Good place"), "/good", "home", "good.use", badge=count, topic="good")


@hookimpl
def aula_subscribers():
    yield Subscriber("good.note", Noted, note)


@hookimpl
def aula_jobs():
    yield Job("good.work", timedelta(hours=1), work)


@hookimpl
def aula_demo_data():
    async def fill(platform):
        return "something"

    yield DemoData("good", fill)
"""


def add_good(shelf: Shelf) -> Installed:
    """Add the neighbour that must not notice anything."""
    template = "<p>{{ words }}</p>"
    return shelf.add("good", GOOD, files={"templates/good/box.html": template})


def names_of(found: Iterable[Installed]) -> list[str]:
    """Return the plugins' names."""
    return [plugin.name for plugin in found]
