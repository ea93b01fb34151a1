"""Does what was approved: prepares exports, erases, and lets go of exports whose time is over."""

import asyncio
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
import structlog

from aula_platform.events.failures import describe
from aula_platform.files.tables import file
from aula_platform.privacy.person.erasing import StillBelongs, StillNamed, erase_person
from aula_platform.privacy.person.exporting import PersonManifest, export_person, note_export
from aula_platform.privacy.person.gathering import NotAll, Plugins
from aula_platform.privacy.person.subject import Subject, UnknownPerson, find_subject
from aula_platform.privacy.place import Installation, NotWhole, Place
from aula_platform.privacy.requests.rights import FETCH, may_have
from aula_platform.privacy.retention.held import Frozen
from aula_platform.privacy.tables import State, What, request
from aula_platform.stamdata.tables import profile
from aula_platform.storage import EVERYWHERE, around
from aula_sdk.contributions import Job, PersonalData
from aula_sdk.i18n import use_locale
from aula_sdk.ids import PERSON, new_id
from aula_sdk.protocols import Platform
from aula_sdk.retention import RetentionSubject

KEPT = timedelta(days=14)
"""For how long a prepared export can be fetched."""
EVERY = timedelta(seconds=20)
_AT_ONCE = 5
_NAME = "mine-data.zip"
_log = structlog.get_logger("aula.privacy")


class NotTheirs(Exception):
    """Custody was lost between asking and doing (R1)."""


_NO_FAULT = (UnknownPerson, StillBelongs, NotTheirs, Frozen)
_REFUSALS = (*_NO_FAULT, NotWhole, NotAll, StillNamed)


class RequestWork:
    """The work of one process; a job calls it."""

    def __init__(
        self,
        installation: Installation,
        plugins: Plugins,
        declared: Sequence[PersonalData],
        folder: Path,
        subjects: Mapping[str, RetentionSubject],
    ) -> None:
        """``folder`` is this work's alone: what an interrupted run has left there is removed."""
        self._folder = folder
        self._installation = installation
        self._storage = installation.storage
        self._plugins = plugins
        self._declared = declared
        self._subjects = subjects

    def job(self) -> Job:
        """Return the job that does it again and again."""

        async def work(_platform: Platform) -> None:
            await self.run()

        return Job("privacy.requests", EVERY, work)

    async def run(self) -> int:
        """Do what waits; return how much that was. What fails is marked as such, and logged."""
        await self._let_go()
        await asyncio.to_thread(_empty, self._folder)
        places = {place.id: place for place in await self._installation.places()}
        waits = sa.select(request).where(request.c.state == State.APPROVED)
        async with self._storage.read(EVERYWHERE) as read:
            rows = await read.rows(waits.order_by(request.c.decided_at).limit(_AT_ONCE))
        for row in rows:
            try:
                place = places[row.municipality_id]
                await (self._erase if row.what == What.ERASURE else self._export)(row, place)
            except _REFUSALS as refused:
                # Whoever belongs somewhere is no fault of ours; what is not whole is.
                tell = _log.warning if isinstance(refused, _NO_FAULT) else _log.error
                tell("request failed", request=row.id.hex, why=str(refused))
                await self._fail(row)
            except Exception as error:  # noqa: BLE001  # A plugin's fault holds nobody else up.
                _log.error("request failed", request=row.id.hex, why=describe(error))
                await self._fail(row)
        return len(rows)

    async def _export(self, row: sa.Row[Any], place: Place) -> None:
        subject = await self._find(row, place)
        key = new_id()
        with TemporaryDirectory(dir=self._folder) as folder:
            to = Path(folder) / _NAME
            # A job runs in a context of its own: nobody else's language changes.
            use_locale(row.locale)
            manifest = await export_person(
                self._installation, subject, self._plugins, self._declared, to
            )
            size, content = await asyncio.to_thread(_measure, to)
            await self._installation.blobs.put(key, "", to)
        values = {
            "id": key,
            "municipality_id": place.id,
            "account_id": row.account_id,
            "name": _NAME,
            "media_type": "application/zip",
            "size": size,
            "sha256": content,
            "has_preview": False,
            "action": FETCH,
            "object_id": row.id,
        }
        if not await self._hand_over(row, subject, manifest, values):
            await self._installation.blobs.remove(key)

    async def _hand_over(
        self, row: sa.Row[Any], subject: Subject, manifest: PersonManifest, values: dict[str, Any]
    ) -> bool:
        """Let it be fetched, audited in the same transaction; return False when it is too late."""
        async with self._storage.write(subject.place.wall) as write:
            ready = {"file_id": values["id"], "expires_at": write.now + KEPT, "state": State.READY}
            done = await write.execute(sa.update(request).where(_waits(row)).values(ready))
            if not done.rowcount:
                return False
            await write.execute(sa.insert(file), {**values, "created_at": write.now})
            note_export(write, subject, manifest)
        return True

    async def _erase(self, row: sa.Row[Any], place: Place) -> None:
        subject = await find_subject(self._storage, place, PERSON.format(row.person_id))
        await erase_person(self._installation, subject, self._plugins, self._subjects)

    async def _find(self, row: sa.Row[Any], place: Place) -> Subject:
        """Return whom it is about; raise `NotTheirs` when custody was lost meanwhile."""
        asker = sa.select(profile.c.person_id).where(profile.c.id == row.asker_id)
        async with self._storage.read(place.wall) as read:
            now = sa.literal(read.now, request.c.asked_at.type)
            holds = sa.select(request.c.id).where(request.c.id == row.id, may_have(now))
            if await read.first(holds) is None:
                raise NotTheirs("whoever has asked is neither the person nor has custody any more")
            for_other = await read.scalar(asker) != row.person_id
        who = PERSON.format(row.person_id)
        return await find_subject(self._storage, place, who, for_other=for_other)

    async def _fail(self, row: sa.Row[Any]) -> None:
        async with self._storage.write(around([row.municipality_id])) as write:
            await write.execute(sa.update(request).where(_waits(row)).values(state=State.FAILED))

    async def _let_go(self) -> None:
        """Let nobody fetch an export whose time is over; its file goes with the next tidying."""
        async with self._storage.write(EVERYWHERE) as write:
            over = sa.and_(request.c.state == State.READY, request.c.expires_at <= write.now)
            files = sa.select(request.c.file_id).where(over)
            gone = {"expires_at": write.now, "action": None, "object_id": None}
            await write.execute(sa.update(file).where(file.c.id.in_(files)).values(gone))
            done = {"state": State.DONE, "file_id": None}
            await write.execute(sa.update(request).where(over).values(done))


def _empty(folder: Path) -> None:
    """Let nothing lie there but for the owner: one run at a time has the job's lease."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as source:
        return path.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest()


def _waits(row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that the request is still to be done, by whoever comes first."""
    return sa.and_(request.c.id == row.id, request.c.state == State.APPROVED)
