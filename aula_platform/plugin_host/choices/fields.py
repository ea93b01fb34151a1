"""What can be chosen of a plugin's settings: read off its Struct, said in words for people."""

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import inspect

from aula_sdk.contributions import SettingsSchema
from aula_sdk.errors import FieldError
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.settings_values import values_of_kind

_ = gettext_for("aula")
FieldKind = Literal["switch", "number", "text", "option", "options", "other"]


class Field(NamedTuple):
    """One setting."""

    name: str
    attribute: str
    kind: FieldKind
    options: tuple[str, ...]
    expected: Text


@cache
def fields_of(struct: type[msgspec.Struct]) -> Mapping[str, Field]:
    """Return the settings of a Struct by name, in its order."""
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)  # noqa: S101  # A Struct is described so.
    return {one.encode_name: _describe(one) for one in described.fields}


def read_values(
    schema: SettingsSchema, values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the values that can be taken, as JSON has them, and what is wrong with the others."""
    taken: dict[str, Any] = {}
    errors = []
    known = fields_of(schema.struct)
    for name, value in values.items():
        if name not in known:
            errors.append(FieldError(name, str(_say_unknown(name, known)), "unknown"))
            continue
        try:
            # Forms send text: "400" is as good as 400 where a number is expected.
            read = msgspec.convert({name: value}, schema.struct, strict=False)
        except msgspec.ValidationError:
            errors.append(FieldError(name, str(known[name].expected)))
        else:
            taken[name] = msgspec.to_builtins(getattr(read, known[name].attribute))
    return taken, errors


def values_of(settings: msgspec.Struct) -> dict[str, Any]:
    """Return all settings by name, as JSON has them."""
    return {
        field.encode_name: msgspec.to_builtins(getattr(settings, field.name))
        for field in msgspec.structs.fields(settings)
    }


def _say_unknown(name: str, known: Mapping[str, Field]) -> Text:
    nearest = difflib.get_close_matches(name, known, n=1)
    if nearest:
        return _("There is no such setting; did you mean %(nearest)s?") % {"nearest": nearest[0]}
    return _("There is no such setting")


def _describe(field: inspect.Field) -> Field:
    kind, options = _kind(field.type)
    return Field(field.encode_name, field.name, kind, options, _expect(field.type, options))


def _kind(wanted: inspect.Type) -> tuple[FieldKind, tuple[str, ...]]:
    if isinstance(wanted, inspect.BoolType):
        return "switch", ()
    if isinstance(wanted, inspect.IntType | inspect.FloatType):
        return "number", ()
    if isinstance(wanted, inspect.StrType):
        return "text", ()
    if isinstance(wanted, inspect.LiteralType | inspect.EnumType):
        return "option", values_of_kind(wanted)
    if isinstance(wanted, inspect.CollectionType) and values_of_kind(wanted):
        return "options", values_of_kind(wanted)
    return "other", ()


def _expect(wanted: inspect.Type, options: tuple[str, ...]) -> Text:
    if isinstance(wanted, inspect.IntType | inspect.FloatType):
        return _expect_number(wanted)
    if isinstance(wanted, inspect.BoolType):
        return _("Choose yes or no")
    if options:
        several = isinstance(wanted, inspect.CollectionType)
        said = _("Choose among: %(options)s") if several else _("Choose one of: %(options)s")
        return said % {"options": ", ".join(options)}
    if isinstance(wanted, inspect.StrType):
        if wanted.max_length is not None:
            return _("Write a text of at most %(most)s characters") % {"most": wanted.max_length}
        return _("Write a text of the form that the feature describes")
    return _("Give a value of the form that the feature describes")


def _expect_number(wanted: inspect.IntType | inspect.FloatType) -> Text:
    whole = isinstance(wanted, inspect.IntType)
    bounds = {"least": wanted.ge, "most": wanted.le}
    if wanted.ge is not None and wanted.le is not None:
        between = _("Write a whole number from %(least)s to %(most)s")
        return (between if whole else _("Write a number from %(least)s to %(most)s")) % bounds
    if wanted.ge is not None:
        least = _("Write a whole number, at least %(least)s")
        return (least if whole else _("Write a number, at least %(least)s")) % bounds
    return _("Write a whole number") if whole else _("Write a number")
