"""One installation of the platform that is measured: its folder, configuration and database."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.plugin_host import Host, start_host
from aula_platform.settings import Settings, load_settings
from aula_platform.storage import Storage
from benchmarks.processes import HOST, find_free_port, parent_of, run_server

CLIENT_ID = "aula-benchmark"
TOWN = "town"
SPARES = ("spare1", "spare2", "spare3")
"""Municipalities without people, into which imports are measured."""
_PLUGINS_APART = {"demo"}


class Failed(Exception):
    """A command of the platform has failed; what it said follows."""


class Installation(msgspec.Struct, frozen=True):
    """Where everything of it is."""

    folder: Path
    database: str
    """``sqlite`` or ``postgresql``."""
    url: str
    port: int
    broker_port: int

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "aula.toml"

    @property
    def workers(self) -> int:
        """How many processes answer."""
        return 1 if self.database == "sqlite" else 2

    def settings(self) -> Settings:
        """Return the configuration as the site reads it."""
        return load_settings(self.config)

    def command(self, *arguments: str) -> list[str]:
        """Return an ``aula`` command for our Python."""
        return ["-m", "aula_platform", "--config", str(self.config), *arguments]

    async def run(self, *arguments: str) -> str:
        """Run an ``aula`` command to its end and return what it says; raise `Failed`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.command(*arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _nothing = await process.communicate()
        if process.returncode:
            raise Failed(f"aula {' '.join(arguments)}\n{said.decode()}")
        return said.decode()

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[int]:
        """Yield the pid of the site, whose processes are all below it; then it is ended.

        On another ``port`` than its own it can be started beside itself.
        """
        chosen = port or self.port
        command = self.command(
            "serve", "--port", str(chosen), "--workers", str(self.workers), "--jobs"
        )
        with run_server(command, chosen, self.folder / f"site-{chosen}.log", "/sign-in") as pid:
            yield pid

    @contextlib.asynccontextmanager
    async def storage(self) -> AsyncIterator[Storage]:
        """Open the database from here."""
        storage = Storage(self.url)
        try:
            yield storage
        finally:
            await storage.close()

    @contextlib.asynccontextmanager
    async def kernel(self, host: Host) -> AsyncIterator[Kernel]:
        """Open the kernel over the database, as commands do."""
        async with self.storage() as storage:
            yield await open_kernel(self.settings(), host, storage, make_catalogue(host))


@contextlib.asynccontextmanager
async def install(database: str, postgres: str, parent: Path | None) -> AsyncIterator[Installation]:
    """Yield a migrated installation without people; afterwards it is gone.

    ``postgres`` is the URL of a cluster in which databases may be made; its folder lies in
    ``parent``, or where the machine keeps what is temporary.
    """
    folder = Path(tempfile.mkdtemp(prefix="aula-benchmark-", dir=parent))
    name = f"bench_{uuid4().hex[:12]}"
    url = f"sqlite:///{folder / 'aula.db'}"
    if database == "postgresql":
        await _administer(postgres, f"CREATE DATABASE {name}")
        url = sa.make_url(postgres).set(database=name).render_as_string(hide_password=False)
    made = Installation(folder, database, url, find_free_port(), find_free_port())
    try:
        _write_config(made)
        await made.run("migrate")
        yield made
    finally:
        shutil.rmtree(folder)
        if database == "postgresql":
            await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(postgres: str, statement: str) -> None:
    server = Storage(postgres, pool_size=1)
    try:
        async with server.engines.reading.connect() as connection:
            await connection.execute(sa.text(statement))
    finally:
        await server.close()


def _write_config(made: Installation) -> None:
    names = [name for name in start_host().accepted if name not in _PLUGINS_APART]
    lines = [
        "[site]",
        'mode = "demo"',
        f'url = "http://{HOST}:{made.port}"',
        f"data = {json.dumps(str(made.folder))}",
        "[storage]",
        f"database = {json.dumps(made.url)}",
        # Few people ask for what a whole town does.
        "[login]",
        "per_minute = 1_000_000_000",
        "[login.brokers.demo]",
        f'issuer = "http://{HOST}:{made.broker_port}"',
        f'client_id = "{CLIENT_ID}"',
        'title = "Demo"',
        "demo = true",
    ]
    for number, key in enumerate((TOWN, *SPARES)):
        lines += [f"[municipalities.{key}]", f'name = "{key}"', f'code = "{code_of(number)}"']
        lines += [f'[municipalities.{key}.plugins.{name}]\nstate = "on"' for name in names]
    made.config.write_text("\n".join(lines), encoding="utf-8")


def code_of(number: int) -> str:
    """Return the code of a municipality, which no real one has."""
    return f"Z{number:02}"


async def find_postmaster(storage: Storage) -> int:
    """Return the pid of the process that all back ends of the cluster are children of."""
    async with storage.engines.reading.connect() as connection:
        result = await connection.exec_driver_sql("SELECT pg_backend_pid()")
        return parent_of(int(result.scalar_one()))


def raise_open_files() -> None:
    """Let this process and those it starts open as many files as the machine allows."""
    import resource  # noqa: PLC0415  # Not there on every system; only measuring needs it.

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))


def on_path(folder: Path) -> None:
    """Let programs that are started find this package, and they and this one the probe plugin."""
    known = os.environ.get("PYTHONPATH", "")
    installed = str(Path(__file__).parent / "installed")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), installed, known]))
    if installed not in sys.path:
        sys.path.append(installed)
