"""A log-in from a device that was not seen before is told to the account's owner (R13)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.identity.accounts import open_account
from aula_platform.identity.devices import (
    ASKED,
    KEEP,
    accept_device,
    coarsen,
    find_new_device,
    let_questions_lapse,
    meet_device,
    refuse_device,
)
from aula_platform.identity.housekeeping import delete_expired
from aula_platform.identity.sessions import NewSession, load_session, start_session
from aula_platform.identity.tables import account, device
from aula_platform.settings import LoginSettings
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Assurance, Kind


@pytest.fixture
async def account_id(storage: Storage) -> UUID:
    return await _open(storage, "u1")


async def _open(storage: Storage, uniid: str) -> UUID:
    async with storage.write(EVERYWHERE) as write:
        proved = ProvedIdentity("https://broker.example", uniid, uniid, Assurance.LOW, utc_now())
        return await open_account(write, proved, [])


async def _meet(storage: Storage, account_id: UUID, cookie: str) -> UUID:
    async with storage.write(GLOBAL) as write:
        return await meet_device(write, account_id, cookie, "firefox/windows")


async def _log_in(storage: Storage, account_id: UUID, cookie: str = "") -> UUID:
    """Begin a session on this device, or on none that is known; return the session's id."""
    async with storage.write(EVERYWHERE) as write:
        met = await meet_device(write, account_id, cookie, "firefox/windows") if cookie else None
        new = NewSession(
            account_id, "test", Kind.GUARDIAN, Assurance.LOW, write.now, "x", device_id=met
        )
        value = await start_session(write, new, LoginSettings())
        row = await load_session(write, value)
    assert row is not None
    return row.id


async def _accept(
    storage: Storage,
    account_id: UUID,
    device_id: UUID,
    session_id: UUID,
    proof: datetime | None = None,
) -> bool:
    async with storage.write(GLOBAL) as write:
        return await accept_device(write, account_id, device_id, session_id=session_id, proof=proof)


async def _refuse(
    storage: Storage, account_id: UUID, session_id: UUID, proof: datetime | None = None
) -> None:
    async with storage.write(GLOBAL) as write:
        await refuse_device(write, account_id, session_id=session_id, proof=proof)


async def _asked(storage: Storage, account_id: UUID) -> UUID | None:
    async with storage.read(GLOBAL) as read:
        found = await find_new_device(read, account_id, new_id())
        return found.id if found else None


async def test_the_first_device_is_no_news_and_the_second_is(
    storage: Storage, account_id: UUID
) -> None:
    """R13: whoever has stolen a log-in comes with a device that the account does not know."""
    first = await _meet(storage, account_id, "own phone")
    assert await _asked(storage, account_id) is None
    assert await _meet(storage, account_id, "own phone") == first
    assert await _asked(storage, account_id) is None
    second = await _meet(storage, account_id, "somebody's computer")
    assert await _asked(storage, account_id) == second


async def test_a_browser_is_new_to_each_account(storage: Storage, account_id: UUID) -> None:
    """A shared computer is known to one of its users and not thereby to another."""
    await _meet(storage, account_id, "own phone")
    other = await _open(storage, "u2")
    await _meet(storage, other, "library")
    await _meet(storage, account_id, "library")
    assert await _asked(storage, account_id) is not None
    assert await _asked(storage, other) is None


async def test_the_owner_owns_up_to_a_device_or_does_not(
    storage: Storage, account_id: UUID
) -> None:
    """Accepted, it is not asked about any more; refused, its next log-in is news again."""
    phone = await _log_in(storage, account_id, "own phone")
    tablet = await _meet(storage, account_id, "tablet")
    assert not await _accept(storage, account_id, new_id(), phone)
    assert await _accept(storage, account_id, tablet, phone)
    assert await _meet(storage, account_id, "tablet") == tablet
    assert await _asked(storage, account_id) is None
    stolen = await _meet(storage, account_id, "thief")
    await _refuse(storage, account_id, phone)
    assert await _asked(storage, account_id) is None
    again = await _meet(storage, account_id, "thief")
    assert await _asked(storage, account_id) == again != stolen


async def test_a_second_device_does_not_hide_the_first(storage: Storage, account_id: UUID) -> None:
    """R13: a thief with two devices answers for neither, and the owner is asked about both."""
    phone = await _log_in(storage, account_id, "own phone")
    thief = await _log_in(storage, account_id, "thief one")
    first = await _asked(storage, account_id)
    accomplice = await _log_in(storage, account_id, "thief two")
    second = await _meet(storage, account_id, "thief two")
    assert first is not None
    assert await _asked(storage, account_id) == first
    for session_id in (thief, accomplice):
        for device_id in (first, second):
            assert not await _accept(storage, account_id, device_id, session_id)
        await _refuse(storage, account_id, session_id)
    assert await _asked(storage, account_id) == first
    assert not await _accept(storage, account_id, second, phone)
    assert await _accept(storage, account_id, first, phone)
    assert await _asked(storage, account_id) == second
    assert not await _accept(storage, account_id, second, accomplice)
    await _refuse(storage, account_id, phone)
    assert await _asked(storage, account_id) is None


@pytest.mark.parametrize("way", ["accept", "refuse"])
async def test_two_factors_answer_where_the_browser_forgets(
    storage: Storage, account_id: UUID, way: str
) -> None:
    """R13: whose cookie is gone each day could answer for no device, and never heard of the next;
    what was proved before the device came, or on it, is perhaps of the same hands.
    """
    await _meet(storage, account_id, "monday")
    thief = await _log_in(storage, account_id, "thief")
    asked = await _asked(storage, account_id)
    here = await _log_in(storage, account_id, "tuesday")
    own = await _meet(storage, account_id, "tuesday")
    assert asked is not None
    early, late = utc_now(), utc_now() + timedelta(minutes=2)
    for session_id, proof in ((here, None), (here, early), (thief, late), (new_id(), late)):
        assert not await _accept(storage, account_id, asked, session_id, proof)
        await _refuse(storage, account_id, session_id, proof)
    assert await _asked(storage, account_id) == asked
    if way == "accept":
        assert await _accept(storage, account_id, asked, here, late)
        assert await _asked(storage, account_id) == own
        assert not await _accept(storage, account_id, own, here, late)
    else:
        await _refuse(storage, account_id, here, late)
        assert await _asked(storage, account_id) is None
        assert await _meet(storage, account_id, "tuesday") == own
        assert await _meet(storage, account_id, "thief") != asked


async def test_a_question_that_nobody_answers_makes_way(storage: Storage, account_id: UUID) -> None:
    """R13: after a month the owner is asked about what has come since and is no older, if anything;
    nothing is written about others.
    """
    other = await _open(storage, "u2")
    for one in (account_id, other):
        await _meet(storage, one, "own phone")
    first, _second = [await _meet(storage, account_id, cookie) for cookie in ("cafe", "library")]
    await _age(storage, timedelta(days=20))
    elsewhere = await _meet(storage, other, "office")
    third = await _meet(storage, account_id, "thief")
    await _lapse(storage)
    assert await _asked(storage, account_id) == first
    await _age(storage, ASKED - timedelta(days=20))
    await _lapse(storage)
    assert await _asked(storage, account_id) == third
    assert await _asked(storage, other) == elsewhere
    await _age(storage, ASKED)
    async with storage.write(GLOBAL) as write:
        await let_questions_lapse(write)
        assert write.statements == 1
    assert await _asked(storage, account_id) == third
    another = await _meet(storage, account_id, "another")
    assert await _asked(storage, account_id) == third
    await _lapse(storage)
    assert await _asked(storage, account_id) == another


async def _lapse(storage: Storage) -> None:
    async with storage.write(GLOBAL) as write:
        await let_questions_lapse(write)


async def _age(storage: Storage, by: timedelta) -> None:
    """Let all that has been met have been met so much earlier."""
    async with storage.write(GLOBAL) as write:
        for table, column in ((device, device.c.created_at), (account, account.c.new_device_at)):
            for row in await write.rows(sa.select(table.c.id, column.label("at"))):
                if row.at is not None:
                    changed = sa.update(table).where(table.c.id == row.id)
                    await write.execute(changed.values({column: row.at - by}))


async def test_who_is_refused_is_refused_with_all_that_came_after(
    storage: Storage, account_id: UUID
) -> None:
    """Each of them is news again; what was known before stays known."""
    known = await _meet(storage, account_id, "own phone")
    phone = await _log_in(storage, account_id, "own phone")
    before = [await _meet(storage, account_id, f"thief {number}") for number in (1, 2)]
    await _refuse(storage, account_id, phone)
    again = await _meet(storage, account_id, "thief 2")
    assert again not in before
    assert await _asked(storage, account_id) == again
    assert await _meet(storage, account_id, "own phone") == known


async def test_a_session_without_a_device_answers_for_what_came_after_it(
    storage: Storage, account_id: UUID
) -> None:
    """Sessions that began before devices were remembered are as old as they are."""
    await _meet(storage, account_id, "own phone")
    old = await _log_in(storage, account_id)
    new = await _meet(storage, account_id, "tablet")
    young = await _log_in(storage, account_id)
    assert not await _accept(storage, account_id, new, young)
    assert await _accept(storage, account_id, new, old)


async def test_a_device_that_is_forgotten_makes_way(storage: Storage, account_id: UUID) -> None:
    """Nobody answers about one that is gone; the next is told of all the same."""
    await _meet(storage, account_id, "own phone")
    gone = await _meet(storage, account_id, "tablet")
    async with storage.write(GLOBAL) as write:
        await write.execute(sa.delete(device).where(device.c.id == gone))
    new = await _meet(storage, account_id, "thief")
    assert await _asked(storage, account_id) == new


async def test_only_a_hash_is_kept_and_not_for_ever(storage: Storage, account_id: UUID) -> None:
    """Nobody who reads the database can pass for a known device."""
    await _meet(storage, account_id, "own phone")
    async with storage.read(GLOBAL) as read:
        row = (await read.rows(sa.select(device)))[0]
    assert b"own phone" not in bytes(row.token_hash)
    async with storage.write(GLOBAL) as write:
        assert await delete_expired(write) == 0
        write.now += KEEP
        assert await delete_expired(write) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("", ""),
        ("unix socket", ""),
    ],
)
def test_where_is_said_coarsely(address: str, network: str) -> None:
    """The end of an address says which machine; it is not kept."""
    assert coarsen(address) == network
