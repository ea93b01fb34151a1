"""What a broker's ``settings`` hold, and what they come to for the SAML library."""

from pathlib import Path
from typing import Any

import msgspec

from aula_sdk.login import BrokerSetup

NSIS_LEVEL = "https://data.gov.dk/concept/core/nsis/loa"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


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
    level_attributes: tuple[str, ...] = (NSIS_LEVEL,)
    """The attributes whose values stand in ``acr``; the kind of log-in that the assertion names
    (``AuthnContextClassRef``) does so too, and the surest counts."""


def library_settings(setup: BrokerSetup, own: SamlSettings) -> dict[str, Any]:
    """Return the settings in the library's words; raise `OSError` for an unreadable file."""
    certificates = [_read(name) for name in own.idp_certificates]
    if not certificates:
        raise ValueError("idp_certificates: at least one is needed")
    return {
        "strict": True,
        "sp": {
            "entityId": setup.client_id,
            "assertionConsumerService": {"url": setup.callback_url, "binding": _POST},
            "singleLogoutService": {"url": setup.ended_url, "binding": _REDIRECT},
            "NameIDFormat": own.name_id_format,
            "x509cert": _read(own.certificate_file),
            "privateKey": _read(own.key_file),
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
            "signatureAlgorithm": _RSA_SHA256,
            "digestAlgorithm": _SHA256,
            "allowRepeatAttributeName": False,
        },
    }


def _slo(url: str) -> dict[str, str]:
    return {"url": url, "binding": _REDIRECT}


def _read(name: str) -> str:
    return Path(name).read_text(encoding="utf-8").strip()
