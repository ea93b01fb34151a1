"""The tokens' colours can be read, in light and in dark (WCAG 2.2 AA)."""

from __future__ import annotations

import re

import pytest

from aula_platform.web.asset_build import ASSETS
from aula_platform.web.colours import DARK, GROUNDS, LIGHT, SIGN, TEXT, contrast, tokens_of

TONES = range(1, 9)

PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "primary", "error") for ground in GROUNDS),
    *(("primary-hover", ground, TEXT) for ground in GROUNDS),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-hover", TEXT),
    ("on-primary-soft", "primary-soft", TEXT),
    ("ink", "primary-soft", TEXT),
    ("ink-soft", "primary-soft", TEXT),
    ("primary", "primary-soft", TEXT),
    ("on-sun", "sun", TEXT),
    ("on-error", "error", TEXT),
    # Toasts turn the page's colours around.
    ("paper", "ink", TEXT),
    *((f"{kind}", f"{kind}-soft", TEXT) for kind in ("success", "warning", "error", "info")),
    *(("ink", f"{kind}-soft", TEXT) for kind in ("success", "warning", "error", "info")),
    *((f"tone-{number}-ink", f"tone-{number}", TEXT) for number in TONES),
    *(("line-strong", ground, SIGN) for ground in ("paper", "surface", "sunken")),
    *(("focus", ground, SIGN) for ground in (*GROUNDS, "primary-soft", "error-soft")),
    *((mark, "surface", SIGN) for mark in ("success", "warning", "info", "primary")),
]


def read_colours(theme: str) -> dict[str, str]:
    """Return the colours of ``theme`` by the names of their custom properties."""
    name = {"light": "tokens.css", "dark": "dark.scss"}[theme]
    source = (ASSETS / "css" / name).read_text()
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", source))


def test_the_measure_is_right() -> None:
    """Black on white is 21:1, and #767676 is the lightest grey that passes on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") >= TEXT > contrast("#777777", "#ffffff")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_that_carries_text_or_a_sign_can_be_seen(theme: str) -> None:
    """WCAG 1.4.3 and 1.4.11: text 4.5:1, borders of fields, focus and marks 3:1."""
    colours = read_colours(theme)
    measured = {
        (ink, ground): (round(contrast(colours[ink], colours[ground]), 2), least)
        for ink, ground, least in PAIRS
    }
    assert {pair: found for pair, found in measured.items() if found[0] < found[1]} == {}


def test_dark_has_every_colour_that_light_has() -> None:
    """A colour that only light defines would stay light in the dark."""
    assert read_colours("dark").keys() == read_colours("light").keys()


def test_an_accent_is_measured_on_the_colours_that_pages_have() -> None:
    """What code knows of the design's colours is what the stylesheets say."""
    for theme, known in (("light", LIGHT), ("dark", DARK)):
        assert read_colours(theme) | dict(known) == read_colours(theme)


@pytest.mark.parametrize(
    ("theme", "accent"),
    [
        *(("light", accent) for accent in ("#0b5d3b", "#1d4ed8", "#000000", "#8a1538", "#5f4600")),
        *(("dark", accent) for accent in ("#9fe0bf", "#a5b4fc", "#ffffff", "#ffb3c7", "#f6dd8c")),
    ],
)
def test_every_colour_made_of_an_accent_can_be_seen(theme: str, accent: str) -> None:
    """W7, WCAG 1.4.3: a municipality's colours meet all demands that our own meet."""
    made = tokens_of(accent, LIGHT if theme == "light" else DARK)
    colours = read_colours(theme) | made
    weak = {
        (ink, ground): round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground, least in PAIRS
        if contrast(colours[ink], colours[ground]) < least
    }
    assert weak == {}
