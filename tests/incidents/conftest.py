"""One town for each database, walked through once; each test looks at what was answered."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from aula_platform.testing import kernel
from aula_sdk.testing.databases import Databases
from tests.incidents.town import Town, open_town
from workspace.places import find_plugins
from workspace.pytest_plugin import ONE_DATABASE

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the walk on PostgreSQL to the long run, where the same tests are asked of both."""
    if os.environ.get("AULA_LONG") == "1":
        return
    walk = [item for item in items if "town" in getattr(item, "fixturenames", ())]
    walk = [item for item in walk if item.path.is_relative_to(HERE)]
    later = [item for item in walk if _is_postgresql(item)]
    for item in walk:
        item.add_marker(ONE_DATABASE)
    config.hook.pytest_deselected(items=later)
    items[:] = [item for item in items if item not in set(later)]


def _is_postgresql(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("database_kind") == "postgresql"


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    return tuple(name for name in find_plugins() if name != "demo")


@pytest.fixture(scope="session")
def town(
    databases: Databases,
    plugins: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """The town, on both databases in the long run; rights in SQL are compared elsewhere too."""

    def prepare(url: str) -> None:
        asyncio.run(kernel.prepare(url, plugins, tmp_path_factory.mktemp("prepared")))

    url = databases.copy_of("_".join(["cast", *sorted(plugins)]), prepare)
    with open_town(url, plugins, tmp_path_factory.mktemp("town")) as opened:
        yield opened
    databases.drop(url)
