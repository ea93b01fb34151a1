"""What the plugin has promised: schemas, texts, declarations, permissions, OpenAPI."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import aula_plugins.groups
from aula_plugins.groups.events import EVENTS
from aula_plugins.groups.models import metadata
from aula_plugins.groups.privacy import PERSONAL_DATA
from aula_sdk.data_map import find_gaps
from aula_sdk.events import Event
from aula_sdk.protocols import Platform
from aula_sdk.testing.kernel import Running

PACKAGE = Path(aula_plugins.groups.__file__).parent
KEYWORDS = {"_": None, "_n": (1, 2), "ngettext": (1, 2)}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_events_keep_their_schema(event: type[Event]) -> None:
    """Rule 17: what was published never changes; a new field is a new version beside it."""
    committed = json.loads((PACKAGE / "event_schemas" / f"{event.name}.json").read_text("utf-8"))
    assert msgspec.json.schema(event) == committed


def catalogue(locale: str) -> Catalog:
    """Return the texts of one language."""
    with (PACKAGE / "locale" / f"{locale}.po").open("rb") as source:
        return read_po(source, locale=locale)


@pytest.mark.parametrize("locale", ["da", "en"])
def test_every_text_is_translated(locale: str) -> None:
    """Promise 7: Danish and English have every text, with the same things filled in, no more."""
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python"), ("**.html", "jinja2")],
        keywords=KEYWORDS,
    )
    wanted = {message for _file, _line, message, _comments, _context in found}
    known = {entry.id: entry for entry in catalogue(locale) if entry.id}
    assert set(known) == wanted
    for identifier, entry in known.items():
        sources = [identifier] if isinstance(identifier, str) else list(identifier)
        texts = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        assert all(texts), identifier
        for source, text in zip(sources, texts, strict=True):
            assert sorted(re.findall(r"%\(\w+\)s", source)) == sorted(
                re.findall(r"%\(\w+\)s", text)
            ), identifier


def test_every_column_is_declared() -> None:
    """GDPR art. 30: each table and column is declared, or is an id, time or mark of the system."""
    assert find_gaps(metadata.tables.values(), PERSONAL_DATA) == []


async def test_the_migration_makes_the_tables(platform: Platform) -> None:
    """The revisions and the tables in the code agree about every column."""
    async with platform.read() as read:
        for table in metadata.sorted_tables:
            assert await read.rows(sa.select(table).limit(1)) == []


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the plugin's operations."""
    return [
        (f"{verb} {path}", operation)
        for path, item in document["paths"].items()
        if path.startswith("/api/v1/groups")
        for verb, operation in item.items()
        if isinstance(operation, dict)
    ]


async def test_the_api_is_described(running: Running) -> None:
    """Every operation tells what it does, its refusals as problem documents, its ids by pattern."""
    found = operations(running.app.openapi_schema.to_schema())
    assert len(found) == 25
    for name, operation in found:
        assert operation["description"], name
        assert {"401", "403"} <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            if status.startswith("4") and status != "400":
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
        for parameter in operation.get("parameters", ()):
            if parameter["name"].endswith("_id"):
                pattern = parameter["schema"]["pattern"]
                assert re.fullmatch(
                    r"\^(grp|pro|gtp|gap)_\[0-9a-f\]\{32\}(:\[a-z\]\+)?\$", pattern
                ), name


async def test_every_route_names_its_permission(running: Running) -> None:
    """A route that names none would be closed to everybody (rule: deny)."""
    for route in running.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.opt.get("plugin") == "groups" and handler.http_methods != {"OPTIONS"}:
                # Rights in a group are the kernel's to decide upon; the page of them is ours.
                named = str(handler.opt.get("permission", ""))
                assert named.startswith(("groups.", "permissions.grant_in_group")), handler
