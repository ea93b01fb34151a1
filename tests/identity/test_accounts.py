"""Accounts: one for each human being, always the persons with its UNI-ID, and nobody else."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.accounts import list_persons, open_account, relink_accounts
from aula_platform.identity.epochs import read_epochs
from aula_platform.identity.tables import account, credential
from aula_platform.stamdata.tables import person
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Assurance, Kind
from tests.identity.site import Town


async def _open(
    storage: Storage, uniid: str, subject: str = "", issuer: str = "https://a.example"
) -> UUID:
    async with storage.write(EVERYWHERE) as write:
        proved = ProvedIdentity(issuer, subject or uniid, uniid, Assurance.LOW, write.now)
        profiles = await LOGIN_PEOPLE.find_by_uniid(write, uniid)
        return await open_account(write, proved, profiles)


async def _persons(storage: Storage, account_id: UUID) -> set[UUID]:
    async with storage.read(EVERYWHERE) as read:
        return set(await list_persons(read, account_id))


async def _rights(storage: Storage) -> int:
    async with storage.read(EVERYWHERE) as read:
        return (await read_epochs(read)).rights


async def _relink(storage: Storage) -> int:
    async with storage.write(EVERYWHERE) as write:
        return await relink_accounts(write, LOGIN_PEOPLE)


async def test_two_brokers_lead_to_one_account(storage: Storage, town: Town) -> None:
    """Rule 8: the UNI-ID is who it is; each broker's subject is a credential of the account."""
    await town.add("ulla0001", Kind.GUARDIAN)
    first = await _open(storage, "ulla0001", "a-1")
    second = await _open(storage, "ulla0001", "b-1", "https://b.example")
    again = await _open(storage, "ulla0001", "a-1")
    assert first == second == again
    async with storage.read(EVERYWHERE) as read:
        assert len(await read.rows(sa.select(credential.c.id))) == 2


async def test_the_same_subject_of_two_issuers_is_two_people(storage: Storage) -> None:
    """A subject means nothing outside of its issuer."""
    assert await _open(storage, "ulla0001", "7", "https://a.example") != (
        await _open(storage, "eva00002", "7", "https://b.example")
    )


async def test_an_account_is_its_persons_in_all_municipalities(
    storage: Storage, town: Town
) -> None:
    """Rule 8: persons belong to one municipality each; the account links them."""
    here = await town.add("ulla0001", Kind.GUARDIAN, town="Skovby")
    there = await town.add("ulla0001", Kind.EMPLOYEE, town="Søby")
    await town.add("eva00002", Kind.GUARDIAN)
    assert await _persons(storage, await _open(storage, "ulla0001")) == {here, there}


async def test_a_first_log_in_lets_nobody_elses_snapshot_go_stale(
    storage: Storage, town: Town
) -> None:
    """R21: a morning of first log-ins must not make every worker read everybody anew."""
    await town.add("ulla0001", Kind.GUARDIAN)
    before = await _rights(storage)
    await _open(storage, "ulla0001")
    await _open(storage, "ulla0001")
    assert await _rights(storage) == before


async def test_an_import_reaches_those_who_are_signed_in(storage: Storage, town: Town) -> None:
    """A child who starts in another town is there on the next request, without a log-in."""
    here = await town.add("ulla0001", Kind.GUARDIAN, town="Skovby")
    account_id = await _open(storage, "ulla0001")
    there = await town.add("ulla0001", Kind.GUARDIAN, town="Søby")
    before = await _rights(storage)
    assert await _relink(storage) == 1
    assert await _persons(storage, account_id) == {here, there}
    assert await _rights(storage) == before + 1
    assert await _relink(storage) == 0
    assert await _rights(storage) == before + 1


async def test_a_corrected_uniid_takes_the_wrong_access_away(storage: Storage, town: Town) -> None:
    """Who was given somebody else's UNI-ID by mistake loses the access with the correction."""
    wrong = await town.add("ulla0001", Kind.GUARDIAN)
    account_id = await _open(storage, "ulla0001")
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(person).where(person.c.id == wrong).values(uniid="eva00002"))
    assert await _relink(storage) == 1
    assert await _persons(storage, account_id) == set()


async def test_the_right_person_takes_over_at_their_log_in(storage: Storage, town: Town) -> None:
    """Even before the links are made anew, a log-in never leaves a person to two accounts."""
    mistaken = await town.add("ulla0001", Kind.GUARDIAN)
    first = await _open(storage, "ulla0001")
    async with storage.write(EVERYWHERE) as write:
        await write.execute(
            sa.update(person).where(person.c.id == mistaken).values(uniid="eva00002")
        )
    before = await _rights(storage)
    second = await _open(storage, "eva00002")
    assert await _persons(storage, second) == {mistaken}
    assert await _persons(storage, first) == set()
    assert await _rights(storage) == before + 1


async def test_an_account_holds_neither_name_nor_number(storage: Storage, town: Town) -> None:
    """R20: no CPR number, no name, no address; a UNI-ID, two tastes and two notices."""
    assert set(account.c.keys()) == {
        "id",
        "uniid",
        "locale",
        "theme",
        "created_at",
        "closed_at",
        "new_device_id",
        "new_device_at",
        "special_access_at",
    }
    await town.add("ulla0001", Kind.GUARDIAN)
    await _open(storage, "ulla0001")
    async with storage.read(EVERYWHERE) as read:
        row = await read.first(sa.select(account.c.locale, account.c.theme, account.c.closed_at))
    assert row is not None
    assert tuple(row) == (None, None, None)
