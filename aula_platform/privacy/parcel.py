"""A parcel: files written one after the other into a folder or a ZIP archive, each with its sum.

Nothing has the name that was asked for until all of it is there, and nobody but its owner may
read it.
"""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

SUMS = "SHA256SUMS"


class Occupied(Exception):
    """There is something under the wanted name already."""


class Sealed:
    """One file of the parcel; its sum is known when it has been written."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add to the file."""
        self._target.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """The sum of what has been written."""
        return self._hash.hexdigest()


class _Packing(Protocol):
    """How files get into the parcel."""

    def open(self, name: str) -> Any:
        """Return a context manager that gives the file to be written."""
        ...

    def close(self) -> None:
        """End the parcel."""
        ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(mode=0o700, parents=True)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        path = self._path / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("wb") as target:
            yield target

    def close(self) -> None:
        """There is nothing to end."""


class _Archive:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with self._zip.open(name, "w", force_zip64=True) as target:
            yield target

    def close(self) -> None:
        self._zip.close()


class Parcel:
    """Where files are put; made by `wrap`."""

    def __init__(self, packing: _Packing, sums: IO[bytes]) -> None:
        self._packing = packing
        self._sums = sums

    @contextmanager
    def file(self, name: str) -> Iterator[Sealed]:
        """Write one file; its sum is listed when the block ends. One at a time."""
        with self._packing.open(name) as target:
            sealed = Sealed(target)
            yield sealed
        self._sums.write(f"{sealed.sha256}  {name}\n".encode())

    def list_sums(self) -> None:
        """Write `SUMS`, which ``sha256sum --check`` reads; the last file."""
        self._sums.seek(0)
        with self._packing.open(SUMS) as target:
            shutil.copyfileobj(self._sums, target)


@contextmanager
def wrap(path: Path) -> Iterator[Parcel]:
    """Make a parcel at ``path``: an archive when it ends in ``.zip``, else a folder.

    It is there when the block has ended well, whole; otherwise nothing is left. Raises `Occupied`.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Occupied(f"{path} is there already")
    partial = path.with_name(f".{path.name}.partial")
    _remove(partial)
    packing = (_Archive if path.suffix == ".zip" else _Folder)(partial)
    try:
        with tempfile.TemporaryFile() as sums:
            parcel = Parcel(packing, sums)
            yield parcel
            parcel.list_sums()
        packing.close()
        partial.replace(path)
    except BaseException:
        packing.close()
        _remove(partial)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
