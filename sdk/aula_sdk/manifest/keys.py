"""Unknown and missing keys of a manifest, found by walking the schema beside the data."""

import difflib
from collections.abc import Iterator
from typing import Any

from aula_sdk.manifest.findings import Finding
from aula_sdk.manifest.schema import manifest_schema

Node = dict[str, Any]


def find_key_mistakes(data: object, file: str) -> list[Finding]:
    """Return a finding for each key that is not known and each that is missing."""
    kind = data.get("kind") if isinstance(data, dict) else None
    return list(_walk(_root_for(kind), data, "", file))


def expected_at(path: str, kind: object) -> str:
    """Say what belongs at ``path`` (``supplier.name``, ``scopes[0].purpose``), or nothing."""
    node = _root_for(kind)
    for part in path.replace("]", "").replace("[", ".").split("."):
        node = _resolve(node)
        if part.isdigit() or part == "...":
            node = node.get("items", {})
        elif part:
            node = node.get("properties", {}).get(part, {})
    resolved = _resolve(node)
    return str(node.get("description") or _told(resolved))


def _told(node: Node) -> str:
    if "enum" in node:
        return "one of " + ", ".join(str(choice) for choice in node["enum"])
    if node.get("type") == "array":
        return "a list" + (" that is not empty" if node.get("minItems") else "")
    if node.get("type") == "boolean":
        return "true or false"
    return str(node.get("description", "") or node.get("type", ""))


def _root_for(kind: object) -> Node:
    schema = manifest_schema()
    mapping: dict[object, str] = schema["discriminator"]["mapping"]
    return {"$ref": mapping.get(kind, mapping["widget"])}


def _resolve(node: Node) -> Node:
    while "$ref" in node:
        node = manifest_schema()["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _walk(node: Node, value: object, path: str, file: str) -> Iterator[Finding]:
    node = _resolve(node)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(node.get("items", {}), item, f"{path}[{index}]", file)
    if not isinstance(value, dict) or "properties" not in node:
        return
    known: Node = node["properties"]
    for key in value:
        where = f"{path}.{key}" if path else str(key)
        if key in known:
            yield from _walk(known[key], value[key], where, file)
        else:
            yield _unknown(file, where, str(key), [name for name in known if name not in value])
    for key in node.get("required", ()):
        if key not in value:
            where = f"{path}.{key}" if path else str(key)
            expected = str(known[key].get("description") or _told(_resolve(known[key])))
            yield Finding(file, where, "is missing", expected=expected)


def _unknown(file: str, where: str, key: str, free: list[str]) -> Finding:
    near = difflib.get_close_matches(key, free, n=1, cutoff=0.5)
    expected = "one of " + ", ".join(sorted(free)) if free else "no further key"
    return Finding(file, where, "is not a known key", expected, near[0] if near else "")
