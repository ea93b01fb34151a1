"""Where the site asks others: it looks at their certificates, and goes where it was sent."""

from __future__ import annotations

import ssl
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from aula_platform.identity.oidc.http import Connections
from aula_platform.identity.oidc.provider import Provider, read_keys
from aula_sdk.login import BrokerUnavailable
from tests.login_providers.certificates import make_pair


@contextmanager
def _serve(certificate: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield an address and the paths that were asked for there; ``/away`` leads to ``/there``."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_failed: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    scheme = "http" if certificate is None else "https"
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """ASVS 12.3.2: a broker with another's certificate is told nothing, and proves nobody."""
    key, certificate, *_rest = make_pair("127.0.0.1")
    pair = tmp_path / "pair.pem"
    pair.write_text(f"{key}\n{certificate}\n")
    with _serve(pair) as (address, asked):
        with pytest.raises(BrokerUnavailable):
            await Connections().fetch_json(f"{address}/x")
        with pytest.raises(BrokerUnavailable):
            await Provider(address, Connections()).metadata()
    assert asked == []


async def test_nobody_is_followed_elsewhere() -> None:
    """ASVS 15.3.2: what a broker's address leads on to is not asked."""
    connections = Connections()
    with _serve() as (address, asked):
        with pytest.raises(BrokerUnavailable):
            await connections.fetch_json(f"{address}/away")
        assert await connections.fetch_json(f"{address}/here") == {}
        await connections.end()
    assert asked == ["/away", "/here"]


@pytest.mark.expects_fault(r"without TLS", reason="a description that leads elsewhere")
@pytest.mark.parametrize(
    "changed",
    [
        {"jwks_uri": "http://169.254.169.254/latest"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "http://broker.example/authorize"},
    ],
)
async def test_a_description_leads_nowhere_without_tls(changed: dict[str, str]) -> None:
    """ASVS 1.3.6: the only addresses that are not of the configuration are a broker's own."""
    issuer, asked = "https://broker.example", list[str]()
    names = ("jwks_uri", "token_endpoint", "authorization_endpoint")
    told = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in names}}

    class Told(Connections):
        async def fetch_json(
            self, url: str, _headers: Mapping[str, str] | None = None
        ) -> dict[str, Any]:
            asked.append(url)
            return told

    assert (await Provider(issuer, Told()).metadata()).jwks_uri == f"{issuer}/jwks_uri"
    told |= changed
    with pytest.raises(BrokerUnavailable):
        await Provider(issuer, Told()).keys()
    assert asked == [f"{issuer}/.well-known/openid-configuration"] * 2


@pytest.mark.parametrize(("bits", "count"), [(1024, 0), (2048, 1)])
def test_a_weak_key_signs_for_nobody(bits: int, count: int) -> None:
    """ASVS 11.2.3: a broker's RSA key of less than 2048 bits is as if it were not there."""
    numbers = rsa.generate_private_key(65537, bits).public_key().public_numbers()
    modulus = numbers.n.to_bytes(bits // 8, "big")
    key = {"kty": "RSA", "n": urlsafe_b64encode(modulus).rstrip(b"=").decode(), "e": "AQAB"}
    assert len(read_keys({"keys": [key]})) == count
