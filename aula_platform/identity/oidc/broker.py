"""A broker that speaks OpenID Connect, from its section of ``aula.toml``."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from aula_platform.identity.broker_settings import WrongBrokerSettings
from aula_platform.identity.brokers import LoginRequest, ProvedIdentity
from aula_platform.identity.oidc.http import client_options, fetch_json, unavailable
from aula_platform.identity.oidc.id_token import (
    NotProved,
    UnknownKey,
    check_id_token,
    read_proved_at,
)
from aula_platform.identity.oidc.provider import Metadata, Provider
from aula_platform.identity.problems import (
    LoginCancelled,
    LoginExpired,
    LoginNotTrusted,
    LoginRefused,
)
from aula_platform.settings import BrokerSettings
from aula_sdk.db import utc_now
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Assurance, Kind

_ = gettext_for("aula")
_log = logging.getLogger("aula.identity")

_TURNED_ROUND = frozenset({"access_denied", "login_required", "interaction_required"})
_AWAY = frozenset({"temporarily_unavailable", "server_error"})
_LONGEST_SUBJECT = 255


class OidcBroker:
    """Implements `LoginBroker`: authorization code, PKCE S256, state, nonce."""

    def __init__(self, name: str, settings: BrokerSettings) -> None:
        """Read the secret; raises `WrongBrokerSettings` when its file cannot be read."""
        self.name = name
        self.title = settings.title
        self.kinds: tuple[Kind, ...] = settings.kinds
        self.demo = settings.demo
        self._settings = settings
        self._secret = _read_secret(name, settings.client_secret_file)
        self._levels = {acr: Assurance[level.upper()] for acr, level in settings.acr.items()}
        self._provider = Provider(settings.issuer)

    async def begin(self, login: LoginRequest) -> str:
        """Return the address of the provider's log-in page for this log-in."""
        metadata = await self._provider.metadata()
        async with self._client(login, metadata) as client:
            url, _state = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=login.state,
                code_verifier=login.code_verifier,
                nonce=login.nonce,
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
            proved_at = read_proved_at(claims, utc_now())
        except NotProved as error:
            raise self._distrust(str(error)) from error
        uniid = await self._find_uniid(metadata, claims, str(token.get("access_token", "")))
        return ProvedIdentity(
            issuer=self._settings.issuer,
            subject=claims["sub"],
            uniid=uniid,
            assurance=self._levels.get(str(claims.get("acr", "")), Assurance.LOW),
            proved_at=proved_at,
        )

    async def find_sign_out_url(self, return_url: str) -> str | None:
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

    def _client(self, login: LoginRequest, metadata: Metadata) -> AsyncOAuth2Client:
        offered = metadata.token_endpoint_auth_methods_supported
        basic = "client_secret_basic" in offered or "client_secret_post" not in offered
        named = "client_secret_basic" if basic else "client_secret_post"
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method=named if self._secret else "none",
            code_challenge_method="S256",
            scope=" ".join(self._settings.scopes),
            redirect_uri=login.redirect_uri,
            **client_options(),
        )

    def _check_sender(self, metadata: Metadata, answer: Mapping[str, str]) -> None:
        """Refuse an answer that another provider sent us under this one's name (RFC 9207)."""
        needed = metadata.authorization_response_iss_parameter_supported
        if (needed or "iss" in answer) and answer.get("iss") != self._settings.issuer:
            raise self._distrust("iss of the answer")

    async def _redeem(self, login: LoginRequest, metadata: Metadata, code: str) -> dict[str, Any]:
        try:
            async with self._client(login, metadata) as client:
                token: dict[str, Any] = await client.fetch_token(
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
        try:
            keys = await self._provider.keys()
            return check_id_token(token, keys, nonce=nonce, now=now, **expected)
        except UnknownKey:
            keys = await self._provider.keys(renewed=True)
            return check_id_token(token, keys, nonce=nonce, now=now, **expected)

    async def _find_uniid(
        self, metadata: Metadata, claims: dict[str, Any], access_token: str
    ) -> str:
        """Return the claim by which people are matched, from the token or else from userinfo."""
        name = self._settings.subject_claim
        value = claims.get(name)
        if value is None and metadata.userinfo_endpoint and access_token:
            headers = {"Authorization": f"Bearer {access_token}"}
            told = await fetch_json(metadata.userinfo_endpoint, headers)
            if told.get("sub") != claims["sub"]:
                raise self._distrust("sub of userinfo")
            value = told.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_SUBJECT:
            raise self._distrust(f"claim {name}")
        return value.strip()

    def _explain(self, error: str) -> LoginRefused:
        if error in _TURNED_ROUND:
            return LoginCancelled(_("Nothing has happened. Try again when you are ready."))
        if error in _AWAY:
            return unavailable()
        return self._distrust(f"error {error[:40]}")

    def _distrust(self, reason: str) -> LoginNotTrusted:
        _log.warning("an answer of %s was not trusted: %s", self.name, reason)
        return LoginNotTrusted(
            _("Try again. If it happens once more, tell your school or municipality when it was.")
        )


def _read_secret(name: str, file: str) -> str | None:
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        key = f"login.brokers.{name}.client_secret_file"
        raise WrongBrokerSettings(key, f"cannot be read ({error.strerror})") from error
