"""Events as documents: what may be in one, how it is stored, and its JSON schema (rule 17)."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from aula_sdk.events import Event

_OPAQUE = (
    inspect.UUIDType,
    inspect.EnumType,
    inspect.LiteralType,
    inspect.BoolType,
    inspect.IntType,
    inspect.DateType,
    inspect.DateTimeType,
    inspect.NoneType,
)
_LISTS = (inspect.VarTupleType, inspect.ListType, inspect.FrozenSetType, inspect.SetType)


class WrongEvent(Exception):
    """An event type breaks the rules for events; the message names it and its field."""


@cache
def check_event_type(event: type[Event]) -> None:
    """Pass when the type has a versioned name and carries ids, numbers and enumerations only.

    Raises `WrongEvent` otherwise: text in an event would be personal data in the outbox.
    """
    name = getattr(event, "name", "")
    version = name.rpartition(".v")[2]
    if name.count(".") < 2 or not version.isdigit():  # noqa: PLR2004  # room.fact.vN
        raise WrongEvent(f"{event.__qualname__} needs a name such as messages.message_sent.v1")
    shape = inspect.type_info(event)
    assert isinstance(shape, inspect.StructType)  # noqa: S101  # An Event is a Struct.
    for field in shape.fields:
        if not _is_opaque(field.type):
            raise WrongEvent(
                f"{name}: {field.name} can hold more than ids, numbers and enumerations"
            )


def _is_opaque(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return all(_is_opaque(part) for part in kind.types)
    if isinstance(kind, inspect.TupleType):
        return all(_is_opaque(part) for part in kind.item_types)
    if isinstance(kind, _LISTS):
        return _is_opaque(kind.item_type)
    return isinstance(kind, _OPAQUE)


def encode(event: Event) -> dict[str, Any]:
    """Return the event as a JSON document; raise `WrongEvent` when it may not be stored."""
    check_event_type(type(event))
    document: dict[str, Any] = msgspec.to_builtins(event)
    return document


def decode(payload: Mapping[str, Any], into: type[Event]) -> Event:
    """Return the event that was stored as ``payload``."""
    return msgspec.convert(payload, into)


def event_schemas(events: Iterable[type[Event]]) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each event type by the event's name, for the contract tests."""
    schemas = {}
    for event in events:
        check_event_type(event)
        schemas[event.name] = msgspec.json.schema(event)
    return dict(sorted(schemas.items()))


def known_event_types() -> tuple[type[Event], ...]:
    """Return every event type that has been imported, by name."""
    found: list[type[Event]] = []
    waiting: list[type[Event]] = [Event]
    while waiting:
        for event in waiting.pop().__subclasses__():
            waiting.append(event)
            if hasattr(event, "name"):
                found.append(event)
    return tuple(sorted(found, key=lambda event: event.name))
