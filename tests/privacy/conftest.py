"""An installation of two municipalities, filled once and copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from aula_platform import audit
from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import owners_of
from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.privacy import Installation, Place
from aula_platform.storage import Storage
from aula_platform.testing import run_site, settings_for
from aula_sdk.testing.databases import Databases
from aula_sdk.testing.kernel import find_kernel
from tests.privacy.town import fill, plant, put_blobs
from workspace.places import ROOT

LEAVING, STAYING = "KANARIEnorth", "south"
"""The keys of the municipality that leaves, when it has its canaries, and of the one that stays."""


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    found = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
    return tuple(name for name in found if name != "demo")


def host_with(plugins: Sequence[str]) -> Host:
    return start_host([plugin for plugin in installed_plugins() if plugin.name in plugins])


@dataclass
class Town:
    """The installation, and the command line over it."""

    installation: Installation
    leaving: Place
    staying: Place
    host: Host
    folder: Path

    @property
    def storage(self) -> Storage:
        return self.installation.storage

    @property
    def tables(self) -> list[sa.Table]:
        return [table for _owner, table in self.installation.tables()]

    def configure(self, *keys: str) -> None:
        """Write a configuration that names these municipalities, with something on in each."""
        places = "".join(
            f'[municipalities.{key}]\nname = "{key}"\nplugins.posts.state = "on"\n' for key in keys
        )
        (self.folder / "aula.toml").write_text(
            f'[site]\ndata = "{self.folder}"\n[storage]\ndatabase = "{self.storage.url}"\n{places}'
        )

    async def run(self, *words: str, typed: str = "") -> Result:
        """Run ``aula municipality`` as a process of its own would."""
        arguments = ["--config", str(self.folder / "aula.toml"), "municipality", *words]
        context = CommandContext(self.host)
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(aula, arguments, obj=context, input=typed)
        )


@pytest.fixture(scope="session")
def blobs_of_all(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of the prepared files, by kind of database."""
    folder = tmp_path_factory.mktemp("prepared")
    return lambda kind: folder / kind


@pytest.fixture
def filled(
    databases: Databases,
    database_kind: str,
    plugins: Sequence[str],
    blobs_of_all: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A database in which both municipalities have a row in every table."""

    async def prepare(url: str) -> None:
        folder = tmp_path_factory.mktemp("filling")
        await find_kernel().prepare(url, plugins, folder)
        blobs = BlobStore(f"file://{blobs_of_all(database_kind)}")
        async with run_site(settings_for(url, plugins, folder), host_with(plugins)) as site:
            installation = Installation(site.storage, owners_of(site.app.state.host), blobs)
            await fill(site, installation)
            tables = [table for _owner, table in installation.tables()]
            await plant(site.storage, tables, (await installation.find("north")).id)
            await put_blobs(site.storage, blobs, folder)

    url = databases.copy_of("privacy", lambda wanted: asyncio.run(prepare(wanted)))
    yield url
    databases.drop(url)


@pytest.fixture
async def town(
    filled: str,
    database_kind: str,
    plugins: Sequence[str],
    blobs_of_all: Callable[[str], Path],
    tmp_path: Path,
) -> AsyncIterator[Town]:
    """The installation as an operator has it."""
    shutil.copytree(blobs_of_all(database_kind), tmp_path / "files")
    storage, host = Storage(filled), host_with(plugins)
    storage.recorders.append(audit.record)
    installation = Installation(storage, owners_of(host), BlobStore(f"file://{tmp_path}/files"))
    made = Town(
        installation,
        await installation.find(LEAVING),
        await installation.find(STAYING),
        host,
        tmp_path,
    )
    made.configure(STAYING)
    yield made
    await storage.close()


def silently(_line: Any) -> None:
    """Take what is told, and say nothing."""
