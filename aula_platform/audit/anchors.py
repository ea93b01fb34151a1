"""The heads of the chains, kept outside of the database.

Whoever can rewrite the whole database can make a new chain that fits. So now and then the newest
link is put where the database's owner does not get: a folder that is carried elsewhere, or a bucket
with a lock on its objects. Each anchor is a new object; none is ever written over.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import from_url


class Anchor(msgspec.Struct, frozen=True):
    """What a chain's link was at some moment: nothing of any person."""

    municipality_id: UUID
    month: str
    number: int
    hash: bytes

    @property
    def path(self) -> str:
        """Where it is kept: sorted by municipality, month and place in the chain."""
        return f"{self.municipality_id.hex}/{self.month}/{self.number:012}.json"


class AnchorStore:
    """Anchors by the URL of their place."""

    def __init__(self, url: str) -> None:
        """``url`` is ``file:///folder``, ``memory:///`` or ``s3://bucket/prefix``."""
        options: dict[str, Any] = {"mkdir": True} if urlsplit(url).scheme == "file" else {}
        self._store = from_url(url, **options)

    async def put(self, anchor: Anchor) -> None:
        """Keep the anchor; one that is there already stays as it is."""
        try:
            await obstore.put_async(
                self._store, anchor.path, msgspec.json.encode(anchor), mode="create"
            )
        except AlreadyExistsError:
            return

    async def of(self, municipality_id: UUID) -> AsyncIterator[Anchor]:
        """Yield a municipality's anchors; raises `msgspec.DecodeError` for one that is damaged."""
        async for batch in obstore.list(self._store, prefix=f"{municipality_id.hex}/"):
            for meta in batch:
                found = await obstore.get_async(self._store, meta["path"])
                content = bytes(await found.bytes_async())
                yield msgspec.json.decode(content, type=Anchor)
