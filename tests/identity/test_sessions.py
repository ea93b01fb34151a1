"""Sessions: how long they last, who ends them, and what a request reads with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from aula_platform.identity.accounts import open_account
from aula_platform.identity.epochs import (
    raise_activation_epoch,
    raise_rights_epoch,
    read_epochs,
)
from aula_platform.identity.housekeeping import delete_expired
from aula_platform.identity.session_endings import end_all_sessions, end_session
from aula_platform.identity.sessions import (
    NewSession,
    SessionRow,
    change_role,
    is_touch_due,
    list_devices,
    load_session,
    start_session,
    touch_session,
)
from aula_platform.identity.tables import account, session
from aula_platform.identity.user_agent import classify
from aula_platform.settings import LoginSettings
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Assurance, Kind

SETTINGS = LoginSettings(idle_minutes=60, absolute_hours=12)


async def _start(storage: Storage, uniid: str = "ulla0001", *, ago: timedelta | None = None) -> str:
    async with storage.write(EVERYWHERE) as write:
        write.now -= ago or timedelta()
        proved = ProvedIdentity("https://broker.example", uniid, uniid, Assurance.LOW, write.now)
        account_id = await open_account(write, proved, [])
        new = NewSession(
            account_id, "test", Kind.GUARDIAN, Assurance.LOW, write.now, "firefox/android"
        )
        return await start_session(write, new, SETTINGS)


async def _load(
    storage: Storage, value: str, *, after: timedelta | None = None
) -> SessionRow | None:
    async with storage.read(EVERYWHERE) as read:
        read.now += after or timedelta()
        found = await load_session(read, value)
        assert read.statements <= 1
        return found


async def _touch(storage: Storage, row: SessionRow, after: timedelta) -> None:
    async with storage.write(EVERYWHERE) as write:
        write.now += after
        await touch_session(write, row, SETTINGS)


async def test_one_statement_reads_session_and_epochs(storage: Storage) -> None:
    """Rule 20: the next request sees that rights or activation have changed, at no extra cost."""
    value = await _start(storage)
    before = await _load(storage, value)
    async with storage.write(EVERYWHERE) as write:
        await raise_rights_epoch(write)
    async with storage.write(EVERYWHERE) as write:
        await raise_activation_epoch(write)
        await raise_activation_epoch(write)
    after = await _load(storage, value)
    assert before is not None
    assert after is not None
    assert after.rights_epoch == before.rights_epoch + 1
    assert after.activation_epoch == before.activation_epoch + 2
    async with storage.read(EVERYWHERE) as read:
        epochs = await read_epochs(read)
    assert (epochs.rights, epochs.activation) == (after.rights_epoch, after.activation_epoch)


async def test_an_epoch_that_is_rolled_back_has_not_moved(storage: Storage) -> None:
    """The epoch commits with the change that it announces."""
    async with storage.read(EVERYWHERE) as read:
        before = await read_epochs(read)
    with pytest.raises(ZeroDivisionError):
        await _raise_and_fail(storage)
    async with storage.read(EVERYWHERE) as read:
        assert await read_epochs(read) == before


async def _raise_and_fail(storage: Storage) -> None:
    async with storage.write(EVERYWHERE) as write:
        await raise_rights_epoch(write)
        raise ZeroDivisionError


async def test_a_session_ends_after_an_hour_without_a_request(storage: Storage) -> None:
    """Idle end; each use moves it, at most once a minute."""
    value = await _start(storage)
    assert await _load(storage, value, after=timedelta(minutes=59)) is not None
    assert await _load(storage, value, after=timedelta(minutes=61)) is None
    row = await _load(storage, value)
    assert row is not None
    await _touch(storage, row, timedelta(minutes=30))
    assert await _load(storage, value, after=timedelta(minutes=89)) is not None
    assert await _load(storage, value, after=timedelta(minutes=91)) is None


async def test_use_never_makes_a_session_older_than_half_a_day(storage: Storage) -> None:
    """Absolute end: a phone in use all day still proves itself once a day."""
    value = await _start(storage, ago=timedelta(hours=11, minutes=30))
    async with storage.write(EVERYWHERE) as write:
        # It has been in use all along, the last time two minutes ago.
        await write.execute(
            sa.update(session).values(
                last_seen_at=write.now - timedelta(minutes=2),
                idle_expires_at=write.now + timedelta(minutes=58),
            )
        )
    row = await _load(storage, value)
    assert row is not None
    await _touch(storage, row, timedelta())
    assert await _load(storage, value, after=timedelta(minutes=29)) is not None
    assert await _load(storage, value, after=timedelta(minutes=31)) is None


async def test_use_is_written_down_at_most_once_a_minute(storage: Storage) -> None:
    """Reading is not paid for with a write each time."""
    value = await _start(storage)
    row = await _load(storage, value)
    assert row is not None
    assert not is_touch_due(row, row.last_seen_at + timedelta(seconds=59))
    assert is_touch_due(row, row.last_seen_at + timedelta(seconds=60))
    await _touch(storage, row, timedelta(seconds=59))
    untouched = await _load(storage, value)
    assert untouched is not None
    assert untouched.last_seen_at == row.last_seen_at


async def test_a_made_up_value_is_nobody(storage: Storage) -> None:
    """Neither a guess nor an odd cookie is an error: nobody is signed in."""
    await _start(storage)
    for value in ("", "x", "A" * 43, "A" * 10_000, "' OR 1=1 --", "æ\0"):
        assert await _load(storage, value) is None


async def test_one_ends_ones_own_sessions_and_nobody_elses(storage: Storage) -> None:
    """R13: after a theft everything else is signed out, this device stays."""
    mine, other, hers = [
        await _start(storage, uniid) for uniid in ("ulla0001", "ulla0001", "eva00002")
    ]
    me, her = await _load(storage, mine), await _load(storage, hers)
    assert me is not None
    assert her is not None
    async with storage.write(EVERYWHERE) as write:
        assert not await end_session(write, me.account_id, her.id)
        assert await end_all_sessions(write, me.account_id, but=me.id) == 1
    left = [await _load(storage, value) is not None for value in (mine, other, hers)]
    assert left == [True, False, True]
    async with storage.write(EVERYWHERE) as write:
        assert await end_session(write, me.account_id, me.id)
        assert await end_all_sessions(write, her.account_id) == 1
    assert [await _load(storage, value) for value in (mine, hers)] == [None, None]


async def test_a_closed_account_has_no_sessions(storage: Storage) -> None:
    """Closing acts on the next request, whatever cookies there are."""
    value = await _start(storage)
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(account).values(closed_at=write.now))
    assert await _load(storage, value) is None


async def test_one_sees_where_one_is_signed_in(storage: Storage) -> None:
    """R13: one's own devices by kind, without versions or addresses."""
    await _start(storage, ago=timedelta(hours=13))
    row = await _load(storage, await _start(storage))
    await _start(storage, "eva00002")
    assert row is not None
    async with storage.read(EVERYWHERE) as read:
        devices = await list_devices(read, row.account_id)
    assert [(device.id, device.device) for device in devices] == [(row.id, "firefox/android")]


async def test_what_has_run_out_is_deleted(storage: Storage) -> None:
    """Nothing about a log-in is kept longer than it can be used."""
    await _start(storage, ago=timedelta(hours=13))
    row = await _load(storage, await _start(storage))
    assert row is not None
    async with storage.write(EVERYWHERE) as write:
        assert await delete_expired(write) == 1
    async with storage.read(EVERYWHERE) as read:
        assert await read.scalar(sa.select(session.c.id)) == row.id


async def test_a_session_in_a_log_line_tells_nothing(storage: Storage) -> None:
    """No token and no key reaches a log by way of repr."""
    value = await _start(storage)
    row = await _load(storage, value)
    assert row is not None
    assert repr(row) == f"SessionRow(id={row.id})"
    assert value not in repr(row)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "firefox/android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
            "safari/iphone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537 Edg/140.0.0.0",
            "edge/windows",
        ),
        ("", "other/other"),
    ],
)
def test_a_browser_is_known_by_its_kind_only(text: str, kind: str) -> None:
    """Enough to know one's own phone again, too little to follow anybody by."""
    assert classify(text) == kind


LIMITS = LoginSettings()


async def test_who_works_here_is_signed_in_for_a_shorter_time(storage: Storage) -> None:
    """Employees see more: half an hour without use, and a working day; guardians twice as idle."""
    assert LIMITS.limits_for(Kind.EMPLOYEE) == LIMITS.limits_for(Kind.EXTERNAL)
    assert LIMITS.limits_for(Kind.GUARDIAN) == LIMITS.limits_for(Kind.PUPIL)
    guardian, teacher = LIMITS.limits_for(Kind.GUARDIAN), LIMITS.limits_for(Kind.EMPLOYEE)
    assert teacher.idle_minutes < guardian.idle_minutes
    assert teacher.absolute_hours < guardian.absolute_hours
    value = await _start(storage)
    row = await _load(storage, value)
    assert row is not None
    async with storage.write(EVERYWHERE) as write:
        changed = await change_role(write, row, Kind.EMPLOYEE, LIMITS)
    assert changed is not None
    assert await _load(storage, changed, after=timedelta(minutes=29)) is not None
    assert await _load(storage, changed, after=timedelta(minutes=31)) is None


async def test_a_change_of_role_makes_no_session_longer(storage: Storage) -> None:
    """Whoever chooses the guardian's role keeps the end that the employee's session had."""
    row = await _load(storage, await _start(storage))
    assert row is not None
    async with storage.write(EVERYWHERE) as write:
        value = await change_role(write, row, Kind.EMPLOYEE, LIMITS)
    shorter = await _load(storage, value or "")
    assert shorter is not None
    assert shorter.expires_at == row.created_at + timedelta(hours=10)
    async with storage.write(EVERYWHERE) as write:
        value = await change_role(write, shorter, Kind.GUARDIAN, LIMITS)
    again = await _load(storage, value or "")
    assert again is not None
    assert again.expires_at == shorter.expires_at
