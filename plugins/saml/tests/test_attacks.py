"""What an attacker may send in a provider's name: nobody gets in by it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import msgspec
import pytest
from lxml import etree

from aula_sdk.login import LoginNotTrusted
from plugins.saml.tests.conftest import LOGIN, Identity, decode, encode

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
Tamper = Callable[[Any, Any], None]


def _evil(assertion: Any) -> Any:
    """Return the assertion about somebody else."""
    evil = deepcopy(assertion)
    evil.set("ID", "_evil")
    evil.find(f"{SAML}Subject/{SAML}NameID").text = "victim"
    return evil


def _without_signature(assertion: Any) -> Any:
    evil = _evil(assertion)
    evil.remove(evil.find(f"{DS}Signature"))
    return evil


def _beside(response: Any, assertion: Any) -> None:
    response.insert(response.index(assertion), _without_signature(assertion))


def _after(response: Any, assertion: Any) -> None:
    response.append(_without_signature(assertion))


def _around(response: Any, assertion: Any) -> None:
    evil = _without_signature(assertion)
    response.replace(assertion, evil)
    etree.SubElement(evil, f"{SAML}Advice").append(assertion)


def _in_its_signature(response: Any, assertion: Any) -> None:
    evil = _evil(assertion)
    response.replace(assertion, evil)
    etree.SubElement(evil.find(f"{DS}Signature"), f"{DS}Object").append(assertion)


def _in_extensions(response: Any, assertion: Any) -> None:
    evil = _evil(assertion)
    response.replace(assertion, evil)
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(assertion)
    response.insert(1, extensions)


def _under_the_same_name(response: Any, assertion: Any) -> None:
    evil = _evil(assertion)
    evil.set("ID", assertion.get("ID"))
    response.insert(response.index(assertion), evil)


def _with_another_name(_response: Any, assertion: Any) -> None:
    assertion.find(f"{SAML}Subject/{SAML}NameID").text = "victim"


def _with_another_level(_response: Any, assertion: Any) -> None:
    assertion.find(f".//{SAML}AuthnContextClassRef").text = "Substantial"


def _unsigned(_response: Any, assertion: Any) -> None:
    assertion.remove(assertion.find(f"{DS}Signature"))


def _failed(response: Any, _assertion: Any) -> None:
    code = response.find(f"{SAMLP}Status/{SAMLP}StatusCode")
    code.set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")


@pytest.mark.parametrize(
    "tamper",
    [
        _beside,
        _after,
        _around,
        _in_its_signature,
        _in_extensions,
        _under_the_same_name,
        _with_another_name,
        _with_another_level,
        _unsigned,
        _failed,
    ],
)
async def test_what_was_not_signed_proves_nothing(identity: Identity, tamper: Tamper) -> None:
    """Signature wrapping in its known forms: one assertion is signed, another one is meant."""
    broker = identity.broker(encrypted=False)
    response = etree.fromstring(decode(await identity.answer(broker, plain="1")))
    tamper(response, response.find(f"{SAML}Assertion"))
    with pytest.raises(LoginNotTrusted):
        await broker.finish(LOGIN, encode(etree.tostring(response)))


async def test_the_same_without_tampering_is_taken(identity: Identity) -> None:
    """So that the refusals above are the tampering's."""
    broker = identity.broker(encrypted=False)
    response = etree.fromstring(decode(await identity.answer(broker, plain="1")))
    proved = await broker.finish(LOGIN, encode(etree.tostring(response)))
    assert proved.subject == "pseudonym-1"


async def test_a_comment_cuts_no_name(identity: Identity) -> None:
    """A signature survives a comment; the name is read as a whole, or not at all."""
    broker = identity.broker(encrypted=False)
    answer = await identity.answer(broker, plain="1", subject="victim.evil.example")
    cut = decode(answer).replace(b"victim.evil", b"victim<!-- -->.evil")
    try:
        proved = await broker.finish(LOGIN, encode(cut))
    except LoginNotTrusted:
        return
    assert proved.subject == "victim.evil.example"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
async def test_documents_with_a_dtd_are_refused(identity: Identity, doctype: str) -> None:
    """No entity is resolved, no file or address opened: there is no DTD in SAML."""
    broker = identity.broker(encrypted=False)
    xml = decode(await identity.answer(broker, plain="1")).decode()
    with pytest.raises(LoginNotTrusted):
        await broker.finish(LOGIN, encode(doctype + xml))


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://somebody.else.example"},
        {"callback_url": "https://aula.example.dk/sign-in/saml/elsewhere"},
        {"callback_url": "https://aula.example.dk/sign-in/saml/ans"},
        {"issuer": "https://other.idp.example"},
    ],
    ids=["audience", "recipient", "part of the recipient", "issuer"],
)
async def test_an_answer_for_others_is_not_for_us(
    identity: Identity, changes: dict[str, str]
) -> None:
    """Audience, recipient and issuer, exactly."""
    answer = await identity.answer(identity.broker())
    with pytest.raises(LoginNotTrusted):
        await identity.broker(**changes).finish(LOGIN, answer)


async def test_an_answer_is_for_one_log_in(identity: Identity) -> None:
    """InResponseTo: what was asked for another log-in is not taken, however often it is sent."""
    answer = await identity.answer(identity.broker())
    other = msgspec.structs.replace(LOGIN, nonce="another")
    with pytest.raises(LoginNotTrusted):
        await identity.broker().finish(other, answer)


async def test_an_old_answer_is_refused(identity: Identity) -> None:
    with pytest.raises(LoginNotTrusted):
        await identity.sign_in(identity.broker(), lifetime="-400")


async def test_another_key_signs_for_nobody(identity: Identity, other_certificate: str) -> None:
    """Only those certificates count that the settings name, never one that comes along."""
    answer = await identity.answer(identity.broker())
    with pytest.raises(LoginNotTrusted):
        await identity.broker(idp_certificates=(other_certificate,)).finish(LOGIN, answer)


@pytest.mark.parametrize("sent", ["", "no base64!", "PHg+", "PHg+PC94Pg=="])
async def test_rubbish_is_refused(identity: Identity, sent: str) -> None:
    with pytest.raises(LoginNotTrusted):
        await identity.broker().finish(LOGIN, {"SAMLResponse": sent})


@pytest.mark.parametrize("sent", [{}, {"SAMLRequest": ""}, {"SAMLRequest": "PHg+"}])
async def test_nobody_else_ends_sessions(identity: Identity, sent: dict[str, str]) -> None:
    """SLO: without the provider's signature nothing ends."""
    with pytest.raises(LoginNotTrusted):
        await identity.broker().read_ended(sent, "")


async def test_a_cpr_number_gets_nobody_in(
    identity: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    """OIOSAML can carry one; it is not kept, not logged and not taken for a name."""
    cpr = "010203-1234"
    proved = await identity.sign_in(
        identity.broker(), attributes={"dk:gov:saml:attribute:CprNumberIdentifier": cpr}
    )
    assert cpr not in repr(msgspec.structs.asdict(proved))
    with caplog.at_level(logging.DEBUG), pytest.raises(LoginNotTrusted):
        await identity.sign_in(identity.broker(), attributes={"uniid": cpr})
    assert cpr not in caplog.text.replace(f"%22{cpr}%22", "")
