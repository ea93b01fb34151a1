"""What the configuration says of each plugin in each municipality, and whether it can be used."""

import difflib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from aula_platform.plugin_host.causes import Cause
from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.host import Host
from aula_platform.settings import Settings
from aula_sdk.contributions import SettingsSchema

_OFF = Word("off")


class Declared(NamedTuple):
    """One plugin in one municipality, as the configuration has it."""

    word: Word
    key: str
    """Where it stands, or would stand, in the configuration."""
    settings: Mapping[str, Any]
    schema: SettingsSchema | None
    obstacle: Cause | None = None
    """Why it is off whatever anybody chooses."""
    problem: str = ""
    """The obstacle in an operator's words."""


def read_declared(host: Host, settings: Settings, municipality: str) -> dict[str, Declared]:
    """Return what is said in one municipality, of what is installed and of what is named there."""
    named = settings.municipalities[municipality].plugins
    return {
        plugin: _declare(host, settings, municipality, plugin)
        for plugin in sorted({*host.accepted, *named})
    }


def _declare(host: Host, settings: Settings, municipality: str, plugin: str) -> Declared:
    choice = settings.municipalities[municipality].plugins.get(plugin)
    key = f"[municipalities.{municipality}.plugins.{plugin}]"
    if choice is None:
        return Declared(_OFF, key, {}, None, Cause.NOT_NAMED, "the configuration does not name it")
    word = Word(choice.state, choice.left_to)
    if plugin not in host.accepted:
        return Declared(word, key, {}, None, Cause.NOT_THERE, _why_missing(host, plugin))
    schema = next((item for name, item in host.each(SettingsSchema) if name == plugin), None)
    problem = _find_problem(schema, choice.settings)
    obstacle = Cause.WRONG_SETTINGS if problem else None
    return Declared(word, key, choice.settings, schema, obstacle, problem)


def _find_problem(schema: SettingsSchema | None, given: dict[str, Any]) -> str:
    if schema is None:
        return "settings are given, the plugin takes none" if given else ""
    try:
        msgspec.convert(given, schema.struct, strict=True)
    except msgspec.ValidationError as error:
        return f"settings cannot be used: {error}"
    return ""


def _why_missing(host: Host, plugin: str) -> str:
    for refusal in host.refusals:
        if refusal.plugin == plugin:
            return f"not accepted: {refusal.problem}"
    nearest = difflib.get_close_matches(plugin, host.accepted, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"no such plugin is installed{hint}"
