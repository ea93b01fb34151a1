"""The example's server as a stranger wrote it: WID-24, WID-35, WID-37, WID-R6."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

EXAMPLE = Path(__file__).parents[2] / "examples" / "ugeplan-widget"
KEY = Ed25519PrivateKey.generate()
JWK = {**OKPAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "k", "alg": "EdDSA"}
CHILD = "c" * 40


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"keys": [JWK]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Keys)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def start(portal: str, *words: str) -> Iterator[httpx.Client]:
    command = [sys.executable, "-W", "error", "server.py", "--port", "0", "--portal", portal]
    with subprocess.Popen(
        [*command, *words], cwd=EXAMPLE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = re.search(r"http://\S+", process.stdout.readline())
        assert told is not None
        with httpx.Client(base_url=told[0]) as client:
            yield client
        process.terminate()


@pytest.fixture(scope="module")
def widget(portal: str) -> Iterator[httpx.Client]:
    yield from start(portal)


def bearer(portal: str, **changes: Any) -> dict[str, str]:
    now = int(time.time())
    claims = {"iss": portal, "aud": "fjordvang/ugeplan", "sub": "s" * 40, "iat": now}
    claims |= {
        "exp": now + 300,
        "jti": "1",
        "acr": "1",
        "children": [{"id": CHILD, "name": "Alma"}],
    }
    token = jwt.encode({**claims, **changes}, KEY, algorithm="EdDSA", headers={"kid": "k"})
    return {"Authorization": f"Bearer {token}"}


def test_the_answer_says_whose_it_is(widget: httpx.Client, portal: str) -> None:
    """WID-35: child and week of the question come back with the answer."""
    query = {"child": CHILD, "week": "2025-W48"}
    answer = widget.get("/api/week", params=query, headers=bearer(portal)).json()
    assert (answer["child"], answer["week"]) == (CHILD, "2025-W48")
    assert [day["date"] for day in answer["days"]] == [f"2025-11-{n}" for n in range(24, 29)]


def test_names_come_from_the_token_alone(widget: httpx.Client, portal: str) -> None:
    """R12: what the platform did not tell, the vendor does not know."""
    told = widget.get("/api/children", headers=bearer(portal)).json()
    assert told == {"children": [{"id": CHILD, "name": "Alma"}]}
    nameless = bearer(portal, children=[{"id": CHILD}])
    told = widget.get("/api/children", headers=nameless).json()
    assert told == {"children": [{"id": CHILD, "name": None}]}


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, str], tuple[int, str]]] = {
    "another widget": ({"aud": "somebody/else"}, {}, (401, "token.invalid")),
    "another platform": ({"iss": "https://elsewhere.example"}, {}, (401, "token.invalid")),
    "expired": ({"iat": 1, "exp": 301}, {}, (401, "token.expired")),
    "no children": ({"children": []}, {}, (403, "child.not-yours")),
    "another child": ({}, {"child": "d" * 40}, (403, "child.not-yours")),
    "which child": ({}, {"child": ""}, (403, "child.not-yours")),
    "no week": ({}, {"week": "2026-48"}, (400, "week.invalid")),
    "not planned yet": ({}, {"week": "2199-W01"}, (404, "week.no-plan")),
    "week 99": ({}, {"week": "2026-W99"}, (400, "week.invalid")),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_each_no_has_its_own_code(widget: httpx.Client, portal: str, case: str) -> None:
    """WID-24, WID-35, WID-37: no answer looks like another one, or like an empty week."""
    changes, query, expected = REFUSALS[case]
    asked = {"child": CHILD, "week": "2026-W48", **query}
    answer = widget.get("/api/week", params=asked, headers=bearer(portal, **changes))
    assert (answer.status_code, answer.json()["code"]) == expected
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_in_the_address_is_not_read(widget: httpx.Client, portal: str) -> None:
    """WID-R2: only the header counts."""
    token = bearer(portal)["Authorization"].removeprefix("Bearer ")
    answer = widget.get("/api/children", params={"token": token, "access_token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "token.missing")


def test_only_the_platform_frames_the_page(widget: httpx.Client, portal: str) -> None:
    """WID-R1, R18: the page loads its own files alone, and is framed by the platform alone."""
    policy = widget.get("/").headers["content-security-policy"]
    assert f"frame-ancestors {portal}" in policy
    assert "default-src 'none'" in policy
    for path in ("/page.js", "/page.css", "/aula-widget.js"):
        assert widget.get(path).status_code == 200
    assert widget.get("/server.py").status_code == 404


def test_the_frame_may_ask(widget: httpx.Client) -> None:
    """WID-R1: a page of opaque origin may send the header, and no cookie."""
    asked = {"Origin": "null", "Access-Control-Request-Headers": "authorization"}
    answer = widget.options("/api/week", headers=asked)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "Authorization"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_failing_vendor_says_so(portal: str) -> None:
    """WID-R7: a server that is down is never an empty week."""
    for client in start(portal, "--failing"):
        assert client.get("/api/children", headers=bearer(portal)).status_code == 500
        assert client.get("/").status_code == 200
