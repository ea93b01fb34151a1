"""Uploaded files: rows that say whose they are, blobs in a folder or in S3."""

from pathlib import Path

from aula_platform.files.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("files", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER"]
