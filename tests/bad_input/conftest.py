"""The site that is asked wild things: one for each database, filled once."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from aula_platform.testing import kernel
from aula_sdk.testing.databases import Databases
from tests.bad_input.wild_site import WildSite, open_wild_site
from workspace.places import find_plugins


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    return tuple(name for name in find_plugins() if name != "demo")


@pytest.fixture(scope="session")
def wild(
    databases: Databases, plugins: Sequence[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WildSite]:
    """The site; what one test leaves in it the next one finds."""

    def prepare(url: str) -> None:
        asyncio.run(kernel.prepare(url, plugins, tmp_path_factory.mktemp("prepared")))

    url = databases.copy_of("_".join(["cast", *sorted(plugins)]), prepare)
    with open_wild_site(url, plugins, tmp_path_factory.mktemp("wild")) as site:
        yield site
    databases.drop(url)
