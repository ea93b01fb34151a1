"""The blob store: bytes under keys, in a folder, in memory or in S3, by its URL.

A key is the file's id with an ending for its smaller sizes, behind two letters that spread files
over folders. Blobs are written before their row and removed after it, so a row is never without
its blob; a blob without a row is found by `orphans` and removed.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.store import from_url

Size = Literal["", "preview", "thumbnail"]
SIZES: tuple[Size, ...] = ("", "preview", "thumbnail")
_CHUNK = 256 * 1024


def _key(file_id: UUID, size: Size) -> str:
    name = file_id.hex
    return f"{name[-2:]}/{name}{'.' if size else ''}{size}"


class BlobMissing(Exception):
    """There is no such blob: it was removed, or never came."""


class BlobStore:
    """Bytes by file and size."""

    def __init__(self, url: str) -> None:
        """``url`` is ``file:///folder``, ``memory:///`` or ``s3://bucket/prefix``.

        Access to S3 is configured by its usual environment variables.
        """
        options: dict[str, Any] = {"mkdir": True} if urlsplit(url).scheme == "file" else {}
        self._store = from_url(url, **options)

    async def put(self, file_id: UUID, size: Size, source: Path) -> None:
        """Keep the content of ``source``: all of it, or nothing."""
        await obstore.put_async(self._store, _key(file_id, size), source)

    async def open(
        self, file_id: UUID, size: Size, span: tuple[int, int] | None = None
    ) -> tuple[int, AsyncIterator[bytes]]:
        """Return how many bytes come, and the bytes; of ``span`` (from, up to) only, if given.

        Raises `BlobMissing` before anything is sent.
        """
        options: Any = {"range": span} if span else None
        try:
            found = await obstore.get_async(self._store, _key(file_id, size), options=options)
        except FileNotFoundError:
            raise BlobMissing from None
        first, last = found.range
        return last - first, aiter(found.stream(min_chunk_size=_CHUNK))

    async def remove(self, file_id: UUID) -> None:
        """Remove a file in all its sizes; what is not there has been removed already."""
        for size in SIZES:
            try:
                await obstore.delete_async(self._store, _key(file_id, size))
            except FileNotFoundError:
                continue

    async def reach(self) -> None:
        """Raise when the store does not answer: looks for a blob that no file has."""
        try:
            await obstore.head_async(self._store, "reach")
        except FileNotFoundError:
            return

    async def batches(self, before: datetime) -> AsyncIterator[set[UUID]]:
        """Yield the ids of files that were put before that moment, some at a time."""
        async for batch in obstore.list(self._store, chunk_size=500):
            names = (
                meta["path"].rpartition("/")[2].partition(".")[0]
                for meta in batch
                if meta["last_modified"] < before
            )
            yield {UUID(hex=name) for name in names if _is_id(name)}


def _is_id(name: str) -> bool:
    return len(name) == 32 and all(digit in "0123456789abcdef" for digit in name)  # noqa: PLR2004  # A UUID's digits.
