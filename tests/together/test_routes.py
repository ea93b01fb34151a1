"""The contract of every route: it names its permission, and lets nobody past it."""

import re
from collections.abc import Iterator

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from aula_platform.plugin_host.acceptance import RESERVED
from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import Browser, People

PUBLIC = {
    "/.well-known/jwks.json": "Vendors verify widget tokens with these public keys.",
    "/api/schema": "vendors read it before they have an account",
    "/health": "whatever watches the site has no account",
    "/looks/{name:str}": "the look of the pages",
    "/offline": "it is shown where nothing can be asked",
    "/role": "who has several roles has none before the choice",
    "/see-as/end": "one's own session is one's own again",
    "/sign-in": "whoever is not signed in yet begins here",
    "/sign-in/callback": "brokers send the browser back to here",
    "/sign-in/{broker:str}": "it sends the browser to the broker",
    "/sign-in/{broker:str}/answer": "a broker's form; it opens nothing by itself",
    "/sign-in/{broker:str}/ended": "a broker ends its sessions; its signature is asked",
    "/sign-in/{broker:str}/metadata": (
        "an identity provider is told of us: addresses and certificates, no secret"
    ),
    "/sign-out": "signing out needs no right",
    "/static": "the look of the pages",
    "/step-up": "whoever is signed in proves it again here; nobody else gets further",
    "/step-up/kept/{typed_id:uuid}": "it shows a session what it kept, to nobody else",
    "/sw.js": "browsers fetch it for the installed app",
    "/tablet": "a shared device names who may sign in there; others ask for a code",
    "/tablet/leave": "leaving needs no right",
    "/tablet/pair": "the code that an administrator was given says enough",
    "/tablet/{profile_id:str}": "at a paired device, the PIN is what lets in",
    "/{path:path}": "there is nothing here",
}
"""Every address that anybody may ask, with the reason that its handler gives."""


def _handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                # Litestar adds an OPTIONS handler of its own to every path.
                if handler.http_methods != {"OPTIONS"}:
                    yield route.path, handler


def _family(path: str) -> str:
    for family in ("/static", "/api/schema"):
        if path.startswith(family):
            return family
    return "/{path:path}" if path in {"/{path:path}", "/api/{path:path}"} else path


async def test_every_route_names_its_permission_or_why_it_needs_none(running: Running) -> None:
    """A route without a permission is closed; one for everybody is in the list, with a reason."""
    public: dict[str, str] = {}
    for path, handler in _handlers(running.app):
        assert "permission" in handler.opt, f"{path} names no permission"
        action = handler.opt["permission"]
        if action is None:
            public[_family(path)] = handler.opt["public"]
        else:
            known = running.app.state.platform.permissions.catalogue.actions
            assert action in known, f"{path} asks for {action}, which nobody describes"
    assert public == PUBLIC


def _address(path: str) -> str:
    """Return an address of the route in which every id is well formed and of nobody."""
    return re.sub(r"\{[^}]*\}", "thr_" + "0" * 32, path)


async def _ask(client: httpx.AsyncClient, handler: HTTPRouteHandler, path: str) -> httpx.Response:
    method = min(handler.http_methods - {"HEAD"} or handler.http_methods)
    return await client.request(method, _address(path))


async def test_nobody_gets_past_any_door(running: Running, browser: Browser) -> None:
    """Rule 23: nobody is answered 401, or 303 to the sign-in page, whatever is behind the door."""
    client = await browser()
    for path, handler in _handlers(running.app):
        if handler.opt["permission"] is None:
            continue
        answer = await _ask(client, handler, path)
        if path.startswith("/api/"):
            assert answer.status_code == 401, f"{path}: {answer.status_code}"
            assert answer.json()["code"] == "not-signed-in"
        else:
            assert answer.status_code == 303, f"{path}: {answer.status_code}"
            assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("key", ["guardian", "pupil", "teacher", "external", "stranger"])
async def test_what_does_not_exist_is_never_our_fault(
    running: Running, browser: Browser, people: People, key: str
) -> None:
    """Ids of nobody are refused in words by every route, in every role: no answer is a 5xx."""
    client = await browser(getattr(people, key))
    for path, handler in _handlers(running.app):
        if "{" not in path or path == "/live":
            continue
        answer = await _ask(client, handler, path)
        assert answer.status_code < 500, f"{handler.http_methods} {path}: {answer.text[:300]}"
        if path.startswith("/api/v1/") and answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", path


async def test_no_plugin_can_take_an_address_of_the_kernel(running: Running) -> None:
    """Rule 4: where the kernel answers, a plugin of that name would never be reached."""
    taken = {
        path.split("/")[1].replace("-", "_")
        for path, handler in _handlers(running.app)
        if "plugin" not in handler.opt
    }
    names = {name for name in taken if name.isidentifier()}
    assert {"profile", "badges", "offline", "sign_out"} <= names
    assert names - RESERVED == set()
