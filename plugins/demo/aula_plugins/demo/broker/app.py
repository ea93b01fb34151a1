"""The broker as a web application: a small OpenID Connect provider without passwords."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar, Request, get, post
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.datastructures import ResponseHeader, State
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Response

from aula_plugins.demo.broker.config import BrokerConfig
from aula_plugins.demo.broker.pages import (
    choose_locale,
    goodbye_page,
    people_page,
    refusal_page,
    stylesheet,
)
from aula_plugins.demo.broker.requests import (
    AuthorizationRequest,
    NotOurs,
    Refused,
    read_request,
)
from aula_plugins.demo.broker.tokens import (
    ALGORITHM,
    LEVELS,
    TOKEN_SECONDS,
    Codes,
    Signer,
    fits,
    new_grant,
)
from aula_sdk.i18n import add_catalogues

_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
)
AnyRequest = Request[Any, Any, State]


@get("/.well-known/openid-configuration", sync_to_thread=False)
def discover(state: State) -> dict[str, object]:
    """Say what the broker can do (OpenID Connect Discovery 1.0)."""
    issuer = state.config.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/sign-out",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid"],
        "acr_values_supported": list(LEVELS),
        "claims_supported": ["sub", "uniid", "acr", "amr", "auth_time", "nonce"],
        "ui_locales_supported": ["da", "en"],
        "authorization_response_iss_parameter_supported": True,
    }


@get("/jwks", sync_to_thread=False)
def list_keys(state: State) -> dict[str, object]:
    """Give the public key."""
    keys: dict[str, object] = state.signer.public_keys()
    return keys


@get("/broker.css", sync_to_thread=False, media_type="text/css")
def style() -> Response[str]:
    """Give the style of the pages."""
    return Response(stylesheet(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@get("/authorize")
async def show_people(request: AnyRequest, state: State) -> Response[str]:
    """Show whom one can be."""
    asked = read_request(state.config, request.query_params.multi_items())
    _speak(request, asked)
    return people_page(state.config, asked)


@post("/authorize")
async def pick_person(request: AnyRequest, state: State) -> Redirect:
    """Send the browser back with a code for the person who was picked, or with the refusal."""
    form = (await request.form()).multi_items()
    sent = [(name, str(value)) for name, value in form]
    picked = {name: value for name, value in sent if name in {"uniid", "level", "cancel"}}
    asked = read_request(state.config, [pair for pair in sent if pair[0] not in picked])
    if "cancel" in picked:
        raise Refused(asked, "access_denied", "the person turned round")
    person = state.config.person(picked.get("uniid", ""))
    if person is None or picked.get("level") not in LEVELS:
        raise Refused(asked, "invalid_request", "nobody was picked")
    code = state.codes.give(
        new_grant(
            uniid=person.uniid,
            acr=picked["level"],
            redirect_uri=asked.redirect_uri,
            challenge=asked.code_challenge,
            nonce=asked.nonce,
        )
    )
    return Redirect(asked.answer(state.config.issuer, code=code), status_code=303)


@post("/token", status_code=200)
async def redeem(request: AnyRequest, state: State) -> Response[dict[str, object]]:
    """Give the ID token for a code, once, to whoever began the log-in (RFC 6749, 4.1.3)."""
    form = await request.form()
    sent = {name: str(value) for name, value in form.items()}
    if len(list(form.multi_items())) != len(sent):
        return _token_error("invalid_request")
    if sent.get("client_id") != state.config.client_id:
        return _token_error("invalid_client", status=401)
    if sent.get("grant_type") != "authorization_code":
        return _token_error("unsupported_grant_type")
    if not sent.get("code") or not sent.get("code_verifier"):
        return _token_error("invalid_request")
    grant = state.codes.take(sent["code"])
    if (
        grant is None
        or grant.redirect_uri != sent.get("redirect_uri")
        or not fits(sent["code_verifier"], grant.challenge)
    ):
        return _token_error("invalid_grant")
    return Response(
        {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": "openid",
            "id_token": state.signer.id_token(state.config, grant),
        }
    )


@get("/sign-out")
async def sign_out(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """End the session, of which the broker keeps none (OpenID Connect RP-Initiated Logout)."""
    _speak(request, None)
    sent = dict(request.query_params.items())
    target = sent.get("post_logout_redirect_uri", "")
    if not target:
        return goodbye_page()
    if sent.get("client_id") != state.config.client_id or target not in state.config.sign_out_uris:
        raise NotOurs("post_logout_redirect_uri")
    question = f"?{urlencode({'state': sent['state']})}" if sent.get("state") else ""
    return Redirect(f"{target}{question}", status_code=303)


def _token_error(error: str, *, status: int = 400) -> Response[dict[str, object]]:
    return Response({"error": error}, status_code=status)


def _speak(request: AnyRequest, asked: AuthorizationRequest | None) -> None:
    choose_locale(
        request.query_params.get("lang", ""),
        asked.ui_locales if asked else "",
        request.headers.get("accept-language", ""),
    )


def _refuse(request: AnyRequest, error: NotOurs) -> Response[str]:
    _speak(request, None)
    return refusal_page(str(error))


def _send_back(request: AnyRequest, error: Refused) -> Redirect:
    issuer = request.app.state.config.issuer
    answer = error.request.answer(issuer, error=error.error, error_description=error.description)
    return Redirect(answer, status_code=303)


def _plain_error(_request: AnyRequest, error: HTTPException) -> Response[dict[str, str]]:
    return Response({"error": error.detail}, status_code=error.status_code)


def create_app(config: BrokerConfig) -> Litestar:
    """Return the broker for one relying party."""
    add_catalogues("demo", Path(__file__).parent.parent / "locale")
    return Litestar(
        [discover, list_keys, style, show_people, pick_person, redeem, sign_out],
        state=State({"config": config, "codes": Codes(), "signer": Signer()}),
        allowed_hosts=AllowedHostsConfig([config.netloc]),
        exception_handlers={
            NotOurs: _refuse,
            Refused: _send_back,
            HTTPException: _plain_error,
        },
        response_headers=[ResponseHeader(name=name, value=value) for name, value in _HEADERS],
        openapi_config=None,
    )
