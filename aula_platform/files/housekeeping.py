"""Removes files that nobody has attached or that were let go, and blobs that have no row."""

from datetime import timedelta

import sqlalchemy as sa

from aula_platform.files.blobs import BlobStore
from aula_platform.files.tables import file
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform

ORPHAN_AGE = timedelta(days=1)
"""A younger blob may still get its row."""
_CHUNK = 200


def make_jobs(blobs: BlobStore) -> tuple[Job, ...]:
    """Return the jobs that keep this store tidy."""

    async def remove_expired(platform: Platform) -> None:
        await remove_expired_files(platform, blobs)

    async def collect(platform: Platform) -> None:
        await collect_orphans(platform, blobs)

    return (
        Job("files.remove_expired", timedelta(minutes=10), remove_expired),
        Job("files.collect_orphans", timedelta(days=1), collect),
    )


async def remove_expired_files(platform: Platform, blobs: BlobStore) -> int:
    """Remove the rows of files whose time is over, then their blobs; return how many.

    A file that is attached at this very moment stays: the row decides. If the blobs' removal is
    cut off, `collect_orphans` finishes it.
    """
    removed = 0
    while True:
        async with platform.write() as write:
            old = sa.select(file.c.id).where(file.c.expires_at <= write.now).limit(_CHUNK)
            gone = await write.execute(
                sa.delete(file)
                .where(file.c.id.in_(old), file.c.expires_at <= write.now)
                .returning(file.c.id)
            )
            ids = [row.id for row in gone.all()]
        for file_id in ids:
            await blobs.remove(file_id)
        removed += len(ids)
        if len(ids) < _CHUNK:
            return removed


async def collect_orphans(platform: Platform, blobs: BlobStore) -> int:
    """Remove blobs without a row that are older than a day; return of how many files.

    They are left by a crash between blob and row, or between row and blob.
    """
    removed = 0
    async with platform.read() as read:
        before = read.now - ORPHAN_AGE
    async for batch in blobs.batches(before):
        if not batch:
            continue
        async with platform.read() as read:
            known = await read.rows(sa.select(file.c.id).where(file.c.id.in_(batch)))
        for file_id in batch - {row.id for row in known}:
            await blobs.remove(file_id)
            removed += 1
    return removed
