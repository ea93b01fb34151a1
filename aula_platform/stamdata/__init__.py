"""Stamdata: municipalities, institutions, people, groups and how they belong together."""

from pathlib import Path

from aula_platform.stamdata.delivery import tables as _staging  # noqa: F401  # Same MetaData.
from aula_platform.stamdata.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("stamdata", metadata, Path(__file__).parent / "migrations")
"""The room's tables and where their history lies."""
