"""An OpenID provider for tests, written after the standard with PyJWT and the standard library.

It shares no code with our client, so a mistake in one is not hidden by the same mistake in the
other. A test sets `person` to who "logs in", and `forge` to tamper with the token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Claims = dict[str, Any]
Forge = Callable[["Provider", Claims], str]


@dataclass
class Person:
    """Who sits at the keyboard."""

    uniid: str
    acr: str = "https://data.gov.dk/concept/core/nsis/Substantial"
    sub: str = ""
    age: int | None = 5
    """How many seconds ago they proved who they are; None is not told."""


@dataclass
class Grant:
    """What a code stands for."""

    query: dict[str, str]
    person: Person


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Provider:
    """The provider's state, and the knobs of the tests."""

    client_id: str = "aula-test"
    secret: str = "a secret of the test"
    person: Person = field(default_factory=lambda: Person("nobody"))
    forge: Forge | None = None
    error: str = ""
    names_keys: bool = True
    tells_in_userinfo: bool = False
    metadata_changes: Claims = field(default_factory=dict)
    further_claims: Claims = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=cache(_new_key))
    kid: str = "first"
    issuer: str = ""
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Person] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def sign(self, claims: Claims, **header: Any) -> str:
        named = {"kid": self.kid} if self.names_keys else {}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={**named, **header})

    def rotate(self, kid: str) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self.key = _new_key()
        self.kid = kid

    def claims(self, grant: Grant) -> Claims:
        now = int(time.time())
        person = grant.person
        claims: Claims = {
            "iss": self.issuer,
            "sub": person.sub or f"sub-of-{person.uniid}",
            "aud": self.client_id,
            "exp": now + 300,
            "iat": now,
            "nonce": grant.query["nonce"],
            "acr": person.acr,
            "amr": ["pwd"],
            "sid": f"sid-of-{person.uniid}",
            **({} if person.age is None else {"auth_time": now - person.age}),
            **self.further_claims,
        }
        return claims if self.tells_in_userinfo else {"uniid": person.uniid, **claims}

    def metadata(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/end",
            **self.metadata_changes,
        }

    def jwks(self) -> Claims:
        public = self.key.public_key().public_numbers()
        named = {"kid": self.kid} if self.names_keys else {}
        key = {"kty": "RSA", "use": "sig", **named}
        return {"keys": [{**key, "n": _number(public.n), "e": _number(public.e)}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser goes; the person agrees at once."""
        assert query["response_type"] == "code"
        assert query["client_id"] == self.client_id
        assert query["code_challenge_method"] == "S256"
        answer = {"state": query["state"]}
        if self.error:
            answer["error"] = self.error
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = Grant(query, self.person)
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """Answer at the token endpoint: a code counts once, for this client and this verifier."""
        user = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if authorization != f"Basic {user.replace(' ', '+')}" and not self._is_client(
            authorization
        ):
            return 401, {"error": "invalid_client"}
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or form["redirect_uri"] != grant.query["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != grant.query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        claims = self.claims(grant)
        token = self.forge(self, claims) if self.forge else self.sign(claims)
        access = secrets.token_urlsafe(16)
        self.tokens[access] = grant.person
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": token}

    def _is_client(self, authorization: str) -> bool:
        kind, _space, value = authorization.partition(" ")
        return kind == "Basic" and base64.b64decode(value).decode() == (
            f"{self.client_id}:{self.secret}"
        )


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.provider.asked.append(address.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        if address.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
        elif address.path == "/userinfo":
            token = self.headers["Authorization"].removeprefix("Bearer ")
            person = self.provider.tokens[token]
            self._json(200, {"sub": f"sub-of-{person.uniid}", "uniid": person.uniid})
        elif address.path == "/jwks":
            self._json(200, self.provider.jwks())
        else:
            self._json(200, self.provider.metadata())

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = parse_qs(self.rfile.read(length).decode())
        form = {key: values[0] for key, values in body.items()}
        self._json(*self.provider.redeem(form, self.headers.get("Authorization", "")))

    def _json(self, status: int, document: Claims) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class RunningProvider:
    """The provider on a free port of loopback, for the time of a ``with`` block."""

    def __init__(self) -> None:
        self.provider = Provider()
        handler = type("Handler", (_Handler,), {"provider": self.provider})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.provider.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self.provider

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
