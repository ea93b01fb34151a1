"""Which settings are one, or several, of a few values: read off the Struct that declares them."""

import msgspec
from msgspec import inspect


def values_to_choose(struct: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Return the fields of a Struct by name, each with the values that it (or its items) can have.

    Empty where there are not just a few: numbers, texts, switches.
    """
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)  # noqa: S101  # A Struct is described so.
    return {one.encode_name: values_of_kind(one.type) for one in described.fields}


def values_of_kind(wanted: inspect.Type) -> tuple[str, ...]:
    """Return the few values that a field of this kind, or each of its items, can have."""
    if isinstance(wanted, inspect.LiteralType):
        return tuple(str(value) for value in wanted.values)
    if isinstance(wanted, inspect.EnumType):
        return tuple(str(member.value) for member in wanted.cls)
    if isinstance(wanted, inspect.CollectionType):
        return values_of_kind(wanted.item_type)
    if isinstance(wanted, inspect.DictType):
        return values_of_kind(wanted.value_type)
    return ()
