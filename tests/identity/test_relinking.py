"""Links between accounts and persons after deliveries: right for everybody, at the cost of few."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.identity.accounts import open_account, relink_accounts
from aula_platform.identity.tables import account_person
from aula_platform.kernel import forget_snapshots
from aula_platform.stamdata.tables import person as live
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Assurance
from aula_sdk.stamdata_source import Record
from tests.stamdata.deliveries import Importer, make_municipalities, person, pupil, school

KEYS = ("p1", "p2", "p3", "p4")
UNIIDS = ("uni1", "uni2", "uni3", "uni4")


@pytest.fixture
async def importer(storage: Storage) -> Importer:
    """An importer into a site whose commits look after the links."""
    storage.recorders.append(forget_snapshots)
    await make_municipalities(storage)
    return Importer(storage)


def _records(uniids: dict[str, str]) -> list[Record]:
    records: list[Record] = [school()]
    for key, uniid in uniids.items():
        records += [person(key, uniid=uniid), pupil(key)]
    return records


async def _sign_in(storage: Storage, uniid: str) -> None:
    async with storage.write(EVERYWHERE) as write:
        proved = ProvedIdentity("https://a.example", uniid, uniid, Assurance.LOW, write.now)
        await open_account(write, proved, await LOGIN_PEOPLE.find_by_uniid(write, uniid))


async def _linked(storage: Storage) -> set[str]:
    """Return by what their source calls them who is linked to an account."""
    statement = sa.select(live.c.source_id).join(
        account_person, account_person.c.person_id == live.c.id
    )
    async with storage.read(EVERYWHERE) as read:
        return {row.source_id for row in await read.rows(statement)}


async def test_only_those_whom_a_delivery_changes_are_looked_at(
    storage: Storage, importer: Importer
) -> None:
    """A delivery costs what it changes: a link that is missing elsewhere is not even noticed."""
    who = dict(zip(KEYS, UNIIDS, strict=True))
    await importer(_records(who))
    for uniid in UNIIDS:
        await _sign_in(storage, uniid)
    assert await _linked(storage) == set(KEYS)
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.delete(account_person))
    await importer([*_records(who)[:-2], person("p4", "Ny Navn", uniid="uni4"), pupil("p4")])
    assert await _linked(storage) == {"p4"}
    await importer(_records({**who, "p2": "uni9"}))
    assert await _linked(storage) == {"p4"}, "whose uniid nobody has signed in with has no account"
    await importer(_records(who))
    assert await _linked(storage) == {"p4", "p2"}


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_left_to_a_look_at_everybody(
    storage: Storage, importer: Importer, seed: int
) -> None:
    """Whatever people get, give up, leave or take over: the links are as if all were made anew."""
    chance = Random(seed)
    for uniid in UNIIDS:
        await _sign_in(storage, uniid)
    for _step in range(8):
        given = chance.sample([*UNIIDS, "", "", ""], len(KEYS))
        chosen = chance.sample(KEYS, chance.randint(1, len(KEYS)))
        await importer(_records({key: given[KEYS.index(key)] for key in sorted(chosen)}))
        async with storage.write(EVERYWHERE) as write:
            assert await relink_accounts(write, LOGIN_PEOPLE) == 0, (seed, chosen, given)


@pytest.mark.parametrize("count", [1, 3])
async def test_no_table_of_accounts_is_read_whole(
    storage: Storage, importer: Importer, count: int
) -> None:
    """Both statements find the links of the moved by an index, on either database."""
    await importer(_records(dict(zip(KEYS, UNIIDS, strict=True))))
    async with storage.read(EVERYWHERE) as read:
        ids: list[UUID] = [row.id for row in await read.rows(sa.select(live.c.id))]
    plans = []
    async with storage.write(EVERYWHERE) as write:
        connection = await write.connection()
        if not storage.is_sqlite:
            await connection.execute(sa.text("SET LOCAL enable_seqscan = off"))

        def explain(
            same: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool
        ) -> tuple[str, Any]:
            if "identity_account" not in statement or statement.startswith("EXPLAIN"):
                return statement, given
            word = "EXPLAIN QUERY PLAN" if storage.is_sqlite else "EXPLAIN"
            found = same.exec_driver_sql(f"{word} {statement}", given)
            plans.append("\n".join(str(tuple(row)) for row in found))
            return statement, given

        sa.event.listen(sa.Engine, "before_cursor_execute", explain, retval=True)
        try:
            await relink_accounts(write, LOGIN_PEOPLE, set(ids[:count]))
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", explain)
    assert len(plans) == 2
    whole = ("SCAN identity_account", "Seq Scan on identity_account")
    assert [plan for plan in plans if any(word in plan for word in whole)] == []
