"""The parcel in which stamdata comes: a file, a folder or a zip, opened without trusting it.

Nothing is unpacked to disk. A zip is looked at first: paths that climb out of it, links, secrets
and sizes that no municipality reaches are refused before a byte of content is read.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

MAX_ENTRIES = 2_000
MAX_FILE_BYTES = 1 << 30
MAX_TOTAL_BYTES = 2 << 30
MAX_RATIO = 250
RATIO_MATTERS_FROM = 16 << 20
"""Below this size even a very well compressed file does no harm."""
_SHOWN_NAME = 80


class PackageRefused(Exception):
    """The parcel cannot be read; ``reason`` is a code, ``entry`` the file it is about.

    Codes: ``package.`` and one of not-found, not-a-zip, damaged, unsafe-path, link, encrypted,
    too-many-files, too-large, duplicate-file.
    """

    def __init__(self, reason: str, entry: str = "") -> None:
        """Keep both; neither may hold what stands in the file."""
        super().__init__(reason)
        self.reason = reason
        self.entry = entry


class Package(Protocol):
    """A set of files known by their lower-case names."""

    def names(self) -> frozenset[str]:
        """Return the lower-case names of the files of the format, where they lie together."""
        ...

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file; raise `PackageRefused` when it turns out to be damaged."""
        ...


def open_package(path: Path, suffix: str, *, single: bool = False) -> Package:
    """Return the parcel of files with this suffix (``.csv``) at ``path``.

    ``single`` says that one such file is a parcel too. Raises `PackageRefused` when it cannot or
    must not be read.
    """
    if path.is_dir():
        return FolderPackage(path, suffix)
    if not path.is_file():
        raise PackageRefused("package.not-found")
    if single and path.suffix.lower() == suffix:
        return FolderPackage(path.parent, suffix, only=path.name)
    try:
        return ZipPackage(path, suffix)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise PackageRefused("package.not-a-zip") from error


class FolderPackage:
    """Files that lie in a folder, or in the only folder inside it."""

    def __init__(self, folder: Path, suffix: str, *, only: str = "") -> None:
        """Look at what lies there; ``only`` is the name of the one file that is meant."""
        self._files: dict[str, Path] = {}
        for entry in [folder / only] if only else sorted(_home_in(folder).iterdir()):
            if entry.suffix.lower() != suffix or _is_litter(entry.name):
                continue
            name = entry.name[:_SHOWN_NAME]
            if entry.is_symlink() or not entry.is_file():
                raise PackageRefused("package.link", name)
            if entry.stat().st_size > MAX_FILE_BYTES:
                raise PackageRefused("package.too-large", name)
            if entry.name.lower() in self._files:
                raise PackageRefused("package.duplicate-file", name)
            self._files[entry.name.lower()] = entry
        if len(self._files) > MAX_ENTRIES:
            raise PackageRefused("package.too-many-files")

    def names(self) -> frozenset[str]:
        """Return the names of the files."""
        return frozenset(self._files)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one of them."""
        with self._files[name].open("rb") as raw:
            yield raw


class ZipPackage:
    """Files in a zip, at its top or together in one folder."""

    def __init__(self, path: Path, suffix: str) -> None:
        """Look at what the zip says it holds."""
        self._path = path
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        _refuse_dangers(entries)
        wanted = [entry for entry in entries if _is_wanted(entry, suffix)]
        homes = {_place(entry).parent for entry in wanted}
        home = min(homes, key=lambda folder: (len(folder.parts), str(folder)), default=None)
        self._entries: dict[str, str] = {}
        for entry in wanted:
            place = _place(entry)
            if place.parent != home:
                continue
            if place.name.lower() in self._entries:
                raise PackageRefused("package.duplicate-file", place.name[:_SHOWN_NAME])
            self._entries[place.name.lower()] = entry.filename

    def names(self) -> frozenset[str]:
        """Return the names of the files."""
        return frozenset(self._entries)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one of them; no more is read than the zip said it holds."""
        try:
            with (
                zipfile.ZipFile(self._path) as archive,
                archive.open(self._entries[name]) as raw,
            ):
                yield raw
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise PackageRefused("package.damaged", name[:_SHOWN_NAME]) from error


def _home_in(folder: Path) -> Path:
    inner = [entry for entry in folder.iterdir() if not _is_litter(entry.name)]
    is_wrapped = len(inner) == 1 and inner[0].is_dir() and not inner[0].is_symlink()
    return inner[0] if is_wrapped else folder


def _refuse_dangers(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise PackageRefused("package.too-many-files")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise PackageRefused("package.too-large")
    for entry in entries:
        place = _place(entry)
        name = place.name[:_SHOWN_NAME]
        if place.is_absolute() or ".." in place.parts or ":" in entry.filename:
            raise PackageRefused("package.unsafe-path", name)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise PackageRefused("package.link", name)
        if entry.flag_bits & 0x1:
            raise PackageRefused("package.encrypted", name)
        if entry.file_size > MAX_FILE_BYTES:
            raise PackageRefused("package.too-large", name)
        bulky = entry.file_size > RATIO_MATTERS_FROM
        if bulky and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise PackageRefused("package.too-large", name)


def _place(entry: zipfile.ZipInfo) -> PurePosixPath:
    # Some packers on Windows write backslashes, against the rules of the format.
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _is_wanted(entry: zipfile.ZipInfo, suffix: str) -> bool:
    place = _place(entry)
    if entry.is_dir() or any(_is_litter(part) for part in place.parts):
        return False
    return place.suffix.lower() == suffix


def _is_litter(name: str) -> bool:
    """Whether a desktop left the name behind and nobody meant to send it."""
    return name.startswith((".", "__MACOSX")) or name.lower() in {"thumbs.db", "desktop.ini"}
