"""How we speak to a broker: with time limits, without following it elsewhere."""

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.request import getproxies

import httpx2
import msgspec

from aula_sdk.i18n import gettext_for
from aula_sdk.login import BrokerUnavailable

_ = gettext_for("aula")

TIMEOUT = httpx2.Timeout(5.0, connect=3.0)
MAX_BYTES = 512 * 1024
KEEP_ALIVE = 2.0
"""Seconds for which a connection stays open without use: less than servers wait (five, the least of
those that we know), so that none is taken that is just being closed."""
_CLOSED = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)
_HEADERS = {"Accept": "application/json", "User-Agent": "aula-platform"}


@cache
def _trust() -> ssl.SSLContext:
    # Reading the system's certificates takes longer than a whole log-in; once is enough.
    return httpx2.create_ssl_context()


@cache
def _has_proxies() -> bool:
    # Whoever asks by a proxy looks through the whole environment for it.
    return bool(getproxies())


class Connections:
    """The ways to one broker. Connections stay open from one log-in to the next, or each in the
    morning would begin with a handshake, which TLS makes dear to both sides.

    Nothing that a broker says to one person's log-in, no cookie and no token, is kept for the next.
    """

    def __init__(self) -> None:
        """Open nothing yet: commands make brokers too, to check the settings."""
        self._transport: httpx2.AsyncHTTPTransport | None = None

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, content: str = ""
    ) -> httpx2.Response:
        """Return the answer with all that it says.

        Raises `httpx2.HTTPError` when there is none in time, and ValueError when it is longer than
        `MAX_BYTES` or the address is none.
        """
        try:
            request = httpx2.Request(
                method,
                url,
                headers={**_HEADERS, **(headers or {})},
                content=content or None,
                extensions={"timeout": httpx2.Timeout(TIMEOUT).as_dict()},
            )
        except httpx2.InvalidURL as error:
            raise ValueError from error
        if _has_proxies():
            async with httpx2.AsyncClient(**client_options()) as client:
                return await _read(request, await client.send(request, stream=True))
        return await _read(request, await self._send(request))

    async def fetch_json(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the JSON object at the address, or raise `BrokerUnavailable`."""
        try:
            answer = await self.ask("GET", url, headers)
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except (httpx2.HTTPError, ValueError) as error:
            raise unavailable() from error

    async def end(self) -> None:
        """Close them; who asks after that opens others."""
        if self._transport is not None:
            transport, self._transport = self._transport, None
            await transport.aclose()

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        """Ask once more where the broker has closed the connection in the moment in which it was
        taken again. Had it heard the question, it would refuse a code that it has seen.
        """
        if self._transport is None:
            limits = httpx2.Limits(keepalive_expiry=KEEP_ALIVE)
            self._transport = httpx2.AsyncHTTPTransport(verify=_trust(), limits=limits)
        try:
            return await self._transport.handle_async_request(request)
        except _CLOSED:
            return await self._transport.handle_async_request(request)


def client_options() -> dict[str, Any]:
    """Return what a client gets that asks by the environment's proxies."""
    return {
        "timeout": TIMEOUT,
        "verify": _trust(),
        "follow_redirects": False,
        "trust_env": True,
    }


def unavailable() -> BrokerUnavailable:
    """Return the refusal for a broker that gave no usable answer."""
    return BrokerUnavailable(
        _("Wait a few minutes and try again. The fault is not yours, and not at your school.")
    )


async def _read(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
    content = bytearray()
    try:
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > MAX_BYTES:
                message = "the answer is too long"
                raise ValueError(message)
    finally:
        await answer.aclose()
    return httpx2.Response(answer.status_code, content=bytes(content), request=request)
