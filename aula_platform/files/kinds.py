"""What kinds of files are taken, told by their content; the sender's word counts for nothing."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

_HEAD = 4096
_MOST_ENTRIES = 20_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken."""

    media_type: str
    extensions: tuple[str, ...]
    image: str = ""
    """Pillow's name of the format; such files are written anew without what they tell beside."""
    inline: bool = False
    """Whether a browser may show it on our own address: never what can hold script."""


JPEG = FileKind("image/jpeg", ("jpg", "jpeg"), image="JPEG", inline=True)
PNG = FileKind("image/png", ("png",), image="PNG", inline=True)
GIF = FileKind("image/gif", ("gif",), image="GIF", inline=True)
WEBP = FileKind("image/webp", ("webp",), image="WEBP", inline=True)
PDF = FileKind("application/pdf", ("pdf",))
MP3 = FileKind("audio/mpeg", ("mp3",), inline=True)
WAV = FileKind("audio/wav", ("wav",), inline=True)
M4A = FileKind("audio/mp4", ("m4a",), inline=True)
MP4 = FileKind("video/mp4", ("mp4", "m4v"), inline=True)
MOV = FileKind("video/quicktime", ("mov",), inline=True)
WEBM = FileKind("video/webm", ("webm",), inline=True)
TEXT = FileKind("text/plain", ("txt", "md", "csv"))

_MICROSOFT = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_OFFICE = {
    "word/": FileKind(f"{_MICROSOFT}wordprocessingml.document", ("docx",)),
    "xl/": FileKind(f"{_MICROSOFT}spreadsheetml.sheet", ("xlsx",)),
    "ppt/": FileKind(f"{_MICROSOFT}presentationml.presentation", ("pptx",)),
}
_OPEN_DOCUMENTS = {
    kind.media_type: kind
    for kind in (
        FileKind(f"{_ODF}text", ("odt",)),
        FileKind(f"{_ODF}spreadsheet", ("ods",)),
        FileKind(f"{_ODF}presentation", ("odp",)),
    )
}
_OLD_OFFICE = {
    "doc": FileKind("application/msword", ("doc",)),
    "xls": FileKind("application/vnd.ms-excel", ("xls",)),
    "ppt": FileKind("application/vnd.ms-powerpoint", ("ppt",)),
}
_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf2", MP3),
)

KINDS: dict[str, FileKind] = {
    kind.media_type: kind
    for kind in (
        *(JPEG, PNG, GIF, WEBP, PDF, MP3, WAV, M4A, MP4, MOV, WEBM, TEXT),
        *_OFFICE.values(),
        *_OPEN_DOCUMENTS.values(),
        *_OLD_OFFICE.values(),
    )
}
"""Every kind by its media type."""


def recognise(path: Path, name: str) -> FileKind | None:
    """Return the kind of what lies at ``path``; None when it is not one that is taken.

    The name only tells kinds apart that look the same inside: text, and old office documents.
    """
    with path.open("rb") as source:
        head = source.read(_HEAD)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    extension = name.rpartition(".")[2].lower()
    if head.startswith(b"PK\x03\x04"):
        return _recognise_archive(path)
    if head.startswith(_OLE):
        return _OLD_OFFICE.get(extension)
    return _recognise_media(head) or (
        _recognise_text(path) if extension in TEXT.extensions else None
    )


def _recognise_media(head: bytes) -> FileKind | None:
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand.startswith(b"M4A"):
            return M4A
        if brand == b"qt  ":
            return MOV
        return MP4 if brand[:3] in {b"iso", b"mp4", b"avc", b"M4V", b"3gp"} else None
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    return None


def _recognise_archive(path: Path) -> FileKind | None:
    """Tell documents by what they hold; an archive that is none, or holds macros, is not taken."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) > _MOST_ENTRIES or any("vbaproject" in name.lower() for name in names):
                return None
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    return _OPEN_DOCUMENTS.get(entry.read(100).decode("ascii", "replace"))
            if "[Content_Types].xml" not in names:
                return None
            found = (_OFFICE[start] for start in _OFFICE if any(n.startswith(start) for n in names))
            return next(found, None)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None


def _recognise_text(path: Path) -> FileKind | None:
    """Take what has no control marks and does not begin like a page or a drawing."""
    content = path.read_bytes()
    beginning = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if beginning.startswith(b"<"):
        return None
    has_controls = any(mark in content for mark in (*range(9), *range(14, 27), *range(28, 32)))
    return None if has_controls else TEXT
