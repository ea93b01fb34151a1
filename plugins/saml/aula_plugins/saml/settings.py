"""What a broker's ``settings`` hold, and what they come to for the SAML library."""

from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import msgspec

from aula_plugins.saml.strength import check_certificate, check_private_key
from aula_sdk.login import BrokerSetup

NSIS_LEVEL = "https://data.gov.dk/concept/core/nsis/loa"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
_QUOTES = {'"': "&quot;"}
NAME_ID = "NameID"
"""The ``subject_claim`` of an identity provider that knows people by UNI-ID itself."""
_ALGORITHMS = {
    f"rsa-sha{bits}": (f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}", digest)
    for bits, digest in (
        (256, "http://www.w3.org/2001/04/xmlenc#sha256"),
        (384, "http://www.w3.org/2001/04/xmldsig-more#sha384"),
        (512, "http://www.w3.org/2001/04/xmlenc#sha512"),
    )
}
"""By which algorithms we sign, each with that of its digest."""


class SamlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[login.brokers.NAME.settings]`` of a broker with ``protocol = "saml"``."""

    sso_url: str
    """Where the identity provider signs people in (HTTP-Redirect)."""
    slo_url: str = ""
    """Where it signs them out (HTTP-Redirect); empty where it does not."""
    idp_certificates: tuple[str, ...]
    """Files with its signing certificates: the one in use, and the next while it changes."""
    key_file: str
    """Our private key: it signs what we ask and opens what is encrypted for us."""
    certificate_file: str
    """Our certificate, as the identity provider knows it."""
    encrypted: bool = True
    """Whether assertions must be encrypted, as OIOSAML demands."""
    name_id_format: str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    signature_algorithm: Literal["rsa-sha256", "rsa-sha384", "rsa-sha512"] = "rsa-sha256"
    """How we sign what we ask."""
    context_comparison: Literal["exact", "minimum", "maximum", "better"] = "minimum"
    """How what is asked for in a second factor compares to what is shown; ADFS takes ``exact``."""
    level_attributes: tuple[str, ...] = (NSIS_LEVEL,)
    """The attributes whose values stand in ``acr``; the kind of log-in that the assertion names
    (``AuthnContextClassRef``) does so too, and the surest counts."""
    privilege_attributes: tuple[str, ...] = (
        "https://data.gov.dk/model/core/eid/privilegesIntermediate",
        "dk:gov:saml:attribute:Privileges_intermediate",
    )
    """The attributes that hold a Basic Privilege Profile; read where ``privileges`` has a table."""


def library_settings(setup: BrokerSetup, own: SamlSettings) -> dict[str, Any]:
    """Return the settings in the library's words; raise `OSError` for an unreadable file and
    `ValueError` for one with a weak key.
    """
    certificates = [_read_certificate(name) for name in own.idp_certificates]
    if not certificates:
        raise ValueError("idp_certificates: at least one is needed")
    private_key = _read(own.key_file)
    check_private_key(own.key_file, private_key)
    algorithm, digest = _ALGORITHMS[own.signature_algorithm]
    return {
        "strict": True,
        "sp": {
            "entityId": setup.client_id,
            "assertionConsumerService": {"url": setup.callback_url, "binding": _POST},
            "singleLogoutService": {"url": setup.ended_url, "binding": _REDIRECT},
            "attributeConsumingService": {
                "serviceName": escape(setup.title),
                "requestedAttributes": [
                    {"name": escape(name, _QUOTES), "nameFormat": _URI, "isRequired": True}
                    for name in (setup.subject_claim, *own.level_attributes)
                    if name != NAME_ID
                ],
            },
            "NameIDFormat": own.name_id_format,
            "x509cert": _read_certificate(own.certificate_file),
            "privateKey": private_key,
        },
        "idp": {
            "entityId": setup.issuer,
            "singleSignOnService": {"url": own.sso_url, "binding": _REDIRECT},
            **({"singleLogoutService": _slo(own.slo_url)} if own.slo_url else {}),
            "x509certMulti": {"signing": certificates},
        },
        "security": {
            "authnRequestsSigned": True,
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "wantAssertionsSigned": True,
            "wantAssertionsEncrypted": own.encrypted,
            # Of sign-outs the message is what is signed; of log-ins it is the assertion.
            "wantMessagesSigned": False,
            "wantAttributeStatement": True,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "signatureAlgorithm": algorithm,
            "digestAlgorithm": digest,
            "allowRepeatAttributeName": False,
            # What identity providers keep as a file must not run out there after two days.
            "metadataValidUntil": "",
        },
    }


def _slo(url: str) -> dict[str, str]:
    return {"url": url, "binding": _REDIRECT}


def _read_certificate(name: str) -> str:
    text = _read(name)
    check_certificate(name, text)
    return text


def _read(name: str) -> str:
    return Path(name).read_text(encoding="utf-8").strip()
