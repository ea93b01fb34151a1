"""How a code becomes a token at a broker's token endpoint (RFC 6749, 4.1.3)."""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.oauth2 import OAuth2Client
from authlib.oauth2.auth import ClientAuth

from aula_platform.identity.oidc.http import Connections


class TokenClient(OAuth2Client):  # type: ignore[misc]  # authlib tells no types.
    """authlib's client, which asks by a broker's `Connections`.

    The one that authlib has for the asynchronous library makes a whole client of that for each
    log-in, which costs more than the question itself.
    """

    session: Connections
    oauth_error_class = OAuthError

    async def _fetch_token(
        self,
        url: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        auth: ClientAuth | None = None,
        method: str = "POST",
    ) -> dict[str, Any]:
        if auth is not None:
            url, headers, body = auth.prepare(method, url, dict(headers or {}), body)
        answer = await self.session.ask(method, url, headers, body)
        token: dict[str, Any] = self.parse_response_token(answer)
        return token
