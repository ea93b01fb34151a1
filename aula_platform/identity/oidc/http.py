"""How we speak to a broker: with time limits, without following it elsewhere."""

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.request import getproxies

import httpx2

from aula_sdk.i18n import gettext_for
from aula_sdk.login import BrokerUnavailable

_ = gettext_for("aula")

TIMEOUT = httpx2.Timeout(5.0, connect=3.0)
MAX_BYTES = 512 * 1024
KEEP_ALIVE = 2.0
"""Seconds for which a connection stays open without use: less than servers wait (five, the least of
those that we know), so that none is taken that is just being closed."""


@cache
def _trust() -> ssl.SSLContext:
    # Reading the system's certificates takes longer than a whole log-in; once is enough.
    return httpx2.create_ssl_context()


@cache
def _has_proxies() -> bool:
    # Each client would look through the whole environment for them.
    return bool(getproxies())


class Connections(httpx2.AsyncHTTPTransport):
    """Connections to one broker that stay open from one log-in to the next.

    A client is of one log-in, for it holds that person's tokens; whoever closes it leaves these
    open. Else each log-in in the morning would begin with a handshake, which TLS makes dear to both
    sides.
    """

    def __init__(self) -> None:
        super().__init__(verify=_trust(), limits=httpx2.Limits(keepalive_expiry=KEEP_ALIVE))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask once more where the broker has closed the connection in the moment in which it was
        taken again. Had it heard the question, it would refuse a code that it has seen.
        """
        try:
            return await super().handle_async_request(request)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            return await super().handle_async_request(request)

    async def aclose(self) -> None:
        """Leave them open: there is a next client."""

    async def __aexit__(self, *_raised: object) -> None:
        """Leave them open: there is a next client."""

    async def end(self) -> None:
        """Close them."""
        await super().aclose()


def client_options(kept: Connections | None = None) -> dict[str, Any]:
    """Return what every client gets, authlib's too: the proxies of the environment, if any, and
    otherwise the connections that are ``kept``.
    """
    options = {
        "timeout": TIMEOUT,
        "verify": _trust(),
        "follow_redirects": False,
        "trust_env": _has_proxies(),
    }
    return options if kept is None or _has_proxies() else {**options, "transport": kept}


def unavailable() -> BrokerUnavailable:
    """Return the refusal for a broker that gave no usable answer."""
    return BrokerUnavailable(
        _("Wait a few minutes and try again. The fault is not yours, and not at your school.")
    )


async def fetch_json(
    url: str, headers: Mapping[str, str] | None = None, kept: Connections | None = None
) -> dict[str, Any]:
    """Return the JSON object at the address, or raise `BrokerUnavailable`."""
    try:
        async with (
            httpx2.AsyncClient(**client_options(kept)) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            response.raise_for_status()
            content = bytearray()
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_BYTES:
                    raise unavailable()
        document = httpx2.Response(200, content=bytes(content)).json()
    except (httpx2.HTTPError, ValueError) as error:
        raise unavailable() from error
    if not isinstance(document, dict):
        raise unavailable()
    return document
