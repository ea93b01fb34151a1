"""One town for each database, walked through once; each test looks at what was answered."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence

import pytest

from aula_platform.testing import kernel
from aula_sdk.testing.databases import Databases
from tests.incidents.town import Town, open_town
from workspace.places import find_plugins


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    return tuple(name for name in find_plugins() if name != "demo")


@pytest.fixture(scope="session")
def town(
    databases: Databases,
    database_kind: str,
    plugins: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """The town, on both databases in the long run; rights in SQL are compared elsewhere too."""
    if database_kind != "sqlite" and os.environ.get("AULA_LONG") != "1":
        pytest.skip("the walk is long: on PostgreSQL in `make test-long` alone")

    def prepare(url: str) -> None:
        asyncio.run(kernel.prepare(url, plugins, tmp_path_factory.mktemp("prepared")))

    url = databases.copy_of("_".join(["cast", *sorted(plugins)]), prepare)
    with open_town(url, plugins, tmp_path_factory.mktemp("town")) as opened:
        yield opened
    databases.drop(url)
