"""Where we are: everybody's tables and the files, and the one municipality that it is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from aula_platform.files.blobs import BlobStore
from aula_platform.plugin_host.migrating import find_behind
from aula_platform.stamdata.tables import municipality
from aula_platform.storage import EVERYWHERE, Owner, Storage, Wall, around
from aula_platform.storage.wall import COLUMN

_VERSIONS = "_alembic_version"


class UnknownPlace(Exception):
    """No municipality in the database has this key; the message names those that are there."""


class NotWhole(Exception):
    """Some table's owner is not here as it should be, so that not all would be found."""


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality."""

    id: UUID
    key: str
    name: str
    code: str

    @property
    def wall(self) -> Wall:
        """As far as anything about it reaches."""
        return around([self.id])


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that is kept: the database, whose tables there are, and the files."""

    storage: Storage
    owners: Sequence[Owner]
    """The kernel's rooms and the plugins, in the order in which they were migrated."""
    blobs: BlobStore

    def tables(self) -> Iterator[tuple[Owner, sa.Table]]:
        """Yield all tables with their owner, each after those that it refers to."""
        for owner in self.owners:
            for table in owner.metadata.sorted_tables:
                yield owner, table

    async def places(self) -> list[Place]:
        """Return the municipalities in the database, also those that are not configured."""
        columns = municipality.c
        statement = sa.select(columns.id, columns.key, columns.name, columns.code)
        async with self.storage.read(EVERYWHERE) as read:
            rows = await read.rows(statement.order_by(columns.key))
        return [Place(row.id, row.key, row.name, row.code) for row in rows]

    async def find(self, key: str) -> Place:
        """Return the municipality with this key; raise `UnknownPlace`."""
        places = await self.places()
        for place in places:
            if place.key == key:
                return place
        known = ", ".join(place.key for place in places) or "none"
        raise UnknownPlace(f"there is no municipality {key!r} in the database; known: {known}")

    async def check_whole(self) -> None:
        """Raise `NotWhole` when an owner's tables are behind, or a table's owner is not here.

        What a plugin that is missing has kept would be left out of the export, or survive the
        erasure, without a word (R25).
        """
        behind = await find_behind(self.storage, self.owners)
        if behind:
            raise NotWhole(f"the tables of {', '.join(behind)} are behind: run `aula migrate`")
        known = {table.name for _owner, table in self.tables()}
        async with self.storage.engines.reading.connect() as connection:
            strange = await connection.run_sync(_strange, known)
        if strange:
            raise NotWhole(
                f"{', '.join(strange)}: no plugin that is here owns these tables, but they hold "
                "rows of municipalities; install the plugin again, or remove its data first"
            )


def _strange(connection: sa.Connection, known: set[str]) -> list[str]:
    inspector = sa.inspect(connection)
    unknown = [name for name in sorted(inspector.get_table_names()) if name not in known]
    return [
        name
        for name in unknown
        if not name.endswith(_VERSIONS)
        and any(column["name"] == COLUMN for column in inspector.get_columns(name))
    ]
