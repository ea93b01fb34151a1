"""``settings.md``: every key of ``aula.toml``, the kernel's and the plugins'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import msgspec

from aula_platform.settings import Settings
from aula_sdk.contributions import SettingsSchema
from aula_sdk.i18n import Text
from workspace.references.docstrings import read_fields
from workspace.references.site import Site
from workspace.references.tables import code, make_page, make_table

_INTRO = (
    "What stands in `aula.toml`. Every key that is not said has the default; an unknown key is an "
    "error that names the line. What a plugin's key is called in Danish is what administrators "
    "read. Keys that an institution may choose for itself, where the file leaves the plugin to it, "
    "are marked so ([more](../choices.md))."
)


def make_settings(site: Site) -> str:
    """Return the page."""
    parts: list[str] = []
    for path, struct in _sections("", Settings):
        parts += [f"## `[{path}]`", struct.__doc__ or "", _table(struct)]
    for plugin, schema in site.host.each(SettingsSchema):
        section = f"## `[municipalities.<key>.plugins.{plugin}.settings]`"
        parts += [section, _table(schema.struct, schema)]
    return make_page("Settings", _INTRO, *parts)


def _sections(path: str, struct: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    """Yield each section of the file: Structs, and dictionaries of them by key."""
    for field in msgspec.structs.fields(struct):
        name = f"{path}.{field.encode_name}" if path else field.encode_name
        inner = _struct_of(field.type)
        if inner is not None:
            section = name if inner is field.type else f"{name}.<key>"
            yield section, inner
            yield from _sections(section, inner)


def _struct_of(kind: Any) -> Any:
    found = [part for part in (kind, *get_args(kind)) if isinstance(part, type)]
    return next((part for part in found if issubclass(part, msgspec.Struct)), None)


def _table(struct: type[msgspec.Struct], schema: SettingsSchema | None = None) -> str:
    told = read_fields(struct)
    rows = []
    for field in msgspec.structs.fields(struct):
        if schema is None and _struct_of(field.type) is not None:
            continue
        name = field.encode_name
        title = str(schema.titles.get(name, "")) if schema else ""
        mark = "institutions may choose" if schema and name in schema.per_institution else ""
        rows.append(
            (
                code(name),
                title,
                _kind(struct, name, schema),
                _default(field),
                told.get(name, ""),
                mark,
            )
        )
    if schema is None:
        return make_table(
            ("key", "kind", "default", "meaning"), [(row[0], *row[2:5]) for row in rows]
        )
    heads = ("key", "Danish title", "kind", "default", "meaning", "")
    return make_table(heads, rows)


def _kind(struct: type[msgspec.Struct], name: str, schema: SettingsSchema | None) -> str:
    """Return what may stand there, as JSON schema has it, and how administrators read it."""
    parts = msgspec.json.schema(struct)["$defs"]
    titles = schema.value_titles.get(name, {}) if schema else {}
    return _say(parts[struct.__name__]["properties"][name], parts, titles)


def _say(part: dict[str, Any], parts: dict[str, Any], titles: Mapping[str, Text]) -> str:
    if "$ref" in part:
        part = parts[part["$ref"].rpartition("/")[2]]
    if "enum" in part:
        return "one of " + ", ".join(_value(each, titles) for each in part["enum"])
    if "anyOf" in part:
        return " or ".join(_say(each, parts, titles) for each in part["anyOf"])
    kind = str(part.get("type", "anything"))
    if part.get("items"):
        return f"list of {_say(part['items'], parts, titles)}"
    if titles:
        return f"{kind} of {_say(part['additionalProperties'], parts, titles)}"
    limits = [f"{part[key]}" for key in ("minimum", "maximum") if key in part]
    return (
        f"{kind} ({'–'.join(limits) if len(limits) > 1 else 'from ' + limits[0]})"
        if limits
        else kind
    )


def _value(value: str, titles: Mapping[str, Text]) -> str:
    return code(f'"{value}"') + (f" ({titles[value]})" if value in titles else "")


def _default(field: Any) -> str:
    if field.required:
        return "none; must be said"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    shown = msgspec.json.encode(value).decode()
    # What everybody may have is said shorter than by naming all.
    return code(re.sub(r'","', '", "', shown))
