"""Reading ``aula.toml``: what is unknown or wrong stops the start, in words for an operator."""

import difflib
import re
import tomllib
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from aula_platform.settings.broker_profiles import WrongProfile, fill
from aula_platform.settings.schema import Settings

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_HEADER = re.compile(r"^\s*\[(?P<name>[^\[\]]+)\]")
_FREE = "…"
_STEP = re.compile(r"\.?([\w-]+)|\[(\.\.\.|\d+)\]")


class WrongSettings(Exception):
    """The configuration cannot be used. Says file, line, key, what was expected, nearest key."""

    def __init__(self, path: Path, key: str, problem: str, line: int = 0) -> None:
        """``key`` is the dotted path of the key in question."""
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {key}: {problem}" if key else f"{place}: {problem}")
        self.key = key
        self.line = line


def load_settings(path: Path) -> Settings:
    """Return the settings in the file; raise `WrongSettings` when it is missing or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongSettings(path, "", f"cannot be read ({error.strerror})") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongSettings(path, "", f"is not TOML: {error}") from error
    return parse_settings(path, text, data)


def parse_settings(path: Path, text: str, data: dict[str, Any]) -> Settings:
    """Return the settings in ``data``, which was read from ``text``."""
    unknown = _find_unknown(Settings, data, ())
    if unknown is not None:
        keys, known = unknown
        nearest = difflib.get_close_matches(keys[-1], known, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known keys: {', '.join(known)}"
        raise WrongSettings(path, ".".join(keys), f"unknown key; {hint}", _line(text, keys))
    data = _fill_brokers(path, text, data)
    try:
        settings = msgspec.convert(data, Settings, strict=True)
    except msgspec.ValidationError as error:
        found = _AT.match(str(error))
        assert found is not None  # noqa: S101  # The pattern matches any text.
        line, keys = _place(text, _steps(found["path"] or ""))
        problem = _expectation(Settings, keys, data) or found["what"]
        raise WrongSettings(path, ".".join(keys), problem, line) from error
    _check_numbers(path, text, settings)
    return settings


def _check_numbers(path: Path, text: str, settings: Settings) -> None:
    """Refuse a CVR number of two municipalities: one's privileges would be the other's rights."""
    known: dict[str, str] = {}
    for key, municipality in settings.municipalities.items():
        other = known.setdefault(municipality.cvr, key)
        if municipality.cvr and other != key:
            keys = ("municipalities", key, "cvr")
            problem = f"{municipality.cvr!r} is already the number of {other!r}; each has its own"
            raise WrongSettings(path, ".".join(keys), problem, _line(text, keys))


def _fill_brokers(path: Path, text: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with brokers as their profiles have them, which are known only here:
    afterwards nobody could tell what was written from a default.
    """
    login = data.get("login")
    brokers = login.get("brokers") if isinstance(login, dict) else None
    if not isinstance(login, dict) or not isinstance(brokers, dict):
        return data
    filled = dict(brokers)
    for name, written in brokers.items():
        if not isinstance(written, dict):
            continue
        try:
            filled[name] = fill(written)
        except WrongProfile as error:
            keys = ("login", "brokers", name, error.key)
            raise WrongSettings(path, ".".join(keys), str(error), _line(text, keys)) from error
    return {**data, "login": {**login, "brokers": filled}}


def _expectation(wanted: Any, keys: tuple[str, ...], data: Any) -> str:
    """Return which values may stand at ``keys``, where it is a choice between some."""
    for key in keys:
        wanted = get_args(wanted)[1] if get_origin(wanted) is dict else get_type_hints(wanted)[key]
        data = data.get(key) if isinstance(data, dict) else None
    if get_origin(wanted) is not Literal:
        return ""
    choices = ", ".join(repr(choice) for choice in get_args(wanted))
    nearest = difflib.get_close_matches(str(data), get_args(wanted), n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"{data!r}: expected one of {choices}{hint}"


def _find_unknown(
    wanted: Any, data: Any, at: tuple[str, ...]
) -> tuple[tuple[str, ...], list[str]] | None:
    """Return the first key that no Struct knows, with the keys that would be known there."""
    if not isinstance(data, dict):
        return None
    if get_origin(wanted) in {Union, types.UnionType}:
        wanted = next((part for part in get_args(wanted) if _is_struct(part)), None)
    if _is_struct(wanted):
        hints = get_type_hints(wanted)
        for key, value in data.items():
            if key not in hints:
                return (*at, key), sorted(hints)
            found = _find_unknown(hints[key], value, (*at, key))
            if found is not None:
                return found
    elif get_origin(wanted) is dict:
        for key, value in data.items():
            found = _find_unknown(get_args(wanted)[1], value, (*at, key))
            if found is not None:
                return found
    return None


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _steps(path: str) -> tuple[str, ...]:
    return tuple(name or _FREE for name, _index in _STEP.findall(path))


def _line(text: str, keys: tuple[str, ...]) -> int:
    return _place(text, keys)[0]


def _place(text: str, keys: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """Return the line of the key, or of the nearest table around it, and the key's full path.

    Keys of a free table (a municipality's) are not in the checker's path, but in the file's.
    """
    table: tuple[str, ...] = ()
    best: tuple[int, tuple[str, ...]] = (0, ())
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header["name"].split("."))
            here = table
        else:
            here = (*table, line.split("=", 1)[0].strip().strip("\"'"))
        if len(here) > len(best[1]) and _same(here, keys[: len(here)]):
            best = (number, here)
    return best[0], (*best[1], *keys[len(best[1]) :])


def _same(here: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    return len(here) == len(keys) and all(
        key in {_FREE, name} for name, key in zip(here, keys, strict=True)
    )
