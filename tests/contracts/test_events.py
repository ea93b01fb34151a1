"""Every event has a version and a committed schema, which never changes once it is published."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from aula_platform.events.encoding import event_schemas, known_event_types
from aula_platform.plugin_host import start_host
from aula_sdk.events import Event
from workspace.places import ROOT, find_plugins

HOST = start_host()
OWNERS = ("aula_platform", "aula_sdk", *(f"aula_plugins.{name}" for name in find_plugins()))
"""Whose events are published: the kernel's, the SDK's and each plugin's."""


def _schema_folder(package: str) -> Path:
    house, _dot, name = package.partition(".")
    inside = ROOT / {"aula_platform": "", "aula_sdk": "sdk"}.get(house, f"plugins/{name}")
    return inside.joinpath(*package.split(".")) / "event_schemas"


def _events_of(package: str) -> list[type[Event]]:
    return [one for one in known_event_types() if one.__module__.startswith(f"{package}.")]


def _committed(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return {path.stem: json.loads(path.read_text("utf-8")) for path in files}


@pytest.mark.parametrize("package", OWNERS)
def test_every_event_has_its_committed_schema(package: str) -> None:
    """Rule 17: an event class that has changed under its old version fails here, whoever owns it.

    So does an event without a schema, a schema without an event, and a name without a version.
    """
    assert HOST.refusals == []
    assert event_schemas(_events_of(package)) == _committed(_schema_folder(package))


def test_there_are_events_to_look_at() -> None:
    """Were none known, none would differ from its schema."""
    assert sum(len(_events_of(package)) for package in OWNERS) >= 20


def test_a_changed_class_differs_from_its_schema() -> None:
    """A field more, a field less or another type is a difference, under whatever name."""

    class Told(Event, frozen=True, kw_only=True):
        name: ClassVar[str] = "contract.told.v1"
        count: int

    class Changed(Event, frozen=True, kw_only=True):
        name: ClassVar[str] = "contract.told.v1"
        count: int | None

    Changed.__name__ = Told.__name__
    assert event_schemas([Told]) != event_schemas([Changed])


EXCUSED: dict[str, str] = {}
"""Commits that edited a schema nobody had been given yet, and why that was right."""


def _edits() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        [
            "git",
            "log",
            "--diff-filter=M",
            "--format=%x00%h",
            "--name-only",
            "--",
            ":(glob)**/event_schemas/*.json",
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for commit in filter(None, listed.stdout.split("\0")):
        digits, *paths = commit.split()
        for path in paths:
            yield digits, path


def test_no_published_schema_was_ever_edited() -> None:
    """Rule 17: an edit of class and schema together would get past a comparison; git knows."""
    assert [edit for edit in _edits() if edit[0] not in EXCUSED] == []
