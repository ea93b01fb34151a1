"""What people may do: actions, grants and roles; `may`, `visible` and `explain`."""

from pathlib import Path

from aula_platform.permissions.catalogue import Catalogue, WrongPermission
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("permissions", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER", "Catalogue", "PermissionChecks", "WrongPermission"]
