"""Signing in at a certified OpenID provider that none of us wrote (npm: oidc-provider)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from queue import Queue
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest

from aula_platform.settings import BrokerSettings, LoginSettings, Settings, SiteSettings
from aula_platform.storage import Storage
from aula_sdk.people import Kind
from tests.identity.site import Browser, SiteTransport, Town, make_app
from tests.login_providers.running import catch_posts, run_node

URL = "https://aula.example.dk"
SECRET = "a secret of the test, long enough"
HTML = {"accept": "text/html"}
pytestmark = pytest.mark.xdist_group("certified_provider")


@pytest.fixture(scope="module")
def back_channel() -> Iterator[tuple[str, Queue[dict[str, str]]]]:
    """An address at which the provider's word arrives, to be passed on to the site."""
    with catch_posts() as caught:
        yield caught


@pytest.fixture(scope="module")
def issuer(back_channel: tuple[str, Queue[dict[str, str]]]) -> Iterator[str]:
    settings = {
        "clientId": "aula",
        "clientSecret": SECRET,
        "redirectUri": f"{URL}/sign-in/callback",
        "signOutUri": f"{URL}/sign-in",
        "backChannelUri": back_channel[0],
    }
    with run_node("oidc.mjs", settings) as address:
        yield address


class Person:
    """Somebody with a browser of their own, at the site and at the provider."""

    def __init__(self, browser: Browser, outside: httpx2.AsyncClient) -> None:
        self.browser = browser
        self.outside = outside

    async def answer(self, address: str, **said: str) -> str:
        """Log in at the provider; return the path to which it sends the browser."""
        while not address.startswith(URL):
            if "/interaction/" in address:
                address = f"{address}?{urlencode(said)}"
            answer = await self.outside.get(address)
            assert answer.status_code in {302, 303}, answer.text
            address = urljoin(address, answer.headers["location"])
        return address.removeprefix(URL)

    async def sign_in(self, uniid: str, acr: str = "urn:one") -> httpx2.Response:
        address = await self.browser.go_to_broker("/")
        back = await self.answer(address, uniid=uniid, acr=acr, amr="pwd")
        return await self.browser.client.get(back, headers=HTML)


@pytest.fixture
async def person(
    storage: Storage, issuer: str, town: Town, tmp_path: Path
) -> AsyncIterator[Person]:
    """Somebody known, who has not signed in."""
    await town.add("ulla0001", Kind.GUARDIAN)
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    broker = BrokerSettings(
        issuer=issuer,
        client_id="aula",
        client_secret_file=str(secret),
        title="Certified",
        acr={"urn:one": "low", "urn:two": "substantial"},
    )
    settings = Settings(
        site=SiteSettings(mode="demo", url=URL), login=LoginSettings(brokers={"test": broker})
    )
    transport = SiteTransport(make_app(storage, settings))
    async with (
        httpx2.AsyncClient(transport=transport, base_url=URL) as client,
        httpx2.AsyncClient() as outside,
    ):
        yield Person(Browser(client), outside)


async def test_a_known_person_comes_in(person: Person) -> None:
    """Code, PKCE, nonce, iss, discovery, keys and userinfo, as the provider gives them."""
    answer = await person.sign_in("ulla0001")
    assert answer.status_code == 303, answer.text
    seen = await person.browser.who()
    assert (seen["role"], seen["assurance"]) == ("guardian", 1)


async def test_a_second_factor_is_asked_for_and_proved(person: Person) -> None:
    """LOG-15: acr and auth_time come from the provider's token, which has to give both."""
    await person.sign_in("ulla0001")
    assert (await person.browser.client.get("/secret", headers=HTML)).status_code == 401
    begun = await person.browser.client.get("/step-up", params={"next": "/secret"})
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert (asked["acr_values"], asked["max_age"]) == (["urn:two"], ["900"])
    # Another visit without the provider's cookies: it must ask, and the person shows two factors.
    person.outside.cookies.clear()
    back = await person.answer(
        begun.headers["location"], uniid="ulla0001", acr="urn:two", amr="pwd otp"
    )
    answer = await person.browser.client.get(back, headers=HTML)
    assert answer.headers["location"] == "/secret", answer.text
    assert (await person.browser.client.get("/secret", headers=HTML)).text == "the secret"


async def test_who_turns_round_is_told_so(person: Person) -> None:
    address = await person.browser.go_to_broker("/")
    back = await person.answer(address, cancel="1")
    answer = await person.browser.client.get(back, headers=HTML)
    assert answer.status_code == 403
    assert (await person.browser.who())["role"] is None


async def test_a_code_counts_once(person: Person) -> None:
    """The provider refuses the second use; so do we, by the state."""
    address = await person.browser.go_to_broker("/")
    back = await person.answer(address, uniid="ulla0001", acr="urn:one")
    assert (await person.browser.client.get(back)).status_code == 303
    assert (await person.browser.client.get(back, headers=HTML)).status_code == 400


async def test_signing_out_there_ends_the_session_here(
    person: Person, back_channel: tuple[str, Queue[dict[str, str]]]
) -> None:
    """RP-initiated logout there, whose word by the back channel ends our session, once."""
    await person.sign_in("ulla0001")
    session = await person.browser.client.post(
        "/sign-out", data={"_csrf_token": (await person.browser.who())["csrf"]}
    )
    end = session.headers["location"]
    # Signed in a second time, in another window, with the same session at the provider.
    assert (await person.sign_in("ulla0001")).status_code == 303
    assert (await person.browser.who())["role"] == "guardian"
    page = await person.outside.get(end)
    action = re.search(r'action="([^"]+)"', page.text)
    token = re.search(r'name="xsrf" value="([^"]+)"', page.text)
    assert action is not None
    assert token is not None
    done = await person.outside.post(action[1], data={"xsrf": token[1], "logout": "yes"})
    assert done.headers["location"].startswith(f"{URL}/sign-in")
    told = back_channel[1].get(timeout=10)
    first = await person.browser.client.post("/sign-in/test/ended", data=told)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-store")
    assert (await person.browser.who())["role"] is None
    assert (await person.sign_in("ulla0001")).status_code == 303
    again = await person.browser.client.post("/sign-in/test/ended", data=told)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert (await person.browser.who())["role"] == "guardian"
