"""Signing in at a second provider that none of us wrote (PyPI: idpyoidc), which demands PKCE."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from idpyoidc.server import Server

from aula_platform.identity.tables import session
from aula_platform.settings import BrokerSettings, LoginSettings, Settings, SiteSettings
from aula_platform.storage import GLOBAL, Storage
from aula_sdk.people import Kind
from tests.identity.site import Browser, SiteTransport, Town, make_app
from tests.login_providers.python_oidc import ALGORITHM, run_python_provider

URL = "https://aula.example.dk"
SECRET = "a secret of the test, long enough"
HTML = {"accept": "text/html"}
PEOPLE = {"pseudonym": {"uniid": "ulla0001"}}
CLIENT: dict[str, Any] = {
    "client_id": "aula",
    "client_secret": SECRET,
    "client_salt": "salt of the test",
    "redirect_uris": [(f"{URL}/sign-in/callback", {})],
    "post_logout_redirect_uri": [(f"{URL}/sign-in", "")],
    "backchannel_logout_uri": f"{URL}/sign-in/test/ended",
    "token_endpoint_auth_method": "client_secret_basic",
    "response_types_supported": ["code"],
    "allowed_scopes": ["openid"],
    "id_token_signed_response_alg": ALGORITHM,
}
pytestmark = pytest.mark.xdist_group("python_provider")


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Server]]:
    """The provider and its issuer."""
    with run_python_provider(PEOPLE, dict(CLIENT)) as found:
        yield found


@pytest.fixture
async def browser(
    storage: Storage, running: tuple[str, Server], town: Town, tmp_path: Path
) -> AsyncIterator[Browser]:
    """A browser at the site, of somebody known."""
    await town.add("ulla0001", Kind.GUARDIAN)
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    broker = BrokerSettings(
        issuer=running[0],
        client_id="aula",
        client_secret_file=str(secret),
        title="Python",
        acr={"urn:one": "substantial"},
    )
    settings = Settings(
        site=SiteSettings(mode="demo", url=URL), login=LoginSettings(brokers={"test": broker})
    )
    transport = SiteTransport(make_app(storage, settings))
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        yield Browser(client)


async def _answer(address: str, **changes: str) -> httpx2.Response:
    """Ask the provider what the browser was sent to ask, but for this."""
    asked = {**dict(parse_qsl(urlsplit(address).query)), **changes}
    kept = {name: value for name, value in asked.items() if value}
    async with httpx2.AsyncClient() as outside:
        return await outside.get(f"{address.partition('?')[0]}?{urlencode(kept)}")


async def test_a_known_person_comes_in(browser: Browser) -> None:
    """Discovery, code, PKCE, nonce, iss, keys, client's secret and userinfo as it has them."""
    answer = await browser.sign_in("/who")
    assert (answer.status_code, answer.headers["location"]) == (303, "/who"), answer.text
    seen = await browser.who()
    assert (seen["role"], seen["assurance"]) == ("guardian", 2)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider shares one processor with the test and whatever else runs."""
    monkeypatch.setattr("aula_platform.identity.oidc.http.TIMEOUT", 60)


async def test_without_a_challenge_there_is_no_code(browser: Browser) -> None:
    """PKCE is demanded there, so a log-in that works has sent it."""
    address = await browser.go_to_broker()
    refused = await _answer(address, code_challenge="", code_challenge_method="")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


async def test_a_code_for_another_challenge_lets_nobody_in(browser: Browser) -> None:
    """RFC 7636: whoever begins with a challenge of theirs gets a code that is no use to us."""
    back = (await _answer(await browser.go_to_broker(), code_challenge="x" * 43)).headers[
        "location"
    ]
    answer = await browser.client.get(back.removeprefix(URL), headers=HTML)
    assert answer.status_code == 400
    assert (await browser.who())["role"] is None


async def test_a_nonce_of_another_log_in_lets_nobody_in(browser: Browser) -> None:
    """OpenID Connect Core 3.1.3.7: the provider puts into the token what it was asked with."""
    asked = await _answer(await browser.go_to_broker(), nonce="n" * 43)
    back = asked.headers["location"].removeprefix(URL)
    answer = await browser.client.get(back, headers=HTML)
    assert answer.status_code == 400
    assert (await browser.who())["role"] is None


async def test_its_logout_token_ends_the_session_that_it_names(
    browser: Browser, running: tuple[str, Server], storage: Storage
) -> None:
    """Back-Channel Logout 1.0: made and signed by the provider, once."""
    await browser.sign_in()
    provider = running[1]
    async with storage.read(GLOBAL) as read:
        session_id = await read.scalar(sa.select(session.c.broker_sid))
    address, token = provider.endpoint["session"].do_back_channel_logout(
        provider.context.cdb["aula"], session_id
    )
    path = address.removeprefix(URL)
    assert (await browser.client.post(path, data={"logout_token": token})).status_code == 200
    assert (await browser.who())["role"] is None
    assert (await browser.client.post(path, data={"logout_token": token})).status_code == 400


async def test_signing_out_leads_there(browser: Browser, running: tuple[str, Server]) -> None:
    """RP-initiated logout, at the address that its discovery names."""
    await browser.sign_in()
    answer = await browser.post("/sign-out")
    assert answer.headers["location"].startswith(f"{running[0]}/session?client_id=aula&")
    assert (await browser.who())["role"] is None
