"""Erases everything of one municipality, in small steps, while the site works on for the others.

Each step looks for what is there and takes some of it away, so that an erasure that was cut off is
finished by another one. The municipality itself goes last: until then its key finds the rest.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import sqlalchemy as sa

from aula_platform.audit.checkpoints import set_checkpoint
from aula_platform.audit.sealing import seal
from aula_platform.audit.tables import link
from aula_platform.files.tables import file
from aula_platform.identity.epochs import raise_activation_epoch, raise_rights_epoch
from aula_platform.privacy.counting import count
from aula_platform.privacy.place import Installation, Place
from aula_platform.privacy.reach import (
    KEPT,
    NOBODYS,
    OF_ACCOUNTS,
    RULES,
    accounts_alone,
    rows_of,
)
from aula_platform.privacy.retention.held import Frozen, read_held
from aula_platform.stamdata.tables import municipality, person
from aula_platform.storage import EVERYWHERE, Write

BATCH = 500
_PASSES = 10
_ITSELF = 1
"""The municipality's own row, which goes last."""


class StillWritten(Exception):
    """Somebody keeps writing the municipality's rows; the message says what to do."""


class Erasure:
    """The erasure of one municipality."""

    def __init__(
        self, installation: Installation, place: Place, *, batch: int = BATCH, pause: float = 1.0
    ) -> None:
        """Nobody waits for more than ``batch`` rows; between two of them others have ``pause``
        times as long as one took.
        """
        self._installation = installation
        self._storage = installation.storage
        self._place = place
        self._batch = batch
        self._pause = pause

    async def run(self, tell: Callable[[str], None]) -> dict[str, int]:
        """Erase all of it; return how many rows there were at the start, by table.

        Afterwards no row or file of the municipality is left but the checkpoints of its audit.
        Raises `NotWhole` and `Frozen` before anything is erased, `StillWritten` when there is
        always more.
        """
        await self._installation.check_whole()
        await self._check_thawed()
        before = await count(self._installation, self._place)
        for _pass in range(_PASSES):
            left = await count(self._installation, self._place)
            if left.total <= _ITSELF:
                break
            tell(f"{left.total} rows, {left.files} files")
            await self._pass(left.rows, tell)
        else:
            raise StillWritten(
                f"{self._place.key}: something keeps writing; take it out of the configuration, "
                "restart the site, and try again"
            )
        await self._finish(before.rows)
        return before.rows

    async def _check_thawed(self) -> None:
        async with self._storage.read(self._place.wall) as read:
            held = await read_held(read, self._place.id)
        if not held.is_nothing:
            key = self._place.key
            raise Frozen(f"{key}: something is frozen; `aula retention freezes {key}` lists it")

    async def _pass(self, rows: dict[str, int], tell: Callable[[str], None]) -> None:
        # What is sealed later than the checkpoint could not be erased by it.
        await seal(self._storage)
        async with self._storage.write(self._place.wall) as write:
            await set_checkpoint(write, self._place.id, "erasing", rows)
        await self._close_doors()
        await self._erase_files()
        for table in self._others():
            if table.name in rows and (gone := await self._empty(table)):
                tell(f"{table.name}: {gone}")

    async def _close_doors(self) -> None:
        """Erase the accounts that are nobody elsewhere, and let nobody in from now on."""
        while await self._timed(self._erase_accounts):
            continue
        async with self._storage.write(EVERYWHERE) as write:
            here = person.c.municipality_id == self._place.id, person.c.uniid.is_not(None)
            await write.execute(sa.update(person).where(*here).values(uniid=None))
            await _make_known(write)

    async def _erase_accounts(self) -> int:
        async with self._storage.write(EVERYWHERE) as write:
            found = await write.rows(accounts_alone(self._place.id).limit(self._batch))
            ids = [row.id for row in found]
            if ids:
                for column in OF_ACCOUNTS:
                    await write.execute(sa.delete(column.table).where(column.in_(ids)))
                await raise_rights_epoch(write)
        return len(ids)

    async def _erase_files(self) -> None:
        while await self._timed(self._erase_some_files):
            continue

    async def _erase_some_files(self) -> int:
        """Remove blobs before their rows: should this be cut off, the rows still name them."""
        some = sa.select(file.c.id).where(file.c.municipality_id == self._place.id)
        async with self._storage.read(self._place.wall) as read:
            ids = [row.id for row in await read.rows(some.limit(self._batch))]
        for file_id in ids:
            await self._installation.blobs.remove(file_id)
        if ids:
            async with self._storage.write(self._place.wall) as write:
                await write.execute(sa.delete(file).where(file.c.id.in_(ids)))
        return len(ids)

    def _others(self) -> Iterator[sa.Table]:
        """Yield the tables that remain, each before those that it refers to."""
        done = {file.name, municipality.name, *(column.table.name for column in OF_ACCOUNTS)}
        tables = [table for _owner, table in self._installation.tables()][::-1]
        # What is found by way of other tables goes before them. The audit's chain goes after its
        # entries: one without a link would be sealed once more while the rest is being erased.
        order = sorted(tables, key=lambda each: (each.name not in RULES, each is link))
        for table in order:
            if table.name not in done and table.name not in KEPT and table.name not in NOBODYS:
                yield table

    async def _empty(self, table: sa.Table) -> int:
        statement = self._some_of(table)

        async def erase_some() -> int:
            async with self._storage.write(self._place.wall) as write:
                return int((await write.execute(statement)).rowcount)

        total = 0
        while gone := await self._timed(erase_some):
            total += gone
        return total

    def _some_of(self, table: sa.Table) -> sa.Delete:
        condition = rows_of(table, self._place.id)
        assert condition is not None  # noqa: S101  # What is nobody's is not among the others.
        keys = list(table.primary_key.columns)
        some = sa.select(*keys).where(condition).limit(self._batch)
        if any(key.column.table is table for key in table.foreign_keys):
            # Its rows refer to earlier ones of their own table.
            some = some.order_by(*(key.desc() for key in keys))
        return sa.delete(table).where(sa.tuple_(*keys).in_(some))

    async def _timed(self, step: Callable[[], Awaitable[int]]) -> int:
        """Take a step, then leave the others as long as it took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        gone = await step()
        if gone:
            await asyncio.sleep((loop.time() - began) * self._pause)
        return gone

    async def _finish(self, rows: dict[str, int]) -> None:
        """Let the municipality itself go, and keep that it was here once: its id, and counts."""
        async with self._storage.write(EVERYWHERE) as write:
            await write.execute(sa.delete(municipality).where(municipality.c.id == self._place.id))
            await set_checkpoint(write, self._place.id, "erased", rows)
            await _make_known(write)


async def _make_known(write: Write) -> None:
    """Let no worker remember anything of before."""
    await raise_rights_epoch(write)
    await raise_activation_epoch(write)
