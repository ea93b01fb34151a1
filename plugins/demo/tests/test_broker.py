"""The demo broker, met by a relying party: who may sign in how, and every refusal."""

import re
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from click.testing import CliRunner
from joserfc import jwt
from joserfc.jwk import KeySet

from aula_plugins.demo import cast
from aula_plugins.demo.broker import tokens
from aula_plugins.demo.broker.__main__ import main
from aula_plugins.demo.broker.app import create_app
from aula_plugins.demo.broker.config import BrokerConfig, NotHere, check_place, read_people
from aula_plugins.demo.broker.tokens import LOW, SUBSTANTIAL

ISSUER = "http://127.0.0.1:8001"
BACK = "http://127.0.0.1:8000/sign-in/callback"
AFTER = "http://127.0.0.1:8000/sign-in"

pytestmark = pytest.mark.anyio


class Browser:
    """A browser and the relying party that sent it."""

    def __init__(self, http: httpx2.AsyncClient, relying: AsyncOAuth2Client) -> None:
        self.http = http
        self.relying = relying
        self.verifier = generate_token(64)
        self.nonce = generate_token()

    def begin(self, **changes: str | None) -> str:
        """Return the address of a log-in; ``None`` leaves a parameter out."""
        url, _state = self.relying.create_authorization_url(
            f"{ISSUER}/authorize", code_verifier=self.verifier, nonce=self.nonce
        )
        sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        sent = {name: value for name, value in (sent | changes).items() if value is not None}
        return str(httpx2.URL(f"{ISSUER}/authorize", params=sent))

    async def pick(self, url: str, **choice: str) -> dict[str, str]:
        """Fill in the page; return what the relying party is told."""
        page = await self.http.get(url)
        assert page.status_code == 200
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        answer = await self.http.post(
            f"{ISSUER}/authorize", data={**unescaped(hidden), "level": SUBSTANTIAL} | choice
        )
        assert answer.status_code == 303
        return told(answer)

    async def redeem(self, code: str, **changes: str) -> dict[str, Any]:
        """Return the answer of the token endpoint to the relying party."""
        token: dict[str, Any] = await self.relying.fetch_token(
            f"{ISSUER}/token",
            grant_type="authorization_code",
            code=code,
            **{"code_verifier": self.verifier} | changes,
        )
        return token

    async def claims(self, id_token: str) -> dict[str, Any]:
        """Return what the ID token says, checked with the published keys."""
        keys = KeySet.import_key_set((await self.http.get(f"{ISSUER}/jwks")).json())
        return dict(jwt.decode(id_token, keys, algorithms=["ES256"]).claims)


def unescaped(fields: dict[str, str]) -> dict[str, str]:
    from html import unescape

    return {name: unescape(value) for name, value in fields.items()}


def told(answer: httpx2.Response) -> dict[str, str]:
    """Return the parameters of a redirect to the relying party."""
    target = urlsplit(answer.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    return {name: values[0] for name, values in parse_qs(target.query).items()}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def config(demo_files: Path) -> BrokerConfig:
    return BrokerConfig(
        issuer=ISSUER,
        client_id="aula",
        redirect_uris=(BACK,),
        sign_out_uris=(AFTER,),
        people=read_people(demo_files / "people.json"),
    )


@pytest.fixture
async def browser(config: BrokerConfig) -> AsyncIterator[Browser]:
    app: Any = create_app(config)
    transport = httpx2.ASGITransport(app)
    relying = AsyncOAuth2Client(
        client_id="aula",
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
        scope="openid",
        redirect_uri=BACK,
        transport=transport,
    )
    async with httpx2.AsyncClient(transport=transport) as http, relying:
        yield Browser(http, relying)


@pytest.mark.parametrize(("level", "amr"), [(LOW, ["pwd"]), (SUBSTANTIAL, ["pwd", "mfa"])])
async def test_signing_in(browser: Browser, level: str, amr: list[str]) -> None:
    """LOG-6, LOG-8: code and PKCE give who it is and how surely, and no name."""
    answer = await browser.pick(browser.begin(state="s-1"), uniid=cast.SIGNE.uniid, level=level)
    assert (answer["state"], answer["iss"]) == ("s-1", ISSUER)
    token = await browser.redeem(answer["code"])
    claims = await browser.claims(token["id_token"])
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "aula"
    assert claims["nonce"] == browser.nonce
    assert claims["uniid"] == cast.SIGNE.uniid
    assert (claims["acr"], claims["amr"]) == (level, amr)
    assert abs(claims["auth_time"] - time.time()) < 5
    assert claims["exp"] > claims["iat"]
    assert cast.SIGNE.family not in str(claims)


async def test_subject_is_a_pseudonym(browser: Browser, config: BrokerConfig) -> None:
    """LOG-9: the same person is the same to us after a restart, and another to another site."""
    first = await browser.redeem(
        (await browser.pick(browser.begin(), uniid=cast.KAREN.uniid))["code"]
    )
    subject = (await browser.claims(first["id_token"]))["sub"]
    assert subject == tokens.pairwise_subject(config.client_id, cast.KAREN.uniid)
    assert subject != tokens.pairwise_subject("another", cast.KAREN.uniid)
    assert cast.KAREN.uniid not in subject


async def test_discovery_says_what_is_true(browser: Browser) -> None:
    """What the broker says of itself is what it does."""
    found = (await browser.http.get(f"{ISSUER}/.well-known/openid-configuration")).json()
    assert found["issuer"] == ISSUER
    assert found["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization_endpoint", "jwks_uri", "end_session_endpoint"):
        assert (await browser.http.get(found[name])).status_code in {200, 400}
    [key] = (await browser.http.get(found["jwks_uri"])).json()["keys"]
    assert key["kty"] == "EC"
    assert "d" not in key, "the private half stays inside"


async def test_code_works_once(browser: Browser) -> None:
    """RFC 6749, 4.1.2: a code that was used is refused."""
    code = (await browser.pick(browser.begin(), uniid=cast.SIGNE.uniid))["code"]
    await browser.redeem(code)
    with pytest.raises(OAuthError) as refused:
        await browser.redeem(code)
    assert refused.value.error == "invalid_grant"


async def test_code_lasts_a_minute(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that is older than sixty seconds is refused."""
    code = (await browser.pick(browser.begin(), uniid=cast.SIGNE.uniid))["code"]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + tokens.CODE_SECONDS + 1)
    with pytest.raises(OAuthError) as refused:
        await browser.redeem(code)
    assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "another-verifier-that-is-long-enough-to-be-one"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8000/elsewhere"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"client_id": "somebody"}, "invalid_client"),
        ({"code": secrets.token_urlsafe(32)}, "invalid_grant"),
    ],
)
async def test_token_refusals(browser: Browser, changes: dict[str, str], error: str) -> None:
    """RFC 6749, 5.2: each wrong part of the exchange has its standard error."""
    code = (await browser.pick(browser.begin(), uniid=cast.SIGNE.uniid))["code"]
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": "aula",
        "code_verifier": browser.verifier,
    }
    answer = await browser.http.post(f"{ISSUER}/token", data=sent | changes)
    assert answer.json() == {"error": error}
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://127.0.0.1:8000/sign-in/callback/"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": None},
        {"client_id": "somebody"},
        {"client_id": None},
    ],
)
async def test_nobody_is_sent_elsewhere(browser: Browser, changes: dict[str, Any]) -> None:
    """RFC 6749, 4.1.2.1: a wrong client or address is told to the person, not by a redirect."""
    for answer in (
        await browser.http.get(browser.begin(**changes)),
        await browser.http.post(
            f"{ISSUER}/authorize",
            data={"uniid": cast.SIGNE.uniid, "level": LOW}
            | dict(urlsplit_query(browser.begin(**changes))),
        ),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "kan ikke fortsætte" in answer.text


def urlsplit_query(url: str) -> list[tuple[str, str]]:
    return [(name, values[0]) for name, values in parse_qs(urlsplit(url).query).items()]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_request_refusals(browser: Browser, changes: dict[str, Any], error: str) -> None:
    """PKCE is required, only the code flow is answered; the relying party is told by redirect."""
    answer = await browser.http.get(browser.begin(state="s-2", **changes))
    assert answer.status_code == 303
    said = told(answer)
    assert (said["error"], said["state"], said["iss"]) == (error, "s-2", ISSUER)


async def test_parameters_come_once(browser: Browser) -> None:
    """RFC 6749, 3.1: a parameter that is repeated makes the request invalid."""
    answer = await browser.http.get(f"{browser.begin()}&scope=openid")
    assert told(answer)["error"] == "invalid_request"
    twice = await browser.http.get(f"{browser.begin()}&client_id=aula")
    assert twice.status_code == 400


async def test_turning_round(browser: Browser) -> None:
    """Who goes back without signing in is told so to the relying party."""
    assert (await browser.pick(browser.begin(), cancel="1"))["error"] == "access_denied"


@pytest.mark.parametrize("choice", [{"uniid": "nobody"}, {"uniid": "sign0301", "level": "high"}])
async def test_only_the_cast_can_be_picked(browser: Browser, choice: dict[str, str]) -> None:
    """Nobody becomes somebody by typing another UNI-ID or another level."""
    assert (await browser.pick(browser.begin(), **choice))["error"] == "invalid_request"


async def test_the_page(browser: Browser) -> None:
    """Cards by role, in Danish and English, with buttons that the keyboard reaches; no script."""
    danish = await browser.http.get(browser.begin(acr_values=LOW))
    english = await browser.http.get(browser.begin(ui_locales="en-GB da"))
    assert 'lang="da"' in danish.text
    assert "Forældre" in danish.text
    assert cast.SIGNE.da in danish.text
    assert 'lang="en"' in english.text
    assert cast.SIGNE.en in english.text
    assert danish.text.count('name="uniid"') == len(cast.CAST)
    assert "<script" not in danish.text
    assert re.search(rf'value="{re.escape(LOW)}" checked', danish.text)
    assert "Skjoldborg" not in danish.text, "a protected person is shown by the alias"
    policy = danish.headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert "frame-ancestors 'none'" in policy
    style = await browser.http.get(f"{ISSUER}/broker.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_what_was_sent_is_not_markup(browser: Browser) -> None:
    """State and nonce come back as they were, and never as a part of the page."""
    nasty = '"><script>alert(1)</script>'
    page = await browser.http.get(browser.begin(state=nasty))
    assert "<script" not in page.text
    answer = await browser.pick(browser.begin(state=nasty), uniid=cast.SIGNE.uniid)
    assert answer["state"] == nasty


async def test_signing_out(browser: Browser) -> None:
    """RP-initiated logout goes back only to an address that was agreed on."""
    there = {"client_id": "aula", "post_logout_redirect_uri": AFTER, "state": "x"}
    answer = await browser.http.get(f"{ISSUER}/sign-out", params=there)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{AFTER}?state=x")
    elsewhere = there | {"post_logout_redirect_uri": "https://elsewhere.example/"}
    assert (await browser.http.get(f"{ISSUER}/sign-out", params=elsewhere)).status_code == 400
    nowhere = await browser.http.get(f"{ISSUER}/sign-out")
    assert "Du er logget ud" in nowhere.text


async def test_other_host_names_are_refused(browser: Browser) -> None:
    """A page elsewhere cannot reach the broker under a name of its own (DNS rebinding)."""
    answer = await browser.http.get(f"{ISSUER}/jwks", headers={"host": "evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "aula.example"])
def test_only_on_this_machine(host: str, demo_files: Path) -> None:
    """Issue 2: a broker without passwords is never reachable from outside."""
    with pytest.raises(NotHere):
        check_place(host, "demo", {})
    assert start(demo_files, "--host", host).exit_code == 1


def test_never_in_production(demo_files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 2: the broker does not start where flag or environment says production."""
    check_place("127.0.0.1", "demo", {})
    with pytest.raises(NotHere):
        check_place("127.0.0.1", "production", {})
    assert "production" in start(demo_files, "--mode", "production").output
    monkeypatch.setenv("AULA_MODE", "production")
    refused = start(demo_files)
    assert refused.exit_code == 1
    assert "production" in refused.output


def start(files: Path, *options: str) -> Any:
    """Start the broker as the command line does; it must refuse before it serves."""
    return CliRunner().invoke(
        main,
        ["--port", "1", "--people", str(files / "people.json"), "--client-id", "aula",
         "--redirect-uri", BACK, *options],
    )  # fmt: skip
