"""``python -m benchmarks.client``: send requests as fast as they are answered, and check answers.

It reads a `Load` and writes an `Outcome`, both as msgpack. It is a process of its own, so that
its processor time is not taken for the site's.
"""

from __future__ import annotations

import asyncio
import sys
import time
import zlib
from collections.abc import Iterator

import httptools
import msgspec

from benchmarks.load import Load, Outcome, Request
from benchmarks.processes import HOST

_FIRST_WRONG = 5
_GZIP = 16 + zlib.MAX_WBITS


class Answer:
    """One answer on its way in (the callbacks of httptools)."""

    def __init__(self) -> None:
        self.body = b""
        self.headers: dict[bytes, bytes] = {}
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


class Client:
    """Several connections that share one list of requests."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._waiting: Iterator[Request] = iter(load.requests)
        self._latencies: list[float] = []
        self._bytes = 0
        self._wrong: list[str] = []
        self._locations: list[str] = []

    async def run(self) -> Outcome:
        begun = time.perf_counter()
        self._until = begun + self._load.seconds
        connections = min(self._load.connections, len(self._load.requests))
        await asyncio.gather(*(self._work() for _each in range(connections)))
        seconds = time.perf_counter() - begun
        return Outcome(seconds, self._latencies, self._bytes, self._wrong, self._locations)

    async def _work(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self._load.port)
        try:
            for request in self._waiting:
                if time.perf_counter() > self._until or len(self._wrong) >= _FIRST_WRONG:
                    return
                sent = time.perf_counter()
                writer.write(encode(request, self._load.port))
                status, answer = await _read(reader)
                self._latencies.append(time.perf_counter() - sent)
                self._take(request, status, answer)
        finally:
            writer.close()

    def _take(self, request: Request, status: int, answer: Answer) -> None:
        self._bytes += len(answer.body)
        body = answer.body
        if answer.headers.get(b"content-encoding") == b"gzip":
            body = zlib.decompress(body, _GZIP)
        if location := answer.headers.get(b"location"):
            self._locations.append(location.decode())
        wrong = find_wrong(request, status, body)
        if wrong:
            self._wrong.append(wrong)


def find_wrong(request: Request, status: int, body: bytes) -> str:
    """Return what is wrong with an answer, or nothing."""
    if status != request.status:
        return f"{request.method} {request.path}: {status} instead of {request.status}"
    rows = body.count(request.row.encode()) if request.row else request.rows
    if rows != request.rows:
        return f"{request.method} {request.path}: {rows} rows instead of {request.rows}"
    return ""


def encode(request: Request, port: int) -> bytes:
    """Return the request as it goes over the wire, asking for what browsers ask for."""
    headers = {
        "Host": f"{HOST}:{port}",
        "Accept-Encoding": "gzip",
        "Accept-Language": "da",
        **request.headers,
    }
    if request.method != "GET":
        headers["Content-Length"] = str(len(request.body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {request.path} HTTP/1.1\r\n{lines}\r\n".encode() + request.body


async def _read(reader: asyncio.StreamReader) -> tuple[int, Answer]:
    answer = Answer()
    parser = httptools.HttpResponseParser(answer)
    while not answer.complete:
        data = await reader.read(65536)
        if not data:
            raise ConnectionError("the site has hung up")
        parser.feed_data(data)
    return parser.get_status_code(), answer


if __name__ == "__main__":
    told = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Load)
    sys.stdout.buffer.write(msgspec.msgpack.encode(asyncio.run(Client(told).run())))
