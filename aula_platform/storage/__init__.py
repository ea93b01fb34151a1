"""Engines, units of work and migrations: the only room that touches a database engine.

Everybody else gets a `ReadUnit` or a `WriteUnit`. Nobody else commits. Whoever opens one says how
far it reaches: `around` some municipalities, or by name `EVERYWHERE`, `NOWHERE`, `GLOBAL`.
"""

from pathlib import Path

from aula_platform.storage.database import Storage
from aula_platform.storage.migrate import Owner
from aula_platform.storage.notes import AuditNote, Topic, Who
from aula_platform.storage.tables import metadata
from aula_platform.storage.units import Read, Snapshot
from aula_platform.storage.wall import EVERYWHERE, GLOBAL, NOWHERE, Wall, around
from aula_platform.storage.writes import Write

OWNER = Owner("storage", metadata, Path(__file__).parent / "migrations")

__all__ = [
    "EVERYWHERE",
    "GLOBAL",
    "NOWHERE",
    "OWNER",
    "AuditNote",
    "Owner",
    "Read",
    "Snapshot",
    "Storage",
    "Topic",
    "Wall",
    "Who",
    "Write",
    "around",
]
