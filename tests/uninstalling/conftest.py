"""A database with the cast, in which plugins come and go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from aula_sdk.i18n import use_locale
from tests.broken_plugins.factory import Shelf
from tests.uninstalling.operator import Operator


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """None has been there before."""
    return ()


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
def operator(empty_database: str, shelf: Shelf, tmp_path: Path) -> Iterator[Operator]:
    """Whose database is migrated, and has nobody in it yet."""
    made = Operator(tmp_path, empty_database, shelf)
    assert made.run("migrate").exit_code == 0
    yield made
    # The command has set the language of this very process.
    use_locale("da")
