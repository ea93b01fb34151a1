"""Every list as a member of one municipality, while another has the very same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy.dialects.postgresql import insert

from aula_platform.storage import EVERYWHERE, Storage, around
from aula_platform.storage.wall import COLUMN
from aula_platform.testing import RunningSite
from aula_sdk.contributions import DemoData
from aula_sdk.db import Id
from aula_sdk.ids import new_id
from aula_sdk.testing.plugin import Browser, People

READERS = ("guardian", "pupil", "teacher", "leader", "external")
_NO_LISTS = ("/static", "/api/schema", "/live", "/sign-in")
_CHANGING = {"/profile/session", "/profile/looks", "/api/v1/profile/looks"}
"""The first tells how many seconds are left. The others tell what this test itself has looked at;
what they read is the kernel's, of which no twins are planted."""
_SHOWN = re.compile(r'(?:href|action|src)="[^"]*"|>[^<]+<')
_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
_ONCE = re.compile(r"nonce|csrf|idempotency|logged out at", re.IGNORECASE)


def _lists(app: Litestar) -> Iterator[str]:
    """Yield every address that answers GET and names no object."""
    for route in app.routes:
        is_list = isinstance(route, HTTPRoute) and "GET" in route.methods
        if is_list and "{" not in route.path and not route.path.startswith(_NO_LISTS):
            if route.path in _CHANGING:
                continue
            yield route.path


def _tables(site: RunningSite) -> list[sa.Table]:
    """Return the plugins' tables, those before that others refer to."""
    return [
        table for owner in site.app.state.host.owners() for table in owner.metadata.sorted_tables
    ]


async def _plant_twins(site: RunningSite, north: UUID, south: UUID) -> dict[str, int]:
    """Give each of the plugins' northern rows a twin in the south, about the same people.

    Only ids of the plugins' own things are made anew. Return how many rows each table got.
    """
    planted: dict[str, int] = {}
    twins: dict[UUID, UUID] = {}
    async with site.storage.write(EVERYWHERE) as write:
        for table in _tables(site):
            rows = await write.rows(sa.select(table).where(table.c[COLUMN] == north))
            keys = [column for column in table.primary_key if isinstance(column.type, Id)]
            if len(keys) == 1 and not keys[0].foreign_keys:
                twins |= {row._mapping[keys[0].name]: new_id() for row in rows}
            for row in rows:
                twin = _twin(dict(row._mapping), twins) | {COLUMN: south}
                made = await write.execute(insert(table).on_conflict_do_nothing(), twin)
                planted[table.name] = planted.get(table.name, 0) + made.rowcount
    return planted


def _twin(row: Mapping[Any, Any], twins: Mapping[UUID, UUID]) -> dict[str, Any]:
    return {
        str(name): twins.get(value, value) if isinstance(value, UUID) else value
        for name, value in row.items()
    }


async def _answers(
    clients: Mapping[str, httpx.AsyncClient], app: Litestar
) -> dict[tuple[str, str], Any]:
    return {
        (key, path): _shown(await client.get(path))
        for key, client in clients.items()
        for path in _lists(app)
    }


def _shown(answer: httpx.Response) -> Any:
    assert answer.status_code < 500, answer.text
    if answer.headers.get("content-type", "").startswith("application/json"):
        return answer.json()
    # A form for something new holds a new id each time.
    text = _ID.sub("id", answer.text)
    return [part for part in _SHOWN.findall(text) if not _ONCE.search(part)]


async def _count(storage: Storage, table: str, places: list[UUID]) -> int:
    counted = sa.select(sa.func.count()).select_from(sa.table(table, sa.column(COLUMN, Id)))
    counted = counted.where(sa.column(COLUMN, Id).in_(places))
    async with storage.read(around(places)) as read:
        return int(await read.scalar(counted))


async def test_every_list_stays_as_it_is_whatever_the_neighbours_have(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """W1, R10: another municipality's rows about the very same people are in no list and number.

    On SQLite the queries' own conditions are seen to hold, on PostgreSQL the wall besides.
    """
    for _plugin, data in running.app.state.host.each(DemoData):
        await data.fill(running.platform)
    north, south = people.teacher.municipality_id, people.stranger.municipality_id
    clients = {key: await browser(getattr(people, key)) for key in READERS}
    before = await _answers(clients, running.app)
    planted = await _plant_twins(running, north, south)
    assert sum(planted.values()) > len(READERS), planted
    for table, count in planted.items():
        beyond = await _count(running.storage, table, [south])
        assert beyond >= count
        both = await _count(running.storage, table, [north, south])
        assert both == beyond + await _count(running.storage, table, [north])
    after = await _answers(clients, running.app)
    for where, shown in before.items():
        assert after[where] == shown, where


@pytest.mark.parametrize("path", ["/", "/messages"])
async def test_a_page_costs_no_more_with_the_wall(
    running: RunningSite, browser: Browser, people: People, path: str
) -> None:
    """W2: where readers share a municipality, their connection is told of it by the first page."""
    teacher, guardian = await browser(people.teacher), await browser(people.guardian)
    for client in (teacher, guardian):
        # The actor is loaded, from everywhere, and remembered.
        assert (await client.get(path)).status_code == 200
    await teacher.get(path)
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for client in (guardian, teacher, guardian):
            await client.get(path)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert told
    assert not [statement for statement in told if "set_config" in statement]
