"""A log-in from a device that was not seen before is told to the account's owner (R13)."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.identity.accounts import open_account
from aula_platform.identity.devices import (
    KEEP,
    accept_device,
    coarsen,
    find_new_device,
    meet_device,
    refuse_device,
)
from aula_platform.identity.housekeeping import delete_expired
from aula_platform.identity.tables import device
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Assurance


@pytest.fixture
async def account_id(storage: Storage) -> UUID:
    async with storage.write(EVERYWHERE) as write:
        proved = ProvedIdentity("https://broker.example", "u1", "u1", Assurance.LOW, utc_now())
        return await open_account(write, proved, [])


async def _meet(storage: Storage, account_id: UUID, cookie: str) -> UUID:
    async with storage.write(GLOBAL) as write:
        return await meet_device(write, account_id, cookie, "firefox/windows")


async def _asked(storage: Storage, account_id: UUID) -> UUID | None:
    async with storage.read(GLOBAL) as read:
        found = await find_new_device(read, account_id)
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
    async with storage.write(EVERYWHERE) as write:
        proved = ProvedIdentity("https://broker.example", "u2", "u2", Assurance.LOW, write.now)
        other = await open_account(write, proved, [])
    await _meet(storage, other, "library")
    await _meet(storage, account_id, "library")
    assert await _asked(storage, account_id) is not None
    assert await _asked(storage, other) is None


async def test_the_owner_owns_up_to_a_device_or_does_not(
    storage: Storage, account_id: UUID
) -> None:
    """Accepted, it is not asked about any more; refused, its next log-in is news again."""
    await _meet(storage, account_id, "own phone")
    tablet = await _meet(storage, account_id, "tablet")
    async with storage.write(GLOBAL) as write:
        assert not await accept_device(write, account_id, new_id())
        assert await accept_device(write, account_id, tablet)
    assert await _meet(storage, account_id, "tablet") == tablet
    assert await _asked(storage, account_id) is None
    stolen = await _meet(storage, account_id, "thief")
    async with storage.write(GLOBAL) as write:
        await refuse_device(write, account_id)
    assert await _asked(storage, account_id) is None
    again = await _meet(storage, account_id, "thief")
    assert await _asked(storage, account_id) == again != stolen


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
