"""A broker that speaks SAML 2.0 (Web Browser SSO: redirect there, form back)."""

import hashlib
import logging
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from aula_plugins.saml import _
from aula_plugins.saml.assertion import CLOCKS_DIFFER, NotProved, read_assertion
from aula_plugins.saml.settings import SamlSettings, library_settings
from aula_sdk.db import utc_now
from aula_sdk.login import (
    BrokerSession,
    BrokerSetup,
    LoginCancelled,
    LoginNotTrusted,
    LoginRequest,
    NotProvedEnough,
    ProvedIdentity,
)
from aula_sdk.people import Kind

_log = logging.getLogger("aula.saml")
REMEMBERED = timedelta(hours=1)
"""How long after it was written a signed logout is known by its id; older ones are not believed."""
_LONGEST_LOGOUT = 16_000
"""Characters of a packed request: what no signature has been checked of is not unpacked at will."""


class SamlBroker:
    """Implements `aula_sdk.login.LoginBroker`."""

    takes_forms = True

    def __init__(self, setup: BrokerSetup, own: SamlSettings) -> None:
        """Read keys and certificates; raises `OSError` for one that cannot be read, and
        `ValueError` where no metadata can be made of the settings.
        """
        self.name = setup.name
        self.title = setup.title
        self.kinds: tuple[Kind, ...] = setup.kinds
        self.demo = setup.demo
        addresses = [urlsplit(url) for url in (own.sso_url, own.slo_url) if url]
        self.origins = tuple(dict.fromkeys(f"{each.scheme}://{each.netloc}" for each in addresses))
        self._setup, self._own = setup, own
        self._login = library_settings(setup, own)
        self._logout = deepcopy(self._login)
        self._logout["security"]["wantMessagesSigned"] = True
        auth = OneLogin_Saml2_Auth(self._request(setup.callback_url), old_settings=self._login)
        self.metadata = _write_metadata(auth.get_settings())

    async def begin(self, login: LoginRequest) -> str:
        """Return the address with a signed request; it names us, and the log-in by an id."""
        auth = self._auth(self._setup.callback_url, self._asking_for(login))
        asked = OneLogin_Saml2_Authn_Request(
            auth.get_settings(), force_authn=login.max_age is not None
        )
        xml = asked.get_xml().replace(asked.get_id(), request_id(login), 1)
        packed = OneLogin_Saml2_Utils.deflate_and_base64_encode(xml)
        question = {"SAMLRequest": packed, "RelayState": login.state}
        security = auth.get_settings().get_security_data()
        auth.add_request_signature(question, security["signatureAlgorithm"])
        return str(auth.redirect_to(auth.get_sso_url(), question))

    async def finish(self, login: LoginRequest, answer: Mapping[str, str]) -> ProvedIdentity:
        """Return who came back; raise a `LoginRefused` for everything but a full proof."""
        auth = self._auth(self._setup.callback_url, self._login)
        try:
            proved = read_assertion(
                auth.get_settings(),
                self._request(self._setup.callback_url),
                answer.get("SAMLResponse", ""),
                setup=self._setup,
                own=self._own,
                request_id=request_id(login),
            )
        except NotProved as error:
            raise self._explain(error) from error
        return proved

    async def find_sign_out_url(self, _return_url: str, ended: BrokerSession) -> str | None:
        """Return the identity provider's end of session, with a signed request; None without."""
        if not self._own.slo_url or not ended.subject:
            return None
        auth = self._auth(self._setup.ended_url, self._logout)
        return str(auth.logout(name_id=ended.subject, session_index=ended.sid or None))

    async def read_ended(self, sent: Mapping[str, str], query: str) -> BrokerSession | None:
        """Return whose session the identity provider has ended, by its signed request."""
        if "SAMLResponse" in sent and "SAMLRequest" not in sent:
            return None
        if not _is_what_was_signed(sent, query):
            raise self._distrust("logout, query")
        if len(sent.get("SAMLRequest", "")) > _LONGEST_LOGOUT:
            raise self._distrust("logout, length")
        request = {**self._request(self._setup.ended_url), "get_data": dict(sent)}
        request |= {"query_string": query, "validate_signature_from_qs": True}
        auth = OneLogin_Saml2_Auth(request, old_settings=self._logout)
        try:
            return self._read_logout(auth)
        except Exception as error:
            # Whatever the library stumbles over, it was not the identity provider's word.
            raise self._distrust(f"logout, {type(error).__name__}") from error

    def _read_logout(self, auth: OneLogin_Saml2_Auth) -> BrokerSession:
        answer_url = auth.process_slo(keep_local_session=True)
        if auth.get_errors():
            raise NotProved(auth.get_errors()[0])
        xml = auth.get_last_request_xml()
        expires_at = _check_age(xml)
        indexes = OneLogin_Saml2_Logout_Request.get_session_indexes(xml)
        return BrokerSession(
            subject=OneLogin_Saml2_Logout_Request.get_nameid(xml, self._login["sp"]["privateKey"]),
            # Of several sessions all of the person's end: none of them is left open by mistake.
            sid=indexes[0] if len(indexes) == 1 else "",
            token_id=auth.get_last_message_id(),
            expires_at=expires_at,
            answer_url=str(answer_url),
        )

    def _asking_for(self, login: LoginRequest) -> dict[str, Any]:
        if not login.acr_values:
            return self._login
        asking = deepcopy(self._login)
        asking["security"]["requestedAuthnContext"] = list(login.acr_values)
        asking["security"]["requestedAuthnContextComparison"] = self._own.context_comparison
        return asking

    def _auth(self, url: str, settings: dict[str, Any]) -> OneLogin_Saml2_Auth:
        return OneLogin_Saml2_Auth(self._request(url), old_settings=settings)

    def _request(self, url: str) -> dict[str, Any]:
        """Return where the message arrived: at our own address, whatever a proxy says."""
        address = urlsplit(url)
        return {
            "https": "on" if address.scheme == "https" else "off",
            "http_host": address.netloc,
            "script_name": address.path,
            "get_data": {},
            "post_data": {},
        }

    def _explain(self, error: NotProved) -> Exception:
        if error.reason == "AuthnFailed":
            return LoginCancelled(_("Nothing has happened. Try again when you are ready."))
        if error.reason == "NoAuthnContext":
            return NotProvedEnough(_("The log-in service has no second factor of yours."))
        return self._distrust(error.reason)

    def _distrust(self, reason: str) -> LoginNotTrusted:
        _log.warning("an answer of %s was not trusted: %s", self.name, reason)
        return LoginNotTrusted(
            _("Try again. If it happens once more, tell your school or municipality when it was.")
        )


def _write_metadata(settings: Any) -> str:
    """Return our metadata, checked by the standard's schema; raise `ValueError`."""
    written = settings.get_sp_metadata()
    metadata = written.decode() if isinstance(written, bytes) else str(written)
    if problems := settings.validate_metadata(metadata):
        message = f"no metadata can be made of these settings: {', '.join(problems)}"
        raise ValueError(message)
    return metadata


def _check_age(xml: str | bytes) -> datetime:
    """Return until when a logout must be known by its id; raise `NotProved` for one that is older,
    or not written yet.

    A logout need not say how long it holds (``NotOnOrAfter``), and the library asks about nothing
    else: without a limit of our own it could be sent again once its id is forgotten.
    """
    request = OneLogin_Saml2_XML.to_etree(xml)
    written, now = _read_time(request.get("IssueInstant")), utc_now()
    if not now - REMEMBERED + CLOCKS_DIFFER <= written <= now + CLOCKS_DIFFER:
        raise NotProved("IssueInstant")
    expires_at = written + REMEMBERED
    until = request.get("NotOnOrAfter")
    return max(expires_at, _read_time(until)) if until else expires_at


def _read_time(text: str) -> datetime:
    return datetime.fromtimestamp(OneLogin_Saml2_Utils.parse_SAML_to_time(text), UTC)


def _is_what_was_signed(sent: Mapping[str, str], query: str) -> bool:
    """Whether the fields are those of the query, each once and under its plain name.

    The library checks the signature over the query's parts as they are written and reads the
    message from the fields: under an escaped or a second name another message would be read than
    was signed. A form has no query, so no form ends a session; nor does a request beside an answer.
    """
    names = [part.partition("=")[0] for part in query.split("&")]
    return len(set(names)) == len(names) and set(names) == set(sent) and "SAMLResponse" not in sent


def request_id(login: LoginRequest) -> str:
    """Return by which id the identity provider answers this log-in and no other."""
    return f"_{hashlib.sha256(login.nonce.encode()).hexdigest()}"
