"""The plugins that take part, what they contribute, and those that do not, with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import structlog

from aula_platform.plugin_host.acceptance import UPDATE, Refused, check_names, load
from aula_platform.plugin_host.alarm import RanTooLong, limited_to
from aula_platform.plugin_host.claims import check_contribution, check_events, check_names_once
from aula_platform.plugin_host.discovery import Installed, installed_plugins
from aula_platform.plugin_host.faults import Faults
from aula_platform.plugin_host.guard import Guard
from aula_platform.plugin_host.manager import (
    HookCaller,
    WrongContribution,
    failure_policy,
    hook_names,
)
from aula_platform.settings import Settings
from aula_platform.storage import Owner
from aula_sdk.contributions import Migrations
from aula_sdk.i18n import add_catalogues
from aula_sdk.plugin import Plugin

START_SECONDS = 20.0
"""How long one plugin may take to be imported and asked for what it contributes."""
T = TypeVar("T")
_log = structlog.get_logger("aula.plugins")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of a plugin that is not used: the whole plugin, or what one hook gives."""

    plugin: str
    distribution: str
    problem: str
    hook: str = ""
    remedy: str = UPDATE
    """What the operator can do about it."""


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
    """All plugins of the process. Made once by `start_host`; later ones only leave (`refuse`)."""

    def __init__(self) -> None:
        self.accepted: dict[str, Accepted] = {}
        self.refusals: list[Refusal] = []
        self.faults = Faults()
        self.guard = Guard(self.faults)
        self._caller = HookCaller()

    def configure(self, settings: Settings) -> None:
        """Take the operator's budgets, and how soon something is left alone."""
        self.faults.settings = settings.quarantine
        self.guard.budgets = settings.budgets

    def each(self, kind: type[T]) -> Iterable[tuple[str, T]]:
        """Yield every contribution of one type with the name of the plugin that made it."""
        for name, accepted in self.accepted.items():
            for contribution in accepted.contributions:
                if isinstance(contribution, kind):
                    yield name, contribution

    def owners(self) -> list[Owner]:
        """Return the plugins that have tables, as owners of migrations."""
        return [Owner(name, item.metadata, item.folder) for name, item in self.each(Migrations)]

    def quarantined(self, plugin: str) -> str | None:
        """Return which part of the plugin is left alone, why and since when; None if none is."""
        return self.faults.quarantined(plugin)

    def refuse(self, name: str, problem: str, remedy: str = UPDATE) -> None:
        """Take a plugin out again, naming why: it broke a rule that only later could be seen."""
        accepted = self.accepted.pop(name)
        self._caller.unregister(name)
        self.refusals.append(Refusal(name, accepted.installed.distribution, problem, remedy=remedy))

    def leave_out(self, name: str, contribution: object, problem: str) -> None:
        """Use one contribution of a plugin no more, naming why; the plugin's others stay."""
        accepted = self.accepted[name]
        accepted.contributions.remove(contribution)
        kind = type(contribution).__name__
        self.refusals.append(Refusal(name, accepted.installed.distribution, problem, kind))

    def add(self, installed: Installed) -> None:
        """Load one plugin and ask all its hooks; on failure follow each hook's policy.

        Whatever the plugin does, this returns, and says in `refusals` what is not used.
        """
        try:
            with limited_to(START_SECONDS):
                plugin, module = load(installed)
                self._accept(Accepted(plugin, installed), module)
        except RanTooLong:
            self._forget(installed, f"took longer than {START_SECONDS:g} s to start", UPDATE)
        except Refused as error:
            self._forget(installed, str(error), error.remedy)
        except Exception as error:  # noqa: BLE001  # Whatever it is, it is the plugin's.
            self._forget(installed, f"cannot be started ({type(error).__name__}: {error})", UPDATE)

    def log_refusals(self) -> None:
        """Write what is not used, and what to do about it, into the log."""
        for refusal in self.refusals:
            _log.error(
                "plugin_refused",
                plugin=refusal.plugin,
                distribution=refusal.distribution,
                hook=refusal.hook,
                problem=refusal.problem,
                remedy=refusal.remedy,
            )

    def _accept(self, accepted: Accepted, module: ModuleType) -> None:
        plugin = accepted.plugin
        try:
            self._caller.register(plugin.name, module)
            check_events(plugin)
        except WrongContribution as error:
            raise Refused(str(error)) from error
        self.accepted[plugin.name] = accepted
        locale = accepted.folder("locale")
        if locale:
            add_catalogues(plugin.name, locale)
        for hook in hook_names():
            try:
                accepted.contributions.extend(self._ask(plugin, hook))
            except WrongContribution as error:
                if failure_policy(hook) == "stop":
                    raise Refused(str(error)) from error
                distribution = accepted.installed.distribution
                self.refusals.append(Refusal(plugin.name, distribution, str(error), hook))

    def _ask(self, plugin: Plugin, hook: str) -> list[object]:
        """Return what the plugin yields from the hook, checked and guarded."""
        given = self._caller.ask(plugin.name, hook)
        try:
            for item in given:
                check_contribution(plugin, item)
            check_names_once(given)
        except WrongContribution as error:
            raise WrongContribution(f"{hook} yields something wrong: {error}") from error
        except Exception as error:
            raise WrongContribution(f"{hook} failed ({type(error).__name__}: {error})") from error
        return [self.guard.exchange(plugin.name, item) for item in given]

    def _forget(self, installed: Installed, problem: str, remedy: str) -> None:
        if self.accepted.pop(installed.name, None) is not None:
            self._caller.unregister(installed.name)
        self.refusals.append(
            Refusal(installed.name, installed.distribution, problem, remedy=remedy)
        )


def start_host(installed: Sequence[Installed] | None = None) -> Host:
    """Accept what is installed (or what is given); never raises because of a plugin."""
    host = Host()
    found = installed_plugins() if installed is None else list(installed)
    wrong = check_names(found)
    for plugin in found:
        if plugin.name in wrong:
            problem, remedy = wrong[plugin.name]
            host.refusals.append(Refusal(plugin.name, plugin.distribution, problem, remedy=remedy))
        else:
            host.add(plugin)
    return host
