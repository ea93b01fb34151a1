"""Forged requests: refused however they are dressed; honest forms of every kind come through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aula_platform.identity.secrets import derive_key, is_mask_of, mask
from aula_sdk.people import Kind
from tests.identity.provider import Person, Provider
from tests.identity.site import Browser, Town

COOKIE = "__Host-aula_session"


@pytest.fixture
async def signed_in(browser: Browser, provider: Provider, town: Town) -> Browser:
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    return browser


async def test_every_kind_of_honest_request_passes(signed_in: Browser) -> None:
    """A plain form, a multipart form, HTMX's header and JSON with the header; fields survive."""
    token = (await signed_in.who())["csrf"]
    client = signed_in.client
    plain = await client.post("/change", data={"_csrf_token": token, "text": "æ"})
    assert plain.json()["fields"] == ["_csrf_token", "text"]
    files = {"file": ("a.txt", b"content")}
    multipart = await client.post("/change", data={"_csrf_token": token}, files=files)
    assert multipart.json()["fields"] == ["_csrf_token", "file"]
    header = await client.post("/change", data={"text": "a"}, headers={"X-CSRFToken": token})
    assert header.status_code == 201
    json = await client.post("/change", json={}, headers={"X-CSRFToken": token})
    assert json.status_code == 201


async def test_a_request_without_the_token_is_refused(signed_in: Browser) -> None:
    """The token counts in the header or in a field; a cookie comes by itself and proves nothing."""
    token = (await signed_in.who())["csrf"]
    client = signed_in.client
    requests = [
        client.build_request("POST", "/change", data={"text": "a"}),
        client.build_request("POST", "/change", data={"_csrf_token": ""}),
        client.build_request("POST", "/change", data={"_csrf_token": "A" * 88}),
        client.build_request("POST", "/change", data={"_csrf_token": "æ"}),
        client.build_request("POST", "/change", params={"_csrf_token": token}),
        client.build_request("POST", "/change", headers={"cookie": f"_csrf_token={token}"}),
        client.build_request("POST", "/change", json={"_csrf_token": token}),
    ]
    requests[5].headers["cookie"] += f"; {COOKIE}={client.cookies[COOKIE]}"
    for request in requests:
        answer = await client.send(request)
        assert (answer.status_code, answer.json()["code"]) == (403, "request-forged")


async def test_every_method_that_changes_is_asked(signed_in: Browser) -> None:
    """What may change something is never let through for its verb."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await signed_in.client.request(method, "/change")
        assert answer.status_code == 403


async def test_somebody_elses_token_is_refused(
    signed_in: Browser, open_browser: Callable[..., Browser], provider: Provider, town: Town
) -> None:
    """The token is bound to the session: an attacker cannot lend one."""
    await town.add("eva00002", Kind.GUARDIAN)
    provider.person = Person("eva00002")
    other = open_browser()
    await other.sign_in()
    token = (await other.who())["csrf"]
    answer = await signed_in.client.post("/change", data={"_csrf_token": token})
    assert answer.status_code == 403


ELSEWHERE = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://aula.example.dk.evil.example"},
)
OWN: tuple[dict[str, str], ...] = (
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"origin": "https://aula.example.dk"},
    {},
)


async def test_another_sites_page_is_refused_whatever_it_sends(
    signed_in: Browser, open_browser: Callable[..., Browser]
) -> None:
    """The browser says where a request comes from; that counts with a token and without one."""
    fields = {"_csrf_token": (await signed_in.who())["csrf"]}
    for headers in ELSEWHERE:
        answer = await signed_in.client.post("/change", data=fields, headers=headers)
        assert answer.status_code == 403
        assert (await open_browser().client.post("/change", headers=headers)).status_code == 403


async def test_ones_own_page_passes(signed_in: Browser) -> None:
    """R27: an older browser says less about itself, and is not shut out."""
    fields = {"_csrf_token": (await signed_in.who())["csrf"]}
    for headers in OWN:
        answer = await signed_in.client.post("/change", data=fields, headers=headers)
        assert answer.status_code == 201


def test_a_token_looks_different_each_time() -> None:
    """A compressed page does not betray by its length what is in it (BREACH)."""
    key = derive_key("value", "csrf")
    assert len({mask(key) for _ in range(100)}) == 100
    assert all(is_mask_of(mask(key), key) for _ in range(100))
    assert not is_mask_of(mask(key), derive_key("value", "other"))
