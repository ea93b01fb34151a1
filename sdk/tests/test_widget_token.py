"""Widget tokens as a vendor's server meets them: WID-24, WID-R2, WID-R6, R16."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from aula_sdk.widget_token import TokenRefused, WidgetClaims, bearer_token, verify_token

ISSUER = "https://aula.example.dk"
AUDIENCE = "fjordvang/ugeplan"
ED = Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
KEYS = {
    "keys": [
        {**OKPAlgorithm.to_jwk(ED.public_key(), as_dict=True), "kid": "ed", "alg": "EdDSA"},
        {**ECAlgorithm.to_jwk(EC.public_key(), as_dict=True), "kid": "ec", "alg": "ES256"},
        {**RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "kid": "rsa", "alg": "RS256"},
    ]
}


class _Keys(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        body = json.dumps(KEYS).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def jwks_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Keys)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    _Keys.asked = 0
    yield f"http://127.0.0.1:{server.server_port}/.well-known/jwks.json"
    server.shutdown()
    server.server_close()
    thread.join()


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    plain = {"iss": ISSUER, "aud": AUDIENCE, "sub": "p" * 32, "iat": now, "exp": now + 300}
    merged = {**plain, "jti": "1", "acr": "2", **changes}
    return {key: value for key, value in merged.items() if value is not ...}


def token(key: Any = ED, algorithm: str = "EdDSA", kid: str = "ed", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"kid": kid})


def verify(text: str, jwks_url: str, audience: str = AUDIENCE) -> WidgetClaims:
    return verify_token(text, audience=audience, issuer=ISSUER, jwks_url=jwks_url)


def refusal(text: str, jwks_url: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        verify(text, jwks_url)
    return caught.value.reason


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(ED, "EdDSA", "ed"), (EC, "ES256", "ec")])
def test_the_platforms_token_is_read(jwks_url: str, key: Any, algorithm: str, kid: str) -> None:
    """WID-23: issuer, widget, pairwise person, level; children only if they are in it."""
    child = {"id": "c" * 32, "name": "Alma"}
    read = verify(token(key, algorithm, kid, children=[child], role="guardian"), jwks_url)
    assert (read.sub, read.acr, read.role) == ("p" * 32, "2", "guardian")
    found = read.child("c" * 32)
    assert found is not None
    assert found.name == "Alma"
    assert read.child("d" * 32) is None
    assert verify(token(), jwks_url).children == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aud": "somebody/else"}, id="another-widget"),
        pytest.param({"aud": [AUDIENCE]}, id="a-list"),
        pytest.param({"aud": [AUDIENCE, "somebody/else"]}, id="two-widgets"),
        pytest.param({"iss": "https://elsewhere.example"}, id="another-portal"),
        pytest.param({"exp": int(time.time()) + 3600}, id="too-long"),
        pytest.param({"iat": int(time.time()) + 120}, id="from-the-future"),
        pytest.param({"acr": "4"}, id="no-such-level"),
        *(
            pytest.param({name: ...}, id=f"without-{name}")
            for name in ("iss", "aud", "sub", "iat", "exp", "jti", "acr")
        ),
    ],
)
def test_a_token_for_somebody_or_something_else_is_refused(
    jwks_url: str, changes: dict[str, Any]
) -> None:
    """WID-24: one widget, one platform, five minutes, all claims."""
    assert refusal(token(**changes), jwks_url) == "token.invalid"


def test_expiry_is_told_apart(jwks_url: str) -> None:
    """WID-R6: expired has its own code, so that the page knows to renew."""
    now = int(time.time())
    verify(token(iat=now - 300, exp=now - 5), jwks_url)
    assert refusal(token(iat=now - 320, exp=now - 20), jwks_url) == "token.expired"


def test_other_algorithms_are_refused(jwks_url: str) -> None:
    """R16: none, HS256 (keyed with anything public), RS256 and swapped keys prove nothing."""
    public = ED.public_key().public_bytes_raw()
    forged = [
        jwt.encode(claims(), "", algorithm="none", headers={"kid": "ed"}),
        jwt.encode(claims(), public, algorithm="HS256", headers={"kid": "ed"}),
        token(RSA, "RS256", "rsa"),
        token(EC, "ES256", "ed"),
        token(Ed25519PrivateKey.generate()),
        token(kid="unknown"),
        jwt.encode(claims(), ED, algorithm="EdDSA"),
        "",
        "a.b.c",
        token()[:-4] + "AAAA",
    ]
    for text in forged:
        assert refusal(text, jwks_url) == "token.invalid"


def test_keys_are_kept(jwks_url: str) -> None:
    """WID-R6: a hundred requests ask once; unknown key ids do not make a flood."""
    for _ in range(20):
        verify(token(), jwks_url)
    for _ in range(20):
        refusal(token(kid="unknown"), jwks_url)
    assert _Keys.asked == 1


def test_keys_that_are_not_there_are_nobodys_fault() -> None:
    """WID-R7: the vendor's page can tell a failure from a refusal."""
    url = "http://127.0.0.1:9/.well-known/jwks.json"
    assert refusal(token(), url) == "token.keys-unavailable"


def test_keys_come_over_https() -> None:
    """R16: nobody on the way can put in a key."""
    with pytest.raises(ValueError, match="https"):
        verify(token(), "http://aula.example.dk/.well-known/jwks.json")


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer ", "Bearer a b", "a.b.c"])
def test_the_token_comes_in_the_header(header: str | None) -> None:
    """WID-R2: a token is a bearer token in the header or nothing."""
    with pytest.raises(TokenRefused) as caught:
        bearer_token(header)
    assert caught.value.reason == "token.missing"
    assert bearer_token("bearer a.b.c") == "a.b.c"
