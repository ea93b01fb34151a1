"""Whether an authorization request may be answered (OAuth 2.0, 4.1.1; OpenID Connect, 3.1.2)."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import msgspec

from aula_plugins.demo.broker.config import BrokerConfig
from aula_plugins.demo.broker.tokens import LEVELS

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST = 2000
FIELDS = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "acr_values", "prompt", "ui_locales", "response_mode",
)  # fmt: skip


class NotOurs(Exception):
    """The request does not come from the relying party; nobody is sent anywhere (4.1.2.1)."""


class Refused(Exception):
    """The relying party is told by a redirect what is wrong."""

    def __init__(self, request: "AuthorizationRequest", error: str, description: str) -> None:
        super().__init__(error)
        self.request = request
        self.error = error
        self.description = description


class AuthorizationRequest(msgspec.Struct, frozen=True):
    """A request whose client and redirect address are known to be right."""

    client_id: str
    redirect_uri: str
    response_type: str = ""
    scope: str = ""
    state: str = ""
    nonce: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    acr_values: str = ""
    prompt: str = ""
    ui_locales: str = ""
    response_mode: str = ""

    @property
    def wanted_level(self) -> str:
        """The first level that is asked for and known, or none."""
        return next((each for each in self.acr_values.split() if each in LEVELS), "")

    def fields(self) -> dict[str, str]:
        """Return what was sent, for the form on the page."""
        return {name: value for name in FIELDS if (value := str(getattr(self, name)))}

    def answer(self, issuer: str, **answer: str) -> str:
        """Return where the browser goes with this answer. ``iss`` says who gave it (RFC 9207)."""
        if self.state:
            answer["state"] = self.state
        answer["iss"] = issuer
        joint = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{joint}{urlencode(answer)}"


def read_request(config: BrokerConfig, sent: Iterable[tuple[str, str]]) -> AuthorizationRequest:
    """Return the request; raise `NotOurs` or `Refused` when it may not be answered."""
    values, repeated = _collect(sent)
    if values.get("client_id") != config.client_id or "client_id" in repeated:
        raise NotOurs("client_id")
    if values.get("redirect_uri") not in config.redirect_uris or "redirect_uri" in repeated:
        raise NotOurs("redirect_uri")
    request = AuthorizationRequest(
        **{name: value[:_LONGEST] for name, value in values.items() if name in FIELDS}
    )
    if repeated & set(FIELDS):
        raise Refused(request, "invalid_request", "a parameter is there twice")
    _check(request)
    return request


def _check(request: AuthorizationRequest) -> None:
    if request.response_type != "code":
        raise Refused(request, "unsupported_response_type", "only code is answered")
    if request.response_mode not in {"", "query"}:
        raise Refused(request, "invalid_request", "only the response mode query is known")
    if "openid" not in request.scope.split():
        raise Refused(request, "invalid_scope", "the scope openid is missing")
    if request.code_challenge_method != "S256" or not _CHALLENGE.fullmatch(request.code_challenge):
        raise Refused(request, "invalid_request", "PKCE with S256 is required")
    if "none" in request.prompt.split():
        raise Refused(request, "login_required", "nobody is signed in here")


def _collect(sent: Iterable[tuple[str, str]]) -> tuple[Mapping[str, str], set[str]]:
    values: dict[str, str] = {}
    repeated: set[str] = set()
    for name, value in sent:
        if name in values:
            repeated.add(name)
        values[name] = value
    return values, repeated
