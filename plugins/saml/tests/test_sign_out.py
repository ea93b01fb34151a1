"""Signing out there ends the session here: the provider's signed request (HTTP-Redirect)."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from aula_sdk.db import utc_now
from aula_sdk.login import LoginNotTrusted
from plugins.saml.tests.conftest import ISSUER, Identity

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
_HASHES = {RSA_SHA256: hashes.SHA256(), RSA_SHA1: hashes.SHA1()}  # To be refused.


def _ask(identity: Identity, algorithm: str = RSA_SHA256, **changes: str) -> str:
    """Return the query of a sign-out, written after the standard without any SAML library."""
    told = {
        "destination": identity.setup.ended_url,
        "issuer": ISSUER,
        "indexes": "<samlp:SessionIndex>s1</samlp:SessionIndex>",
        "until": f"{utc_now() + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
        **changes,
    }
    xml = (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_logout1" Version="2.0" '
        f'IssueInstant="{utc_now():%Y-%m-%dT%H:%M:%SZ}" Destination="{told["destination"]}" '
        f'NotOnOrAfter="{told["until"]}"><saml:Issuer>{told["issuer"]}</saml:Issuer>'
        f"<saml:NameID>pseudonym-1</saml:NameID>{told['indexes']}</samlp:LogoutRequest>"
    )
    packer = zlib.compressobj(wbits=-15)
    packed = base64.b64encode(packer.compress(xml.encode()) + packer.flush()).decode()
    query = f"SAMLRequest={quote_plus(packed)}&RelayState=r&SigAlg={quote_plus(algorithm)}"
    key = serialization.load_pem_private_key(identity.provider_key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(query.encode(), padding.PKCS1v15(), _HASHES[algorithm])
    return f"{query}&Signature={quote_plus(base64.b64encode(signature).decode())}"


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


async def test_without_the_providers_signature_nothing_ends(
    identity: Identity, other_certificate: str
) -> None:
    """Left out, changed afterwards, or another's."""
    query = _ask(identity)
    unsigned = query.partition("&SigAlg=")[0]
    changed = query.replace("RelayState=r", "RelayState=x")
    for broker, sent in (
        (identity.broker(), unsigned),
        (identity.broker(), changed),
        (identity.broker(idp_certificates=(other_certificate,)), query),
    ):
        with pytest.raises(LoginNotTrusted):
            await broker.read_ended(dict(parse_qsl(sent)), sent)
