"""A migrated database, an OpenID provider, a town, and browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from aula_platform import audit, identity, permissions, stamdata
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate
from aula_sdk.testing.databases import Databases
from tests.identity.provider import Provider, RunningProvider
from tests.identity.site import Browser, SiteTransport, Town, make_app, make_settings

URL = "https://aula.example.dk"


def _prepare(url: str) -> None:
    async def migrate_rooms() -> None:
        opened = Storage(url)
        await migrate(opened, [identity.OWNER, stamdata.OWNER, permissions.OWNER, audit.OWNER])
        await opened.close()

    asyncio.run(migrate_rooms())


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The URL of a migrated database without anybody in it."""
    url = databases.copy_of("identity", _prepare)
    yield url
    databases.drop(url)


@pytest.fixture
async def storage(database: str) -> AsyncIterator[Storage]:
    opened = Storage(database)
    opened.recorders.append(audit.record)
    yield opened
    await opened.close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with RunningProvider() as running:
        yield running


@pytest.fixture
def town(storage: Storage) -> Town:
    return Town(storage)


@pytest.fixture
async def open_browser(
    storage: Storage, provider: Provider, town: Town, tmp_path: Path
) -> AsyncIterator[Callable[..., Browser]]:
    """Return a function that opens a browser at the site, each with cookies of its own."""
    secret = tmp_path / "secret"
    secret.write_text(f"{provider.secret}\n")
    apps: dict[str, Any] = {}
    async with AsyncExitStack() as opened:

        def open_one(
            url: str = URL, headers: dict[str, str] | None = None, **broker: Any
        ) -> Browser:
            key = f"{url}{broker}"
            if key not in apps:
                settings = make_settings(provider, secret, url=url, **broker)
                apps[key] = make_app(storage, settings, town.places_of(settings))
            transport = SiteTransport(apps[key])
            client = httpx2.AsyncClient(transport=transport, base_url=url, headers=headers)
            opened.push_async_exit(client)
            return Browser(client)

        yield open_one


@pytest.fixture
def browser(open_browser: Callable[..., Browser]) -> Browser:
    return open_browser()
