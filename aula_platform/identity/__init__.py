"""Who people are: log-in through brokers, sessions, assurance and the acting role.

An account is global and holds no rights; what it may do follows from the persons it is linked to
(architecture rule 8). No password and no CPR number is kept here, and of tokens nothing at all.
"""

from pathlib import Path

from aula_platform.identity.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("identity", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER"]
