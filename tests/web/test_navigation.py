"""The navigation: what a plugin contributes to it, and what its failure costs."""

from typing import Any

from aula_platform.web.navigation import place_of
from aula_sdk.contributions import NavItem
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind

_ = gettext_for("aula")
ACTOR = Actor(new_id(), Kind.GUARDIAN, "Anne", (), (), {})


async def _seven(*_given: Any) -> int:
    return 7


async def _fail(*_given: Any) -> int:
    raise RuntimeError("no such table")


async def _badge_of(item: NavItem) -> int:
    nothing: Any = None
    return (await place_of("notes", item, ACTOR, nothing, nothing)).badge


async def test_a_badge_that_fails_costs_only_itself() -> None:
    """R26, B2: a plugin whose count fails shows none; the page around it is served all the same."""
    title = _("Overview")
    good = NavItem("notes", title, "/notes", "home", "notes.read", badge=_seven)
    assert await _badge_of(good) == 7
    bad = NavItem("notes", title, "/notes", "home", "notes.read", badge=_fail)
    assert await _badge_of(bad) == 0
    assert await _badge_of(NavItem("notes", title, "/notes", "home", "notes.read")) == 0
