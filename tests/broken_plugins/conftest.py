"""A shelf of plugins that look installed, and the site that they break or do not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from aula_platform.plugin_host import Host, start_host
from aula_platform.settings import BudgetSettings
from aula_platform.testing import RunningSite, run_site, settings_for
from tests.broken_plugins.factory import Shelf
from tests.broken_plugins.kinds import ALIVE, IN_PART, REFUSED, find_installed, install_whole

BUDGETS = BudgetSettings(widget=0.4, badge=0.4, route=0.8, subscriber=0.4, job=0.4)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An empty shelf; what is put there can be imported."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    made = Shelf(folder)
    yield made
    made.forget()


@pytest.fixture
def plugins() -> Sequence[str]:
    """The database needs none of their tables."""
    return ()


@pytest.fixture
def host(shelf: Shelf) -> Host:
    """A host with those that are accepted; to be overridden."""
    return start_host(find_installed(install_whole(shelf)))


@pytest.fixture
async def running(database: str, tmp_path: Path, host: Host) -> AsyncIterator[RunningSite]:
    """The site, in which every one of them is switched on."""
    names = [*REFUSED, *IN_PART, *ALIVE, "good"]
    settings = msgspec.structs.replace(settings_for(database, names, tmp_path), budgets=BUDGETS)
    with capture_logs() as logs:
        async with run_site(settings, host) as site:
            site.app.state.test_logs = logs
            yield site
