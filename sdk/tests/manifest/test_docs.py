"""The vendor's reference names every key that a manifest can have."""

from pathlib import Path

from aula_sdk.manifest import manifest_schema

REFERENCE = Path(__file__).parents[3] / "docs" / "vendor" / "manifest.md"


def test_every_key_and_scope_is_documented() -> None:
    """WID-R3: a key that the schema knows stands in the reference."""
    text = REFERENCE.read_text(encoding="utf-8")
    defined = manifest_schema()["$defs"]
    keys = {
        key for kind in ("WidgetManifest", "PluginManifest") for key in defined[kind]["properties"]
    }
    keys |= set(defined["DataScope"]["properties"]["name"]["enum"])
    assert {key for key in keys if f"`{key}`" not in text} == set()
