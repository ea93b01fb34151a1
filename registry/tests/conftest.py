"""A registry on each of its two databases."""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from aula_registry.app import create_app
from aula_registry.database import Database, connect, migrate
from aula_registry.keys import Keys, create_keys, load_keys
from aula_registry.settings import Settings
from aula_registry.vendors import add_vendor

POSTGRES = "AULA_TEST_POSTGRES"
Build = Callable[..., dict[str, Any]]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of one's own, gone afterwards."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'registry.sqlite3'}"
        return
    server = os.environ[POSTGRES].replace("+asyncpg", "")
    name = f"registry_{uuid.uuid4().hex}"
    asyncio.run(_do(server, f'CREATE DATABASE "{name}"'))
    yield server.rpartition("/")[0] + f"/{name}"
    asyncio.run(_do(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _do(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def database(database_url: str) -> Database:
    """A connected, migrated database."""
    connected = connect(database_url)
    asyncio.run(migrate())
    return connected


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Keys that were just made."""
    create_keys(tmp_path / "keys")
    return load_keys(tmp_path / "keys")


@dataclass
class Registry:
    """A running registry with one vendor, and a way to act inside its event loop."""

    client: TestClient[Litestar]
    database: Database
    keys: Keys
    token: str

    def call(self, work: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        with self.client.portal() as portal:
            return portal.call(partial(work, *args, **named))

    def send(self, manifest: Any, *, token: str | None = None, submit: bool = True) -> Any:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        body = {"manifest": manifest, "submit": submit}
        return self.client.post("/api/v1/publish", json=body, headers=headers)


def _serve(settings: Settings, database: Database, keys: Keys) -> Iterator[Registry]:
    token = asyncio.run(add_vendor(database, "fjordvang", "Fjordvang", "post@fjordvang.example"))
    with TestClient(create_app(settings, database, keys)) as client:
        yield Registry(client, database, keys, token)


@pytest.fixture
def demo(database: Database, keys: Keys) -> Iterator[Registry]:
    """A registry in demo mode."""
    yield from _serve(Settings(mode="demo", base_url="http://registry.test"), database, keys)


@pytest.fixture
def production(database: Database, keys: Keys) -> Iterator[Registry]:
    """A registry where somebody has to approve."""
    yield from _serve(Settings(mode="production", base_url="https://r.test"), database, keys)


@pytest.fixture
def widget() -> Build:
    """Build a valid manifest as plain data, with changes."""

    def build(**changes: Any) -> dict[str, Any]:
        return {
            "kind": "widget",
            "id": "fjordvang/ugeplan",
            "version": "1.0.0",
            "licence": "MIT",
            "sdk": ">=0.1,<2",
            "title": {"da": "Ugeplan på tværs", "en": "Weekly plan"},
            "description": {"da": "Ugens plan.", "en": "The week's plan."},
            "supplier": {
                "name": "Fjordvang Læring",
                "security_contact": "mailto:sikkerhed@fjordvang.example",
                "data_contact": "mailto:data@fjordvang.example",
            },
            "entry": "https://ugeplan.fjordvang.example/widget",
            "roles": ["guardian"],
            "placements": ["overview"],
            "languages": ["da", "en"],
            "scopes": [
                {"name": "children.ids", "purpose": {"da": "Finder den.", "en": "Finds it."}}
            ],
            **changes,
        }

    return build
