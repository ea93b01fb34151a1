"""The registry's pages, its API document, its settings and its keys."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import aula_registry
from aula_registry.database import Database, migrate, pending_migrations
from aula_registry.keys import KeysWrong, create_keys, load_keys, rotate_keys
from aula_registry.settings import SettingsWrong, load_settings
from aula_registry.texts import LOCALES, choose_locale, translations
from aula_sdk.manifest import parse_manifest, sign_package, verify_key_list, verify_package

Build = Callable[..., dict[str, Any]]
Client = TestClient[Litestar]
PACKAGE = Path(aula_registry.__file__).parent


@pytest.fixture
def published(demo: Any, widget: Build) -> Client:
    manifest = widget(description={"da": "<script>alert(1)</script>", "en": "<b>x</b>"})
    demo.send(manifest)
    client: Client = demo.client
    return client


def test_people_find_and_read(published: Client) -> None:
    """Promise 7: the pages speak Danish and English, and show what data is asked for."""
    listed = published.get("/", params={"q": "ugeplan"})
    assert "Ugeplan på tværs" in listed.text
    danish = published.get("/packages/fjordvang/ugeplan", headers={"Accept-Language": "da-DK"})
    english = published.get("/packages/fjordvang/ugeplan?lang=en")
    assert '<html lang="da">' in danish.text
    assert '<html lang="en">' in english.text
    assert "Finder den." in danish.text
    assert "a code for each child that only this vendor can use" in english.text
    assert "godkendt" in danish.text


def test_what_vendors_write_is_text(published: Client) -> None:
    """R18: a manifest cannot put markup or foreign content into the registry's pages."""
    for path in ("/", "/packages/fjordvang/ugeplan"):
        answer = published.get(path)
        assert "<script>" not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_empty_search_says_so(published: Client) -> None:
    """Manners: an empty list tells what to do; wildcards are letters like others."""
    assert "Prøv med færre ord" in published.get("/", params={"q": "zzzz"}).text
    assert "Ugeplan på tværs" in published.get("/", params={"q": "%_"}).text


def test_nothing_there_is_told_twice(published: Client) -> None:
    """RFC 9457: a page for people, a problem document for programs."""
    page = published.get("/packages/nobody/nothing?lang=en")
    assert page.status_code == 404
    assert "There is no such package" in page.text
    problem = published.get("/api/v1/packages/nobody/nothing")
    assert problem.json()["code"] == "release.unknown"
    assert published.get("/api/v1/nowhere").json()["status"] == 404
    assert published.get("/nowhere").status_code == 404


def test_the_api_is_described(published: Client) -> None:
    """OpenAPI: every route of the API with its refusals."""
    described = published.get("/api/schema/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/publish",
        "/api/v1/mine",
        "/api/v1/search",
        "/api/v1/keys",
        "/api/v1/packages/{vendor}/{name}",
        "/api/v1/packages/{vendor}/{name}/{version}",
    }
    refusals = described["paths"]["/api/v1/publish"]["post"]["responses"]
    assert {"401", "403", "409", "422", "503"} <= set(refusals)


def test_it_says_that_it_is_alive(published: Client) -> None:
    """Operation: a probe reaches the database."""
    assert published.get("/health").text == "ok"


def test_migrations_run_once(database: Database) -> None:
    """R22: a second run changes nothing, and a database that lags is known."""
    assert asyncio.run(pending_migrations()) == []
    asyncio.run(migrate())


def test_all_texts_are_translated() -> None:
    """Promise 7: each text of the templates stands in both catalogues."""
    used: set[str] = set()
    for template in (PACKAGE / "templates").iterdir():
        used |= set(re.findall(r"""_\(["'](.+?)["']\)""", template.read_text(encoding="utf-8")))
    assert len(used) > 20
    for locale in LOCALES:
        known = translations(locale)._catalog  # type: ignore[attr-defined]
        assert used <= set(known)


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [("en", "da", "en"), ("", "en-GB,da;q=0.5", "en"), ("", "de", "da"), ("xx", "", "da")],
)
def test_the_language_is_chosen(asked: str, accepted: str, chosen: str) -> None:
    """Promise 7: what is asked for, then what the browser says, then Danish."""
    assert choose_locale(asked, accepted) == chosen


def test_settings_name_what_is_wrong(tmp_path: Path) -> None:
    """Settings: a wrong key or value stops the start and is named."""
    with pytest.raises(SettingsWrong, match="did you mean database"):
        load_settings(environ={"AULA_REGISTRY_DATABSE": "x"})
    with pytest.raises(SettingsWrong, match="mode"):
        load_settings(environ={"AULA_REGISTRY_MODE": "test"})
    file = tmp_path / "registry.toml"
    file.write_text('mode = "demo"\nport = 9000\n')
    settings = load_settings(file, {"AULA_REGISTRY_PORT": "9001"})
    assert (settings.is_demo, settings.port) == (True, 9001)
    assert not load_settings(environ={}).is_demo


def test_keys_change_without_the_operators(tmp_path: Path, widget: Build) -> None:
    """B1: a new signing key needs no new pin, and what the old one signed stays valid."""
    now = datetime.now(UTC)
    manifest = parse_manifest(widget())
    root_key = create_keys(tmp_path / "keys")
    before = load_keys(tmp_path / "keys")
    old = sign_package(manifest, before.signing, now=now)
    rotate_keys(tmp_path / "keys")
    after = load_keys(tmp_path / "keys")
    listed = verify_key_list(after.key_list, root_key, now=now)
    assert listed.version == 2
    verify_package(old, listed, now=now)
    verify_package(sign_package(manifest, after.signing, now=now), listed, now=now)
    assert (tmp_path / "keys" / "signing.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(KeysWrong):
        create_keys(tmp_path / "keys")
