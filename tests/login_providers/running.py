"""Providers that none of us wrote, as processes on loopback."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import parse_qs

from aula_platform.web.asset_build import node_folder

HERE = Path(__file__).parent


@contextmanager
def run_node(script: str, settings: dict[str, Any]) -> Iterator[str]:
    """Run a provider for the time of a ``with`` block; yield the first line that it says."""
    # All arguments are ours.
    process = subprocess.Popen(
        [node_folder() / "bin" / "node", HERE / script, json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=HERE,
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline().strip()
        assert said, f"{script} did not start"
        yield said
    finally:
        process.communicate(timeout=10)


@contextmanager
def catch_posts() -> Iterator[tuple[str, Queue[dict[str, str]]]]:
    """Take what is posted to an address; yield the address and the forms that came."""
    caught: Queue[dict[str, str]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            caught.put({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", caught
    finally:
        server.shutdown()
        server.server_close()
