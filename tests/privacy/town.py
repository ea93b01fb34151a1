"""Two municipalities with a row in every table, and words in the one by which it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry, link, subject
from aula_platform.events.tables import lane, outbox
from aula_platform.files.blobs import BlobStore
from aula_platform.files.tables import file
from aula_platform.identity.tables import account, account_person, credential
from aula_platform.privacy import Installation
from aula_platform.stamdata.tables import municipality
from aula_platform.storage import EVERYWHERE, Storage, Write
from aula_platform.storage.wall import COLUMN
from aula_platform.testing import RunningSite
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.ids import new_id
from aula_sdk.testing.plugin import People
from tests.together.two_places import settle

CANARY = "KANARIE"
_APPEND_ONLY = {"audit_entry", "audit_subject", "audit_link", "audit_checkpoint"}
_KEPT_COLUMNS = {
    "sampling_drawn": {"drawn_as", "signals"},
    "sampling_sample": {"first_month", "last_month", "method", "seed", "sealed", "strata"},
}
"""What was drawn is not changed; what was said of it is, until it has been signed off."""


async def fill(site: RunningSite, installation: Installation) -> None:
    """Let people live in both municipalities, and give every table a row of each of them."""
    await settle(site.storage)
    people = People(await site.members(), await site.groups())
    for member in (people.guardian, people.teacher, people.pupil, people.stranger_teacher):
        await site.sign_in(member)
    for place in await installation.places():
        async with site.storage.write(EVERYWHERE) as write:
            for _owner, table in installation.tables():
                if COLUMN in table.c and table.name not in _APPEND_ONLY:
                    await _fill_when_empty(write, table, place.id)
            await _live(write, place.id)


async def _fill_when_empty(write: Write, table: sa.Table, place: UUID) -> None:
    mine = table.c[COLUMN] == place
    if await write.first(sa.select(table.c[COLUMN]).where(mine).limit(1)):
        return
    values = {
        column.name: await _made_up(write, column, place)
        for column in table.c
        if not (column.primary_key and column.autoincrement is True)
        and (not column.nullable or isinstance(column.type, sa.String))
    }
    await write.execute(sa.insert(table), values | {COLUMN: place})
    for key in table.foreign_keys:
        if key.column.table is table:
            # Another row that refers to this one.
            again = {name: await _made_up(write, table.c[name], place) for name in _keys(table)}
            await write.execute(
                sa.insert(table),
                values | again | {COLUMN: place, key.parent.name: values[key.column.name]},
            )


def _keys(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key]


async def _made_up(write: Write, column: sa.Column[Any], place: UUID) -> Any:
    for key in column.foreign_keys:
        parent = key.column.table
        found = sa.select(key.column).where(parent.c[COLUMN] == place).limit(1)
        return await write.scalar(found)
    kind = column.type
    if isinstance(kind, sa.String):
        return f"made-up-{place.hex}"[: kind.length]
    for known, value in (
        (Id, new_id()),
        (Instant, utc_now()),
        (sa.JSON, {}),
        (sa.Boolean, False),
        (sa.Date, date(2020, 1, 1)),
    ):
        if isinstance(kind, known):
            return value
    return 1


async def _live(write: Write, place: UUID) -> None:
    """Leave traces that have no column for the municipality."""
    stream = await write.scalar(
        sa.select(outbox.c.stream).where(outbox.c.municipality_id == place).limit(1)
    )
    await write.execute(
        sa.insert(lane),
        {
            "subscriber": f"probe.{place.hex}",
            "stream": stream,
            "leased_until": utc_now(),
            "retry_at": utc_now(),
            "error": "none",
        },
    )
    written = new_id()
    await write.execute(
        sa.insert(entry),
        {
            "id": written,
            "municipality_id": place,
            "at": utc_now(),
            "profiles": [],
            "role": "role",
            "assurance": 1,
            "action": "probe.do",
            "details": {"what": "probe"},
            "request_id": "",
        },
    )
    await write.execute(sa.insert(subject), {"entry_id": written, "profile_id": new_id()})
    sealed = {"month": "2000-01", "number": 1, "at": utc_now(), "hash": b"\0" * 32}
    await write.execute(sa.insert(link), {"municipality_id": place, "entry_id": new_id(), **sealed})


async def put_blobs(storage: Storage, blobs: BlobStore, folder: Path) -> None:
    """Give every file of the table its bytes, which say whose they are."""
    source = folder / "blob"
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(file.c.id, file.c.municipality_id))
    contents = {row.id: f"bytes of {row.municipality_id} {CANARY}".encode() for row in rows}
    for file_id, content in contents.items():
        source.write_bytes(content)
        await blobs.put(file_id, "", source)
        await blobs.put(file_id, "preview", source)
    async with storage.write(EVERYWHERE) as write:
        for file_id, content in contents.items():
            values = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            await write.execute(sa.update(file).where(file.c.id == file_id).values(values))


async def plant(storage: Storage, tables: Sequence[sa.Table], place: UUID) -> list[str]:
    """Put the canary into every column of words that the municipality has; return which."""
    planted = []
    async with storage.write(EVERYWHERE) as write:
        ours = sa.select(account_person.c.account_id).where(
            account_person.c.municipality_id == place
        )
        theirs = sa.select(account_person.c.account_id).where(
            account_person.c.municipality_id != place
        )
        conditions = {
            account.name: account.c.id.in_(ours) & account.c.id.not_in(theirs),
            credential.name: credential.c.account_id.in_(ours)
            & credential.c.account_id.not_in(theirs),
            municipality.name: municipality.c.id == place,
            lane.name: lane.c.subscriber == f"probe.{place.hex}",
        }
        for table in tables:
            mine = conditions.get(table.name)
            if mine is None and COLUMN in table.c and table.name not in _APPEND_ONLY:
                mine = table.c[COLUMN] == place
            values = dict(_canaries(table)) if mine is not None else {}
            if mine is not None and values:
                changed = await write.execute(sa.update(table).where(mine).values(values))
                assert changed.rowcount, table.name
                planted += [f"{table.name}.{name}" for name in values]
        written = new_id()
        await write.execute(
            sa.insert(entry),
            {
                "id": written,
                "municipality_id": place,
                "at": utc_now(),
                "profiles": [CANARY],
                "role": CANARY,
                "assurance": 1,
                "action": CANARY,
                "details": {CANARY: CANARY},
                "request_id": CANARY,
            },
        )
    return [*planted, *(f"audit_entry.{name}" for name in ("profiles", "role", "action"))]


def _canaries(table: sa.Table) -> Iterator[tuple[str, Any]]:
    for column in table.c:
        kind = column.type
        if column.name in _KEPT_COLUMNS.get(table.name, ()):
            continue
        if isinstance(kind, sa.JSON):
            yield column.name, {CANARY: CANARY}
        elif isinstance(kind, sa.String) and not column.foreign_keys:
            length = kind.length or 1000
            rest = sa.func.substr(sa.func.coalesce(column, ""), 1, length - len(CANARY))
            yield column.name, sa.literal(CANARY).concat(rest)


async def let_people_in(storage: Storage, tables: Sequence[sa.Table]) -> None:
    """Take the canaries out of stamdata again: nobody is a KANARIEguardian by trade."""
    async with storage.write(EVERYWHERE) as write:
        for table in tables:
            words = [name for name, value in _canaries(table) if not isinstance(value, dict)]
            for name in words if table.name.startswith("stamdata_") else ():
                column = table.c[name]
                marked = sa.type_coerce(column, sa.String()).like(f"{CANARY}%")
                rest = sa.func.substr(column, len(CANARY) + 1)
                await write.execute(sa.update(table).where(marked).values({name: rest}))
