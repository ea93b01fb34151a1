"""The fictional municipality on disk, made once for all tests."""

from pathlib import Path

import pytest

from aula_plugins.demo.generator import Recipe, generate

RECIPE = Recipe(seed=2026, school_year=2026)


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of both municipalities."""
    folder = tmp_path_factory.mktemp("demo")
    assert generate(folder, RECIPE)
    return folder
