"""What the API takes, as it is enforced: the Structs behind the handlers' bodies."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Litestar

TEMPLATE = "#/components/schemas/{name}"


def structs_of(app: Litestar) -> dict[type[msgspec.Struct], str]:
    """Return each Struct that a handler of the API takes as its body, with an address of it."""
    found: dict[type[msgspec.Struct], str] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()) if "/api/" in route.path else ():
            body = handler.parsed_fn_signature.parameters.get("data")
            for struct in _structs(body.annotation) if body else ():
                # As the description writes it.
                found[struct] = re.sub(r":\w+}", "}", route.path)
    return found


def _structs(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
        for field in msgspec.structs.fields(annotation):
            yield from _structs(field.type)
    for part in typing.get_args(annotation):
        yield from _structs(part)


def describe(app: Litestar) -> dict[str, Any]:
    """Return the API's description in which bodies are described by what enforces them.

    Litestar leaves out what is asked of the parts of a list, such as the pattern of ids; with it
    requests get further than the door.
    """
    document: dict[str, Any] = app.openapi_schema.to_schema()
    _schemas, parts = msgspec.json.schema_components(structs_of(app), ref_template=TEMPLATE)
    known = document["components"]["schemas"]
    known |= {name: part for name, part in parts.items() if name in known}
    return document


def parts_of(struct: type[msgspec.Struct]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every part of what a Struct takes, with the way to it."""
    (first,), parts = msgspec.json.schema_components([struct], ref_template=TEMPLATE)
    yield from _walk(parts, first, struct.__name__)


def _walk(
    parts: dict[str, Any], schema: dict[str, Any], way: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    yield way, schema
    for name, part in schema.get("properties", {}).items():
        yield from _walk(parts, part, f"{way}.{name}")
    for part in schema.get("anyOf", ()):
        yield from _walk(parts, part, way)
    if "items" in schema:
        yield from _walk(parts, schema["items"], f"{way}[]")
