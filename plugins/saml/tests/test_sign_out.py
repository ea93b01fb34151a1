"""Signing out there ends the session here: the provider's signed request (HTTP-Redirect)."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from time_machine import TimeMachineFixture

from aula_plugins.saml.broker import REMEMBERED
from aula_sdk.db import utc_now
from aula_sdk.login import LoginNotTrusted
from plugins.saml.tests.conftest import ISSUER, Identity

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
_HASHES = {RSA_SHA256: hashes.SHA256(), RSA_SHA1: hashes.SHA1()}  # To be refused.


def _ask(identity: Identity, algorithm: str = RSA_SHA256, **changes: str) -> str:
    """Return the query of a sign-out, written after the standard without any SAML library."""
    packed = _pack(_request(identity, **changes))
    query = f"SAMLRequest={packed}&RelayState=r&SigAlg={quote_plus(algorithm)}"
    key = serialization.load_pem_private_key(identity.provider_key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(query.encode(), padding.PKCS1v15(), _HASHES[algorithm])
    return f"{query}&Signature={quote_plus(base64.b64encode(signature).decode())}"


def _pack(xml: str) -> str:
    packer = zlib.compressobj(wbits=-15)
    return quote_plus(base64.b64encode(packer.compress(xml.encode()) + packer.flush()).decode())


def _request(identity: Identity, **changes: str) -> str:
    told = {
        "destination": identity.setup.ended_url,
        "issuer": ISSUER,
        "name": "pseudonym-1",
        "indexes": "<samlp:SessionIndex>s1</samlp:SessionIndex>",
        "written": _stamp(utc_now()),
        "until": _stamp(utc_now() + timedelta(minutes=5)),
        **changes,
    }
    holds = f' NotOnOrAfter="{told["until"]}"' if told["until"] else ""
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_logout1" Version="2.0" '
        f'IssueInstant="{told["written"]}" Destination="{told["destination"]}"{holds}>'
        f"<saml:Issuer>{told['issuer']}</saml:Issuer>"
        f"<saml:NameID>{told['name']}</saml:NameID>{told['indexes']}</samlp:LogoutRequest>"
    )


def _stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


async def test_the_provider_ends_the_session_that_it_names(identity: Identity) -> None:
    """SLO: whose and which, known once by its id, and where the browser says that it was done."""
    query = _ask(identity)
    ended = await identity.broker().read_ended(dict(parse_qsl(query)), query)
    assert ended is not None
    assert (ended.subject, ended.sid, ended.token_id) == ("pseudonym-1", "s1", "_logout1")
    answer = parse_qs(urlsplit(ended.answer_url).query)
    assert ended.answer_url.startswith(identity.settings.slo_url)
    assert {"SAMLResponse", "Signature", "SigAlg", "RelayState"} <= answer.keys()


@pytest.mark.parametrize("indexes", ["", "<samlp:SessionIndex>s1</samlp:SessionIndex>" * 2])
async def test_not_one_session_is_all_of_the_persons(identity: Identity, indexes: str) -> None:
    query = _ask(identity, indexes=indexes)
    ended = await identity.broker().read_ended(dict(parse_qsl(query)), query)
    assert ended is not None
    assert (ended.subject, ended.sid) == ("pseudonym-1", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"destination": "https://elsewhere.example/ended"},
        {"issuer": "https://other.idp.example"},
        {"until": "2020-01-01T00:00:00Z"},
        {"algorithm": RSA_SHA1},
    ],
    ids=["destination", "issuer", "too old", "SHA-1"],
)
async def test_what_is_not_for_us_now_ends_nothing(
    identity: Identity, changes: dict[str, str]
) -> None:
    query = _ask(identity, **changes)
    with pytest.raises(LoginNotTrusted):
        await identity.broker().read_ended(dict(parse_qsl(query)), query)


@pytest.mark.parametrize("until", ["", "2020-01-01T00:00:00Z"], ids=["no limit", "limit passed"])
@pytest.mark.parametrize("minutes", [-59, 2], ids=["written long ago", "not written yet"])
async def test_what_was_not_written_now_ends_nothing(
    identity: Identity, minutes: int, until: str
) -> None:
    """The provider need not say how long its request holds; we do not believe it for ever."""
    written = utc_now() + timedelta(minutes=minutes, seconds=-5 if minutes < 0 else 5)
    query = _ask(identity, written=_stamp(written), until=until)
    with pytest.raises(LoginNotTrusted):
        await identity.broker().read_ended(_read(query), query)


@pytest.mark.parametrize("hours", [0, 3], ids=["no limit", "its own limit"])
async def test_a_used_request_is_not_believed_when_its_id_is_forgotten(
    identity: Identity, hours: int, time_machine: TimeMachineFixture
) -> None:
    """Whoever has seen the address can send it again, but it counts once, whenever that is."""
    until = utc_now() + timedelta(hours=hours)
    query = _ask(identity, until=_stamp(until) if hours else "")
    ended = await identity.broker().read_ended(_read(query), query)
    assert ended is not None
    assert ended.expires_at is not None
    time_machine.move_to(utc_now() + REMEMBERED / 2)
    assert await identity.broker().read_ended(_read(query), query)
    time_machine.move_to(ended.expires_at)
    with pytest.raises(LoginNotTrusted):
        await identity.broker().read_ended(_read(query), query)


async def test_without_the_providers_signature_nothing_ends(
    identity: Identity, other_certificate: str
) -> None:
    """Left out, changed afterwards, or another's."""
    query = _ask(identity)
    unsigned = query.partition("&SigAlg=")[0]
    changed = query.replace("RelayState=r", "RelayState=x")
    for ours, sent in (
        (identity.broker(), unsigned),
        (identity.broker(), changed),
        (identity.broker(idp_certificates=(other_certificate,)), query),
    ):
        with pytest.raises(LoginNotTrusted):
            await ours.read_ended(dict(parse_qsl(sent)), sent)


@pytest.mark.parametrize("name", ["SAMLReques%74", "SAMLRequest"])
async def test_what_is_read_is_what_was_signed(identity: Identity, name: str) -> None:
    """A signed request of one's own brings no other message in, under whichever spelling."""
    ours, query = identity.broker(), _ask(identity)
    forged = f"{query}&{name}={_pack(_request(identity, name='victim'))}"
    with pytest.raises(LoginNotTrusted):
        await ours.read_ended(_read(forged), forged)


def _read(query: str) -> dict[str, str]:
    """Return the fields as the site reads them: unescaped, the last of a name."""
    return dict(parse_qsl(query, keep_blank_values=True))


async def test_a_request_beside_an_answer_ends_nothing(identity: Identity) -> None:
    """An answer to our own sign-out is no word about a session, nor a cover for one."""
    query = _ask(identity)
    for answer in ("SAMLResponse", "SAMLRespons%65"):
        both = f"{query}&{answer}=x"
        with pytest.raises(LoginNotTrusted):
            await identity.broker().read_ended(_read(both), both)
    doubled = "SAMLResponse=x&SAMLResponse=y"
    assert await identity.broker().read_ended(_read(doubled), doubled) is None


@pytest.mark.parametrize("by", ["form", "length"])
async def test_nothing_is_unpacked_without_a_signature(
    identity: Identity, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes in a form, or is longer than requests are, costs nothing."""
    unpacked: list[str] = []
    monkeypatch.setattr(
        OneLogin_Saml2_Utils,
        "decode_base64_and_inflate",
        lambda value, **_how: unpacked.append(value),
    )
    query = _ask(identity) if by == "form" else f"SAMLRequest={'A' * 16_001}&Signature=x"
    with pytest.raises(LoginNotTrusted):
        await identity.broker().read_ended(_read(query), "" if by == "form" else query)
    assert not unpacked
