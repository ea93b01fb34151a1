"""Archives the formal ones among some things, before they are deleted (DEL-R3)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.files.tables import file
from aula_platform.privacy.place import Installation, Place
from aula_platform.privacy.retention.archive import Archive
from aula_sdk.protocols import ReadUnit
from aula_sdk.retention import RetentionSubject

FORMAT = "aula-archive/1"


def formal_of(subject: RetentionSubject, ids: Sequence[UUID]) -> sa.Select[Any] | None:
    """Select the ids of the formal documents among these things; None where none can be."""
    if subject.formal is None:
        return None
    return sa.select(subject.id_column.label("id")).where(
        subject.id_column.in_(ids), subject.formal()
    )


async def preserve(
    installation: Installation,
    archive: Archive,
    place: Place,
    run_id: UUID,
    subject: RetentionSubject,
    ids: Sequence[UUID],
) -> frozenset[UUID]:
    """Archive the formal ones of these things with their files; return which those were.

    Raises `BlobMissing` when a file's bytes cannot be had: what is not whole is not archived. Each
    lies at ``<municipality>/<run>/<subject>/<id>/``: ``document.json`` last, which names the
    files beside it with their sums.
    """
    statement = formal_of(subject, ids) if ids else None
    if statement is None:
        return frozenset()
    async with installation.storage.read(place.wall) as read:
        wanted = [row.id for row in await read.rows(statement)]
        rows = {one: await _rows_of(subject, one, read) for one in wanted}
        files = await _files_of(read, wanted)
    for one in wanted:
        folder = f"{place.key}/{run_id.hex}/{subject.name}/{one.hex}"
        mine = [row for row in files if row.object_id == one]
        for row in mine:
            await archive.put_file(f"{folder}/{row.id.hex}", installation.blobs, row.id)
        document = {
            "format": FORMAT,
            "municipality": place.key,
            "kind": subject.name,
            "id": one.hex,
            "rows": rows[one],
            "files": [
                {
                    "path": row.id.hex, "name": row.name, "media_type": row.media_type,
                    "sha256": row.sha256,
                }
                for row in mine
            ],
        }  # fmt: skip
        await archive.put(f"{folder}/document.json", document)
    return frozenset(wanted)


async def _rows_of(
    subject: RetentionSubject, one: UUID, read: ReadUnit
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    if subject.preserve is not None:
        async for table, row in subject.preserve(one, read):
            found.setdefault(table, []).append(row)
    return found


async def _files_of(read: ReadUnit, ids: Sequence[UUID]) -> Sequence[sa.Row[Any]]:
    columns = file.c.id, file.c.object_id, file.c.name, file.c.media_type, file.c.sha256
    return await read.rows(sa.select(*columns).where(file.c.object_id.in_(ids)).order_by(file.c.id))
