"""The files that are attached to a plugin's objects."""

from aula_platform.files.tables import file
from aula_platform.storage.traces import Trace, named_after


def traces_of(plugin: str) -> list[Trace]:
    """Return files by the action that opens them, which is one of the plugin's.

    What was uploaded and not attached is nobody's yet, and goes within a day.
    """
    return [Trace(file, named_after(file.c.action, plugin))]
