"""Which fields of the API's answers there are, and who has been told something in which."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.incidents.walking import Seen

MATRIX = Path(__file__).with_name("fields.toml")
KINDS: Mapping[str, str] = {
    "teacher": "employee", "pedagogue": "employee", "stranger_teacher": "administrator",
    "leader": "administrator", "admin": "administrator", "external": "external",
    "pupil": "pupil", "other_pupil": "pupil", "protected_pupil": "pupil",
    "stranger_pupil": "pupil",
}  # fmt: skip
"""What somebody of the cast counts as; everybody else is a guardian."""
ALL = ("guardian", "pupil", "employee", "administrator", "external")


def kind_of(who: str) -> str:
    """Return as what somebody of the cast reads."""
    return KINDS.get(who, "guardian")


def read_matrix() -> dict[str, frozenset[str]]:
    """Return who may be told something in each field: ``Struct.field`` to kinds of people."""
    return {
        f"{struct}.{field}": frozenset(ALL) if kinds == "everybody" else frozenset(kinds.split())
        for struct, fields in tomllib.loads(MATRIX.read_text(encoding="utf-8")).items()
        for field, kinds in fields.items()
    }


def answers_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the route, the method and the schema of each good answer of the API."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, answer in operation.get("responses", {}).items():
                content = answer.get("content", {}).get("application/json")
                if status.startswith("2") and content and path.startswith("/api/v1/"):
                    yield path, method, content["schema"]


def fields_of(document: Mapping[str, Any]) -> set[str]:
    """Return every field of every Struct that some good answer holds."""
    found: set[str] = set()
    for _path, _method, schema in answers_of(document):
        _collect(document, schema, found)
    return found


def _resolve(document: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return name, document["components"]["schemas"][name] if name else schema


def _parts(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]


def _collect(document: Mapping[str, Any], schema: Mapping[str, Any], found: set[str]) -> None:
    name, whole = _resolve(document, schema)
    for field, part in whole.get("properties", {}).items():
        key = f"{name}.{field}"
        if key not in found:
            found.add(key)
            _collect(document, part, found)
    for part in (*_parts(whole), *(whole.get(key) for key in ("items", "additionalProperties"))):
        if isinstance(part, Mapping):
            _collect(document, part, found)


def told_in(
    document: Mapping[str, Any], seen: Sequence[Seen]
) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return, by field, which kinds of people were told something in it, and by whom and where."""
    schemas = {path: schema for path, method, schema in answers_of(document) if method == "get"}
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in seen:
        schema = schemas.get(one.route.replace(":str}", "}"))
        if schema and one.answer.status_code == 200:
            for key in _told(document, schema, one.answer.json()):
                found[key][kind_of(one.who)].add(str(one))
    return {
        key: {kind: frozenset(where) for kind, where in kinds.items()}
        for key, kinds in found.items()
    }


def _told(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Yield the fields in which an answer says something: not nothing, no, or an empty list."""
    name, whole = _resolve(document, schema)
    if isinstance(value, list):
        for each in value:
            yield from _told(document, whole.get("items", {}), each)
    elif isinstance(value, dict) and "properties" in whole:
        for field, each in value.items():
            if each not in (None, "", False, 0, [], {}):
                yield f"{name}.{field}"
                yield from _told(document, whole["properties"][field], each)
    for part in _parts(whole):
        yield from _told(document, part, value)
