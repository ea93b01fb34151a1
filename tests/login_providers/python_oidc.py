"""A second OpenID provider that none of us wrote (PyPI: idpyoidc), as a thread on loopback.

It is a library: what is here gives its endpoints addresses. Who logs in is chosen by the test.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from idpyoidc.message import Message
from idpyoidc.server import Server
from idpyoidc.server.oidc.authorization import Authorization
from idpyoidc.server.oidc.provider_config import ProviderConfiguration
from idpyoidc.server.oidc.session import Session
from idpyoidc.server.oidc.token import Token
from idpyoidc.server.oidc.userinfo import UserInfo
from idpyoidc.server.user_authn.user import NoAuthn
from idpyoidc.server.user_info import UserInfo as People

ALGORITHM = "ES256"
_SEALED = {
    "kwargs": {
        "keys": {
            "key_defs": [
                {"type": "OCT", "use": ["enc"], "kid": one} for one in ("password", "salt")
            ]
        },
        "iterations": 1,
    }
}
_TOKENS = {
    "code": {"lifetime": 120, "kwargs": {"crypt_conf": _SEALED}},
    "token": {
        "class": "idpyoidc.server.token.jwt_token.JWTToken",
        "kwargs": {"lifetime": 300, "aud": ["aula"]},
    },
    "id_token": {"class": "idpyoidc.server.token.id_token.IDToken", "kwargs": {}},
}


def make_provider(issuer: str, people: dict[str, Any], client: dict[str, Any]) -> Server:
    """Return a provider of these people (claims by name) that knows one client, with PKCE."""
    claims = {name for known in people.values() for name in known}
    authorization = {
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "claims_parameter_supported": True,
    }
    session = {
        "logout_verify_url": f"{issuer}/verify_logout",
        "post_logout_uri_path": "post_logout",
        "signing_alg": ALGORITHM,
    }
    endpoints = {
        "provider_config": (".well-known/openid-configuration", ProviderConfiguration, {}),
        "authorization": ("authorization", Authorization, authorization),
        "token": ("token", Token, {"client_authn_method": ["client_secret_basic"]}),
        "userinfo": ("userinfo", UserInfo, {"base_claims": dict.fromkeys(claims)}),
        "session": ("session", Session, session),
    }
    provider = Server(
        {
            "issuer": issuer,
            "key_conf": {
                "key_defs": [{"type": "EC", "crv": "P-256", "use": ["sig"]}],
                "uri_path": "jwks.json",
            },
            "endpoint": {
                name: {"path": path, "class": kind, "kwargs": kwargs}
                for name, (path, kind, kwargs) in endpoints.items()
            },
            "authentication": {
                "anon": {"acr": "urn:one", "class": NoAuthn, "kwargs": {"user": next(iter(people))}}
            },
            "userinfo": {"class": People, "kwargs": {"db": people}},
            "token_handler_args": _TOKENS,
            "session_params": {"encrypter": _SEALED},
            "preference": {"id_token_signed_response_alg": ALGORITHM},
            "add_ons": {
                "pkce": {
                    "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                    "kwargs": {"essential": True, "code_challenge_methods": {"S256": None}},
                }
            },
        },
    )
    provider.context.cdb["aula"] = client
    return provider


class _Handler(BaseHTTPRequestHandler):
    """Hands requests to the endpoints of the server's ``provider``."""

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(dict(parse_qsl(body.decode())))

    def _answer(self, asked: dict[str, str]) -> None:
        provider: Server = self.server.provider  # type: ignore[attr-defined]
        path = urlsplit(self.path).path.lstrip("/")
        if path == "jwks.json":
            self._send(200, provider.keyjar.export_jwks_as_json())
            return
        endpoint = next(one for one in provider.endpoint.values() if one.endpoint_path == path)
        info = {"headers": {name.lower(): value for name, value in self.headers.items()}}
        request = endpoint.parse_request(asked, http_info=info)
        made = request if "error" in request else endpoint.process_request(request, http_info=info)
        if "error" in made:
            self._send(400, json.dumps(made.to_dict() if isinstance(made, Message) else made))
            return
        answer = endpoint.do_response(request=request, **made)
        if endpoint.response_placement == "url":
            self._send(303, "", answer["response"])
        else:
            self._send(200, answer["response"])

    def _send(self, status: int, body: str, location: str = "") -> None:
        content = body.encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def run_python_provider(
    people: dict[str, Any], client: dict[str, Any]
) -> Iterator[tuple[str, Server]]:
    """Run it for the time of a ``with`` block; yield its issuer and itself."""
    # What it refuses is what tests ask of it, and no fault of the site's.
    logging.getLogger("idpyoidc").setLevel(logging.CRITICAL)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    issuer = f"http://127.0.0.1:{server.server_address[1]}"
    provider = make_provider(issuer, people, client)
    server.provider = provider  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield issuer, provider
    finally:
        server.shutdown()
        server.server_close()
