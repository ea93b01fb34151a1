"""Rules that go beyond types: addresses, ranges, scopes that need each other."""

from collections.abc import Callable
from typing import Any

import pytest

from aula_sdk.manifest import check_rules, fits_sdk, origin_of, parse_manifest

Build = Callable[..., dict[str, Any]]


def errors(data: dict[str, Any], *, demo: bool = False) -> set[str]:
    found = check_rules(parse_manifest(data), demo=demo)
    return {finding.key for finding in found if finding.level == "error"}


def test_a_good_manifest_has_no_errors(widget: Build, plugin: Build) -> None:
    """WID-R3: what follows the guide passes."""
    assert errors(widget()) == set()
    assert errors(plugin()) == set()


def test_http_is_for_a_demo_on_this_machine_only(widget: Build) -> None:
    """WID-R1: a widget's page is https; http is taken on loopback, in a demo."""
    loopback = widget(entry="http://127.0.0.1:8020/")
    assert errors(loopback, demo=True) == set()
    assert errors(loopback) == {"entry"}
    assert errors(widget(entry="http://ugeplan.example/"), demo=True) == {"entry"}
    assert errors(widget(entry="http://127.0.0.1.ugeplan.example/"), demo=True) == {"entry"}


@pytest.mark.parametrize(
    "entry",
    [
        "https://someone:word@host.example/",
        "https://host.example/?child=1",
        "https://host.example/#x",
        "https:///path",
        "https://host.example:99999/",
    ],
)
def test_an_entry_is_a_plain_address(widget: Build, entry: str) -> None:
    """WID-R2: nothing travels in the address."""
    assert errors(widget(entry=entry)) == {"entry"}


def test_names_need_ids(widget: Build) -> None:
    """R16: a name alone cannot be matched to anything, so it is not given out."""
    names_only = widget()["scopes"][1:]
    assert errors(widget(scopes=names_only)) == {"scopes"}
    assert errors(widget(scopes=widget()["scopes"] * 2)) == {"scopes"}


def test_sdk_ranges(widget: Build) -> None:
    """Compatibility: a range says which SDK it is made for, and is asked before loading."""
    assert errors(widget(sdk="newest")) == {"sdk"}
    assert fits_sdk(">=1.2,<2", "1.4.0")
    assert not fits_sdk(">=1.2,<2", "2.0.0")
    assert not fits_sdk("newest", "1.4.0")


def test_the_origin_is_what_a_browser_calls_it() -> None:
    """WID-R1: the frame's origin is scheme, host and port."""
    assert origin_of("https://Host.example:8443/a/b?c") == "https://host.example:8443"
