"""Files that nobody wants go away; a crash leaves nothing for ever (R23)."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.files.housekeeping import (
    collect_orphans,
    make_jobs,
    remove_expired_files,
)
from aula_platform.files.tables import file
from aula_sdk import ids
from aula_sdk.ids import new_id

PDF = b"%PDF-1.7\n0123456789"


async def test_expired_and_detached_files_go_attached_ones_stay(site: Any) -> None:
    """An upload waits a day; what was let go is removed by the next run; the rest is kept."""
    sent = [(await site.upload("anna", f"{n}.pdf", PDF)).json() for n in range(3)]
    kept, gone = await site.make_thing("anna"), await site.make_thing("anna")
    await site.attach("anna", sent[0]["id"], kept)
    await site.attach("anna", sent[1]["id"], gone)
    assert await remove_expired_files(site, site.files.blobs) == 0
    async with site.write() as write:
        await site.files.detach(write, gone)
        waiting = sa.update(file).where(file.c.id == ids.FILE.parse(sent[2]["id"]))
        await write.execute(waiting.values(expires_at=write.now - timedelta(seconds=1)))
    assert await remove_expired_files(site, site.files.blobs) == 2
    assert await remove_expired_files(site, site.files.blobs) == 0
    assert site.blobs() == 1
    assert (await site.get("anna", sent[0]["href"])).content == PDF


async def test_crash_between_blob_and_row_leaves_an_orphan_that_is_collected(
    site: Any, make_picture: Any
) -> None:
    """R23: blobs without a row go after a day; those that may still get one, and others, stay."""
    sent = (await site.upload("anna", "a.pdf", PDF)).json()
    await site.files.intake.take("b.jpg", BytesIO(make_picture()))
    assert site.blobs() == 4
    assert await collect_orphans(site, site.files.blobs) == 0
    _make_older(site.folder)
    assert await collect_orphans(site, site.files.blobs) == 1
    assert site.blobs() == 1
    assert (await site.get("anna", sent["href"])).content == PDF


def _make_older(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            then = path.stat().st_mtime - 2 * 86_400
            os.utime(path, (then, then))


async def test_crash_between_row_and_blob_is_finished_later(site: Any) -> None:
    """R23: a row that went without its blob leaves an orphan only, which goes too."""
    await site.upload("anna", "a.pdf", PDF)
    async with site.write() as write:
        await write.execute(sa.delete(file))
    _make_older(site.folder)
    collect = make_jobs(site.files.blobs)[1]
    await collect.run(site)
    assert site.blobs() == 0


async def test_removing_twice_is_removing(site: Any) -> None:
    """Deletes can be repeated."""
    await site.files.blobs.remove(new_id())
    await site.files.blobs.remove(new_id())


@pytest.mark.expects_fault(r"blob_missing", reason="the blob is gone")
async def test_row_without_blob_is_not_found(site: Any) -> None:
    """A blob that an operator lost is a 404, not half an answer."""
    sent = (await site.upload("anna", "a.pdf", PDF)).json()
    await site.files.blobs.remove(ids.FILE.parse(sent["id"]))
    assert (await site.get("anna", sent["href"])).status_code == 404


async def test_write_that_rolls_back_attaches_nothing(site: Any) -> None:
    """A failed send leaves the files where they were: waiting, the uploader's own."""
    sent = (await site.upload("anna", "a.pdf", PDF)).json()
    with pytest.raises(ZeroDivisionError):
        await _attach_and_fail(site, sent["id"])
    async with site.read() as read:
        waiting = await site.files.waiting(read, site.actors["anna"], [ids.FILE.parse(sent["id"])])
    assert [stored.name for stored in waiting] == ["a.pdf"]


async def _attach_and_fail(site: Any, file_id: str) -> None:
    actor = site.actors["anna"]
    async with site.write(actor) as write:
        await site.files.attach(
            write,
            actor,
            [ids.FILE.parse(file_id)],
            action="probe.see",
            object_id=new_id(),
            municipality_id=site.municipality,
        )
        raise ZeroDivisionError
