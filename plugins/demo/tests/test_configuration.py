"""The demo's configuration: right for its ports, and then the reader's to change."""

import tomllib
from pathlib import Path

import pytest

from aula_plugins.demo import cast
from aula_plugins.demo.broker.tokens import LEVELS
from aula_plugins.demo.running.configuration import (
    has_site_config,
    write_registry_config,
    write_site_config,
)
from aula_plugins.demo.running.places import Places, Ports
from aula_plugins.demo.running.preparing import make_files, progress
from aula_plugins.demo.running.vendor import find_vendor
from aula_plugins.demo.running.welcome import welcome
from aula_sdk.i18n import add_catalogues, use_locale

ROOT_KEY = "ed25519:" + "0" * 64


@pytest.fixture
def places(tmp_path: Path) -> Places:
    folder = tmp_path / 'a "quoted" folder'
    folder.mkdir()
    return Places(folder)


def test_two_municipalities(places: Places) -> None:
    """Issue 2: the small municipality has fewer plugins; every acr of the broker has a level."""
    write_site_config(places, Ports(8100), ROOT_KEY, {"maker/plan": ["children.ids"]})
    config = tomllib.loads(places.config.read_text("utf-8"))
    assert config["site"] == {
        "mode": "demo",
        "url": "http://127.0.0.1:8100",
        "name": "Aula",
        "data": str(places.data),
    }
    broker = config["login"]["brokers"]["demo"]
    assert broker["issuer"] == "http://127.0.0.1:8101"
    assert broker["demo"] is True
    assert set(broker["acr"]) == set(LEVELS)
    assert config["registry"] == {"url": "http://127.0.0.1:8102", "root_key": ROOT_KEY}
    large, small = (config["municipalities"][name] for name in ("fjordvang", "bakkedal"))
    on = [
        {name for name, choice in each["plugins"].items() if choice["state"] == "on"}
        for each in (large, small)
    ]
    assert on[1] < on[0]
    assert large["widgets"] == {"maker/plan": {"state": "on", "scopes": ["children.ids"]}}
    assert "widgets" not in small
    assert "demo" not in large["plugins"]


def test_what_was_changed_stays(places: Places) -> None:
    """A configuration is written once for its ports and anew for others."""
    write_site_config(places, Ports(8100), ROOT_KEY, {})
    assert has_site_config(places, Ports(8100))
    assert not has_site_config(places, Ports(8200))
    write_registry_config(places, Ports(8100))
    changed = places.registry_config.read_text("utf-8") + "check_seconds = 5\n"
    places.registry_config.write_text(changed, "utf-8")
    write_registry_config(places, Ports(8100))
    assert places.registry_config.read_text("utf-8") == changed
    write_registry_config(places, Ports(8200))
    assert tomllib.loads(places.registry_config.read_text("utf-8"))["port"] == 8202


def test_files_of_an_earlier_year_are_kept(places: Places) -> None:
    """A demo that was started last year goes on with last year's people."""
    places.files.mkdir()
    (places.files / "recipe.json").write_text('{"seed":3,"school_year":2024,"form":1}')
    recipe = make_files(places)
    assert (recipe.seed, recipe.school_year) == (3, 2024)
    assert (places.files / "fjordvang" / "users.csv").is_file()


def fail_after_a_step(places: Places) -> None:
    with progress(places) as done:
        done.recipe = "made"
        raise RuntimeError


def test_progress_is_kept_when_a_step_fails(places: Places) -> None:
    """What was done before a failure is not done again."""
    with pytest.raises(RuntimeError):
        fail_after_a_step(places)
    with progress(places) as done:
        assert done.recipe == "made"


@pytest.mark.parametrize("locale", ["da", "en"])
def test_welcome_names_everybody(locale: str) -> None:
    """The terminal says where everything is and who can sign in, in the reader's language."""
    import aula_plugins.demo

    add_catalogues("demo", Path(aula_plugins.demo.__file__).parent / "locale")
    use_locale(locale)
    try:
        text = welcome(Ports(8000), with_vendor=True)
    finally:
        use_locale("da")
    assert all(f"http://127.0.0.1:{port}" in text for port in (8000, 8001, 8002, 8003))
    for member in cast.CAST:
        assert member.name in text
        assert (member.da if locale == "da" else member.en) in text
    assert "Skjoldborg" not in text


def test_the_vendor_is_met_at_its_port(places: Places) -> None:
    """The example's manifest names the address that it has in this demo, and asks for no more."""
    vendor = find_vendor(places, Ports(8100))
    assert vendor is not None
    assert vendor.manifest.entry == "http://127.0.0.1:8103/"
    assert vendor.scopes == sorted(scope.name for scope in vendor.manifest.scopes)
    assert not vendor.is_published(places)
    assert vendor.command[1:] == ["--port", "8103", "--portal", "http://127.0.0.1:8100"]
