"""Uploads that attack: told by content, kept small, written anew (rule 24, R8)."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from aula_platform.files import kinds
from aula_platform.files.names import clean_name, disposition
from aula_platform.files.problems import BrokenImage, WrongFileType
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def archive(**entries: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def document(**more: bytes) -> bytes:
    return archive(**{"[Content_Types].xml": b"<x/>", "word__document.xml": b"<x/>", **more})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.jpg", SVG),
        ("drawing.svg", SVG),
        ("letter.txt", HTML),
        ("letter.txt", b"\xef\xbb\xbf  " + HTML),
        ("page.html", HTML),
        ("program.exe", b"MZ\x90\x00"),
        ("list.txt", b"text\x00with a mark"),
        ("any.zip", archive(a=b"a")),
        ("macros.docx", document(word__vbaProject__bin=b"x", **{"word__vbaProject.bin": b"x"})),
        ("broken.docx", b"PK\x03\x04 and no more"),
    ],
)
async def test_wrong_content_is_refused_whatever_its_name(
    intake: Any, name: str, content: bytes
) -> None:
    """Nothing that can hold script is taken; the name and the sender's word count for nothing."""
    with pytest.raises(WrongFileType):
        await intake.take(name, content)
    assert intake.blobs() == 0


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("brev.docx", document(), kinds._OFFICE["word/"].media_type),
        ("liste.csv", "navn;år\r\nÅse;7\r\n".encode("cp1252"), "text/plain"),
        ("plan.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("exe.exe", b"%PDF-1.7\n", "application/pdf"),
    ],
)
async def test_documents_are_taken_by_their_content(
    intake: Any, name: str, content: bytes, media_type: str
) -> None:
    """What a file is, its content says."""
    new = await intake.take(name, content)
    assert new.media_type == media_type
    assert Path(new.name).suffix[1:] in kinds.KINDS[media_type].extensions
    assert intake.kept(new) == content


async def test_empty_and_too_large_files_are_refused(site: Any) -> None:
    """Limits are the operator's, counted in bytes that came."""
    empty = await site.upload("anna", "empty.txt", b"")
    large = await site.upload("anna", "large.txt", b"a" * 300_001)
    exact = await site.upload("anna", "exact.txt", b"a" * 300_000)
    wrong = await site.upload("anna", "page.html", HTML)
    assert (empty.status_code, empty.json()["code"]) == (422, "file.empty")
    assert (large.status_code, large.json()["code"]) == (413, "file.too-large")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file.wrong-type")
    assert exact.status_code == 201
    assert site.blobs() == 1


def _bomb() -> bytes:
    """Return a PNG of 20,000 by 20,000 points, which is 50 kB and would be 400 MB."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


async def test_image_that_unpacks_to_too_much_is_refused(intake: Any) -> None:
    """A small file that claims millions of points is not unpacked, and the next one is taken."""
    bomb = _bomb()
    assert len(bomb) < 300_000
    for content in (bomb, b"\xff\xd8\xff\xe0 and no more"):
        with pytest.raises(BrokenImage):
            await intake.take("picture", content)
    assert intake.blobs() == 0


async def test_image_loses_place_time_and_maker(intake: Any, make_picture: Any) -> None:
    """R8: no GPS position leaves with a picture; what EXIF turned is turned in the points."""
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    exif[0x0112] = 6  # Turn a quarter to the right when shown.
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 33.0), 3: "E", 4: (12.0, 34.0, 5.0)})
    original = make_picture(exif=exif, comment=b"SecretComment")
    assert b"SecretMaker" in original
    assert Image.open(BytesIO(original)).getexif().get_ifd(0x8825)
    kept = intake.kept(await intake.take("IMG_1.JPG", original))
    image = Image.open(BytesIO(kept))
    assert image.format == "JPEG"
    assert image.size == (480, 640)
    assert dict(image.getexif()) == {}
    assert b"Secret" not in kept
    # The red half was on the left; turned to the right it is on top.
    assert _is_red(image.getpixel((240, 20)))


def _is_red(point: Any) -> bool:
    return bool(point[0] > 200 and point[2] < 60)


@pytest.mark.parametrize("image_format", ["PNG", "GIF", "WEBP"])
async def test_other_images_lose_their_words_too(
    intake: Any, make_picture: Any, image_format: str
) -> None:
    """R8: words and positions beside the points are gone in every format."""
    options: dict[str, Any] = {"comment": b"SecretComment"}
    if image_format != "GIF":
        exif = Image.Exif()
        exif[0x010E] = "SecretText"
        options = {"exif": exif}
    original = make_picture(image_format, **options)
    assert b"Secret" in original
    kept = intake.kept(await intake.take("picture", original))
    assert b"Secret" not in kept
    assert Image.open(BytesIO(kept)).format == image_format


async def test_smaller_sizes_are_made_and_tell_nothing(site: Any, make_picture: Any) -> None:
    """A phone fetches 400 or 1600 points, not twelve million."""
    exif = Image.Exif()
    exif[0x010E] = "SecretText"
    original = make_picture(size=(2400, 1200), exif=exif)
    sent = (await site.upload("anna", "wide.jpg", original)).json()
    assert sent["has_preview"] is True
    for size, edges in (("preview", (1600, 800)), ("thumbnail", (400, 200))):
        answer = await site.get("anna", f"{sent['href']}/{size}")
        assert answer.headers["content-type"] == "image/webp"
        assert Image.open(BytesIO(answer.content)).size == edges
        assert b"Secret" not in answer.content
    assert (await site.get("anna", f"{sent['href']}/huge")).status_code == 404


async def test_moving_picture_keeps_moving(intake: Any) -> None:
    """An animation is written anew with all its frames."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    kept = Image.open(BytesIO(intake.kept(await intake.take("moves.gif", out.getvalue()))))
    assert getattr(kept, "n_frames", 1) == 3


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\anna\\Blå bog.PDF", "Blå bog.pdf"),
        ("..", "%s.pdf"),
        ("", "%s.pdf"),
        (".hidden", "hidden.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ('a"\r\nSet-Cookie: x=1.pdf', "aSet-Cookie x=1.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("Sommerfest 2026.pdf", "Sommerfest 2026.pdf"),
    ],
)
def test_names_are_made_harmless(given: str, wanted: str) -> None:
    """A name has no path, no hidden marks, no end of line, and the ending of its content."""
    assert clean_name(given, ("pdf",)) == wanted.replace("%s", str(_("file")))


def test_disposition_is_right_in_danish() -> None:
    """RFC 6266: the whole name for who can read it, a plain one for who cannot."""
    header = disposition("Ærø & blå bær.pdf", inline=False)
    assert header == (
        'attachment; filename="AEroe _ blaa baer.pdf"; '
        "filename*=UTF-8''%C3%86r%C3%B8%20%26%20bl%C3%A5%20b%C3%A6r.pdf"
    ).replace("AEroe", "Aeroe")
    assert header.isascii()


async def test_process_that_has_died_is_started_anew(intake: Any, make_picture: Any) -> None:
    """R23: what decodes strangers' images may die alone; the next image is taken."""
    await intake.take("a.jpg", make_picture())
    for process in list(intake.way._images._pool._processes.values()):
        process.kill()
    assert (await intake.take("b.jpg", make_picture())).has_preview
