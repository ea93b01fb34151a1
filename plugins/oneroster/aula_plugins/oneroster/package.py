"""The parcel in which OneRoster files come: a folder or a zip, opened without trusting it.

Nothing is unpacked to disk. A zip is looked at first: paths that climb out of it, links, secrets
and sizes that no municipality reaches are refused before a byte of content is read.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

MAX_ENTRIES = 500
MAX_FILE_BYTES = 1 << 30
MAX_TOTAL_BYTES = 2 << 30
MAX_RATIO = 250
RATIO_MATTERS_FROM = 16 << 20
"""Below this size even a very well compressed file does no harm."""


class PackageRefused(Exception):
    """The parcel cannot be read; ``reason`` is a code, ``entry`` the file it is about."""

    def __init__(self, reason: str, entry: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.entry = entry


class Package(Protocol):
    """A set of files known by their lower-case names."""

    def names(self) -> frozenset[str]:
        """Return the lower-case names of the CSV files at the level where the files lie."""
        ...

    @contextmanager
    def open(self, name: str) -> Iterator[IO[str]]:
        """Open a file as text. Bytes that are not UTF-8 come as lone surrogates, not as errors."""
        ...


def open_package(path: Path) -> Package:
    """Return the parcel at ``path``; raise `PackageRefused` when it cannot or must not be read."""
    if path.is_dir():
        return FolderPackage(path)
    if not path.is_file():
        raise PackageRefused("package.not-found")
    try:
        return ZipPackage(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise PackageRefused("package.not-a-zip") from error


class FolderPackage:
    """Files that lie in a folder, or in the only folder inside it."""

    def __init__(self, folder: Path) -> None:
        home = folder
        inner = [entry for entry in folder.iterdir() if not _is_litter(entry.name)]
        if len(inner) == 1 and inner[0].is_dir() and not inner[0].is_symlink():
            home = inner[0]
        self._files: dict[str, Path] = {}
        for entry in sorted(home.iterdir()):
            if entry.suffix.lower() != ".csv" or _is_litter(entry.name):
                continue
            if entry.is_symlink() or not entry.is_file():
                raise PackageRefused("package.link", entry.name)
            if entry.name.lower() in self._files:
                raise PackageRefused("package.duplicate-file", entry.name)
            self._files[entry.name.lower()] = entry

    def names(self) -> frozenset[str]:
        return frozenset(self._files)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[str]]:
        with self._files[name].open("rb") as raw, _as_text(raw) as text:
            yield text


class ZipPackage:
    """Files in a zip, at its top or together in one folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        _refuse_dangers(entries)
        wanted = [entry for entry in entries if _is_table(entry)]
        homes = {_place(entry).parent for entry in wanted}
        home = min(homes, key=lambda folder: (len(folder.parts), str(folder)), default=None)
        self._entries: dict[str, str] = {}
        for entry in wanted:
            place = _place(entry)
            if place.parent != home:
                continue
            if place.name.lower() in self._entries:
                raise PackageRefused("package.duplicate-file", place.name)
            self._entries[place.name.lower()] = entry.filename

    def names(self) -> frozenset[str]:
        return frozenset(self._entries)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[str]]:
        try:
            with (
                zipfile.ZipFile(self._path) as archive,
                archive.open(self._entries[name]) as raw,
                _as_text(raw) as text,
            ):
                yield text
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise PackageRefused("package.damaged", name) from error


@contextmanager
def _as_text(raw: IO[bytes]) -> Iterator[IO[str]]:
    # newline="" keeps the line ends for the row reader; surrogateescape lets it name the bad row.
    with io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as text:
        yield text


def _refuse_dangers(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise PackageRefused("package.too-many-files")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise PackageRefused("package.too-large")
    for entry in entries:
        place = _place(entry)
        name = place.name[:80]
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


def _is_table(entry: zipfile.ZipInfo) -> bool:
    place = _place(entry)
    if entry.is_dir() or any(_is_litter(part) for part in place.parts):
        return False
    return place.suffix.lower() == ".csv"


def _is_litter(name: str) -> bool:
    """Whether a desktop left the name behind and nobody meant to send it."""
    return name.startswith((".", "__MACOSX")) or name.lower() in {"thumbs.db", "desktop.ini"}
