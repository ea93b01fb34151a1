"""What the plugin host keeps about a plugin: choices, faults, workers that it took along."""

from aula_platform.plugin_host.tables import fault, restart, set_up, switched
from aula_platform.storage.traces import Trace


def traces_of(plugin: str) -> list[Trace]:
    """Return all of it."""
    return [
        Trace(switched, switched.c.plugin == plugin),
        Trace(set_up, set_up.c.plugin == plugin),
        *hindrances_of(plugin),
    ]


def hindrances_of(plugin: str) -> list[Trace]:
    """Return what would be told of it for ever once it is uninstalled."""
    return [
        Trace(fault, fault.c.plugin == plugin),
        Trace(restart, restart.c.plugin == plugin),
    ]
