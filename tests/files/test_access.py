"""Who may fetch a file: its uploader until it is attached, then whoever may see the object."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.files.problems import NotYours, TooManyFiles
from aula_platform.files.tables import file
from aula_sdk import ids
from aula_sdk.ids import new_id

PDF = b"%PDF-1.7\n0123456789"


async def upload(site: Any, who: str = "anna", content: bytes = PDF) -> Any:
    answer = await site.upload(who, "Blå bog.pdf", content)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_nobody_and_strangers_learn_nothing(site: Any) -> None:
    """Rule 23: nobody gets 401, a stranger 404, as for a file that there is not."""
    sent = await upload(site)
    unknown = f"/files/{ids.FILE.format(new_id())}"
    assert (await site.get("", sent["href"])).status_code == 401
    assert (await site.get("", unknown)).status_code == 401
    for href in (sent["href"], f"{sent['href']}/preview", unknown):
        assert (await site.get("bo", href)).status_code == 404
    stranger = (await site.get("bo", sent["href"])).json()
    missing = (await site.get("bo", unknown)).json()
    assert {**stranger, "instance": ""} == {**missing, "instance": ""}
    assert (await site.get("anna", "/files/thr_1")).status_code == 400


async def test_attached_file_is_for_whoever_may_see_the_object(site: Any) -> None:
    """Rule 24, R7: asked anew each time; who loses the object loses the file at once."""
    sent = await upload(site)
    thing = await site.make_thing("bo")
    await site.attach("anna", sent["id"], thing)
    assert (await site.get("bo", sent["href"])).content == PDF
    # She has given it away to a thing that she may not see.
    assert (await site.get("anna", sent["href"])).status_code == 404
    async with site.write() as write:
        await write.execute(sa.text("DELETE FROM probe_thing"))
    assert (await site.get("bo", sent["href"])).status_code == 404


async def test_only_one_s_own_waiting_files_can_be_attached(site: Any) -> None:
    """Nobody attaches somebody else's file, the same one twice, or one that has expired."""
    sent, thing = await upload(site), await site.make_thing("bo")
    with pytest.raises(NotYours):
        await site.attach("bo", sent["id"], thing)
    await site.attach("anna", sent["id"], thing)
    with pytest.raises(NotYours):
        await site.attach("anna", sent["id"], thing)
    late = await upload(site)
    async with site.write() as write:
        old = sa.update(file).where(file.c.object_id.is_(None))
        await write.execute(old.values(expires_at=write.now))
    with pytest.raises(NotYours):
        await site.attach("anna", late["id"], thing)
    assert (await site.get("anna", late["href"])).status_code == 404


async def test_files_are_told_by_part_and_let_go_by_part(site: Any) -> None:
    """A message's files are the message's; withdrawing it takes them away, and only them."""
    thing, part = await site.make_thing("anna"), new_id()
    whole, piece = await upload(site), await upload(site)
    await site.attach("anna", whole["id"], thing)
    await site.attach("anna", piece["id"], thing, part_id=part)
    async with site.read() as read:
        found = await site.files.attached(read, thing)
        one = await site.files.attached(read, thing, [part])
    assert {key: [ids.FILE.format(f.id) for f in value] for key, value in found.items()} == {
        thing: [whole["id"]],
        part: [piece["id"]],
    }
    assert list(one) == [part]
    async with site.write() as write:
        assert await site.files.detach(write, thing, part) == 1
    assert (await site.get("anna", piece["href"])).status_code == 404
    assert (await site.get("anna", whole["href"])).status_code == 200


async def test_waiting_files_are_limited(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the store by uploading without end."""
    monkeypatch.setattr("aula_platform.files.service.MOST_WAITING", 2)
    first = await upload(site)
    await upload(site)
    refused = await site.upload("anna", "c.pdf", PDF)
    assert (refused.status_code, refused.json()["code"]) == (422, TooManyFiles.code)
    await site.attach("anna", first["id"], await site.make_thing("anna"))
    await upload(site)


async def test_same_key_is_the_same_file(site: Any) -> None:
    """Rule 15: a repeated request makes nothing new."""
    first = await site.upload("anna", "a.pdf", PDF, **{"Idempotency-Key": "k1"})
    again = await site.upload("anna", "a.pdf", PDF, **{"Idempotency-Key": "k1"})
    other = await site.upload("bo", "a.pdf", PDF, **{"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert other.json()["id"] != first.json()["id"]
    assert site.blobs() == 2


async def test_answer_cannot_act_as_a_page(site: Any, make_picture: Any) -> None:
    """A file is never a page of ours: no sniffing, no script, documents as downloads."""
    document = await site.get("anna", (await upload(site))["href"])
    assert document.headers["content-disposition"].startswith('attachment; filename="Blaa bog.pdf"')
    assert document.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in document.headers["content-security-policy"]
    sent = (await site.upload("anna", "a.jpg", make_picture())).json()
    picture = await site.get("anna", sent["href"])
    assert picture.headers["content-disposition"].startswith("inline")
    assert picture.headers["content-type"] == "image/jpeg"


async def test_browser_keeps_a_copy_but_asks_each_time(site: Any) -> None:
    """R7: a copy is used only after the server has said that one still may."""
    sent = await upload(site)
    first = await site.get("anna", sent["href"])
    assert first.headers["cache-control"] == "private, no-cache"
    etag = first.headers["etag"]
    again = await site.get("anna", sent["href"], if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert (await site.get("bo", sent["href"], if_none_match=etag)).status_code == 404


RANGES: tuple[tuple[str, int, bytes, str | None], ...] = (
    ("bytes=0-4", 206, b"%PDF-", "bytes 0-4/19"),
    ("bytes=15-", 206, b"6789", "bytes 15-18/19"),
    ("bytes=-3", 206, b"789", "bytes 16-18/19"),
    ("bytes=15-900", 206, b"6789", "bytes 15-18/19"),
    ("bytes=19-", 416, b"", "bytes */19"),
    ("bytes=-0", 416, b"", "bytes */19"),
    ("bytes=0-1,4-5", 200, PDF, None),
    ("bytes=9-1", 200, PDF, None),
    ("lines=1-2", 200, PDF, None),
)


async def test_ranges(site: Any) -> None:
    """RFC 9110: films can be wound; what is no single range is answered by the whole."""
    href = (await upload(site))["href"]
    for asked, status, content, told in RANGES:
        answer = await site.get("anna", href, range=asked)
        assert (answer.status_code, answer.content) == (status, content), asked
        assert answer.headers.get("content-range") == told
    stale = await site.get("anna", href, range="bytes=0-4", if_range='"other"')
    assert (stale.status_code, stale.content) == (200, PDF)


async def test_head_tells_what_get_would(site: Any) -> None:
    """HEAD has GET's headers and no body, and asks the same question."""
    sent = await upload(site)
    answer = await site.client.head(sent["href"], headers={"x-actor": "anna"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["content-type"].startswith("application/pdf")
    assert (await site.client.head(sent["href"], headers={"x-actor": "bo"})).status_code == 404
