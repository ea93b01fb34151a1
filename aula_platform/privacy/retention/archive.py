"""Where formal documents go before they are deleted (DEL-R3): a store beside the database.

Each thing is a folder of its own, written whole before the thing is deleted; should the run be cut
off in between, the next one writes the same again.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import obstore
from obstore.store import from_url

from aula_platform.files.blobs import BlobStore


class Archive:
    """Archived things by the URL of their place."""

    def __init__(self, url: str) -> None:
        """``url`` is ``file:///folder``, ``memory:///`` or ``s3://bucket/prefix``."""
        options: dict[str, Any] = {"mkdir": True} if urlsplit(url).scheme == "file" else {}
        self._store = from_url(url, **options)

    async def put(self, path: str, document: Any) -> None:
        """Keep a document as JSON, durably; the same path again is the same document."""
        content = msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=2)
        await obstore.put_async(self._store, path, content)

    async def put_file(self, path: str, blobs: BlobStore, file_id: UUID) -> None:
        """Copy a file's bytes; raise `BlobMissing` when they cannot be had."""
        _size, content = await blobs.open(file_id, "")
        await obstore.put_async(self._store, path, content)
