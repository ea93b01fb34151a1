"""Colours that can be read: the measure of WCAG 2.2, and an accent with everything made of it."""

from collections.abc import Mapping

TEXT = 4.5
SIGN = 3.0
LIGHT: Mapping[str, str] = {
    "paper": "#fbf8f4",
    "surface": "#ffffff",
    "sunken": "#f4eee8",
    "hover": "#f7f1ec",
    "ink": "#2b2330",
    "ink-soft": "#63586a",
    "focus": "#0f66b8",
}
DARK: Mapping[str, str] = {
    "paper": "#1a161d",
    "surface": "#242028",
    "sunken": "#141116",
    "hover": "#2e2833",
    "ink": "#f2ecf4",
    "ink-soft": "#bcb1c2",
    "focus": "#8cc5ff",
}
"""What an accent stands on and beside: the same as in ``tokens.css`` and ``dark.scss``."""
GROUNDS = ("paper", "surface", "sunken", "hover")
_BLACK, _WHITE = "#000000", "#ffffff"
_PERCENT = 100


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` as WCAG defines it."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # WCAG's own numbers.
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with this share (0 to 1) of ``other`` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def weakest(accent: str, theme: Mapping[str, str]) -> float:
    """Return the accent's contrast to the ground on which it is seen worst."""
    return min(contrast(accent, theme[ground]) for ground in GROUNDS)


def nearest_readable(accent: str, theme: Mapping[str, str]) -> str:
    """Return the accent, or the nearest lighter or darker shade that can be read everywhere."""
    towards = _WHITE if theme is DARK else _BLACK
    shades = (mix(accent, towards, percent / _PERCENT) for percent in range(_PERCENT + 1))
    return next(shade for shade in shades if weakest(shade, theme) >= TEXT)


def tokens_of(accent: str, theme: Mapping[str, str]) -> dict[str, str]:
    """Return every token of the design that is made of the accent, by its name.

    The accent must be readable on the theme's grounds; then everything else is, too.
    """
    away = _WHITE if theme is DARK else _BLACK
    on = max(("#ffffff", theme["paper"], theme["ink"]), key=lambda ink: contrast(ink, accent))
    soft = _soft(accent, theme)
    strong = (mix(accent, away, percent / _PERCENT) for percent in range(20, _PERCENT + 1))
    return {
        "primary": accent,
        "primary-hover": mix(accent, away, 0.25),
        "on-primary": on,
        "primary-soft": soft,
        "on-primary-soft": next(shade for shade in strong if contrast(shade, soft) >= TEXT),
        "brand": mix(accent, _BLACK, 0.35) if theme is DARK else accent,
    }


def _soft(accent: str, theme: Mapping[str, str]) -> str:
    """Return the strongest tint of the surface on which all that stands there can be read."""
    tints = (mix(theme["surface"], accent, percent / _PERCENT) for percent in range(14, -1, -1))
    return next(
        tint
        for tint in tints
        if min(contrast(text, tint) for text in (accent, theme["ink"], theme["ink-soft"])) >= TEXT
        and contrast(theme["focus"], tint) >= SIGN
    )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
