"""Plugins' migrations: one that fails leaves its plugin out, and stops nobody else (R26)."""

from collections.abc import Sequence

import structlog

from aula_platform.events.failures import describe
from aula_platform.plugin_host.host import Host
from aula_platform.plugin_host.records import record_failure
from aula_platform.plugin_host.running import Place
from aula_platform.storage import Owner, Storage
from aula_platform.storage.migrate import migrate, pending

MIGRATION = "migration"
_REMEDY = "run `aula migrate`; if it fails, install another version of it, or uninstall it"
_log = structlog.get_logger("aula.plugins")


async def migrate_plugins(storage: Storage, host: Host) -> list[str]:
    """Bring each plugin's tables up to date, and return the names of those that moved.

    One that fails is as it was; it is taken out by name, and recorded for operators.
    """
    moved = []
    for owner in host.owners():
        try:
            moved += await migrate(storage, [owner])
        except Exception as error:  # noqa: BLE001  # Whatever it is, it is the plugin's.
            # What a migration stumbles over can be people's data: type and place must do.
            told = describe(error)
            _log.error("migration_failed", plugin=owner.name, error=told, remedy=_REMEDY)
            await record_failure(storage, Place(owner.name, MIGRATION), told)
            host.refuse(owner.name, f"its migration failed ({told})", _REMEDY)
    return moved


async def leave_out_behind(storage: Storage, host: Host) -> None:
    """Take out every plugin whose tables are behind: its code would meet tables it does not know.

    Its data stays, and it comes back when `aula migrate` has succeeded.
    """
    for name in await find_behind(storage, host.owners()):
        host.refuse(name, "its tables are behind", _REMEDY)
        _log.error("plugin_left_out", plugin=name, problem="its tables are behind", remedy=_REMEDY)


async def find_behind(storage: Storage, owners: Sequence[Owner]) -> list[str]:
    """Return the plugins whose tables are behind, or whose revisions cannot even be read."""
    found = []
    for owner in owners:
        try:
            found += await pending(storage, [owner])
        except Exception as error:  # noqa: BLE001  # Revisions are the plugin's code.
            _log.warning("migrations_unreadable", plugin=owner.name, error=describe(error))
            found.append(owner.name)
    return found
