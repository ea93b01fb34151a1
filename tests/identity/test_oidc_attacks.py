"""What an attacker may send to the callback, and tokens that prove nothing: nobody gets in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from aula_platform.identity.oidc import provider as provider_room
from aula_sdk.people import Kind
from tests.identity.provider import Claims, Forge, Person, Provider
from tests.identity.site import Browser, Town

_HOUR = 3600


@pytest.fixture
async def victim(provider: Provider, town: Town) -> Person:
    """Somebody who is known, and whom the attacker would like to be."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    return provider.person


def _part(document: Claims) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=")


def _changed(**changes: Any) -> Forge:
    def forge(provider: Provider, claims: Claims) -> str:
        claims.update({key: value for key, value in changes.items() if value is not None})
        for key in [key for key, value in changes.items() if value is None]:
            del claims[key]
        return provider.sign(claims)

    return forge


def _without_signature(_provider: Provider, claims: Claims) -> str:
    return (_part({"alg": "none", "kid": "first"}) + b"." + _part(claims) + b".").decode()


def _hmac_with_public_key(provider: Provider, claims: Claims) -> str:
    """The oldest trick: the published key as the secret of a symmetric signature."""
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = _part({"alg": "HS256", "kid": provider.kid}) + b"." + _part(claims)
    signature = hmac.digest(public, signed, hashlib.sha256)
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def _hmac_with_client_secret(provider: Provider, claims: Claims) -> str:
    secret = provider.secret.ljust(32, "!")
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": provider.kid})


def _strange_key(provider: Provider, claims: Claims) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": provider.kid})


def _key_in_header(provider: Provider, claims: Claims) -> str:
    """A token that brings along the key by which it should be believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    header = {"kid": provider.kid, "jwk": own}
    return jwt.encode(claims, key, algorithm="ES256", headers=header)


def _signature_cut(provider: Provider, claims: Claims) -> str:
    return provider.sign(claims).rpartition(".")[0] + "."


def _payload_changed(provider: Provider, claims: Claims) -> str:
    header, _payload, signature = provider.sign(claims).split(".")
    return f"{header}.{_part({**claims, 'uniid': 'ulla0001', 'more': 1}).decode()}.{signature}"


FORGERIES: dict[str, Forge] = {
    "wrong nonce": _changed(nonce="of another log-in"),
    "no nonce": _changed(nonce=None),
    "wrong audience": _changed(aud="another-client"),
    "no audience": _changed(aud=None),
    "several audiences without a party": _changed(aud=["aula-test", "another-client"]),
    "another authorised party": _changed(azp="another-client"),
    "wrong issuer": _changed(iss="https://evil.example"),
    "no issuer": _changed(iss=None),
    "expired": _changed(exp=int(time.time()) - 120),
    "no expiry": _changed(exp=None),
    "expiry that is no number": _changed(exp=float("nan")),
    "issued long ago": _changed(iat=int(time.time()) - _HOUR),
    "issued in the future": _changed(iat=int(time.time()) + _HOUR),
    "not valid yet": _changed(nbf=int(time.time()) + _HOUR),
    "proved in the future": _changed(auth_time=int(time.time()) + _HOUR),
    "no subject": _changed(sub=None),
    "empty person": _changed(uniid=""),
    "person that is no text": _changed(uniid=["ulla0001"]),
    "no signature (alg none)": _without_signature,
    "HS256 with the public key": _hmac_with_public_key,
    "HS256 with the client's secret": _hmac_with_client_secret,
    "signed by another key": _strange_key,
    "signed by the key in its header": _key_in_header,
    "signature cut off": _signature_cut,
    "payload changed": _payload_changed,
    "no token at all": lambda _provider, _claims: "",
    "no token but a word": lambda _provider, _claims: "token",
}


async def test_a_forged_token_lets_nobody_in(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """OIDC Core 3.1.3.7: every check counts, each alone."""
    accepted = []
    for name, forge in FORGERIES.items():
        provider.forge = forge
        answer = await browser.sign_in()
        if answer.status_code != 400 or "__Host-aula_session" in browser.client.cookies:
            accepted.append(name)
    assert accepted == []
    assert (await browser.who())["role"] is None


async def test_the_same_log_in_without_a_forgery_succeeds(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """The forgeries fail by what was forged, not by something else."""
    provider.forge = lambda own, claims: own.sign(claims)
    await browser.sign_in()
    assert (await browser.who())["role"] == "guardian"


async def test_a_callback_counts_once(browser: Browser, victim: Person) -> None:
    """Replay: the same state and code a second time open nothing."""
    back = await browser.log_in_at(await browser.go_to_broker())
    assert (await browser.client.get(back)).status_code == 303
    browser.client.cookies.delete("__Host-aula_session")
    assert (await browser.client.get(back)).status_code == 400
    assert (await browser.who())["role"] is None


async def test_a_code_counts_once(browser: Browser, provider: Provider, victim: Person) -> None:
    """A code that has been redeemed is worth nothing with another log-in's state."""
    first = await browser.log_in_at(await browser.go_to_broker())
    assert (await browser.client.get(first)).status_code == 303
    second = parse_qs(urlsplit(await browser.go_to_broker()).query)["state"][0]
    code = parse_qs(urlsplit(first).query)["code"][0]
    browser.client.cookies.delete("__Host-aula_session")
    answer = await browser.client.get("/sign-in/callback", params={"state": second, "code": code})
    assert answer.status_code == 400
    assert (await browser.who())["role"] is None


async def test_a_state_that_is_not_ours_opens_nothing(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """Nothing is asked of the broker for it either."""
    back = await browser.log_in_at(await browser.go_to_broker())
    code = parse_qs(urlsplit(back).query)["code"][0]
    for state in ("", "x", "A" * 43, "æ" * 10_000):
        answer = await browser.client.get(
            "/sign-in/callback", params={"state": state, "code": code}
        )
        assert answer.status_code == 400
    assert code in provider.codes


async def test_a_log_in_belongs_to_the_browser_that_began_it(
    browser: Browser, open_browser: Callable[..., Browser], provider: Provider, victim: Person
) -> None:
    """Login CSRF: a link with the attacker's state and code does not sign the victim in as them."""
    link = await browser.log_in_at(await browser.go_to_broker())
    other = open_browser()
    await other.go_to_broker()
    answer = await other.client.get(link)
    assert answer.status_code == 400
    assert (await other.who())["role"] is None
    # Nothing was taken away from the one to whom it belongs.
    assert (await browser.client.get(link)).status_code == 303


async def test_another_log_ins_code_is_refused(
    browser: Browser, open_browser: Callable[..., Browser], victim: Person
) -> None:
    """PKCE: a code that was stolen on its way is worth nothing in the thief's own log-in."""
    stolen = parse_qs(urlsplit(await browser.log_in_at(await browser.go_to_broker())).query)
    thief = open_browser()
    own = parse_qs(urlsplit(await thief.go_to_broker()).query)
    answer = await thief.client.get(
        "/sign-in/callback", params={"state": own["state"][0], "code": stolen["code"][0]}
    )
    assert answer.status_code == 400
    assert (await thief.who())["role"] is None


async def test_an_answer_of_another_issuer_is_refused(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """RFC 9207: a mix-up of two providers is noticed before the code is sent anywhere."""
    back = await browser.log_in_at(await browser.go_to_broker())
    answer = await browser.client.get(f"{back}&iss=https://evil.example")
    assert answer.status_code == 400
    assert len(provider.codes) == 1


async def test_an_issuer_that_promises_its_name_must_give_it(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """RFC 9207, 2.4: once announced, a missing ``iss`` is refused."""
    provider.metadata_changes = {"authorization_response_iss_parameter_supported": True}
    assert (await browser.sign_in()).status_code == 400


@pytest.mark.expects_fault(r"names another issuer", reason="a provider that lies about its name")
async def test_discovery_of_another_issuer_is_refused(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """OIDC Discovery 4.3: the document names the issuer that it was asked of."""
    provider.metadata_changes = {"issuer": "https://evil.example"}
    answer = await browser.client.get("/sign-in/test")
    assert answer.status_code == 503


async def test_the_address_at_the_broker_carries_no_secret(
    browser: Browser, provider: Provider
) -> None:
    """R16: the verifier and the browser's own value stay at home; the challenge is S256."""
    query = parse_qs(urlsplit(await browser.go_to_broker("/messages/")).query)
    assert set(query) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert query["redirect_uri"] == ["https://aula.example.dk/sign-in/callback"]
    assert browser.client.cookies["__Host-aula_login"] not in str(query)


async def test_a_new_key_is_fetched_when_it_signs_and_not_at_each_forgery(
    browser: Browser, provider: Provider, victim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotation works without a restart; made-up key ids do not make us ask again and again."""
    await browser.sign_in()
    provider.rotate("second")
    await browser.sign_in()
    assert provider.asked.count("/jwks") == 1, "half a minute has not passed"
    monkeypatch.setattr(provider_room, "RETRY_SECONDS", 0.0)
    await browser.sign_in()
    assert provider.asked.count("/jwks") == 2
    assert (await browser.who())["role"] == "guardian"


async def test_a_provider_that_names_no_keys_is_understood(
    browser: Browser, provider: Provider, victim: Person
) -> None:
    """RFC 7515 4.1.4: ``kid`` is optional."""
    provider.names_keys = False
    await browser.sign_in()
    assert (await browser.who())["role"] == "guardian"
