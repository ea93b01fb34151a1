"""The JSON Schema of manifests, made from the Structs; ``aula-sdk schema`` prints it."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from aula_sdk.manifest.structs import Manifest

SCHEMA_NAME = "manifest.schema.json"


@cache
def manifest_schema() -> dict[str, Any]:
    """Return the schema as the Structs have it now."""
    schema = msgspec.json.schema(Manifest)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as it is committed: stable order, one trailing newline."""
    return json.dumps(manifest_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def committed_schema() -> str:
    """Return the schema that is shipped in the distribution."""
    return files("aula_sdk.manifest").joinpath(SCHEMA_NAME).read_text(encoding="utf-8")
