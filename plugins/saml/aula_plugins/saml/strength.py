"""What is strong enough to be believed: the length of keys, and how assertions are encrypted."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey as EcPrivate
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey as EcPublic
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

SHORTEST_RSA = 2048
SHORTEST_EC = 256
_XMLENC, _XMLENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
CIPHERS = frozenset(
    {f"{_XMLENC11}aes{bits}-gcm" for bits in (128, 192, 256)}
    | {f"{_XMLENC}aes{bits}-cbc" for bits in (128, 192, 256)}
    | {f"{_XMLENC}rsa-oaep-mgf1p", f"{_XMLENC11}rsa-oaep"}
)
"""Neither RSA with PKCS#1 v1.5, which betrays what it encrypts to who may ask often enough, nor
Triple DES (ASVS 11.3.1). CBC is what many identity providers offer alone; what it hides is signed.
"""


def check_certificate(name: str, text: str) -> None:
    """Raise `ValueError`, with the file's name, for one that cannot be read or is weak."""
    pem = OneLogin_Saml2_Utils.format_cert(text)
    try:
        key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    except ValueError as error:
        raise ValueError(f"{name}: this is no certificate") from error
    _check(name, key)


def check_private_key(name: str, text: str) -> None:
    """Raise `ValueError`, with the file's name, for a key that cannot be read or is weak."""
    pem = OneLogin_Saml2_Utils.format_private_key(text)
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: this is no private key without a password") from error
    _check(name, key)


def _check(name: str, key: object) -> None:
    size, least = _sizes(key)
    if not least:
        raise ValueError(f"{name}: this is neither an RSA nor an EC key")
    if size < least:
        raise ValueError(f"{name}: {size} bits are too few, it takes {least}")


def _sizes(key: object) -> tuple[int, int]:
    """Return how many bits the key has and how many it takes; zeros for another kind."""
    if isinstance(key, RSAPublicKey | RSAPrivateKey):
        return key.key_size, SHORTEST_RSA
    return (key.key_size, SHORTEST_EC) if isinstance(key, EcPublic | EcPrivate) else (0, 0)


def weak_cipher_in(encoded: str) -> str:
    """Return by which algorithm a response is encrypted that is not believed; empty for none.

    Asked before anything is decrypted, so that nobody learns from how that fails; read as the
    library reads it, and raising what that raises.
    """
    document = OneLogin_Saml2_XML.to_etree(OneLogin_Saml2_Utils.b64decode(encoded))
    named = [one.get("Algorithm", "") for one in document.iter(f"{{{_XMLENC}}}EncryptionMethod")]
    return next((name[-40:] for name in named if name not in CIPHERS), "")
