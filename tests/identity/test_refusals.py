"""ASVS 16.3.1: who is refused is in the audit, of a person their own, of a stranger the door's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.identity.login_rate import BURST, SECONDS_EACH
from aula_platform.identity.oidc.logout_token import EVENT
from aula_platform.identity.refusals import BURST as REFUSALS_AT_ONCE
from aula_platform.identity.refusals import REFUSED, Attempted, Refusals
from aula_platform.identity.tables import account, login_attempt, login_rate, session
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.db import utc_now
from aula_sdk.people import Kind
from tests.identity.provider import Person, Provider
from tests.identity.site import Browser, Town

HTML = {"accept": "text/html"}
ULLA = "ulla0001"


async def _entries(storage: Storage, action: str = REFUSED) -> list[Any]:
    async with storage.read(EVERYWHERE) as read:
        return list(
            await read.rows(sa.select(entry).where(entry.c.action == action).order_by(entry.c.id))
        )


async def _change(storage: Storage, statement: Any) -> None:
    async with storage.write(GLOBAL) as write:
        await write.execute(statement)


async def _try(browser: Browser, status: int) -> None:
    """Log in at the broker and be refused here."""
    back = await browser.log_in_at(await browser.go_to_broker())
    answer = await browser.client.get(back, headers=HTML)
    assert answer.status_code == status, answer.text


@pytest.fixture
async def skovby(town: Town) -> UUID:
    """A municipality with one school, in which somebody else is an employee."""
    await town.add("anna0001", Kind.EMPLOYEE)
    return town.known["Skovby"]


async def test_a_stranger_is_told_of_without_a_name(
    browser: Browser, provider: Provider, storage: Storage, skovby: UUID
) -> None:
    """What the broker says of somebody whom nobody knows is kept nowhere."""
    provider.person = Person(ULLA)
    await _try(browser, 403)
    (row,) = await _entries(storage)
    assert (row.municipality_id, row.account_id, row.person_id) == (skovby, None, None)
    assert row.details == {"broker": "test", "reason": "person-unknown", "left_out": 0}
    assert row.kind == "sign_in"
    async with storage.read(EVERYWHERE) as read:
        assert await read.scalar(sa.select(sa.func.count()).select_from(account)) == 0


@pytest.mark.parametrize(
    ("begins", "ends", "reason"),
    [
        (timedelta(days=1), None, "person-not-yet"),
        (None, timedelta(days=-1), "person-left"),
    ],
    ids=["not yet", "left"],
)
async def test_who_is_known_is_named_to_the_own_municipality(
    browser: Browser,
    provider: Provider,
    storage: Storage,
    town: Town,
    skovby: UUID,
    begins: timedelta | None,
    ends: timedelta | None,
    reason: str,
) -> None:
    """By the person's id, whether they hold anything now or not."""
    await town.add("bo000001", Kind.EMPLOYEE, "Bakkeskolen", "Bakkeby")
    person = await town.add(ULLA, Kind.GUARDIAN, begins=begins, ends=ends)
    provider.person = Person(ULLA)
    await _try(browser, 403)
    (row,) = await _entries(storage)
    assert (row.municipality_id, row.person_id) == (skovby, person)
    assert row.details["reason"] == reason


async def test_a_closed_account_and_the_wrong_way_in(
    open_browser: Callable[..., Browser], provider: Provider, storage: Storage, town: Town
) -> None:
    """The account is named as soon as there is one (LOG-4 for those who chose wrongly)."""
    person = await town.add(ULLA, Kind.GUARDIAN)
    provider.person = Person(ULLA)
    await open_browser().sign_in()
    await _try(open_browser(kinds=(Kind.EMPLOYEE,)), 403)
    await _change(storage, sa.update(account).values(closed_at=utc_now()))
    await _try(open_browser(), 403)
    wrong, closed = await _entries(storage)
    assert [wrong.details["reason"], closed.details["reason"]] == ["wrong-broker", "person-left"]
    assert {wrong.person_id, closed.person_id} == {person}
    assert None not in {wrong.account_id, closed.account_id}


async def test_a_municipalitys_own_broker_tells_nobody_elsewhere(
    open_browser: Callable[..., Browser],
    provider: Provider,
    storage: Storage,
    town: Town,
    skovby: UUID,
) -> None:
    """The wall: it cannot write into another municipality's audit, nor learn who is there."""
    await town.add(ULLA, Kind.EMPLOYEE, "Bakkeskolen", "Bakkeby")
    provider.person = Person(ULLA)
    await open_browser().sign_in()
    await _try(open_browser(municipalities=("Skovby",)), 403)
    (row,) = await _entries(storage)
    assert (row.municipality_id, row.account_id, row.person_id) == (skovby, None, None)


async def test_what_is_replayed_expired_or_forged(
    browser: Browser, provider: Provider, storage: Storage, town: Town
) -> None:
    """A state counts once and a quarter of an hour; a token that is not trusted proves nobody."""
    await town.add(ULLA, Kind.GUARDIAN)
    provider.person = Person(ULLA)
    back = await browser.log_in_at(await browser.go_to_broker())
    assert (await browser.client.get(back)).status_code == 303
    assert (await browser.client.get(back, headers=HTML)).status_code == 400
    late = await browser.log_in_at(await browser.go_to_broker())
    await _change(storage, sa.update(login_attempt).values(expires_at=utc_now()))
    assert (await browser.client.get(late, headers=HTML)).status_code == 400
    provider.further_claims = {"nonce": "another"}
    await _try(browser, 400)
    rows = await _entries(storage)
    assert [row.details["reason"] for row in rows] == ["expired", "expired", "not-trusted"]
    assert {(row.account_id, row.person_id) for row in rows} == {(None, None)}


async def test_too_little_proof_is_the_sessions_persons(
    browser: Browser, provider: Provider, storage: Storage, town: Town
) -> None:
    """LOG-15: an ``acr`` that is not enough; the session says whose it was, and in which role."""
    person = await town.add(ULLA, Kind.GUARDIAN)
    provider.person = Person(ULLA, acr="urn:nothing")
    await browser.sign_in()
    assert (await browser.step_up("/secret")).status_code == 403
    (row,) = await _entries(storage)
    assert (row.person_id, row.role) == (person, "guardian")
    assert row.details["reason"] == "not-proved-enough"
    assert row.account_id is not None


async def test_too_many_from_one_address(
    browser: Browser, provider: Provider, storage: Storage, skovby: UUID
) -> None:
    provider.person = Person(ULLA)
    await browser.go_to_broker()
    async with storage.write(GLOBAL) as write:
        full = write.now.timestamp() + SECONDS_EACH * BURST
        await write.execute(sa.update(login_rate).values(paid_until=full))
    answer = await browser.client.get("/sign-in/test", headers=HTML)
    assert answer.status_code == 429
    (row,) = await _entries(storage)
    assert (row.municipality_id, row.details["reason"]) == (skovby, "too-many")


async def test_a_flood_does_not_fill_the_audit(
    browser: Browser, storage: Storage, town: Town, skovby: UUID
) -> None:
    """Some at once and then one in ten minutes, which says how many were left out; no other sort
    of refusal, and nobody else's, is hidden by it.
    """
    await town.add(ULLA, Kind.GUARDIAN)
    for number in range(REFUSALS_AT_ONCE + 7):
        answer = await browser.client.get(f"/sign-in/callback?state={number}", headers=HTML)
        assert answer.status_code == 400
    assert len(await _entries(storage)) == REFUSALS_AT_ONCE
    refusals = Refusals(storage, LOGIN_PEOPLE)
    await refusals.note_reason("not-trusted", Attempted())
    await refusals.note_reason("expired", Attempted(uniid=ULLA))
    assert len(await _entries(storage)) == REFUSALS_AT_ONCE + 2
    # Ten minutes later.
    await _change(storage, sa.update(login_rate).values(paid_until=login_rate.c.paid_until - 601))
    await browser.client.get("/sign-in/callback?state=x", headers=HTML)
    rows = await _entries(storage)
    assert rows[-1].details == {"broker": "", "reason": "expired", "left_out": 7}
    await _change(storage, sa.update(login_rate).values(paid_until=login_rate.c.paid_until - 601))
    await browser.client.get("/sign-in/callback?state=y", headers=HTML)
    assert (await _entries(storage))[-1].details["left_out"] == 0


def _logout(provider: Provider, **named: str) -> dict[str, str]:
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "aud": provider.client_id,
        "iat": now,
        "exp": now + 120,
        "jti": f"once-{sorted(named.items())}",
        "events": {EVENT: {}},
        **named,
    }
    return {"logout_token": provider.sign(claims, typ="logout+jwt")}


async def test_what_a_broker_ends_is_in_the_audit(
    browser: Browser, provider: Provider, storage: Storage, town: Town
) -> None:
    """Whose session, in which role and how sure, where the person is somebody."""
    person = await town.add(ULLA, Kind.GUARDIAN)
    provider.person = Person(ULLA)
    await browser.sign_in()
    ended = await browser.client.post(
        "/sign-in/test/ended", data=_logout(provider, sid=f"sid-of-{ULLA}")
    )
    assert ended.status_code == 200
    (row,) = await _entries(storage, "identity.ended_by_broker")
    assert (row.person_id, row.role, row.details) == (person, "guardian", {"broker": "test"})
    again = await browser.client.post("/sign-in/test/ended", data=_logout(provider, sid="unknown"))
    assert again.status_code == 200
    assert len(await _entries(storage, "identity.ended_by_broker")) == 1


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({"sid": "one", "sub": f"sub-of-{ULLA}"}, ["two"]),
        ({"sid": "one"}, ["", "two"]),
        ({"sub": f"sub-of-{ULLA}"}, []),
        ({"sid": "three"}, ["", "one", "two"]),
        ({"sid": "three", "sub": f"sub-of-{ULLA}"}, ["one", "two"]),
        ({"sid": "one", "sub": "sub-of-another"}, ["", "one", "two"]),
    ],
    ids=["session of a person", "session", "person", "unknown", "unknown of a person", "others"],
)
async def test_a_broker_ends_what_it_names_and_what_may_be_it(
    open_browser: Callable[..., Browser],
    provider: Provider,
    storage: Storage,
    town: Town,
    named: dict[str, str],
    left: list[str],
) -> None:
    """Back-Channel Logout 1.0, 2.7. A session whose id the broker never told may be the one that
    it means, so it ends with any session of its person; what is unknown has ended before: 200.
    """
    await town.add(ULLA, Kind.GUARDIAN)
    provider.person = Person(ULLA)
    browsers = [open_browser() for _ in range(3)]
    for browser, sid in zip(browsers, ("one", "two", ""), strict=True):
        provider.further_claims = {"sid": sid}
        await browser.sign_in()
    answer = await browsers[0].client.post("/sign-in/test/ended", data=_logout(provider, **named))
    assert answer.status_code == 200, answer.text
    async with storage.read(GLOBAL) as read:
        rows = await read.rows(sa.select(session.c.broker_sid))
    assert sorted(row.broker_sid or "" for row in rows) == left


async def test_a_very_long_session_id_means_the_same_on_the_way_out(
    browser: Browser, provider: Provider, storage: Storage, town: Town
) -> None:
    """It is kept cut, and so compared; else the session would outlive the broker's word."""
    await town.add(ULLA, Kind.GUARDIAN)
    provider.person = Person(ULLA)
    provider.further_claims = {"sid": "s" * 300}
    await browser.sign_in()
    answer = await browser.client.post("/sign-in/test/ended", data=_logout(provider, sid="s" * 300))
    assert answer.status_code == 200, answer.text
    async with storage.read(GLOBAL) as read:
        assert await read.rows(sa.select(session.c.id)) == []
