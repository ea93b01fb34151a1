"""The shell of an invented guardian, and rendering in the platform's own template environment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment

from aula_platform.web.asset_build import WEB
from aula_platform.web.assets_map import STATIC
from aula_platform.web.shell_context import (
    ShellChild,
    ShellContext,
    ShellLocale,
    ShellNavItem,
    ShellPerson,
    ShellRole,
)
from aula_platform.web.templates import make_environment
from aula_sdk.i18n import add_catalogues, use_locale

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 19, 13, 30, tzinfo=UTC)
NONCE = "sample-nonce"
TIMES = {
    "words": "i dag 14.30",
    "exact": "torsdag 19. november 2026 14.30",
    "date": "fredag",
    "clock": "14.30",
}
NAV = (
    ShellNavItem("/overview", "Overblik", "home", current=True),
    ShellNavItem("/inbox", "Beskeder", "messages", badge=3, live="messages", badge_url="/badge"),
    ShellNavItem("/calendar", "Kalender", "calendar"),
    ShellNavItem("/groups", "Grupper", "groups"),
    ShellNavItem("/search", "Søg", "search"),
    ShellNavItem("/widgets", "Ugeplaner", "widget", badge=1),
)
CHILDREN = (
    ShellChild("child-alma", "Alma Lind Sørensen", "?child=1", current=True, detail="3.A"),
    ShellChild(
        "child-noah", "Noah Lind Sørensen", "?child=2", detail="Bøgestuen · Børnehuset Skov"
    ),
    ShellChild("child-ellen", "Ellen Lind Sørensen", "?child=3", detail="8.B"),
)


def make_shell(**changes: Any) -> ShellContext:
    """Return the shell of a guardian with three children, over the built assets."""
    names: dict[str, str] = json.loads((STATIC / "manifest.json").read_text())
    keys = count(1)
    shell = ShellContext(
        asset=lambda name: "/static/" + names[name],
        new_key=lambda: f"key-{next(keys)}",
        csrf_token="csrf-of-the-session",
        nonce=NONCE,
        municipality="Fjordvang Kommune",
        person=ShellPerson("Sofie Lind Sørensen", "Forælder", key="sofie"),
        roles=(
            ShellRole("guardian", "Forælder", "Alma, Noah og Ellen", current=True),
            ShellRole("employee", "Medarbejder", "Bakkeskolen"),
        ),
        nav=NAV,
        children=CHILDREN,
        locales=(ShellLocale("da", "Dansk", current=True), ShellLocale("en", "English")),
        live=True,
    )
    return replace(shell, **changes)


def make_samples_environment() -> Environment:
    """Return the platform's own environment with the sample pages beside the kernel's."""
    add_catalogues("aula", WEB / "locale")
    return make_environment({"aula": WEB / "templates/aula", "sample": HERE / "templates"})


def render(template: str, shell: ShellContext, **context: Any) -> str:
    """Return one template, in the shell's language."""
    use_locale(shell.locale)
    given = {"now": NOW, "shell": shell, "format_time": _say_time, **context}
    return make_samples_environment().get_template(template).render(given)


def _say_time(_when: datetime, style: str = "words") -> str:
    return TIMES[style]
