"""From a vendor's file to a manifest, or to findings that name file, key and what was expected."""

import base64
import difflib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from aula_sdk.manifest.findings import Finding, ManifestInvalid
from aula_sdk.manifest.keys import expected_at, find_key_mistakes
from aula_sdk.manifest.structs import Manifest

MANIFEST_NAMES = ("aula-widget.toml", "aula-widget.json", "aula-plugin.toml", "aula-plugin.json")
MAX_MANIFEST_BYTES = 100_000
MAX_ICON_BYTES = 16_000
_ICON_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
_AT = re.compile(r"^(?P<message>.*?)(?: - at `\$\.?(?P<key>.*)`)?$")


def find_manifest(path: Path) -> Path:
    """Return the manifest's file: ``path`` itself, or the one manifest in the folder ``path``."""
    if path.is_file():
        return path
    found = [path / name for name in MANIFEST_NAMES if (path / name).is_file()]
    if len(found) == 1:
        return found[0]
    message = "holds more than one manifest" if found else "holds no manifest"
    expected = "one file named " + " or ".join(MANIFEST_NAMES)
    raise ManifestInvalid((Finding(str(path), "", f"{path} {message}", expected),))


def read_manifest(path: Path) -> Manifest:
    """Read a manifest from a file or folder, with its icon put inside it.

    Raises `ManifestInvalid` with everything that was found; the rules of `check_rules` (addresses,
    ranges, scopes that need each other) come after this.
    """
    file = find_manifest(path)
    text = _text_of(file)
    try:
        data = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        language = "TOML" if file.suffix == ".toml" else "JSON"
        finding = Finding(file.name, "", f"{file.name} is not valid {language}: {error}")
        raise ManifestInvalid((finding,)) from None
    if isinstance(data, dict):
        _take_icon_in(data, file)
    return parse_manifest(data, file.name)


def parse_manifest(data: Any, file: str = "manifest") -> Manifest:
    """Turn plain data into a manifest; ``file`` is the name that findings give."""
    _refuse_kind(data, file)
    findings = find_key_mistakes(data, file)
    try:
        manifest: Manifest = msgspec.convert(data, Manifest)
    except msgspec.ValidationError as error:
        findings += _type_mistake(str(error), data, file, findings)
        raise ManifestInvalid(tuple(findings)) from None
    if findings:
        raise ManifestInvalid(tuple(findings))
    return manifest


def _text_of(file: Path) -> str:
    if file.stat().st_size > MAX_MANIFEST_BYTES:
        message = f"{file.name} is larger than {MAX_MANIFEST_BYTES} bytes"
        raise ManifestInvalid((Finding(file.name, "", message),))
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        message = f"{file.name} is not written in UTF-8"
        raise ManifestInvalid((Finding(file.name, "", message),)) from None


def _refuse_kind(data: Any, file: str) -> None:
    if not isinstance(data, dict):
        finding = Finding(file, "", f"{file} is not a table of keys", "keys such as id and version")
        raise ManifestInvalid((finding,))
    kind = data.get("kind")
    if kind not in ("widget", "plugin"):
        near = difflib.get_close_matches(str(kind), ("widget", "plugin"), n=1)
        message = f"is {kind!r}" if "kind" in data else "is missing"
        nearest = near[0] if near else ""
        raise ManifestInvalid((Finding(file, "kind", message, "widget or plugin", nearest),))


def _type_mistake(message: str, data: Any, file: str, known: list[Finding]) -> list[Finding]:
    """Translate msgspec's message, unless the walk over the keys has already said it."""
    matched = _AT.match(message)
    text, key = (matched["message"], matched["key"] or "") if matched else (message, "")
    if known and ("unknown field" in text or "missing required field" in text):
        return []
    expected = expected_at(key, data.get("kind"))
    nearest = ""
    given = re.search(r"'(.*)'", text)
    if expected.startswith("one of ") and given:
        choices = expected.removeprefix("one of ").split(", ")
        nearest = next(iter(difflib.get_close_matches(given[1], choices, n=1)), "")
    return [Finding(file, key, text[:1].lower() + text[1:], expected, nearest)]


def _take_icon_in(data: dict[str, Any], file: Path) -> None:
    """Put the icon's file into the manifest, so that no picture is fetched from a vendor's host."""
    icon = data.get("icon")
    if not isinstance(icon, str) or not icon or icon.startswith("data:"):
        return
    picture = file.parent / icon
    kind = _ICON_TYPES.get(picture.suffix.lower())
    inside = picture.resolve().is_relative_to(file.parent.resolve())
    expected = expected_at("icon", data.get("kind"))
    if kind is None or not inside or not picture.is_file():
        raise ManifestInvalid((Finding(file.name, "icon", f"cannot read {icon}", expected),))
    content = picture.read_bytes()
    if len(content) > MAX_ICON_BYTES:
        raise ManifestInvalid((Finding(file.name, "icon", f"{icon} is too large", expected),))
    data["icon"] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
