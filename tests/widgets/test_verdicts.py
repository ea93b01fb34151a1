"""Who sees a widget, and why not: WID-R5, WID-19."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aula_platform.widgets.verdicts import SENTENCES, Reason, decide, decide_all
from aula_sdk.i18n import use_locale
from aula_sdk.people import Assurance

World = Any  # See conftest.py, which cannot be imported from.
ID = "fjordvang/ugeplan"


def reason_of(world: World, site: Any, **changes: Any) -> Reason:
    actor = world.guardian(("Alma", world.north), **changes)
    return decide(site, actor, ID, "overview").reason


def test_what_the_municipality_switched_on_is_shown(world: World) -> None:
    """WID-R5: shown, and by whose choice."""
    use_locale("da")
    actor = world.guardian(("Alma", world.north))
    (verdict,) = decide_all(world.site({world.north: world.choice()}), actor, "overview")
    assert verdict.shown
    assert verdict.municipalities == (world.north,)
    assert str(verdict.text) == "Vises, fordi Nordby har taget den i brug"


CASES: dict[str, tuple[Callable[[World], Any], Reason]] = {
    "nobody chose it": (lambda w: w.site({}), Reason.NOT_CHOSEN),
    "another municipality": (lambda w: w.site({w.south: w.choice()}), Reason.NOT_CHOSEN),
    "another widget": (
        lambda w: w.site({w.north: w.choice()}, id="fjordvang/other"),
        Reason.NOT_CHOSEN,
    ),
    "off": (lambda w: w.site({w.north: w.choice(state="off")}), Reason.OFF),
    "expired": (
        lambda w: w.site({w.north: w.choice()}, expires=datetime(2020, 1, 1, tzinfo=UTC)),
        Reason.EXPIRED,
    ),
    "sdk": (lambda w: w.site({w.north: w.choice()}, sdk=">=7"), Reason.INCOMPATIBLE),
    "http": (lambda w: w.site({w.north: w.choice()}, entry="http://127.0.0.1/"), Reason.INSECURE),
    "role": (lambda w: w.site({w.north: w.choice()}, roles=["employee"]), Reason.ROLE_OF_WIDGET),
    "role here": (
        lambda w: w.site({w.north: w.choice(roles=("pupil",))}),
        Reason.ROLE_OF_MUNICIPALITY,
    ),
    "placed": (lambda w: w.site({w.north: w.choice(placement="page")}), Reason.PLACEMENT),
    "placements": (lambda w: w.site({w.north: w.choice()}, placements=["page"]), Reason.PLACEMENT),
    "step-up": (lambda w: w.site({w.north: w.choice()}, step_up=True), Reason.STEP_UP),
}


@pytest.mark.parametrize("case", CASES)
def test_each_level_can_hide_it_and_says_so(world: World, case: str) -> None:
    """WID-R5: the verdict names the level that hid the widget."""
    make, expected = CASES[case]
    assert reason_of(world, make(world)) is expected


def test_step_up_shows_it(world: World) -> None:
    """WID-R3: a widget that needs two factors is there once they were given."""
    site = world.site({world.north: world.choice()}, step_up=True)
    assert reason_of(world, site, assurance=Assurance.SUBSTANTIAL) is Reason.STEP_UP
    assert reason_of(world, site, stepped_up=True) is Reason.SHOWN


def test_http_on_loopback_is_for_demos(world: World) -> None:
    """WID-R1: only a demo frames a page that is not encrypted, and only on this machine."""
    chosen = {world.north: world.choice()}
    loopback = world.site(chosen, entry="http://127.0.0.1:8020/", is_demo=True)
    assert reason_of(world, loopback) is Reason.SHOWN
    elsewhere = world.site(chosen, entry="http://other.example/", is_demo=True)
    assert reason_of(world, elsewhere) is Reason.INSECURE


def test_one_municipality_is_enough_and_the_other_is_not_counted(world: World) -> None:
    """WID-19: shown by one municipality, in its name alone."""
    site = world.site({world.north: world.choice(), world.south: world.choice(state="off")})
    actor = world.guardian(("Alma", world.north), ("Bo", world.south))
    verdict = decide(site, actor, ID, "overview")
    assert verdict.shown
    assert verdict.municipalities == (world.north,)


def test_what_was_not_fetched_is_told(world: World) -> None:
    """WID-R5: configured but not here, or refused when it was read: told, not dropped."""
    site = world.site({world.north: world.choice()})
    empty = type(site)({}, site.choices, site.municipality_names, "0.1.0", False, site.now)
    assert reason_of(world, empty) is Reason.NOT_HERE


def test_a_widget_ends_while_the_site_runs(world: World) -> None:
    """B1: expiry counts at each look, not only when the folder was read."""
    site = world.site({world.north: world.choice()}, expires=world.now + timedelta(seconds=1))
    assert reason_of(world, site) is Reason.SHOWN
    later = site.now + timedelta(seconds=1)
    old = type(site)(site.widgets, site.choices, site.municipality_names, "0.1.0", False, later)
    assert reason_of(world, old) is Reason.EXPIRED


def test_each_reason_is_told_in_danish() -> None:
    """WID-R5, promise 7: each reason has a sentence in both languages."""
    assert set(SENTENCES) == set(Reason)
    for locale in ("da", "en"):
        use_locale(locale)
        told = {str(text % {"municipality": "Nordby"}) for text in SENTENCES.values()}
        assert len(told) == len(Reason)
        assert any("Skjult" in text for text in told) is (locale == "da")
    use_locale("da")
