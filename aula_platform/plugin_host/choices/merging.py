"""What a plugin is set to at a place: configuration, municipality, institution, the plugin itself.

A value that is given at a level is fixed for those below it. A value that was chosen once and does
not fit any more (another version of the plugin has other settings) is left out by itself and told,
so that the municipality's other choices go on holding.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from aula_platform.plugin_host.choices.stored import Chosen
from aula_sdk.contributions import SettingsSchema
from aula_sdk.operations import DecidedBy


class Level(NamedTuple):
    """Whose values these are."""

    by: DecidedBy
    values: Mapping[str, Chosen]


class Merged(NamedTuple):
    """The settings that hold, who has decided each, and what was chosen and cannot be used."""

    settings: msgspec.Struct
    decided: Mapping[str, tuple[DecidedBy, Chosen | None]]
    """By name; what is in none of the levels is the plugin's default."""
    ignored: tuple[str, ...]


def merge(schema: SettingsSchema, fixed: Mapping[str, Any], levels: tuple[Level, ...]) -> Merged:
    """Return what holds under the configuration's values; ``levels`` go from the top.

    ``fixed`` must have been found to fit. Raises nothing for what was chosen.
    """
    chosen: dict[str, tuple[DecidedBy, Chosen]] = {}
    for level in levels:
        for name, value in level.values.items():
            if name not in fixed:
                chosen.setdefault(name, (level.by, value))
    values = {name: value.what for name, (_by, value) in chosen.items()}
    known = {field.encode_name for field in msgspec.structs.fields(schema.struct)}
    kept: dict[str, Any] = dict(fixed)
    ignored = []
    if known.issuperset(values) and _fits(schema, {**fixed, **values}):
        kept |= values
    else:
        for name, value in values.items():
            if name in known and _fits(schema, {**kept, name: value}):
                kept[name] = value
            else:
                ignored.append(name)
    decided: dict[str, tuple[DecidedBy, Chosen | None]] = dict.fromkeys(
        fixed, (DecidedBy.CONFIGURATION, None)
    )
    decided |= {name: said for name, said in chosen.items() if name not in ignored}
    return Merged(msgspec.convert(kept, schema.struct), decided, tuple(ignored))


def _fits(schema: SettingsSchema, values: Mapping[str, Any]) -> bool:
    try:
        msgspec.convert(values, schema.struct)
    except msgspec.ValidationError:
        return False
    return True
