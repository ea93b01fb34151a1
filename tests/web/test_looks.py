"""Looks in the configuration: what can be read is served, what cannot stops the start in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from aula_platform.settings import LookSettings, MunicipalitySettings, Settings, SiteSettings
from aula_platform.web.looks import Looks, WrongLook

GREEN = LookSettings(accent="#0b5d3b", accent_dark="#9fe0bf")


def _looks(look: LookSettings, own: LookSettings | None = None) -> Looks:
    place = MunicipalitySettings(name="Fjord", look=look, hosts=("fjord.example",))
    site = SiteSettings(name="Fælles", look=own or LookSettings())
    return Looks(Settings(site, municipalities={"fjord": place}))


@pytest.mark.parametrize(
    ("look", "says"),
    [
        (LookSettings(accent="#0b5d3b"), "accent_dark is missing"),
        (LookSettings(accent_dark="#9fe0bf"), "accent is missing"),
        (LookSettings(accent="green", accent_dark="#9fe0bf"), "a colour is written #rrggbb"),
        (
            LookSettings(accent="#ffcb57", accent_dark="#9fe0bf"),
            "on light pages its contrast is",
        ),
        (LookSettings(accent="#0b5d3b", accent_dark="#0b5d3b"), "on dark pages its contrast is"),
        (LookSettings(logo="logo.gif"), "a logo is a file of one of .svg, .png, .webp"),
        (LookSettings(logo="nowhere.svg"), "cannot be read (No such file or directory)"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_key(look: LookSettings, says: str) -> None:
    """W7: too weak a colour is refused in light and in dark, each by itself."""
    with pytest.raises(WrongLook) as caught:
        _looks(look)
    assert str(caught.value).startswith("municipalities.fjord.look")
    assert says in str(caught.value)


def test_a_refusal_says_which_shade_would_do() -> None:
    """W7: the shade that is named is taken when the operator writes it."""
    with pytest.raises(WrongLook) as caught:
        _looks(LookSettings(accent="#ffcb57", accent_dark="#552233"))
    light = str(caught.value).split("; ")[1].split(" ")[0]
    with pytest.raises(WrongLook) as caught:
        _looks(LookSettings(accent=light, accent_dark="#552233"))
    assert "on dark pages" in str(caught.value)
    dark = str(caught.value).split("; ")[1].split(" ")[0]
    assert _looks(LookSettings(accent=light, accent_dark=dark)).files


def test_a_logo_is_not_larger_than_every_page_can_bear(tmp_path: Path) -> None:
    """W7: a photograph as a logo is refused with its size."""
    large = tmp_path / "logo.png"
    large.write_bytes(b"x" * 100_001)
    with pytest.raises(WrongLook, match="has 100001 bytes"):
        _looks(LookSettings(logo=str(large)))


def test_what_a_municipality_does_not_say_is_as_the_installation_says(tmp_path: Path) -> None:
    """W7: the logo is inherited; of two colours one's own are taken together."""
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    own = LookSettings(logo=str(logo), accent="#1d4ed8", accent_dark="#a5b4fc")
    plain = _looks(LookSettings(), own)
    assert plain.for_reader(None, "fjord.example").stylesheet == plain.installation.stylesheet
    looks = _looks(GREEN, own)
    fjord = looks.for_reader(None, "fjord.example:8000")
    assert fjord.logo == looks.installation.logo != ""
    assert fjord.stylesheet != looks.installation.stylesheet
    assert looks.for_reader(None, "elsewhere.example") == looks.installation
