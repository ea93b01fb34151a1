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


@cache
def _trust() -> ssl.SSLContext:
    # Reading the system's certificates takes longer than a whole log-in; once is enough.
    return httpx2.create_ssl_context()


@cache
def _has_proxies() -> bool:
    # Each client would look through the whole environment for them.
    return bool(getproxies())


def client_options() -> dict[str, Any]:
    """Return what every client gets, authlib's too: the proxies of the environment, if any."""
    return {
        "timeout": TIMEOUT,
        "verify": _trust(),
        "follow_redirects": False,
        "trust_env": _has_proxies(),
    }


def unavailable() -> BrokerUnavailable:
    """Return the refusal for a broker that gave no usable answer."""
    return BrokerUnavailable(
        _("Wait a few minutes and try again. The fault is not yours, and not at your school.")
    )


async def fetch_json(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at the address, or raise `BrokerUnavailable`."""
    try:
        async with (
            httpx2.AsyncClient(**client_options()) as client,
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
