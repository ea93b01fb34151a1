"""A broker that speaks OpenID Connect, from its section of ``aula.toml``."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from joserfc.jwk import Key

from aula_platform.identity.broker_settings import WrongBrokerSettings
from aula_platform.identity.oidc.http import Connections, unavailable
from aula_platform.identity.oidc.id_token import (
    NotProved,
    UnknownKey,
    check_id_token,
    read_proved_at,
    read_texts,
)
from aula_platform.identity.oidc.logout_token import KEPT_LOGOUT, check_logout_token
from aula_platform.identity.oidc.provider import Metadata, Provider
from aula_platform.identity.oidc.redeeming import TokenClient
from aula_platform.settings import BrokerSettings
from aula_sdk.db import utc_now
from aula_sdk.i18n import gettext_for
from aula_sdk.login import (
    BrokerSession,
    LoginCancelled,
    LoginExpired,
    LoginNotTrusted,
    LoginRefused,
    LoginRequest,
    NotProvedEnough,
    ProvedIdentity,
)
from aula_sdk.people import Assurance, Kind
from aula_sdk.stamdata_values import looks_like_cpr

_ = gettext_for("aula")
_log = logging.getLogger("aula.identity")

_TURNED_ROUND = frozenset({"access_denied", "login_required", "interaction_required"})
_AWAY = frozenset({"temporarily_unavailable", "server_error"})
_LONGEST_SUBJECT = 255


class OidcBroker:
    """Implements `LoginBroker`: authorization code, PKCE S256, state, nonce."""

    takes_forms = False
    metadata = ""

    def __init__(
        self, name: str, settings: BrokerSettings, levels: Mapping[str, Assurance]
    ) -> None:
        """Read the secret; raises `WrongBrokerSettings` when its file cannot be read.

        ``levels`` says how surely each of the broker's values tells who it is; others mean `LOW`.
        """
        self.name = name
        self.title = settings.title
        self.kinds: tuple[Kind, ...] = settings.kinds
        self.demo = settings.demo
        address = urlsplit(settings.issuer)
        self.origins: tuple[str, ...] = (f"{address.scheme}://{address.netloc}",)
        self._settings = settings
        self._secret = _read_secret(name, settings.client_secret_file)
        self._levels = levels
        self._connections = Connections()
        self._provider = Provider(settings.issuer, self._connections)

    async def begin(self, login: LoginRequest) -> str:
        """Return the address of the provider's log-in page for this log-in."""
        metadata = await self._provider.metadata()
        url, _state = self._client(login, metadata).create_authorization_url(
            metadata.authorization_endpoint,
            state=login.state,
            code_verifier=login.code_verifier,
            nonce=login.nonce,
            **_demand(login),
        )
        return str(url)

    async def finish(self, login: LoginRequest, answer: Mapping[str, str]) -> ProvedIdentity:
        """Return who came back; raise a `LoginRefused` for everything but a full proof."""
        metadata = await self._provider.metadata()
        self._check_sender(metadata, answer)
        if "error" in answer:
            raise self._explain(answer["error"])
        if not answer.get("code"):
            raise self._distrust("no code")
        token = await self._redeem(login, metadata, answer["code"])
        try:
            claims = await self._check(str(token.get("id_token", "")), login.nonce)
            # A proof that was asked to be fresh has to say how old it is.
            proved_at = read_proved_at(claims, utc_now(), is_told=login.max_age is not None)
        except NotProved as error:
            raise self._distrust(str(error)) from error
        uniid = await self._find_uniid(metadata, claims, str(token.get("access_token", "")))
        if looks_like_cpr(claims["sub"]):
            raise self._distrust("claim sub holds a CPR number")
        acr, level = self._read_level(claims)
        return ProvedIdentity(
            issuer=self._settings.issuer,
            subject=claims["sub"],
            uniid=uniid,
            assurance=level,
            proved_at=proved_at,
            acr=acr,
            amr=read_texts(claims, "amr"),
            sid=str(claims.get("sid", ""))[:_LONGEST_SUBJECT],
        )

    def _read_level(self, claims: Mapping[str, Any]) -> tuple[str, Assurance]:
        """Return the surest of what the broker says of how it knows, and what it means."""
        told = [
            text for name in self._settings.assurance_claims for text in read_texts(claims, name)
        ]
        told = [text for text in told if not looks_like_cpr(text)]
        best = max(told, key=lambda text: self._levels.get(text, Assurance.LOW), default="")
        return best, self._levels.get(best, Assurance.LOW)

    async def find_sign_out_url(self, return_url: str, _ended: BrokerSession) -> str | None:
        """Return the provider's end of session (RP-initiated logout 1.0), where it has one.

        Our client id says who asks. The ID token would too, but then it would have to be kept.
        """
        try:
            endpoint = (await self._provider.metadata()).end_session_endpoint
        except LoginRefused:
            return None
        if not endpoint:
            return None
        question = {
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": return_url,
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(question)}"

    async def read_ended(self, sent: Mapping[str, str], _query: str) -> BrokerSession | None:
        """Return whose session the provider has ended, by its logout token (Back-Channel 1.0)."""
        expected = {"issuer": self._settings.issuer, "client_id": self._settings.client_id}
        token, now = sent.get("logout_token", ""), utc_now()
        try:
            claims = await self._with_keys(
                lambda keys: check_logout_token(token, keys, now=now, **expected)
            )
        except NotProved as error:
            raise self._distrust(f"logout token, {error}") from error
        return BrokerSession(
            subject=str(claims.get("sub", "")),
            sid=str(claims.get("sid", "")),
            token_id=claims["jti"],
            expires_at=now + KEPT_LOGOUT,
        )

    async def close(self) -> None:
        """Close the connections to the provider; the next log-in opens others."""
        await self._connections.end()

    def _client(self, login: LoginRequest, metadata: Metadata) -> TokenClient:
        offered = metadata.token_endpoint_auth_methods_supported
        basic = "client_secret_basic" in offered or "client_secret_post" not in offered
        named = "client_secret_basic" if basic else "client_secret_post"
        return TokenClient(
            self._connections,
            client_id=self._settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method=named if self._secret else "none",
            code_challenge_method="S256",
            scope=" ".join(self._settings.scopes),
            redirect_uri=login.redirect_uri,
        )

    def _check_sender(self, metadata: Metadata, answer: Mapping[str, str]) -> None:
        """Refuse an answer that another provider sent us under this one's name (RFC 9207)."""
        needed = metadata.authorization_response_iss_parameter_supported
        if (needed or "iss" in answer) and answer.get("iss") != self._settings.issuer:
            raise self._distrust("iss of the answer")

    async def _redeem(self, login: LoginRequest, metadata: Metadata, code: str) -> dict[str, Any]:
        try:
            token: dict[str, Any] = await self._client(login, metadata).fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=login.code_verifier,
            )
        except OAuthError as error:
            _log.warning("%s refused a code: %s", self.name, str(error.error)[:40])
            raise LoginExpired(_("Begin again from this page.")) from error
        except (httpx2.HTTPError, ValueError) as error:
            raise unavailable() from error
        return token

    async def _check(self, token: str, nonce: str) -> dict[str, Any]:
        expected = {"issuer": self._settings.issuer, "client_id": self._settings.client_id}
        now = utc_now()
        return await self._with_keys(
            lambda keys: check_id_token(token, keys, nonce=nonce, now=now, **expected)
        )

    async def _with_keys(self, check: Callable[[Sequence[Key]], dict[str, Any]]) -> dict[str, Any]:
        """Return what the check finds; with the provider's new keys when none of ours fits."""
        try:
            return check(await self._provider.keys())
        except UnknownKey:
            return check(await self._provider.keys(renewed=True))

    async def _find_uniid(
        self, metadata: Metadata, claims: dict[str, Any], access_token: str
    ) -> str:
        """Return the claim by which people are matched, from the token or else from userinfo."""
        name = self._settings.subject_claim
        value = claims.get(name)
        if value is None and metadata.userinfo_endpoint and access_token:
            headers = {"Authorization": f"Bearer {access_token}"}
            told = await self._connections.fetch_json(metadata.userinfo_endpoint, headers)
            if told.get("sub") != claims["sub"]:
                raise self._distrust("sub of userinfo")
            value = told.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_SUBJECT:
            raise self._distrust(f"claim {name}")
        if looks_like_cpr(value):
            raise self._distrust(f"claim {name} holds a CPR number")
        return value.strip()

    def _explain(self, error: str) -> LoginRefused:
        if error in _TURNED_ROUND:
            return LoginCancelled(_("Nothing has happened. Try again when you are ready."))
        if error in _AWAY:
            return unavailable()
        if error == "unmet_authentication_requirements":
            return NotProvedEnough(_("The log-in service has no second factor of yours."))
        return self._distrust(f"error {error[:40]}")

    def _distrust(self, reason: str) -> LoginNotTrusted:
        _log.warning("an answer of %s was not trusted: %s", self.name, reason)
        return LoginNotTrusted(
            _("Try again. If it happens once more, tell your school or municipality when it was.")
        )


def _demand(login: LoginRequest) -> dict[str, str]:
    """Return how much is asked for, in the words of OpenID Connect Core 3.1.2.1."""
    asked = {} if login.max_age is None else {"max_age": str(login.max_age)}
    return asked | ({"acr_values": " ".join(login.acr_values)} if login.acr_values else {})


def _read_secret(name: str, file: str) -> str | None:
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        key = f"login.brokers.{name}.client_secret_file"
        raise WrongBrokerSettings(key, f"cannot be read ({error.strerror})") from error
