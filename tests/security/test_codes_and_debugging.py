"""Short secrets have the bits that the standard asks for, and no fault is shown in production."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import pytest

from aula_platform.app import create_app
from aula_platform.identity import pins, shared_devices
from aula_platform.plugin_host import Host
from aula_platform.settings import Settings, SiteSettings

LEAST_BITS = 20


def test_codes_have_enough_bits() -> None:
    """ASVS 6.5.4: twenty bits, or six random digits."""
    letters, length = shared_devices._LETTERS, shared_devices._CODE_LENGTH
    assert len(set(letters)) == len(letters)
    assert math.log2(len(letters)) * length > 2 * LEAST_BITS
    assert not pins.is_fit("12345")
    assert pins.is_fit("270915")


@pytest.mark.parametrize("mode", ["demo", "production"])
async def test_no_fault_shows_what_is_inside(
    tmp_path: Path, mode: Literal["demo", "production"]
) -> None:
    """ASVS 13.4.2: debugging is off, in a demonstration as in production."""
    site = SiteSettings(mode=mode, url="https://aula.example.dk", data=str(tmp_path))
    app = create_app(Settings(site=site), Host(), background=False)
    assert app.debug is False
    await app.state.storage.close()
