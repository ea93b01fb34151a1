"""The pytest plugin: fixtures for tests inside the real platform."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from aula_sdk.people import Actor, Assurance
from aula_sdk.protocols import Platform
from aula_sdk.testing.databases import (
    POSTGRES_VARIABLE,
    Databases,
    PostgresDatabases,
    SqliteDatabases,
    available_databases,
)
from aula_sdk.testing.kernel import Member, Running, find_kernel

SITE = "http://testserver"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that reaches a database once on each."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", available_databases(), scope="session")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """The plugins that take part; to be overridden in ``conftest.py``."""
    return ()


@pytest.fixture(scope="session")
def databases(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where databases come from."""
    if database_kind == "sqlite":
        yield SqliteDatabases(tmp_path_factory.mktemp("databases"))
        return
    found = PostgresDatabases(os.environ[POSTGRES_VARIABLE])
    yield found
    found.drop_templates()


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The URL of an empty database."""
    url = databases.copy_of("empty", _make_empty)
    yield url
    databases.drop(url)


def _make_empty(url: str) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).touch()


@pytest.fixture
def database(
    databases: Databases, plugins: Sequence[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a database that is migrated and holds the cast."""

    def prepare(url: str) -> None:
        folder = tmp_path_factory.mktemp("prepared")
        asyncio.run(find_kernel().prepare(url, plugins, folder))

    url = databases.copy_of("_".join(["cast", *sorted(plugins)]), prepare)
    yield url
    databases.drop(url)


@pytest.fixture
def plugin_settings() -> Mapping[str, Mapping[str, Any]]:
    """What plugins are set to, by plugin; to be overridden where a test is about a setting."""
    return {}


@pytest.fixture
async def running(
    database: str,
    plugins: Sequence[str],
    plugin_settings: Mapping[str, Mapping[str, Any]],
    tmp_path: Path,
) -> AsyncIterator[Running]:
    """The whole application over a database of the test's own."""
    async with find_kernel().start(database, plugins, tmp_path, plugin_settings) as started:
        yield started


@pytest.fixture
async def platform(running: Running) -> Platform:
    """What plugins reach the kernel through."""
    return running.platform


class People:
    """The cast by name: ``people.teacher``, ``people.guardian`` and so on."""

    def __init__(self, members: Sequence[Member], groups: dict[str, UUID]) -> None:
        """``members`` as the platform knows them; of several profiles the first counts."""
        self.groups = groups
        """Ids of groups by name (``3.A``)."""
        self.profiles = list(members)
        """Every profile of every member."""
        self._by_key: dict[str, Member] = {}
        for member in members:
            self._by_key.setdefault(member.key, member)

    def __getattr__(self, key: str) -> Member:
        """Return a member of the cast (see `aula_sdk.testing.cast`)."""
        try:
            return self._by_key[key]
        except KeyError as error:
            raise AttributeError(key) from error


@pytest.fixture
async def people(running: Running) -> People:
    """The cast of `aula_sdk.testing.cast`."""
    return People(await running.members(), await running.groups())


class Browser:
    """Opens HTTP clients for members of the cast; ``None`` is nobody in particular."""

    def __init__(self, running: Running, stack: AsyncExitStack) -> None:
        """Clients are closed with ``stack``."""
        self._running = running
        self._stack = stack

    async def __call__(
        self, member: Member | None = None, assurance: Assurance = Assurance.LOW
    ) -> httpx.AsyncClient:
        """Return a client that is signed in as the member, and sends what a page would send."""
        cookies: dict[str, str] = {}
        headers = {"Accept-Language": "en"}
        if member is not None:
            cookies, extra = await self._running.sign_in(member, assurance)
            headers |= extra
        transport = httpx.ASGITransport(self._running.app, raise_app_exceptions=False)
        return await self._stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=SITE, cookies=cookies, headers=headers)
        )


@pytest.fixture
async def browser(running: Running) -> AsyncIterator[Browser]:
    """Make clients that are signed in as a member of the cast, or as nobody."""
    async with AsyncExitStack() as stack:
        yield Browser(running, stack)


@pytest.fixture
def actor_of(running: Running) -> Callable[..., Any]:
    """Find the actor of a member, for tests of services and queries."""

    async def find(member: Member, assurance: Assurance = Assurance.LOW) -> Actor:
        return await running.actor(member, assurance)

    return find


class StatementCount:
    """How many statements were carried out."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.statements: list[str] = []

    @property
    def count(self) -> int:
        """Statements, without beginning and ending transactions, and without what PostgreSQL is
        told of the wall: that is said once to each connection, not once for each page.
        """
        return len(self.statements)


@pytest.fixture
def count_statements() -> Callable[[], Any]:
    """Count statements within a block, for query budgets."""

    @contextmanager
    def counting() -> Iterator[StatementCount]:
        counted = StatementCount()

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SELECT set_config")):
                counted.statements.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)

    return counting
