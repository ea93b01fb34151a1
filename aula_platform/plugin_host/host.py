"""The plugins that take part, what they contribute, and those that do not, with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TypeVar

from aula_platform.plugin_host.acceptance import Refused, check_names, load
from aula_platform.plugin_host.discovery import Installed, installed_plugins
from aula_platform.plugin_host.manager import (
    HookCaller,
    WrongContribution,
    failure_policy,
    hook_names,
)
from aula_platform.storage import Owner
from aula_sdk.contributions import Migrations
from aula_sdk.i18n import add_catalogues
from aula_sdk.plugin import Plugin

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of a plugin that is not used: the whole plugin, or what one hook gives."""

    plugin: str
    distribution: str
    problem: str
    hook: str = ""


@dataclass(slots=True)
class Accepted:
    """A plugin that takes part."""

    plugin: Plugin
    installed: Installed
    contributions: list[object] = field(default_factory=list)

    def folder(self, name: str) -> Path | None:
        """Return a folder of the plugin's package (templates, static, locale), if it has it."""
        found = Path(str(resources.files(self.plugin.package))) / name
        return found if found.is_dir() else None


class Host:
    """All plugins of the process. Made once by `start_host`; does not change afterwards."""

    def __init__(self) -> None:
        self.accepted: dict[str, Accepted] = {}
        self.refusals: list[Refusal] = []
        self._caller = HookCaller()

    def each(self, kind: type[T]) -> Iterable[tuple[str, T]]:
        """Yield every contribution of one type with the name of the plugin that made it."""
        for name, accepted in self.accepted.items():
            for contribution in accepted.contributions:
                if isinstance(contribution, kind):
                    yield name, contribution

    def owners(self) -> list[Owner]:
        """Return the plugins that have tables, as owners of migrations."""
        return [Owner(name, item.metadata, item.folder) for name, item in self.each(Migrations)]

    def refuse(self, name: str, problem: str) -> None:
        """Take a plugin out again, naming why: it broke a rule that only later could be seen."""
        accepted = self.accepted.pop(name)
        self._caller.unregister(name)
        self.refusals.append(Refusal(name, accepted.installed.distribution, problem))

    def add(self, installed: Installed) -> None:
        """Load one plugin and ask all its hooks; on failure follow each hook's policy."""
        try:
            plugin, module = load(installed)
            self._caller.register(plugin.name, module)
        except (Refused, WrongContribution) as error:
            self.refusals.append(Refusal(installed.name, installed.distribution, str(error)))
            return
        accepted = Accepted(plugin, installed)
        self.accepted[plugin.name] = accepted
        locale = accepted.folder("locale")
        if locale:
            add_catalogues(plugin.name, locale)
        for hook in hook_names():
            try:
                accepted.contributions.extend(self._caller.ask(plugin.name, hook))
            except WrongContribution as error:
                if failure_policy(hook) == "stop":
                    self.refuse(plugin.name, str(error))
                    return
                self.refusals.append(Refusal(plugin.name, installed.distribution, str(error), hook))


def start_host(installed: Sequence[Installed] | None = None) -> Host:
    """Accept what is installed (or what is given); never raises because of a plugin."""
    host = Host()
    found = installed_plugins() if installed is None else list(installed)
    wrong = check_names(found)
    for plugin in found:
        if plugin.name in wrong:
            problem = wrong[plugin.name]
            host.refusals.append(Refusal(plugin.name, plugin.distribution, problem))
        else:
            host.add(plugin)
    return host
