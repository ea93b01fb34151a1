"""Installed is not enabled: which plugin is on in which municipality, and who decided so."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from aula_platform.plugin_host.host import Host
from aula_platform.settings import Settings
from aula_sdk.contributions import SettingsSchema


@dataclass(frozen=True, slots=True)
class PluginState:
    """One plugin in one municipality."""

    plugin: str
    municipality: str
    """The municipality's key in the configuration."""
    active: bool
    reason: str
    settings: msgspec.Struct | None = None


class Activation:
    """The state of every plugin in every municipality, read from the configuration."""

    def __init__(self, host: Host, settings: Settings, ids: Mapping[str, UUID]) -> None:
        """``ids`` are the municipalities' ids by their key in the configuration."""
        self._keys = {identifier: key for key, identifier in ids.items()}
        self._states = {
            (plugin, key): _state(host, settings, plugin, key)
            for key in settings.municipalities
            for plugin in _named(host, settings, key)
        }

    def states(self) -> list[PluginState]:
        """Return all states, by municipality and plugin."""
        return sorted(self._states.values(), key=lambda state: (state.municipality, state.plugin))

    def state(self, plugin: str, municipality_id: UUID) -> PluginState | None:
        """Return the state of a plugin in a municipality; None when neither is known."""
        return self._states.get((plugin, self._keys.get(municipality_id, "")))

    def is_active(self, plugin: str, municipality_id: UUID) -> bool:
        """Whether the plugin is switched on there."""
        state = self.state(plugin, municipality_id)
        return state is not None and state.active

    def settings_for(self, plugin: str, municipality_id: UUID) -> msgspec.Struct:
        """Return the plugin's settings there; raise LookupError when it has none or is off."""
        state = self.state(plugin, municipality_id)
        if state is None or state.settings is None:
            message = f"{plugin} has no settings in municipality {municipality_id}"
            raise LookupError(message)
        return state.settings

    def active_municipalities(self, plugin: str) -> list[UUID]:
        """Return the municipalities in which the plugin is switched on."""
        return [identifier for identifier in self._keys if self.is_active(plugin, identifier)]


def _named(host: Host, settings: Settings, key: str) -> set[str]:
    return {*host.accepted, *settings.municipalities[key].plugins}


def _state(host: Host, settings: Settings, plugin: str, key: str) -> PluginState:
    choice = settings.municipalities[key].plugins.get(plugin)
    where = f"[municipalities.{key}.plugins.{plugin}]"
    if choice is None:
        return PluginState(plugin, key, False, f"not named in the configuration; add {where}")
    if plugin not in host.accepted:
        return PluginState(plugin, key, False, _why_missing(host, plugin))
    if choice.state == "off":
        return PluginState(plugin, key, False, f'{where} says state = "off"')
    active, reason, read = _read_settings(host, plugin, choice.settings, where)
    return PluginState(plugin, key, active, reason, read)


def _read_settings(
    host: Host, plugin: str, given: dict[str, Any], where: str
) -> tuple[bool, str, msgspec.Struct | None]:
    """Return whether the plugin can be on with these settings, why, and the settings."""
    schema = next((item for name, item in host.each(SettingsSchema) if name == plugin), None)
    if schema is None:
        if given:
            return False, f"{where} has settings, the plugin takes none", None
        return True, f"switched on by {where}", None
    try:
        read: msgspec.Struct = msgspec.convert(given, schema.struct, strict=True)
    except msgspec.ValidationError as error:
        return False, f"{where}.settings cannot be used: {error}", None
    return True, f"switched on by {where}", read


def _why_missing(host: Host, plugin: str) -> str:
    for refusal in host.refusals:
        if refusal.plugin == plugin:
            return f"not accepted: {refusal.problem}"
    nearest = difflib.get_close_matches(plugin, host.accepted, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"no such plugin is installed{hint}"
