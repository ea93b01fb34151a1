"""Who did what: rows that are written with the deed and can never be changed (rule 18)."""

from pathlib import Path

from aula_platform.audit.reading import AuditEntry, entries_about
from aula_platform.audit.tables import metadata
from aula_platform.audit.writing import NotOpaque, record
from aula_platform.storage import Owner

OWNER = Owner("audit", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER", "AuditEntry", "NotOpaque", "entries_about", "record"]
