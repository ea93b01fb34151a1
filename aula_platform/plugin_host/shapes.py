"""Whether a value is what its annotation says: dataclasses take anything, so the host looks.

A widget whose order is a word, or a count that is a text, would else fail far away from the plugin
that made it, on everybody's page.
"""

import inspect
import sys
from collections.abc import AsyncIterator, Awaitable, Hashable, Mapping
from collections.abc import Callable as CallableKind
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from aula_sdk import protocols

Hint = Any


@cache
def hints_of(kind: Hashable) -> dict[str, Hint]:
    """Return the annotations of a dataclass by field; one that names something unknown is Any."""
    found = {}
    for each in fields(kind):  # type: ignore[arg-type]  # A dataclass, which is hashable.
        alone = type("Alone", (), {"__annotations__": {each.name: each.type}})
        try:
            names = {**vars(protocols), **vars(sys.modules[str(kind.__module__)])}
            found[each.name] = get_type_hints(alone, names)[each.name]
        except NameError:
            found[each.name] = Any
    return found


def find_misfit(value: object) -> str:
    """Return the first field of a dataclass that is not as annotated, in words; empty if none."""
    kind: Any = type(value)
    for name, hint in hints_of(kind).items():
        given = getattr(value, name)
        if not fits(given, hint):
            inner = find_misfit(given) if is_dataclass(given) else ""
            return f"{name}.{inner}" if inner else f"{name} is {_say(given)}, not {_name(hint)}"
    return ""


def fits(value: object, hint: Hint) -> bool:
    """Whether the value is of the annotated type, as far as can be seen from outside."""
    origin: Any = get_origin(hint)
    inside = get_args(hint)
    if origin in {Union, UnionType}:
        return any(fits(value, each) for each in inside)
    if origin is Literal:
        return value in inside
    if origin is type:
        return isinstance(value, type) and _is_subclass(value, inside[0])
    if origin is CallableKind:
        return callable(value)
    if inspect.isclass(origin):
        return isinstance(value, origin) and _fit_inside(value, inside)
    return _is_instance(value, hint)


def _is_instance(value: object, hint: Hint) -> bool:
    if hint is None or hint is NoneType:
        return value is None
    if hint is Any or not inspect.isclass(hint) or getattr(hint, "_is_protocol", False):
        return True
    if hint is int and isinstance(value, bool):
        return False
    if is_dataclass(hint) and isinstance(value, hint):
        return not find_misfit(value)
    return isinstance(value, hint)


def _is_subclass(value: type, wanted: Hint) -> bool:
    return not inspect.isclass(wanted) or issubclass(value, wanted)


def _fit_inside(value: object, inside: tuple[Hint, ...]) -> bool:
    match value, inside:
        case tuple(), (each, last) if last is Ellipsis:
            return all(fits(item, each) for item in value)
        case tuple(), _:
            return len(value) == len(inside) and all(map(fits, value, inside))
        case Mapping(), (key_hint, item_hint):
            return all(fits(key, key_hint) and fits(item, item_hint) for key, item in value.items())
    return True


def awaited_hint(hint: Hint) -> tuple[type, Hint] | None:
    """Return what a callable's annotation promises to await: (Awaitable or AsyncIterator, result).

    None for a hint that is no callable, or one that gives its result at once.
    """
    if get_origin(hint) in {Union, UnionType}:
        return next((found for each in get_args(hint) if (found := awaited_hint(each))), None)
    origin: Any = get_origin(hint)
    if origin is not CallableKind:
        return None
    given = get_args(hint)[1]
    for kind in (Awaitable, AsyncIterator):
        if inspect.isclass(get_origin(given)) and issubclass(get_origin(given), kind):
            return kind, get_args(given)[0]
    return None


def _say(value: object) -> str:
    return type(value).__name__


def _name(hint: Hint) -> str:
    return getattr(hint, "__name__", "") if inspect.isclass(hint) else str(hint)
