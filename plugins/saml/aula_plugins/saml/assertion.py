"""Whether a response is what the identity provider says to us, now, about this log-in.

The library checks schema, status, number of assertions, signatures and where they stand, times and
issuer. What it lets pass where it is absent is demanded here, of the signed assertion alone.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from aula_plugins.saml.privileges import read_privileges
from aula_plugins.saml.settings import NAME_ID, SamlSettings
from aula_plugins.saml.strength import weak_cipher_in
from aula_sdk.db import utc_now
from aula_sdk.login import BrokerSetup, ProvedIdentity
from aula_sdk.people import Assurance
from aula_sdk.stamdata_values import looks_like_cpr

CLOCKS_DIFFER = timedelta(minutes=1)
_LONGEST = 255
_STATUSES = ("AuthnFailed", "NoAuthnContext")


class NotProved(Exception):
    """The response proves nothing; ``reason`` is a word for the log, without anything personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_assertion(
    settings: Any,
    request: Mapping[str, Any],
    encoded: str,
    *,
    setup: BrokerSetup,
    own: SamlSettings,
    request_id: str,
) -> ProvedIdentity:
    """Return who was proved; raise `NotProved` unless every check passes."""
    try:
        _check_cipher(encoded)
        response = OneLogin_Saml2_Response(settings, encoded)
        response.is_valid(request, request_id, raise_exceptions=True)
        _check_for_us(response, setup, request_id)
        return _read(response, setup, own)
    except NotProved:
        raise
    except OneLogin_Saml2_ValidationError as error:
        raise NotProved(_status_in(str(error)) or f"check {error.code}") from error
    except Exception as error:
        # Forged XML makes the library and its parsers stumble in many ways; none of them proves.
        raise NotProved(type(error).__name__) from error


def _check_cipher(encoded: str) -> None:
    if weak := weak_cipher_in(encoded):
        raise NotProved(f"encrypted by {weak}")


def _check_for_us(response: Any, setup: BrokerSetup, request_id: str) -> None:
    """Demand audience, recipient and the request's id, which the library takes when absent."""
    if response.get_audiences() != [setup.client_id]:
        raise NotProved("audience")
    if setup.issuer not in response.get_issuers():
        raise NotProved("issuer")
    # Looks in the assertion whose signature was checked, and nowhere else.
    path = "/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
    confirmations = response._query_assertion(path)  # noqa: SLF001
    if len(confirmations) != 1:
        raise NotProved("subject confirmation")
    told = confirmations[0]
    if told.get("InResponseTo") != request_id:
        raise NotProved("InResponseTo")
    if told.get("Recipient") != setup.callback_url:
        raise NotProved("recipient")
    if not told.get("NotOnOrAfter"):
        raise NotProved("NotOnOrAfter")


def _read(response: Any, setup: BrokerSetup, own: SamlSettings) -> ProvedIdentity:
    attributes: dict[str, list[str]] = response.get_attributes()
    subject = response.get_nameid()
    uniid = subject if setup.subject_claim == NAME_ID else _one(attributes, setup.subject_claim)
    for name, value in (("NameID", subject), (setup.subject_claim, uniid)):
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST:
            raise NotProved(f"{name} is missing")
        if looks_like_cpr(value):
            raise NotProved(f"{name} holds a CPR number")
    told = [value for name in own.level_attributes for value in attributes.get(name, [])]
    told += response.get_authn_contexts()
    acr = _surest(told, setup.acr)
    return ProvedIdentity(
        issuer=setup.issuer,
        subject=subject,
        uniid=uniid.strip(),
        assurance=setup.acr.get(acr, Assurance.LOW),
        proved_at=_proved_at(response),
        acr=acr[:_LONGEST],
        sid=(response.get_session_index() or "")[:_LONGEST],
        privileges=read_privileges(
            value for name in own.privilege_attributes for value in attributes.get(name, [])
        ),
    )


def _one(attributes: Mapping[str, Sequence[str]], name: str) -> str:
    values = attributes.get(name, [])
    if len(values) != 1:
        raise NotProved(f"{name} is missing")
    return values[0]


def _surest(told: Sequence[str], levels: Mapping[str, Assurance]) -> str:
    known = [value for value in told if not looks_like_cpr(value)]
    return max(known, key=lambda value: levels.get(value, Assurance.LOW), default="")


def _proved_at(response: Any) -> datetime:
    """Return when the person proved who they are; raise for a time that has not come."""
    statement = response._query_assertion("/saml:AuthnStatement")[0]  # noqa: SLF001
    seconds = OneLogin_Saml2_Utils.parse_SAML_to_time(statement.get("AuthnInstant"))
    proved_at, now = datetime.fromtimestamp(seconds, UTC), utc_now()
    if proved_at > now + CLOCKS_DIFFER:
        raise NotProved("AuthnInstant")
    return min(proved_at, now)


def _status_in(text: str) -> str:
    return next((status for status in _STATUSES if status in text), "")
