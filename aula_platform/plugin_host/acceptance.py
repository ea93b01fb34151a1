"""Whether a plugin may take part, judged before any of its contributions are used.

Every refusal names the plugin, its distribution, what is wrong and what to do; the others go on.
"""

import re
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from aula_platform.plugin_host.discovery import Installed
from aula_platform.plugin_host.shapes import find_misfit
from aula_sdk.plugin import SDK_VERSION, Plugin

_ROOMS = (
    "audit aula events files identity permissions plugin_host privacy sampling settings stamdata "
    "storage plugins web widgets"
)
_ADDRESSES = (
    "admin api badges break_glass health home licences live looks offline overview profile role "
    "schema sdk see_as shared_devices shell sign_in sign_out static step_up tablet"
)
RESERVED = frozenset(f"{_ROOMS} {_ADDRESSES}".split())
"""Names of kernel rooms and of the kernel's own addresses (rule 4)."""
_RENAME = "its vendor must rename the entry point; uninstall it until then"
_NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


UPDATE = "install a version that works here, or uninstall it"
"""What helps against most of what is wrong with a plugin."""
IMPORT = "install what it lacks or a version that works here, or uninstall it"


class Refused(Exception):
    """The plugin does not take part; the message says what is wrong, ``remedy`` what to do."""

    def __init__(self, problem: str, remedy: str = UPDATE) -> None:
        super().__init__(problem)
        self.remedy = remedy


def check_names(installed: Sequence[Installed]) -> dict[str, tuple[str, str]]:
    """Return, by plugin name, why that name cannot be used and what to do."""
    wrong: dict[str, tuple[str, str]] = {}
    names = [plugin.name for plugin in installed]
    for plugin in installed:
        name = plugin.name
        if not _NAME.match(name):
            problem = "the name must be lower-case letters, digits and single underscores"
            wrong[name] = (problem, _RENAME)
        elif is_of_the_platform(name):
            wrong[name] = ("the name is reserved for the platform", _RENAME)
        elif names.count(name) > 1:
            others = ", ".join(item.distribution for item in installed if item.name == name)
            wrong[name] = (f"offered by {others}", "uninstall all of them but one")
        for other in names:
            if _begins_like(name, other):
                wrong[name] = (
                    f"its tables could be taken for those of {other!r}",
                    "its vendor must rename it; uninstall one of the two until then",
                )
    return wrong


def is_of_the_platform(name: str) -> bool:
    """Whether the kernel keeps the name for itself, or it begins tables like a room of the kernel.

    Whoever owns tables does by their names' beginning: a plugin ``plugin`` would own
    ``plugin_host_fault``, and the room ``files`` the tables of a plugin ``files_archive``.
    """
    return name in RESERVED or any(
        _begins_like(room, name) or _begins_like(name, room) for room in _ROOMS.split()
    )


def _begins_like(longer: str, shorter: str) -> bool:
    return longer.startswith(f"{shorter}_")


def load(plugin: Installed) -> tuple[Plugin, ModuleType]:
    """Import the plugin and its hooks; raise `Refused` when it cannot be used as it is."""
    try:
        described = plugin.entry_point.load()
    except (Exception, SystemExit) as error:
        raise Refused(f"cannot be imported ({type(error).__name__}: {error})", IMPORT) from error
    if not isinstance(described, Plugin):
        raise Refused(f"{plugin.entry_point.value} is not an aula_sdk.plugin.Plugin")
    misfit = find_misfit(described)
    if misfit:
        raise Refused(f"describes itself wrongly: {misfit}")
    if described.name != plugin.name:
        raise Refused(f"calls itself {described.name!r}; the entry point must have the same name")
    _check_range(described.sdk)
    try:
        return described, import_module(f"{described.package}.hooks")
    except (Exception, SystemExit) as error:
        raise Refused(f"hooks cannot be imported ({type(error).__name__}: {error})", IMPORT) from (
            error
        )


def _check_range(wanted: str) -> None:
    try:
        compatible = SDK_VERSION in SpecifierSet(wanted, prereleases=True)
    except InvalidSpecifier as error:
        raise Refused(f"its SDK range {wanted!r} is not a version range") from error
    if not compatible:
        raise Refused(
            f"works with SDK {wanted}, this is {SDK_VERSION}",
            f"install a version that works with SDK {SDK_VERSION}",
        )
