"""A small site over the sample pages, with the strict policy of the real one."""

from __future__ import annotations

import json
import mimetypes
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from aula_platform.web.assets_map import STATIC
from aula_platform.web.headers import security_policy
from tests.web_design.sample_pages import SAMPLE_PAGES, sample_page
from tests.web_design.sample_shell import NONCE

STREAM_SECONDS = 20


class Posted(NamedTuple):
    """What a browser posted."""

    path: str
    fields: dict[str, list[str]]
    headers: dict[str, str]


class SampleSite:
    """Serves pages by name, built assets, a live stream, and answers that a test sets."""

    policy: str | None = None
    """A policy of its own; otherwise the platform's."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.shell: dict[str, Any] = {"live": False}
        self.fetched: list[str] = []
        self.topics: list[str] = []
        self.frame_origins: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: str, status: int = 200, media: str = "text/html") -> None:
        """From now on, answer requests to ``path`` like this."""
        self.answers[path] = (status, media, body)

    def wait_for_post(self, path: str, seconds: float = 5) -> Posted:
        """Return the first thing posted to ``path``; fail when none comes in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for posted in self.posted:
                if posted.path == path:
                    return posted
            time.sleep(0.02)
        raise AssertionError(f"nothing was posted to {path}")

    def _find(self, path: str) -> tuple[int, str, bytes]:
        if path in self.answers:
            status, media, body = self.answers[path]
            return status, f"{media}; charset=utf-8", body.encode()
        if path == "/favicon.ico":
            return 204, "image/x-icon", b""
        if path == "/sw.js":
            return 200, "text/javascript", (STATIC / "sw.js").read_bytes()
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return 200, media, file.read_bytes()
        if path[1:] in SAMPLE_PAGES:
            body = sample_page(path[1:], **self.shell)
            return 200, "text/html; charset=utf-8", body.encode()
        return 404, "text/plain", b"nothing here"

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                """Say nothing."""

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                site.fetched.append(self.path)
                if path == "/live":
                    site._stream(self._write_stream)
                    return
                self._send(*site._find(path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                path = urlsplit(self.path).path
                headers = {name.lower(): value for name, value in self.headers.items()}
                fields = parse_qs(body, keep_blank_values=True)
                site.posted.append(Posted(path, fields, headers))
                self._send(*site._find(path))

            def _send(self, status: int, media: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", media)
                self.send_header("content-length", str(len(body)))
                policy = security_policy(NONCE, site.frame_origins)
                policy = policy if site.policy is None else site.policy
                self.send_header("content-security-policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def _write_stream(self, text: str) -> None:
                if not getattr(self, "_begun", False):
                    self.send_response(200)
                    self.send_header("content-type", "text/event-stream")
                    self.end_headers()
                    self._begun = True
                self.wfile.write(text.encode())
                self.wfile.flush()

        return Handler

    def _stream(self, write: Callable[[str], None]) -> None:
        end = time.monotonic() + STREAM_SECONDS
        told = len(self.topics)
        try:
            write(": open\n\n")
            while time.monotonic() < end:
                for topic in self.topics[told:]:
                    write(f"event: changed\ndata: {topic}\n\n")
                    told += 1
                time.sleep(0.02)
        except OSError:
            return


def as_json(value: object) -> str:
    """Return a JSON body for `SampleSite.answer`."""
    return json.dumps(value)
