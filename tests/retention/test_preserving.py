"""DEL-R3: formal documents are in the archive, whole, before they are deleted; talk is not."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from aula_platform.files.blobs import BlobStore
from aula_platform.privacy.retention.archive import Archive
from aula_sdk.ids import GROUP
from aula_sdk.retention import RunState
from tests.retention.keeping import Keeping
from tests.together.one_life import PDF


async def _tell_parents(keeping: Keeping) -> str:
    """Let the teacher tell the parents something, with a file; return the post's id."""
    do, teacher = keeping.life.do, keeping.people.teacher
    upload = {"file": ("referat.pdf", PDF, "application/pdf")}
    file = (await do(teacher, "POST", "/files", files=upload))["id"]
    guardians = f"{GROUP.format(keeping.people.groups['3.A'])}:guardian"
    body = {
        "title": "Referat", "html": "<p>Mødet i marts</p>", "audience": [guardians],
        "attachments": [file],
    }  # fmt: skip
    return str((await do(teacher, "POST", "/posts", json=body))["post"])


async def test_what_the_school_told_parents_is_archived_first(keeping: Keeping) -> None:
    """Words, writer, groups and files; the post to pupils and its comments are no document."""
    post = await _tell_parents(keeping)
    await keeping.age()
    found = await keeping.deleted()
    counts = (await keeping.counts(found))["posts.posts"]
    assert (counts["deleted"], counts["preserved"]) == (2, 1)
    folder = keeping.archive_folder / "north" / found.hex / "posts.posts"
    (there,) = list(folder.iterdir())
    assert there.name == post.removeprefix("pst_")
    document = json.loads((there / "document.json").read_text("utf-8"))
    (row,) = document["rows"]["posts_post"]
    assert (row["title"], row["html"]) == ("Referat", "<p>Mødet i marts</p>")
    assert row["author_name"] == keeping.people.teacher.name
    assert [one["group_name"] for one in document["rows"]["posts_audience"]] == ["3.A"]
    (file,) = document["files"]
    assert file["name"] == "referat.pdf"
    assert (there / file["path"]).read_bytes() == PDF
    assert [one.name for one in keeping.archive_folder.iterdir()] == ["north"]


@pytest.mark.expects_fault(r"retention failed", reason="the archive is away")
async def test_what_cannot_be_archived_is_not_deleted(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the archive does not answer, formal documents stay and the rest goes."""
    await _tell_parents(keeping)
    await keeping.age()

    async def refuse(_self: Archive, _path: str, _document: Any) -> None:
        raise OSError("no such bucket")

    monkeypatch.setattr(Archive, "put", refuse)
    found = await keeping.announced()
    await keeping.work.run()
    assert await keeping.state(found) == RunState.DONE
    counts = (await keeping.counts(found))["posts.posts"]
    assert (counts["deleted"], counts["failed"]) == (1, 1)
    assert len(await keeping.ids("posts_post")) == 1


@pytest.mark.expects_fault(r"retention failed", reason="a file's bytes are away")
async def test_what_has_lost_a_file_is_not_deleted(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy without its file is none: the document stays, and is due again."""
    post = UUID((await _tell_parents(keeping)).removeprefix("pst_"))
    await keeping.age()
    found = await keeping.announced()
    blobs = keeping.desk.blobs
    original = BlobStore.open

    async def without(self: BlobStore, file_id: UUID, *more: Any) -> Any:
        await blobs.remove(file_id)
        return await original(self, file_id, *more)

    monkeypatch.setattr(BlobStore, "open", without)
    await keeping.work.run()
    counts = (await keeping.counts(found))["posts.posts"]
    assert (counts["deleted"], counts["failed"], counts["preserved"]) == (1, 1, 0)
    assert await keeping.ids("posts_post") == [post]
    assert not list(keeping.archive_folder.rglob("document.json"))


async def test_what_stays_is_not_archived(keeping: Keeping) -> None:
    """What is frozen meanwhile, or kept longer, has no copy in the archive."""
    post = await _tell_parents(keeping)
    await keeping.age()
    found = await keeping.announced()
    await keeping.decide(keeping.retention.freeze, keeping.north, post, "Sag 17", None)
    await keeping.work.run()
    counts = (await keeping.counts(found))["posts.posts"]
    assert (counts["deleted"], counts["spared"], counts["preserved"]) == (1, 1, 0)
    assert not list(keeping.archive_folder.rglob("document.json"))
