"""Signing in from the button to the page, against a provider that shares no code with us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.datastructures import Headers

from aula_platform.identity.csrf import was_pressed_at
from aula_platform.identity.tables import account, login_attempt, session
from aula_platform.settings import MunicipalitySettings, Settings, SiteSettings
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.people import Kind
from tests.identity.provider import Person, Provider
from tests.identity.site import Browser, Town

COOKIE = "__Host-aula_session"


async def _count(storage: Storage, table: sa.Table) -> int:
    async with storage.read(EVERYWHERE) as read:
        return int(await read.scalar(sa.select(sa.func.count()).select_from(table)))


async def test_a_known_person_comes_in_where_they_were(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """Rule 8: the account acts with the person's profiles, at the level the broker vouches for."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    answer = await browser.sign_in("/messages/?child=per_1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/messages/?child=per_1")
    seen = await browser.who()
    assert (seen["role"], seen["assurance"]) == ("guardian", 2)


async def test_cookies_are_kept_from_scripts_and_neighbours(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """R16: the session's cookie is __Host-, Secure, HttpOnly and Lax, and is in no address."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    answer = await browser.sign_in()
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE))
    marks = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= marks
    assert not any(mark.startswith(("domain", "max-age", "expires")) for mark in marks)
    assert browser.client.cookies[COOKIE] not in answer.headers["location"]


async def test_nothing_that_opens_a_session_is_stored(
    browser: Browser, provider: Provider, town: Town, storage: Storage
) -> None:
    """The database holds hashes: who reads it cannot act as anybody."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    async with storage.read(EVERYWHERE) as read:
        row = await read.first(sa.select(session))
    assert row is not None
    value = browser.client.cookies[COOKIE]
    assert all(value not in str(field) and value.encode() != field for field in row)


async def test_signing_in_again_changes_the_cookie_and_ends_the_old_session(
    browser: Browser, provider: Provider, town: Town, storage: Storage
) -> None:
    """No session is carried over a log-in: a planted or stolen value dies."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    first = browser.client.cookies[COOKIE]
    await browser.sign_in()
    assert browser.client.cookies[COOKIE] != first
    assert await _count(storage, session) == 1


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({}, "We do not know you here"),
        ({"ends": -timedelta(days=1)}, "You no longer have access"),
        ({"begins": timedelta(days=1)}, "Your access has not begun yet"),
    ],
)
async def test_who_has_no_profile_now_is_told_whom_to_ask(
    browser: Browser,
    provider: Provider,
    town: Town,
    *,
    when: dict[str, Any],
    words: str,
) -> None:
    """Unknown, gone or not yet: no account is made, and the page says what to do."""
    if when:
        await town.add("ulla0001", Kind.GUARDIAN, "Skovskolen", **when)
    provider.person = Person("ulla0001")
    browser.client.headers["accept-language"] = "en"
    answer = await browser.sign_in()
    assert answer.status_code == 403
    assert words in answer.text
    assert ("Skovskolen" in answer.text) == bool(when)
    assert "/sign-in/test" in answer.text
    assert await _count(town.storage, account) == 0
    assert (await browser.who())["role"] is None


async def test_several_roles_are_chosen_between_and_never_mixed(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """ID-6: one acts as an employee or as a guardian; the other's profiles are not there."""
    await town.add("ulla0001", Kind.GUARDIAN, "Skovskolen")
    await town.add("ulla0001", Kind.EMPLOYEE, "Søskolen", "Søby")
    provider.person = Person("ulla0001")
    answer = await browser.sign_in("/messages/")
    assert answer.headers["location"] == "/role?next=%2Fmessages%2F"
    assert (await browser.who())["role"] is None
    page = (await browser.client.get(answer.headers["location"])).text
    assert "Søskolen" in page
    assert 'value="pupil"' not in page
    answer = await browser.post("/role", role="employee", next="/messages/")
    assert answer.headers["location"] == "/messages/"
    seen = await browser.who()
    assert (seen["role"], seen["places"]) == ("employee", ["Søskolen"])
    await browser.post("/role", role="guardian", next="/")
    seen = await browser.who()
    assert (seen["role"], seen["places"]) == ("guardian", ["Skovskolen"])


async def test_a_page_opened_in_one_role_cannot_be_sent_in_another(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """The role's change kills the cookie and the tokens of pages that are still open."""
    for kind in (Kind.GUARDIAN, Kind.EMPLOYEE):
        await town.add("ulla0001", kind)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    await browser.post("/role", role="employee")
    token, cookie = (await browser.who())["csrf"], browser.client.cookies[COOKIE]
    assert (await browser.post("/role", role="guardian")).status_code == 303
    stale = await browser.client.post("/change", data={"_csrf_token": token})
    assert stale.status_code == 403
    browser.come_with(COOKIE, cookie)
    assert (await browser.who())["role"] is None


async def test_a_role_that_one_does_not_have_is_refused(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """A form that was changed by hand gives no right."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    assert (await browser.post("/role", role="employee")).status_code == 403
    assert (await browser.post("/role", role="king")).status_code == 422
    assert (await browser.who())["role"] == "guardian"


async def test_the_wrong_button_says_which_is_right(
    open_browser: Callable[..., Browser], provider: Provider, town: Town
) -> None:
    """LOG-4: a guardian at the pupils' log-in is not let in as a guardian, and told why."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    browser = open_browser(kinds=(Kind.PUPIL,), headers={"accept-language": "en"})
    answer = await browser.sign_in()
    assert answer.status_code == 403
    assert "You are known here as: Parent or guardian" in answer.text
    assert (await browser.who())["role"] is None


async def test_one_account_is_the_same_person_in_two_municipalities(
    browser: Browser, provider: Provider, town: Town, storage: Storage
) -> None:
    """Rule 8: one log-in, one overview over both towns."""
    await town.add("ulla0001", Kind.GUARDIAN, "Skovskolen", "Skovby")
    await town.add("ulla0001", Kind.GUARDIAN, "Søskolen", "Søby")
    provider.person = Person("ulla0001")
    await browser.sign_in()
    assert (await browser.who())["places"] == ["Skovskolen", "Søskolen"]
    assert await _count(storage, account) == 1


async def test_an_unknown_level_counts_as_low(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """Assurance is what the settings say of an acr, never what a broker calls it."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001", acr="very-high-indeed")
    await browser.sign_in()
    assert (await browser.who())["assurance"] == 1


async def test_signing_out_ends_the_session_here_and_there(
    browser: Browser, provider: Provider, town: Town, storage: Storage
) -> None:
    """RP-initiated logout: the browser goes on to the broker's end of session."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    cookie = browser.client.cookies[COOKIE]
    answer = await browser.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{provider.issuer}/end?client_id=aula-test&")
    assert await _count(storage, session) == 0
    browser.come_with(COOKIE, cookie)
    assert (await browser.who())["role"] is None


async def test_one_never_comes_out_at_another_site(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """An address in a link cannot turn our sign-in into a way to somebody else's page."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    for path in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        answer = await browser.sign_in(path)
        assert answer.headers["location"] == "/"
        again = await browser.client.get("/sign-in", params={"next": path})
        assert again.headers["location"] == "/"


async def test_turning_round_at_the_broker_leads_back_to_the_buttons(
    browser: Browser, provider: Provider, storage: Storage
) -> None:
    """access_denied is a decision, not a fault; what was begun is forgotten."""
    provider.error = "access_denied"
    browser.client.headers["accept-language"] = "en"
    answer = await browser.sign_in()
    assert answer.status_code == 403
    assert "You stopped before you were signed in" in answer.text
    assert await _count(storage, login_attempt) == 0


async def test_a_broker_that_is_away_is_named_as_such(
    open_browser: Callable[..., Browser], provider: Provider
) -> None:
    """The person learns that waiting helps, and nothing of theirs is stored."""
    browser = open_browser(issuer="http://127.0.0.1:9", headers={"accept-language": "en"})
    answer = await browser.client.get("/sign-in/test")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


async def test_a_broker_that_is_not_there_is_not_found(browser: Browser) -> None:
    """Names of brokers are those of the settings."""
    assert (await browser.client.get("/sign-in/other")).status_code == 404


async def test_a_site_open_under_another_name_moves_to_its_own_first(
    open_browser: Callable[..., Browser], browser: Browser
) -> None:
    """The broker knows one address; cookies of localhost would be missing at 127.0.0.1.

    The browser is to say there where it comes from, else the buttons are shown a second time.
    """
    answer = await browser.client.get("/sign-in/test", headers={"host": "localhost"})
    assert answer.headers["location"] == ("https://aula.example.dk/sign-in/test?next=%2F&moved=1")
    assert answer.headers["referrer-policy"] == "origin"


HERE = {"sec-fetch-site": "same-origin"}
ELSEWHERE = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "cross-site", "referer": "https://elsewhere.example/"},
    {"referer": "https://elsewhere.example/aula.example.dk"},
)


@pytest.mark.parametrize("headers", ELSEWHERE)
async def test_a_link_from_elsewhere_shows_the_buttons(
    browser: Browser, storage: Storage, *, headers: dict[str, str]
) -> None:
    """ASVS 7.6.2: nobody is signed in without a press here; nothing is begun, nothing is kept."""
    where = {"next": "/messages/"}
    answer = await browser.client.get("/sign-in/test", params=where, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fmessages%2F")
    assert "set-cookie" not in answer.headers
    assert await _count(storage, login_attempt) == 0


@pytest.mark.parametrize("headers", [HERE, {"referer": "https://aula.example.dk/sign-in"}, {}])
async def test_a_press_here_leads_to_the_broker(
    browser: Browser, provider: Provider, *, headers: dict[str, str]
) -> None:
    """The button's page is ours; an old browser that says nothing is believed (R27)."""
    answer = await browser.client.get("/sign-in/test", headers=headers)
    assert answer.headers["location"].startswith(provider.issuer)


def test_a_municipalitys_address_is_ours_too() -> None:
    """Its page with the buttons leads to the one address that the broker knows."""
    town = MunicipalitySettings(name="Skovby", hosts=("aula.skovby.example",))
    site = SiteSettings(url="https://aula.example.dk:8443")
    hosts = Settings(site=site, municipalities={"skovby": town}).hosts
    assert hosts == {"aula.example.dk", "aula.skovby.example"}
    moved = {"sec-fetch-site": "cross-site", "referer": "https://aula.skovby.example/"}
    assert was_pressed_at(Headers(moved), hosts)
    assert not was_pressed_at(Headers(moved), frozenset({"aula.example.dk"}))


async def test_userinfo_is_asked_when_the_token_does_not_say(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """Providers may tell extra claims at the userinfo endpoint only (OIDC Core 5.4)."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    provider.tells_in_userinfo = True
    await browser.sign_in()
    assert (await browser.who())["role"] == "guardian"
