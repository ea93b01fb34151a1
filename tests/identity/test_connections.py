"""Connections to a broker stay open between log-ins, and hold nothing of one person."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aula_platform.identity.oidc import http
from aula_platform.identity.oidc.http import Connections
from aula_sdk.login import BrokerUnavailable


@dataclass
class Broker:
    """A server that leaves connections open, and counts them."""

    address: str = ""
    opened: int = 0
    cookies: list[str | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    says: bytes = b"{}"
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
            met.asked.append(self.path)
            self.send_response(200)
            self.send_header("Set-Cookie", "person=anna")
            self.send_header("Content-Length", str(len(met.says)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(met.says)
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
        assert await kept.fetch_json(broker.address) == {}
    assert broker.opened == 1
    assert broker.cookies == [None] * 3
    await kept.end()


async def test_what_the_broker_has_closed_is_not_used_again(broker: Broker) -> None:
    """Nobody's log-in fails because somebody was let in before."""
    kept = Connections()
    broker.says_goodbye = True
    for _each in range(20):
        assert await kept.fetch_json(broker.address) == {}
    assert broker.opened == 20
    await kept.end()


async def test_after_the_end_the_next_begins_anew(broker: Broker) -> None:
    """As when a broker's settings are read again; what was open is closed, or this test fails."""
    kept = Connections()
    assert await kept.fetch_json(broker.address) == {}
    await kept.end()
    assert await kept.fetch_json(broker.address) == {}
    assert broker.opened == 2
    await kept.end()


async def test_proxies_of_the_environment_go_before(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked goes by them, and not by connections of our own."""
    monkeypatch.setattr(http, "_has_proxies", lambda: True)
    monkeypatch.setenv("HTTP_PROXY", broker.address)
    kept = Connections()
    for _each in range(2):
        assert await kept.fetch_json("http://elsewhere.example/keys") == {}
    assert broker.asked == ["http://elsewhere.example/keys"] * 2
    assert broker.cookies == [None] * 2
    await kept.end()


@pytest.mark.parametrize(
    "said",
    [b"[]", b"{", b"", b"\xff", b'"text"', b'{"a": "%s"}' % (b"x" * http.MAX_BYTES)],
    ids=["list", "cut off", "nothing", "no text", "text", "too long"],
)
async def test_what_is_no_answer_is_told_as_a_broker_that_is_away(
    broker: Broker, said: bytes
) -> None:
    """No object, no JSON at all, or more of it than anybody reads."""
    kept = Connections()
    broker.says = said
    with pytest.raises(BrokerUnavailable):
        await kept.fetch_json(broker.address)
    await kept.end()


@pytest.mark.parametrize("address", ["http://[", "http://127.0.0.1:1/", "ftp://elsewhere.example/"])
async def test_an_address_where_nobody_is_is_told_the_same_way(address: str) -> None:
    kept = Connections()
    with pytest.raises(BrokerUnavailable):
        await kept.fetch_json(address)
    await kept.end()
