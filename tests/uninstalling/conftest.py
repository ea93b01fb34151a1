"""A database with the cast, in which plugins come and go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.broken_plugins.factory import Shelf


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
