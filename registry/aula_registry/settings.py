"""What the operator of a registry sets: a TOML file, and environment variables above it."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

PREFIX = "AULA_REGISTRY_"
CONFIG_VARIABLE = "AULA_REGISTRY_CONFIG"


class SettingsWrong(Exception):
    """The registry cannot start; the text names the source, the key and what was expected."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings, with the defaults of a registry that nobody has configured yet.

    ``mode``: in ``demo`` everything that passes the check is approved at once, and a widget may
    lie on http://127.0.0.1; ``production`` waits for an administrator of the registry.
    """

    mode: Literal["demo", "production"] = "production"
    folder: str = "var/registry"
    database: str = ""
    base_url: str = "http://127.0.0.1:8010"
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8010
    check_seconds: Annotated[int, msgspec.Meta(ge=1, le=120)] = 20

    @property
    def is_demo(self) -> bool:
        """Whether packages are approved without anybody looking at them."""
        return self.mode == "demo"

    @property
    def database_url(self) -> str:
        """The database: its own SQLite file unless a URL is set."""
        return self.database or f"sqlite:///{Path(self.folder) / 'registry.sqlite3'}"

    @property
    def keys_folder(self) -> Path:
        """Where the signing key and the signed list of keys lie."""
        return Path(self.folder) / "keys"


def load_settings(config: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from the file (if any) and the environment; raise `SettingsWrong`."""
    environ = os.environ if environ is None else environ
    named = environ.get(CONFIG_VARIABLE)
    path = config or (Path(named) if named else None)
    values = _from_file(path) if path else {}
    source = str(path) if path else "the environment"
    for name, text in environ.items():
        if name.startswith(PREFIX) and name not in {CONFIG_VARIABLE, "AULA_REGISTRY_TOKEN"}:
            values[_known(name.removeprefix(PREFIX).lower(), name)] = text
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsWrong(f"{source}: {error}") from None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"{path}: {error}") from None
    for key in values:
        _known(key, f"{path}: {key}")
    return values


def _known(key: str, told: str) -> str:
    if key not in Settings.__struct_fields__:
        near = difflib.get_close_matches(key, Settings.__struct_fields__, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsWrong(f"{told} is not a setting of the registry{hint}")
    return key
