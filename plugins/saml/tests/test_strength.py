"""ASVS 11.2.3, 11.3.1: weak keys stop the start, what is weakly encrypted is not opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aula_plugins.saml.strength import CIPHERS, check_certificate, check_private_key, weak_cipher_in
from aula_sdk.login import LoginNotTrusted
from plugins.saml.tests.conftest import LOGIN, Identity, decode, encode
from tests.login_providers.certificates import make_pair

OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
WEAK = (
    "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
    "urn:made-up",
)


@pytest.mark.parametrize("field", ["idp_certificates", "certificate_file", "key_file"])
def test_a_short_key_stops_the_start(identity: Identity, tmp_path: Path, field: str) -> None:
    """The message names the file and says how long it has to be."""
    key, certificate, _public = make_pair("weak", bits=1024)
    path = tmp_path / "weak.pem"
    path.write_text(key if field == "key_file" else certificate)
    value = (str(path),) if field == "idp_certificates" else str(path)
    with pytest.raises(ValueError, match=r"weak\.pem: 1024 bits are too few, it takes 2048"):
        identity.broker(**{field: value})


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (ec.generate_private_key(ec.SECP192R1()), "192 bits are too few, it takes 256"),
        (ed25519.Ed25519PrivateKey.generate(), "neither an RSA nor an EC key"),
        (ec.generate_private_key(ec.SECP256R1()), ""),
        (rsa.generate_private_key(65537, 2048), ""),
    ],
)
def test_keys_of_other_kinds(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, words: str
) -> None:
    """Of curves 256 bits are enough; what the library cannot sign with is no key here."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    if not words:
        check_private_key("own.key", pem)
        return
    with pytest.raises(ValueError, match=words):
        check_private_key("own.key", pem)


def test_what_is_no_key_says_so() -> None:
    """An operator has named the wrong file."""
    with pytest.raises(ValueError, match=r"idp\.crt: this is no certificate"):
        check_certificate("idp.crt", "not a certificate")
    with pytest.raises(ValueError, match=r"own\.key: this is no private key"):
        check_private_key("own.key", "not a key")


@pytest.mark.parametrize("algorithm", WEAK)
async def test_a_weak_cipher_is_not_opened(
    identity: Identity, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """PKCS#1 v1.5 above all: how its opening fails would tell what is inside."""
    broker = identity.broker()
    whole = decode(await identity.answer(broker))
    assert weak_cipher_in(encode(whole)["SAMLResponse"]) == ""
    assert OAEP.encode() in whole
    changed = encode(whole.replace(OAEP.encode(), algorithm.encode()))
    with pytest.raises(LoginNotTrusted):
        await broker.finish(LOGIN, changed)
    assert f"encrypted by {algorithm[-40:]}" in caplog.text


async def test_no_line_break_hides_a_cipher(identity: Identity) -> None:
    """What the library reads with spaces in it is looked at with spaces in it."""
    broker = identity.broker()
    answer = await identity.answer(broker)
    weak = encode(decode(answer).replace(OAEP.encode(), WEAK[0].encode()))["SAMLResponse"]
    assert weak_cipher_in(f"{weak[:40]}\r\n {weak[40:]}") == WEAK[0]


def test_the_list_holds_no_weak_one() -> None:
    """So that nobody adds one without this test."""
    assert not CIPHERS & set(WEAK)
    assert not any("rsa-1_5" in one or "tripledes" in one for one in CIPHERS)
