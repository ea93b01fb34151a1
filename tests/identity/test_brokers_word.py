"""What a broker says, taken for what it is worth: ends of sessions, levels, places, CPR numbers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from aula_platform.identity.oidc.logout_token import EVENT
from aula_platform.settings.broker_profiles import fill
from aula_sdk.people import Kind
from tests.identity.provider import Claims, Person, Provider
from tests.identity.site import Browser, Town

HTML = {"accept": "text/html"}
CPR = "010203-1234"


@pytest.fixture
async def ulla(browser: Browser, provider: Provider, town: Town) -> Browser:
    """A guardian who has signed in."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001")
    await browser.sign_in()
    return browser


def _logout(provider: Provider, **changes: Any) -> Claims:
    now = int(time.time())
    claims: Claims = {
        "iss": provider.issuer,
        "aud": provider.client_id,
        "iat": now,
        "exp": now + 120,
        "jti": "once",
        "events": {EVENT: {}},
        "sid": "sid-of-ulla0001",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sub": "sub-of-ulla0001"},
        {"sub": "sub-of-ulla0001", "sid": None},
    ],
    ids=["session", "session and person", "person"],
)
async def test_the_broker_ends_the_sessions_that_it_names(
    ulla: Browser, provider: Provider, changes: Claims
) -> None:
    """Back-Channel Logout 2.7: by session, by person, or both."""
    token = provider.sign(_logout(provider, **changes), typ="logout+jwt")
    answer = await ulla.client.post("/sign-in/test/ended", data={"logout_token": token})
    assert answer.status_code == 200
    assert (await ulla.who())["role"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"events": {}},
        {"events": None},
        {"events": {EVENT: "no object"}},
        {"nonce": "n"},
        {"aud": "somebody else"},
        {"iss": "https://elsewhere.example"},
        {"sid": None},
        {"sid": ["sid-of-ulla0001"]},
        {"jti": None},
        {"iat": int(time.time()) - 3600},
        {"exp": int(time.time()) - 3600},
    ],
    # Without times: each process that collects must name the tests alike.
    ids=lambda changes: "+".join(
        name if isinstance(value, int) else f"{name}={value!s:.12}"
        for name, value in changes.items()
    ),
)
async def test_what_is_no_end_of_a_session_ends_none(
    ulla: Browser, provider: Provider, changes: Claims
) -> None:
    """Back-Channel Logout 2.6: each check by itself; an ID token in its place is none either."""
    token = provider.sign(_logout(provider, **changes))
    answer = await ulla.client.post("/sign-in/test/ended", data={"logout_token": token})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (await ulla.who())["role"] == "guardian"


async def test_a_broker_without_forms_is_sent_none(ulla: Browser) -> None:
    """OpenID Connect answers by address: nothing is kept for it that anybody could send."""
    answer = await ulla.client.post("/sign-in/test/answer", data={"code": "x"})
    assert answer.status_code == 404


async def test_nobody_else_ends_sessions(ulla: Browser, provider: Provider) -> None:
    """Signed by a key that the broker does not publish, or by none."""
    before = provider.key
    provider.rotate("forged")
    forged = provider.sign(_logout(provider))
    provider.key, provider.kid = before, "first"
    for token in (forged, "", "a.b.c"):
        answer = await ulla.client.post("/sign-in/test/ended", data={"logout_token": token})
        assert answer.status_code == 400
    assert (await ulla.who())["role"] == "guardian"


async def test_the_surest_of_several_claims_counts(
    open_browser: Callable[..., Browser], provider: Provider, town: Town
) -> None:
    """LOG-6: UNI-Login tells its own level and that of NSIS; the table says what each means."""
    await town.add("ulla0001", Kind.GUARDIAN)
    browser = open_browser(
        assurance_claims=("unilogin_loa", "nsis_loa"),
        acr={"EnFaktor": "low", "ToFaktor": "substantial", "Substantial": "substantial"},
    )
    provider.person = Person("ulla0001", acr="Substantial")
    for told, level in (
        ({"unilogin_loa": "EnFaktor", "nsis_loa": "Low"}, 1),
        ({"unilogin_loa": "EnFaktor", "nsis_loa": ["Low", "Substantial"]}, 2),
        ({"unilogin_loa": "ToFaktor"}, 2),
        ({}, 1),
    ):
        provider.further_claims = told
        await browser.sign_in()
        assert (await browser.who())["assurance"] == level, told


async def test_uni_login_needs_no_more_than_its_profile(
    open_browser: Callable[..., Browser], provider: Provider, town: Town
) -> None:
    """LOG-6, LOG-7: its claims are read and its own word for a second factor is asked for."""
    await town.add("ulla0001", Kind.GUARDIAN)
    filled = fill({"profile": "uni-login"})
    browser = open_browser(**{key: _as_tuple(value) for key, value in filled.items()})
    provider.person = Person("ulla0001", acr="1")
    provider.further_claims = {"unilogin_loa": "EnFaktor", "loa": "2", "aktoer_gruppe": "Elev"}
    await browser.sign_in()
    assert (await browser.who())["assurance"] == 1
    asked = await browser.client.get("/step-up", params={"next": "/secret"})
    assert "acr_values=Loasubstantial" in asked.headers["location"]
    provider.further_claims = {"unilogin_loa": "ToFaktor", "loa": "3"}
    assert (await browser.step_up("/secret")).headers["location"] == "/secret"
    assert (await browser.who())["assurance"] == 2


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize("claims", [{"sub": CPR}, {"uniid": CPR}, {"uniid": "0102031234"}])
async def test_a_cpr_number_gets_nobody_in_and_no_further(
    ulla: Browser, provider: Provider, claims: Claims, caplog: pytest.LogCaptureFixture
) -> None:
    """No CPR number is kept or logged, whatever the broker calls it."""
    provider.further_claims = claims
    with caplog.at_level(logging.DEBUG):
        answer = await ulla.client.get(
            await ulla.log_in_at(await ulla.go_to_broker()), headers=HTML
        )
    assert answer.status_code == 400
    assert "holds a CPR number" in caplog.text
    assert not [value for value in claims.values() if value in caplog.text + answer.text]


async def test_a_claim_that_nobody_asked_for_is_dropped(
    ulla: Browser, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """A broker that sends the CPR number unasked lets the person in, and that is all."""
    provider.further_claims = {"cpr": CPR, "dk.cpr": CPR, "amr": ["mitid"]}
    with caplog.at_level(logging.DEBUG):
        assert (await ulla.sign_in()).status_code == 303
    assert CPR not in caplog.text


async def test_one_municipalitys_broker_makes_nobody_somebody_elsewhere(
    open_browser: Callable[..., Browser], provider: Provider, town: Town
) -> None:
    """The wall: who is known in another place alone is told so, and gets in by no such broker."""
    await town.add("ulla0001", Kind.EMPLOYEE, "Bakkeskolen", "Bakkeby")
    provider.person = Person("ulla0001")
    browser = open_browser(municipalities=("Skovby",))
    back = await browser.log_in_at(await browser.go_to_broker())
    answer = await browser.client.get(back, headers=HTML)
    assert answer.status_code == 403
    assert "Du skal logge ind på en anden måde" in answer.text
    assert (await browser.who())["role"] is None


async def test_who_belongs_to_two_acts_in_the_brokers_own_alone(
    open_browser: Callable[..., Browser], provider: Provider, town: Town
) -> None:
    """The session of a municipality's own broker does not reach the other municipality."""
    await town.add("ulla0001", Kind.EMPLOYEE, "Bakkeskolen", "Bakkeby")
    await town.add("ulla0001", Kind.EMPLOYEE, "Skovskolen", "Skovby")
    provider.person = Person("ulla0001")
    everywhere, here = open_browser(), open_browser(municipalities=("Skovby",))
    await everywhere.sign_in()
    await here.sign_in()
    assert (await everywhere.who())["places"] == ["Bakkeskolen", "Skovskolen"]
    assert (await here.who())["places"] == ["Skovskolen"]
