"""What tests of the storage room share."""

from pathlib import Path

import pytest

from aula_platform.storage import Owner
from tests.storage.fence import write_owner


@pytest.fixture
def fence(tmp_path: Path) -> Owner:
    """An owner with a table that has a municipality."""
    return write_owner(tmp_path)
