"""An empty, migrated database for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aula_platform import web
from aula_platform.stamdata import OWNER
from aula_platform.storage import Storage
from aula_sdk.i18n import add_catalogues
from tests.databases import KINDS, open_database
from tests.stamdata.deliveries import Importer, make_municipalities

add_catalogues("aula", Path(web.__file__).parent / "locale")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=KINDS)
async def storage(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Storage]:
    async with open_database(request.param, tmp_path, [OWNER]) as opened:
        yield opened


@pytest.fixture
async def importer(storage: Storage) -> Importer:
    await make_municipalities(storage)
    return Importer(storage)
