"""Signing in at the application as it is served: guard, error pages and policy included."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import httpx2
import msgspec
import pytest
from structlog.contextvars import get_contextvars

from aula_platform.app import create_app
from aula_platform.audit.tables import entry
from aula_platform.identity.secrets import hash_secret
from aula_platform.identity.tables import session
from aula_platform.kernel import ROOMS
from aula_platform.plugin_host import Host
from aula_platform.settings import MunicipalitySettings, StorageSettings
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate
from aula_sdk.people import Kind
from aula_sdk.testing.databases import Databases
from tests.audit.intruder import rows_of
from tests.identity.provider import Person, Provider
from tests.identity.site import Browser, Town, make_settings

URL = "https://aula.example.dk"


def _prepare(url: str) -> None:
    async def migrate_rooms() -> None:
        opened = Storage(url)
        await migrate(opened, ROOMS)
        await opened.close()

    asyncio.run(migrate_rooms())


@pytest.fixture
def whole_database(databases: Databases) -> Iterator[str]:
    url = databases.copy_of("kernel", _prepare)
    yield url
    databases.drop(url)


@pytest.fixture
async def site(whole_database: str, provider: Provider, tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser at the whole application; somebody known sits at the keyboard."""
    secret = tmp_path / "secret"
    secret.write_text(provider.secret)
    settings = make_settings(provider, secret, url=URL)
    settings = msgspec.structs.replace(
        settings,
        site=msgspec.structs.replace(settings.site, data=str(tmp_path)),
        storage=StorageSettings(whole_database),
        municipalities={"Skovby": MunicipalitySettings(name="Skovby", help="Ring 12 34 56 78.")},
    )
    app = create_app(settings, Host(), background=False)
    async with app.lifespan():
        await Town(app.state.storage).add("ulla0001", Kind.GUARDIAN)
        provider.person = Person("ulla0001")
        transport = httpx2.ASGITransport(cast(Any, app))
        headers = {"accept": "text/html"}
        async with httpx2.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
            yield Browser(client)


async def test_from_the_door_to_the_overview_and_out_again(site: Browser) -> None:
    """A page asked for by nobody leads to the buttons, these to the broker, that to the page."""
    door = await site.client.get("/profile")
    assert door.headers["location"] == "/sign-in?next=%2Fprofile"
    buttons = (await site.client.get(door.headers["location"])).text
    assert 'href="/sign-in/test?next=%2Fprofile"' in buttons
    assert "Ring 12 34 56 78." in buttons
    assert (await site.sign_in("/profile")).headers["location"] == "/profile"
    page = await site.client.get("/profile")
    assert page.status_code == 200
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    out = await site.client.post("/sign-out", data={"_csrf_token": token})
    assert out.status_code == 303
    assert (await site.client.get("/profile")).headers["location"] == door.headers["location"]


async def test_signing_out_is_not_stopped_on_its_way(site: Browser, provider: Provider) -> None:
    """The policy of the page with the form allows the broker's address."""
    await site.sign_in()
    policy = (await site.client.get("/profile")).headers["content-security-policy"]
    assert f"form-action 'self' {provider.issuer}" in policy


async def test_a_forged_form_gets_a_page_that_says_what_to_do(site: Browser) -> None:
    """Refused before any handler, and still in the reader's language and look."""
    await site.sign_in()
    answer = await site.client.post("/sign-out", data={"_csrf_token": "x"})
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert "Genindlæs siden" in answer.text
    assert (await site.client.get("/profile")).status_code == 200


async def test_no_way_in_is_found_by_search_engines_or_kept_by_caches(site: Browser) -> None:
    """R11: sign-in pages are not indexed; what they answer is stored nowhere."""
    for path in ("/sign-in", "/sign-in/test", "/sign-in/callback", "/role"):
        answer = await site.client.get(path)
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "no-store" in answer.headers["cache-control"]


async def test_who_comes_and_goes_is_audited(site: Browser, whole_database: str) -> None:
    """As what, by which broker and how surely, in the municipality where the person is somebody."""
    await site.sign_in("/profile")
    page = await site.client.get("/profile")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    await site.client.post("/sign-out", data={"_csrf_token": token})
    storage = Storage(whole_database)
    entries = [row for row in await rows_of(storage, entry) if row["kind"] == "sign_in"]
    assert [row["action"] for row in entries] == ["identity.signed_in", "identity.signed_out"]
    for row in entries:
        assert (row["role"], row["details"]) == ("guardian", {"broker": "test"})
        assert row["account_id"] is not None
        assert row["person_id"] is not None
        assert row["request_id"]
        assert row["assurance"] in {1, 2, 3}
    await storage.close()


class _Kept(logging.Handler):
    """What is logged, with the request's id that each line is given."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append((record.getMessage(), get_contextvars().get("request_id", "")))


async def test_a_refusals_mark_leads_to_the_log_in(site: Browser, whole_database: str) -> None:
    """ASVS 16.3.2: the log-in's line has the mark of the session, and the id of its request in the
    audit, which says who it was.
    """
    kept, logger = _Kept(), logging.getLogger("aula.identity")
    level = logger.level
    logger.addHandler(kept)
    logger.setLevel(logging.INFO)
    try:
        await site.sign_in("/profile")
    finally:
        logger.removeHandler(kept)
        logger.setLevel(level)
    storage = Storage(whole_database)
    (row,) = await rows_of(storage, session)
    (come,) = (one for one in await rows_of(storage, entry) if one["kind"] == "sign_in")
    await storage.close()
    mark = hash_secret(row["id"].hex)[:8].hex()
    (line,) = (one for one in kept.lines if "was let in" in one[0])
    assert line[0].endswith(f"whose={mark}")
    assert line[1] == come["request_id"]


async def test_https_is_insisted_on_and_no_other_origin_let_in(site: Browser) -> None:
    """HSTS for a year and all hosts below; no CORS; no TRACE, and no listing of folders."""
    await site.sign_in()
    elsewhere = {"origin": "https://evil.example"}
    for path in ("/", "/sign-in", "/api/v1/nowhere", "/static/core.css"):
        headers = (await site.client.get(path, headers=elsewhere)).headers
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert not any(name.startswith("access-control") for name in headers)
    assert (await site.client.request("TRACE", "/")).status_code in {404, 405}
    for folder in ("/static/", "/looks/"):
        assert (await site.client.get(folder)).status_code == 404
