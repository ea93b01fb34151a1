"""Takes a file in: looks at its content, writes images anew, and keeps it as blobs.

All of this happens outside of transactions, in threads and another process.
"""

import asyncio
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from uuid import UUID

import msgspec

from aula_platform.files.blobs import BlobStore
from aula_platform.files.image_process import ImageProcess
from aula_platform.files.images import Unreadable
from aula_platform.files.kinds import FileKind, recognise
from aula_platform.files.names import clean_name
from aula_platform.files.problems import BrokenImage, EmptyFile, FileTooLarge, WrongFileType
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id

_ = gettext_for("aula")
_MEGABYTE = 1024 * 1024


class NewFile(msgspec.Struct, frozen=True):
    """A file whose bytes are kept, and whose row is still to be written."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    has_preview: bool


class Intake:
    """The way into the blob store."""

    def __init__(self, blobs: BlobStore, max_bytes: int) -> None:
        self._blobs = blobs
        self._max_bytes = max_bytes
        self._images = ImageProcess()

    def close(self) -> None:
        """End what was started beside this process."""
        self._images.close()

    async def take(self, name: str, source: IO[bytes]) -> NewFile:
        """Keep what ``source`` holds, and return what is to be written about it.

        Raises `EmptyFile`, `FileTooLarge`, `WrongFileType` or `BrokenImage`; then nothing is kept.
        """
        with TemporaryDirectory(prefix="aula-upload-") as folder:
            given = Path(folder) / "given"
            size = await asyncio.to_thread(_copy, source, given, self._max_bytes)
            if size > self._max_bytes:
                limit = _("At most %(size)s MB are taken.") % {"size": self._max_bytes // _MEGABYTE}
                raise FileTooLarge(limit)
            if size == 0:
                raise EmptyFile
            kind = await asyncio.to_thread(recognise, given, name)
            if kind is None:
                raise WrongFileType(
                    _("Pictures (JPEG, PNG, GIF, WebP), PDF, documents, sound, film and text can.")
                )
            return await self._keep(clean_name(name, kind.extensions), kind, given)

    async def _keep(self, name: str, kind: FileKind, given: Path) -> NewFile:
        file_id = new_id()
        content = await self._rewrite(file_id, kind, given) if kind.image else given
        size, digest = await asyncio.to_thread(_measure, content)
        await self._blobs.put(file_id, "", content)
        return NewFile(file_id, name, kind.media_type, size, digest, has_preview=bool(kind.image))

    async def _rewrite(self, file_id: UUID, kind: FileKind, given: Path) -> Path:
        clean, preview, thumbnail = (
            given.with_name(part) for part in ("clean", "preview", "thumbnail")
        )
        try:
            await self._images.rewrite(given, kind.image, clean, preview, thumbnail)
        except Unreadable:
            raise BrokenImage(
                _("It is damaged or very large. Save it anew, smaller, and try again.")
            ) from None
        await self._blobs.put(file_id, "preview", preview)
        await self._blobs.put(file_id, "thumbnail", thumbnail)
        return clean


def _copy(source: IO[bytes], target: Path, most: int) -> int:
    """Copy, but no further than one byte above ``most``; return how many bytes there are."""
    with target.open("wb") as output:
        left = most + 1
        while left > 0 and (chunk := source.read(min(left, _MEGABYTE))):
            output.write(chunk)
            left -= len(chunk)
    return most + 1 - left


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return path.stat().st_size, digest
