"""What the server believes of whoever connects: headers of proxies, and where a message ends."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from litestar import Litestar, Request, get, post

from aula_platform.serving.worker import Serving, SiteServer, make_config

LIE = "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 203.0.113.7\r\n"
Told = dict[str, Any]


@pytest.fixture
def asked() -> list[str]:
    """The paths that reached the application."""
    return []


@pytest.fixture
def port(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where `aula serve`'s server answers with who it takes the visitor for."""
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    with _serve(asked) as found:
        yield found


@contextmanager
def _serve(asked: list[str]) -> Iterator[int]:
    @get("/who")
    async def who(request: Request[Any, Any, Any]) -> Told:
        asked.append("/who")
        client = request.client.host if request.client else ""
        return {"client": client, "scheme": request.url.scheme}

    @post("/take")
    async def take(request: Request[Any, Any, Any]) -> Told:
        asked.append("/take")
        return {"length": len(await request.body())}

    app = Litestar([who, take], openapi_config=None, logging_config=None)
    serving = Serving("127.0.0.1", 0)
    config = make_config(serving, app)
    listening = config.bind_socket()
    server = SiteServer(config, app)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end, "the server does not begin"
        time.sleep(0.01)
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


async def _say(port: int, message: bytes, *, sender: str = "127.0.0.1") -> bytes:
    """Send it from an address of this machine; return all that comes until the server hangs up."""
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(sender, 0))
        writer.write(message)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer


def _ask(headers: str) -> bytes:
    return f"GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n".encode()


def _told(answer: bytes) -> Told:
    found: Told = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


async def test_a_visitor_cannot_say_who_they_are(port: int) -> None:
    """ASVS 4.1.3, 15.3.4: the headers of a proxy count from the proxy's address alone."""
    told = _told(await _say(port, _ask(LIE), sender="127.0.0.2"))
    assert told == {"client": "127.0.0.2", "scheme": "http"}
    told = _told(await _say(port, _ask(LIE)))
    assert told == {"client": "203.0.113.7", "scheme": "https"}


async def test_what_a_visitor_told_the_proxy_counts_for_nothing(port: int) -> None:
    """The proxy appends whom it saw; what stood there before is the visitor's own word."""
    chain = "X-Forwarded-For: 10.9.8.7, 198.51.100.4\r\n"
    assert _told(await _say(port, _ask(chain)))["client"] == "198.51.100.4"
    twice = "X-Forwarded-For: 10.9.8.7\r\nX-Forwarded-For: 198.51.100.4\r\n"
    assert _told(await _say(port, _ask(twice)))["client"] == "198.51.100.4"


async def test_the_operator_names_the_proxies(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the guide says: ``FORWARDED_ALLOW_IPS``; then all others are strangers."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.2")
    with _serve(asked) as port:
        assert _told(await _say(port, _ask(LIE)))["client"] == "127.0.0.1"
        assert _told(await _say(port, _ask(LIE), sender="127.0.0.2"))["client"] == "203.0.113.7"


SMUGGLED = "GET /who HTTP/1.1\r\nHost: x\r\n\r\n"
_BOTH = "Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (f"Content-Length: 6\r\n{_BOTH}", f"0\r\n\r\n{SMUGGLED}"),
        (f"{_BOTH}Content-Length: 6\r\n", f"0\r\n\r\n{SMUGGLED}"),
        ("Content-Length: 4\r\nContent-Length: 0\r\n", f"abcd{SMUGGLED}"),
        ("Content-Length: 4, 4\r\n", f"abcd{SMUGGLED}"),
        ("Content-Length: +4\r\n", f"abcd{SMUGGLED}"),
        ("Content-Length: -1\r\n", SMUGGLED),
        ("Content-Length: 0x4\r\n", f"abcd{SMUGGLED}"),
        ("Transfer-Encoding: chunked, identity\r\n", f"0\r\n\r\n{SMUGGLED}"),
        ("Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n", f"abcd{SMUGGLED}"),
        ("Transfer-Encoding : chunked\r\n", f"0\r\n\r\n{SMUGGLED}"),
        (_BOTH, f"-1\r\n\r\n{SMUGGLED}"),
        (_BOTH, f"zz\r\n\r\n{SMUGGLED}"),
    ],
)
async def test_a_message_that_ends_in_two_places_is_refused(
    port: int, asked: list[str], headers: str, body: str
) -> None:
    """ASVS 4.2.1: nothing is smuggled behind a message whose end two servers would see apart."""
    message = f"POST /take HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}".encode()
    answer = await _say(port, message)
    assert answer.startswith(b"HTTP/1.1 400")
    assert "/who" not in asked


async def test_messages_that_end_in_one_place_are_both_served(port: int, asked: list[str]) -> None:
    """The test above would see a second message: honest ones in a row are answered in a row."""
    first = "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd"
    chunked = f"POST /take HTTP/1.1\r\nHost: x\r\n{_BOTH}\r\n4\r\nabcd\r\n0\r\n\r\n"
    last = "GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = await _say(port, f"{first}{chunked}{last}".encode())
    assert answer.count(b'{"length":4}') == 2
    assert asked == ["/take", "/take", "/who"]
