"""A second factor on the spot: asked for what is sensitive, and back with what was typed.

LOG-14 to LOG-17, R13. The handlers ``/secret`` of the test's site take a fresh second factor.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import sqlalchemy as sa

from aula_platform.identity.tables import session, typed
from aula_platform.permissions.ages import has_turned
from aula_platform.storage import GLOBAL, Storage
from aula_sdk.db import utc_now
from aula_sdk.people import Kind
from tests.identity.provider import Person, Provider
from tests.identity.site import SUBSTANTIAL, Browser, Town

LOW = "https://data.gov.dk/concept/core/nsis/Low"
COOKIE = "__Host-aula_session"
HTML = {"accept": "text/html"}
TEXT = "Om Ida & <b>bekymringen</b> i går"


@pytest.fixture
async def ulla(browser: Browser, provider: Provider, town: Town) -> Browser:
    """A guardian who has signed in with a password alone."""
    await town.add("ulla0001", Kind.GUARDIAN)
    provider.person = Person("ulla0001", LOW)
    await browser.sign_in()
    provider.person = Person("ulla0001")
    return browser


async def _refused_form(browser: Browser, **fields: str) -> str:
    """Send a form without the second factor; return the path to which one comes back."""
    token = (await browser.who())["csrf"]
    answer = await browser.client.post(
        "/secret",
        data={"_csrf_token": token, **fields},
        headers={**HTML, "referer": "https://aula.example.dk/letters/new"},
    )
    assert answer.status_code == 401
    assert "Det, du skrev, er bevaret." in answer.text
    way = re.search(r'href="(/step-up\?next=[^"]+)"', answer.text)
    assert way is not None
    return parse_qs(urlsplit(unescape(way[1])).query)["next"][0]


async def test_one_is_asked_for_more_and_comes_back_to_the_same_place(
    ulla: Browser, provider: Provider
) -> None:
    """LOG-17: no log-out, no lost place; the page says what is missing and leads there and back."""
    refused = await ulla.client.get("/secret?child=per_1", headers=HTML)
    assert refused.status_code == 401
    assert f'href="/step-up?next={quote("/secret?child=per_1", safe="")}"' in refused.text
    answer = await ulla.step_up("/secret?child=per_1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/secret?child=per_1")
    assert (await ulla.client.get("/secret", headers=HTML)).text == "the secret"
    seen = await ulla.who()
    assert (seen["role"], seen["assurance"]) == ("guardian", 2)


async def test_the_broker_is_asked_for_a_fresh_second_factor(ulla: Browser) -> None:
    """OIDC Core 3.1.2.1: those values that the settings call enough, and at most 15 minutes."""
    answer = await ulla.client.get("/step-up", params={"next": "/secret"})
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["acr_values"] == [SUBSTANTIAL]
    assert asked["max_age"] == ["900"]


async def test_the_session_gets_a_new_name_and_knows_how_it_was_proved(
    ulla: Browser, storage: Storage
) -> None:
    """ASVS 7.2.4: whoever has copied the cookie from before has nothing of what comes after."""
    old = ulla.client.cookies[COOKIE]
    await ulla.step_up("/")
    new = ulla.client.cookies[COOKIE]
    assert new != old
    async with storage.read(GLOBAL) as read:
        rows = await read.rows(sa.select(session))
    assert [(row.acr, row.amr, row.broker_sid) for row in rows] == [
        (SUBSTANTIAL, "pwd", "sid-of-ulla0001")
    ]
    ulla.come_with(COOKIE, old)
    assert (await ulla.who())["role"] is None


async def test_programs_are_told_what_is_missing(ulla: Browser) -> None:
    """RFC 9470: the challenge names the error, the values and the age; the body says it too."""
    answer = await ulla.client.get("/api/v1/secret")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == (
        'Bearer error="insufficient_user_authentication", '
        'error_description="A fresh second factor is needed", '
        f'acr_values="{SUBSTANTIAL}", max_age=900'
    )
    told = answer.json()
    assert told["code"] == "step-up-required"
    assert (told["acr_values"], told["max_age"], told["step_up_url"]) == (
        SUBSTANTIAL,
        900,
        "/step-up",
    )


async def test_parts_of_pages_lead_the_whole_page_there(ulla: Browser) -> None:
    """HTMX asks for a part; what is asked of the reader is the page's, and leads back to it."""
    headers = {
        **HTML,
        "hx-request": "true",
        "hx-current-url": "https://aula.example.dk/letters?x=1",
    }
    answer = await ulla.client.get("/secret", headers=headers)
    assert answer.headers["hx-redirect"] == "/step-up?next=%2Fletters%3Fx%3D1"


async def test_what_was_typed_is_there_to_be_sent(ulla: Browser) -> None:
    """The draft survives, nothing is sent by itself, and it is sent as it was, once wanted."""
    back = await _refused_form(ulla, text=TEXT, to="ipr_1", idempotency_key="k1")
    answer = await ulla.step_up(back)
    assert answer.headers["location"] == back
    page = (await ulla.client.get(back, headers=HTML)).text
    assert "Om Ida &amp; &lt;b&gt;bekymringen&lt;/b&gt; i går" in page
    assert 'href="/letters/new"' in page
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)">', page)
        if name in {"_csrf_token", "text", "to", "idempotency_key"}
    }
    assert 'action="/secret"' in page
    sent = await ulla.client.post("/secret", data=fields, headers=HTML)
    assert dict(sent.json()) == fields
    assert (fields["text"], fields["to"], fields["idempotency_key"]) == (TEXT, "ipr_1", "k1")


async def test_what_was_typed_is_for_that_session_alone(
    ulla: Browser, open_browser: Callable[..., Browser], provider: Provider, storage: Storage
) -> None:
    """The database cannot read it, no other session gets it, and it is gone soon."""
    back = await _refused_form(ulla, text=TEXT)
    async with storage.read(GLOBAL) as read:
        rows = await read.rows(sa.select(typed))
    assert len(rows) == 1
    assert b"Ida" not in rows[0].content
    other = open_browser()
    await other.sign_in()
    assert (await other.client.get(back, headers=HTML)).status_code == 404
    assert (await ulla.client.get(back, headers=HTML)).status_code == 200
    async with storage.write(GLOBAL) as write:
        await write.execute(sa.update(typed).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert (await ulla.client.get(back, headers=HTML)).status_code == 404


async def test_what_was_typed_in_one_role_is_not_sent_in_another(
    browser: Browser, provider: Provider, town: Town
) -> None:
    """ID-6: what was begun as an employee is never sent as a guardian."""
    await town.add("ulla0001", Kind.GUARDIAN)
    await town.add("ulla0001", Kind.EMPLOYEE, "Bakkeskolen")
    provider.person = Person("ulla0001", LOW)
    await browser.sign_in()
    await browser.post("/role", role="employee")
    back = await _refused_form(browser, text=TEXT)
    await browser.post("/role", role="guardian")
    assert (await browser.client.get(back, headers=HTML)).status_code == 404


async def test_only_the_latest_forms_are_kept(ulla: Browser, storage: Storage) -> None:
    """Somebody who sends and sends fills no database."""
    paths = [await _refused_form(ulla, text=f"brev nummer {number}") for number in range(7)]
    statuses = [(await ulla.client.get(path, headers=HTML)).status_code for path in paths]
    assert statuses == [404, 404, 200, 200, 200, 200, 200]


@pytest.mark.parametrize(
    ("person", "status", "said"),
    [
        (Person("ulla0001", LOW), 403, "Der mangler en faktor"),
        (Person("ulla0001", "made up"), 403, "Der mangler en faktor"),
        (Person("ulla0001", age=16 * 60), 403, "Der mangler en faktor"),
        (Person("ulla0001", age=None), 400, "ikke til at stole på"),
        (Person("karl0001"), 403, "Det var en anden"),
    ],
    ids=["one factor", "unknown level", "too old", "age not told", "somebody else"],
)
async def test_too_little_changes_nothing(
    ulla: Browser, provider: Provider, town: Town, person: Person, status: int, said: str
) -> None:
    """The proof is the broker's own word: which factors, when, and whose."""
    await town.add("karl0001", Kind.GUARDIAN)
    provider.person = person
    cookie = ulla.client.cookies[COOKIE]
    answer = await ulla.client.get("/step-up", params={"next": "/secret"})
    back = await ulla.log_in_at(str(answer.headers["location"]))
    refused = await ulla.client.get(back, headers=HTML)
    assert refused.status_code == status
    assert said in refused.text
    assert 'href="/step-up?next=%2Fsecret"' in refused.text
    assert ulla.client.cookies[COOKIE] == cookie
    assert (await ulla.client.get("/secret", headers=HTML)).status_code == 401


async def test_a_second_factor_lapses_before_the_session(
    ulla: Browser, provider: Provider, storage: Storage
) -> None:
    """After a quarter of an hour it is asked for again; ordinary things go on meanwhile."""
    await ulla.step_up("/")
    async with storage.write(GLOBAL) as write:
        await write.execute(
            sa.update(session).values(proved_at=utc_now() - timedelta(minutes=15, seconds=1))
        )
    assert (await ulla.client.get("/secret", headers=HTML)).status_code == 401
    assert (await ulla.who())["role"] == "guardian"


async def test_a_second_factor_is_for_the_session_that_asked(
    ulla: Browser, provider: Provider
) -> None:
    """Signed out and in again meanwhile, as whomever: what comes back proves nothing for that."""
    answer = await ulla.client.get("/step-up", params={"next": "/secret"})
    back = await ulla.log_in_at(str(answer.headers["location"]))
    login_cookie = dict(ulla.client.cookies)["__Host-aula_login"]
    await ulla.sign_in()
    ulla.client.cookies.set("__Host-aula_login", login_cookie)
    assert (await ulla.client.get(back, headers=HTML)).status_code == 400


async def test_nobody_is_sent_to_sign_in(browser: Browser) -> None:
    """Without a session there is nothing to prove again."""
    answer = await browser.client.get("/step-up", params={"next": "/secret"}, headers=HTML)
    assert answer.headers["location"] == "/sign-in?next=%2Fstep-up%3Fnext%3D%252Fsecret"
    assert (await browser.client.get("/secret", headers=HTML)).status_code == 303


async def test_who_has_shown_it_goes_straight_on(ulla: Browser) -> None:
    """A link from a page that stood open does not ask twice."""
    await ulla.step_up("/")
    answer = await ulla.client.get("/step-up", params={"next": "/secret"})
    assert answer.headers["location"] == "/secret"


def _born(years: int, days: int) -> date:
    today = utc_now().date()
    return today.replace(year=today.year - years, day=min(today.day, 28)) + timedelta(days=days)


@pytest.mark.parametrize(
    ("born", "status"),
    [(_born(15, -40), 200), (_born(15, 40), 403), (None, 403)],
    ids=["old enough", "too young", "of unknown age"],
)
async def test_young_pupils_never_get_there(
    browser: Browser, provider: Provider, town: Town, born: Any, status: int
) -> None:
    """LOG-14: under the configured age nothing sensitive is theirs, two factors or not."""
    await town.add("elev0001", Kind.PUPIL, born=born)
    provider.person = Person("elev0001")
    await browser.sign_in()
    assert (await browser.client.get("/secret", headers=HTML)).status_code == status


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        (date(2011, 11, 28), date(2026, 11, 27), False),
        (date(2011, 11, 28), date(2026, 11, 28), True),
        (date(2011, 11, 28), date(2026, 11, 29), True),
        (date(2011, 11, 28), date(2027, 1, 1), True),
        (date(2012, 2, 29), date(2027, 2, 28), False),
        (date(2012, 2, 29), date(2027, 3, 1), True),
        (None, date(2026, 11, 28), False),
    ],
)
def test_one_is_old_enough_from_the_birthday_on(
    born: date | None, today: date, *, expected: bool
) -> None:
    """LOG-14: on each side of the fifteenth birthday, of a leap day's too; not if it is unknown."""
    assert has_turned(born, 15, today) is expected


async def test_another_broker_may_give_the_second_factor(
    ulla: Browser, open_browser: Callable[..., Browser]
) -> None:
    """LOG-1: signed in by one way, proved by a stronger one."""
    second = open_browser(step_up_with="test", step_up_acr=("urn:two",))
    await second.sign_in()
    answer = await second.client.get("/step-up", params={"next": "/"})
    assert answer.status_code == 303
