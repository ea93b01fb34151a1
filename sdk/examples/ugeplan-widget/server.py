"""The widget's own server: its page, and an API that answers those who bring a token.

Run it with ``python server.py --port 8020 --portal http://127.0.0.1:8000``.
"""

import argparse
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from plans import NoPlan, week_of

from aula_sdk.widget_token import TokenRefused, WidgetClaims, bearer_token, verify_token

WIDGET = "fjordvang/ugeplan"
HERE = Path(__file__).parent
FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/aula-widget.js": ("aula-widget.js", "text/javascript; charset=utf-8"),
}
PROBLEMS = {
    "token.missing": "Bring a token",
    "token.expired": "The token has expired: ask the platform for a new one",
    "token.invalid": "The token is not for this widget",
    "token.keys-unavailable": "The platform's keys cannot be fetched",
    "child.not-yours": "The token says nothing about this child",
    "week.invalid": "A week is written 2026-W48",
    "week.no-plan": "There is no plan for this week yet",
    "not-found": "There is nothing here",
    "failing": "This server was started to fail",
}


class Problem(Exception):
    """An answer that is no success, with a code of its own (WID-R6, WID-37)."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Widget(ThreadingHTTPServer):
    """The server and what it was told at its start."""

    daemon_threads = True

    def __init__(self, port: int, portal: str, public_url: str, *, failing: bool) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.portal = portal.rstrip("/")
        self.public_url = public_url or f"http://127.0.0.1:{self.server_port}"
        self.failing = failing

    @property
    def page_policy(self) -> str:
        """What the page may load, and who may put it in a frame: the platform alone."""
        # The sandbox gives the page an origin of its own, so 'self' is written out.
        own = self.public_url
        return (
            f"default-src 'none'; script-src {own}; style-src {own}; connect-src {own}; "
            f"base-uri 'none'; form-action 'none'; frame-ancestors {self.portal}"
        )


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Widget
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path in FILES:
            self._send_file(*FILES[address.path])
            return
        try:
            self._send_json(200, self._answer(address.path, parse_qs(address.query)))
        except Problem as problem:
            title = PROBLEMS[problem.code]
            body = {"title": title, "status": problem.status, "code": problem.code}
            self._send_json(problem.status, body, "application/problem+json")

    def do_OPTIONS(self) -> None:
        """Answer the browser's question before a request from the frame's opaque origin."""
        self.send_response(204)
        self._allow_the_frame()
        self.send_header("Access-Control-Allow-Headers", "Authorization")
        self.send_header("Access-Control-Max-Age", "600")
        self.end_headers()

    def _answer(self, path: str, query: dict[str, list[str]]) -> Any:
        if path not in {"/api/children", "/api/week"}:
            raise Problem(404, "not-found")
        if self.server.failing:
            raise Problem(500, "failing")
        claims = self._claims()
        if path == "/api/children":
            return {"children": [{"id": each.id, "name": each.name} for each in claims.children]}
        return self._week(claims, query.get("child", [""])[0], query.get("week", [""])[0])

    def _claims(self) -> WidgetClaims:
        portal = self.server.portal
        try:
            return verify_token(
                bearer_token(self.headers.get("Authorization")),
                audience=WIDGET,
                issuer=portal,
                jwks_url=f"{portal}/.well-known/jwks.json",
            )
        except TokenRefused as refused:
            raise Problem(refused.status, refused.reason) from None

    @staticmethod
    def _week(claims: WidgetClaims, child: str, week: str) -> Any:
        """Every call names its child and every answer says whose it is (WID-35)."""
        if claims.child(child) is None:
            raise Problem(403, "child.not-yours")
        try:
            days = week_of(child, week)
        except ValueError:
            raise Problem(400, "week.invalid") from None
        except NoPlan:
            raise Problem(404, "week.no-plan") from None
        return {"child": child, "week": week, "language": "da", "days": days}

    def _send_file(self, name: str, kind: str) -> None:
        body = (HERE / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Security-Policy", self.server.page_policy)
        self._finish(body, kind, cache="no-cache")

    def _send_json(self, status: int, body: Any, kind: str = "application/json") -> None:
        self.send_response(status)
        self._allow_the_frame()
        if status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", "Bearer")
        self._finish(json.dumps(body).encode(), kind, cache="no-store")

    def _allow_the_frame(self) -> None:
        # The frame's origin is opaque, so any origin may ask: the token decides, never a cookie.
        self.send_header("Access-Control-Allow-Origin", "*")

    def _finish(self, body: bytes, kind: str, *, cache: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", cache)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log method, path and status only: whose child was asked about is nobody's business."""
        self.log_message("%s %s %s %s", self.command, urlsplit(self.path).path, code, size)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8020)
    parser.add_argument("--portal", default="http://127.0.0.1:8000", help="the platform's address")
    parser.add_argument("--public-url", default="", help="this server's address as browsers see it")
    parser.add_argument("--failing", action="store_true", help="fail, to see how that looks")
    told = parser.parse_args()
    server = Widget(told.port, told.portal, told.public_url, failing=told.failing)
    print(f"The widget is at {server.public_url} for {server.portal}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
