"""Which plugins are installed: read from entry points, without importing any of them."""

from dataclasses import dataclass

from importlib_metadata import EntryPoint, entry_points

GROUP = "aula.plugins"


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin that a distribution offers."""

    name: str
    distribution: str
    version: str
    entry_point: EntryPoint


def installed_plugins() -> list[Installed]:
    """Return what is installed, by name, then by distribution."""
    found = []
    for entry in entry_points(group=GROUP):
        distribution = entry.dist
        found.append(
            Installed(
                entry.name,
                distribution.name if distribution else "?",
                distribution.version if distribution else "?",
                entry,
            )
        )
    return sorted(found, key=lambda plugin: (plugin.name, plugin.distribution))
