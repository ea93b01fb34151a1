"""Signing in at an identity provider that none of us wrote."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from aula_plugins.saml.broker import request_id
from aula_plugins.saml.settings import NSIS_LEVEL
from aula_sdk.db import utc_now
from aula_sdk.login import BrokerSession, LoginNotTrusted
from aula_sdk.people import Assurance
from plugins.saml.tests.conftest import LOGIN, Identity, decode


async def test_who_is_known_there_is_known_here(identity: Identity) -> None:
    """OIOSAML 3: a signed question, an encrypted and signed assertion, the NSIS level."""
    proved = await identity.sign_in(identity.broker())
    assert (proved.issuer, proved.subject, proved.uniid) == (
        "https://idp.example",
        "pseudonym-1",
        "ulla0001",
    )
    assert (proved.assurance, proved.acr, proved.sid) == (
        Assurance.SUBSTANTIAL,
        "Substantial",
        "s1",
    )
    assert utc_now() - proved.proved_at < timedelta(minutes=1)


async def test_the_state_comes_back(identity: Identity) -> None:
    """RelayState carries it, by which the site knows the log-in."""
    answer = await identity.answer(identity.broker())
    assert answer["RelayState"] == LOGIN.state


async def test_an_assertion_may_be_plain_where_the_settings_say_so(identity: Identity) -> None:
    """ADFS encrypts when it was told to; an unencrypted answer is refused where it should be."""
    proved = await identity.sign_in(identity.broker(encrypted=False), plain="1", sign="both")
    assert proved.uniid == "ulla0001"
    with pytest.raises(LoginNotTrusted):
        await identity.sign_in(identity.broker(), plain="1")


@pytest.mark.parametrize(
    ("attributes", "context", "level"),
    [
        ({NSIS_LEVEL: "Low"}, "Low", Assurance.LOW),
        ({NSIS_LEVEL: "made up"}, "made up", Assurance.LOW),
        ({NSIS_LEVEL: "Low"}, "Substantial", Assurance.SUBSTANTIAL),
        ({NSIS_LEVEL: ["Low", "Substantial"]}, "Low", Assurance.SUBSTANTIAL),
    ],
)
async def test_the_surest_of_what_is_told_counts(
    identity: Identity, attributes: dict[str, str], context: str, level: Assurance
) -> None:
    """By the table of the settings; what does not stand in it means the lowest."""
    proved = await identity.sign_in(identity.broker(), attributes=attributes, context=context)
    assert proved.assurance is level


async def test_people_can_be_known_by_the_name_id(identity: Identity) -> None:
    proved = await identity.sign_in(identity.broker(subject_claim="NameID"), subject="ulla0001")
    assert proved.uniid == "ulla0001"


async def test_a_second_factor_is_asked_for(identity: Identity) -> None:
    """LOG-15: anew (ForceAuthn), at least so surely."""
    login = msgspec.structs.replace(LOGIN, acr_values=("Substantial",), max_age=900)
    address = await identity.broker().begin(login)
    question = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    asked = OneLogin_Saml2_Utils.decode_base64_and_inflate(question).decode()
    assert 'ForceAuthn="true"' in asked
    assert 'Comparison="minimum"' in asked
    assert "AuthnContextClassRef>Substantial<" in asked
    assert f'ID="{request_id(login)}"' in asked


async def test_how_is_asked_is_the_providers_choice(identity: Identity) -> None:
    """ADFS takes no other comparison than ``exact``; some ask for longer digests."""
    login = msgspec.structs.replace(LOGIN, acr_values=("urn:two",), max_age=900)
    broker = identity.broker(context_comparison="exact", signature_algorithm="rsa-sha512")
    question = urlsplit(await broker.begin(login)).query
    parts = {one.partition("=")[0]: one for one in question.split("&")}
    signed = "&".join(parts[name] for name in ("SAMLRequest", "RelayState", "SigAlg"))
    signature = parts["Signature"].removeprefix("Signature=")
    certificate = x509.load_pem_x509_certificate(
        Path(identity.settings.certificate_file).read_bytes()
    )
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    proof = base64.b64decode(unquote(signature))
    key.verify(proof, signed.encode(), padding.PKCS1v15(), hashes.SHA512())
    asked = parse_qs(question)
    xml = OneLogin_Saml2_Utils.decode_base64_and_inflate(asked["SAMLRequest"][0]).decode()
    assert 'Comparison="exact"' in xml
    assert asked["SigAlg"] == ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"]
    exactly = identity.broker(context_comparison="exact")
    assert (await identity.sign_in(exactly)).uniid == "ulla0001"


async def test_signing_out_asks_there_too(identity: Identity) -> None:
    """SLO: a signed request about this session alone."""
    broker = identity.broker()
    address = await broker.find_sign_out_url("https://aula.example.dk", BrokerSession("p1", "s1"))
    assert address is not None
    asked = parse_qs(urlsplit(address).query)
    assert "Signature" in asked
    xml = OneLogin_Saml2_Utils.decode_base64_and_inflate(asked["SAMLRequest"][0]).decode()
    assert "SessionIndex>s1<" in xml
    assert await identity.broker(slo_url="").find_sign_out_url("", BrokerSession("p1")) is None


async def test_the_answer_to_our_own_request_ends_nothing(identity: Identity) -> None:
    """The provider confirms that we asked; the session here has ended before."""
    assert await identity.broker().read_ended({"SAMLResponse": "x"}, "SAMLResponse=x") is None


async def test_an_encrypted_answer_tells_nothing_on_its_way(identity: Identity) -> None:
    """Nobody who sees the form learns who it is."""
    assert b"ulla0001" not in decode(await identity.answer(identity.broker()))
