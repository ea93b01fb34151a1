"""Connections to a broker stay open between log-ins, and hold nothing of one person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from aula_platform.identity.oidc import http
from aula_platform.identity.oidc.http import Connections, client_options, fetch_json


@dataclass
class Broker:
    """A server that leaves connections open, and counts them."""

    address: str = ""
    opened: int = 0
    cookies: list[str | None] = field(default_factory=list)
    says_goodbye: bool = False
    """Whether it closes a connection after its answer, unasked and unannounced."""


@pytest.fixture
def broker() -> Iterator[Broker]:
    met = Broker()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            met.opened += 1
            super().setup()

        def do_GET(self) -> None:
            met.cookies.append(self.headers.get("cookie"))
            self.send_response(200)
            self.send_header("Set-Cookie", "person=anna")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            self.close_connection = met.says_goodbye

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    met.address = f"http://127.0.0.1:{server.server_address[1]}/"
    yield met
    server.shutdown()
    thread.join()
    server.server_close()


async def test_log_ins_share_a_connection_and_nothing_else(broker: Broker) -> None:
    """What a broker sets for one person it is not sent with the next one's code."""
    kept = Connections()
    for _each in range(3):
        assert await fetch_json(broker.address, kept=kept) == {}
    assert broker.opened == 1
    assert broker.cookies == [None] * 3
    await kept.end()


async def test_what_the_broker_has_closed_is_not_used_again(broker: Broker) -> None:
    """Nobody's log-in fails because somebody was let in before."""
    kept = Connections()
    broker.says_goodbye = True
    for _each in range(20):
        assert await fetch_json(broker.address, kept=kept) == {}
    assert broker.opened == 20
    await kept.end()


async def test_after_the_end_the_next_begins_anew(broker: Broker) -> None:
    """As when a broker's settings are read again; what was open is closed, or this test fails."""
    kept = Connections()
    assert await fetch_json(broker.address, kept=kept) == {}
    await kept.end()
    assert await fetch_json(broker.address, kept=kept) == {}
    assert broker.opened == 2
    await kept.end()


def test_proxies_of_the_environment_go_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client with connections of its own would not ask for them."""
    monkeypatch.setattr(http, "_has_proxies", lambda: True)
    kept = Connections()
    options = client_options(kept)
    assert "transport" not in options
    assert options["trust_env"]
    monkeypatch.setattr(http, "_has_proxies", lambda: False)
    assert client_options(kept)["transport"] is kept
    assert isinstance(kept, httpx2.AsyncBaseTransport)
