"""`FileService`: the implementation of `aula_sdk.protocols.Files`, and what the routes ask."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.files.blobs import BlobStore
from aula_platform.files.intake import Intake, NewFile
from aula_platform.files.problems import NotYours, TooManyFiles
from aula_platform.files.tables import file
from aula_platform.settings import FileSettings
from aula_sdk.errors import NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Actor
from aula_sdk.protocols import Permissions, ReadUnit, StoredFile, WriteUnit

_ = gettext_for("aula")

UNATTACHED = timedelta(hours=24)
"""How long an uploaded file waits to be attached."""
MOST_WAITING = 100
"""How many files may wait for one account, so that nobody fills the store by uploading alone."""

_STORED = (file.c.id, file.c.name, file.c.media_type, file.c.size, file.c.has_preview)


class FetchedFile(msgspec.Struct, frozen=True):
    """A file that the actor may fetch at this moment."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    has_preview: bool


class FileService:
    """Uploaded files: their uploader's until attached, then whose object it is (rule 24)."""

    def __init__(
        self, url: str, permissions: Permissions, settings: FileSettings | None = None
    ) -> None:
        """``url`` is where blobs are kept (`BlobStore`)."""
        self.blobs = BlobStore(url)
        self.settings = settings or FileSettings()
        self.intake = Intake(self.blobs, self.settings.max_bytes)
        self._permissions = permissions

    def close(self) -> None:
        """End what was started beside this process."""
        self.intake.close()

    async def register(
        self, write: WriteUnit, actor: Actor, new: NewFile, municipality_id: UUID
    ) -> StoredFile:
        """Write the row of a file that was taken in; it waits a day for being attached.

        Raises `TooManyFiles` when too many of the account's files wait already.
        """
        waiting = sa.select(sa.func.count()).where(*_waits_for(actor, write))
        if await write.scalar(waiting) >= MOST_WAITING:
            raise TooManyFiles(_("Send what you have attached first."))
        await write.execute(
            sa.insert(file),
            {
                **msgspec.structs.asdict(new),
                "municipality_id": municipality_id,
                "account_id": actor.account_id,
                "created_at": write.now,
                "expires_at": write.now + UNATTACHED,
            },
        )
        return StoredFile(new.id, new.name, new.media_type, new.size, new.has_preview)

    async def store(
        self,
        write: WriteUnit,
        actor: Actor,
        *,
        name: str,
        media_type: str,
        content: bytes,
        municipality_id: UUID,
    ) -> UUID:
        """Keep a file that came with a form or was made by code, as if it had been uploaded.

        It is looked at like any other: ``media_type`` is not believed. To be called before the
        unit's first statement, so that no transaction waits for the blob store.
        """
        del media_type
        new = await self.intake.take(name, BytesIO(content))
        return (await self.register(write, actor, new, municipality_id)).id

    async def attach(
        self,
        write: WriteUnit,
        actor: Actor,
        files: Sequence[UUID],
        *,
        action: str,
        object_id: UUID,
        part_id: UUID | None = None,
        municipality_id: UUID,
    ) -> None:
        """Give the actor's own unattached files to an object; raise `NotYours` if one is not so."""
        wanted = set(files)
        if not wanted:
            return
        attached = await write.execute(
            sa.update(file)
            .where(file.c.id.in_(wanted), *_waits_for(actor, write))
            .values(
                expires_at=None,
                action=action,
                object_id=object_id,
                part_id=part_id,
                municipality_id=municipality_id,
            )
        )
        if attached.rowcount != len(wanted):
            raise NotYours

    async def attached(
        self, unit: ReadUnit, object_id: UUID, parts: Sequence[UUID] | None = None
    ) -> Mapping[UUID, Sequence[StoredFile]]:
        """Return the files of an object by part, in the order of their upload."""
        statement = sa.select(file.c.part_id, *_STORED).where(file.c.object_id == object_id)
        if parts is not None:
            statement = statement.where(file.c.part_id.in_(parts))
        found: defaultdict[UUID, list[StoredFile]] = defaultdict(list)
        for row in await unit.rows(statement.order_by(file.c.id)):
            found[row.part_id or object_id].append(
                StoredFile(row.id, row.name, row.media_type, row.size, row.has_preview)
            )
        return dict(found)

    async def detach(self, write: WriteUnit, object_id: UUID, part_id: UUID | None = None) -> int:
        """Let go of the files of an object or part: nobody can fetch them from now on."""
        mine = [file.c.object_id == object_id]
        if part_id is not None:
            mine.append(file.c.part_id == part_id)
        gone = await write.execute(
            sa.update(file)
            .where(*mine)
            .values(expires_at=write.now, action=None, object_id=None, part_id=None)
        )
        return gone.rowcount

    async def waiting(
        self, unit: ReadUnit, actor: Actor, files: Sequence[UUID]
    ) -> Sequence[StoredFile]:
        """Return those of these files that the actor has uploaded and not attached yet."""
        statement = sa.select(*_STORED).where(file.c.id.in_(files), *_waits_for(actor, unit))
        return await unit.structs(StoredFile, statement.order_by(file.c.id))

    async def fetch(self, read: ReadUnit, actor: Actor, file_id: UUID) -> FetchedFile:
        """Return the file if the actor may have it now; to everybody else there is none.

        Raises `NotFound` for a stranger, an unknown id and a file that was let go alike, and
        `StepUpRequired` where a fresh second factor is all that is missing.
        """
        reached = file.c.municipality_id.in_(actor.municipalities)
        row = await read.first(sa.select(file).where(file.c.id == file_id, reached))
        if row is None:
            raise NotFound
        if row.object_id is None:
            if row.account_id != actor.account_id or row.expires_at <= read.now:
                raise NotFound
        else:
            about = row.part_id or row.object_id
            await self._permissions.require(read, actor, row.action, about, sees=row.action)
            read.looked(
                row.action,
                municipality_id=row.municipality_id,
                object_id=about,
                details={"file": row.id.hex},
            )
        return FetchedFile(row.id, row.name, row.media_type, row.size, row.sha256, row.has_preview)


def _waits_for(actor: Actor, unit: ReadUnit) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        file.c.account_id == actor.account_id,
        file.c.object_id.is_(None),
        file.c.expires_at > unit.now,
    )
