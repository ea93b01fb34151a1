"""Samples of the log: drawn for each period, judged by somebody, signed off (GDPR-3)."""

from pathlib import Path

from aula_platform.sampling.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("sampling", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER"]
