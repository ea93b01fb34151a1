"""The tokens' colours can be read, in light and in dark (WCAG 2.2 AA)."""

from __future__ import annotations

import re

import pytest

from aula_platform.web.asset_build import ASSETS

TEXT = 4.5
SIGN = 3.0
GROUNDS = ("paper", "surface", "sunken", "hover")
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


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


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
