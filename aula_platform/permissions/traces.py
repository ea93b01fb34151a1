"""The grants of a plugin's actions."""

from aula_platform.permissions.tables import grant
from aula_platform.storage.traces import Trace, named_after


def traces_of(plugin: str) -> list[Trace]:
    """Return who was given, or denied, one of its actions."""
    return [Trace(grant, named_after(grant.c.action, plugin))]
