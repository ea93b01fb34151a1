"""The packages that were taken from the registry, kept as signed envelopes in a local folder.

The site works from this folder alone, so it does not notice when the registry is down. Every
envelope is verified again when it is read: what has changed in any byte is never loaded (B1).
"""

import logging
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from aula_sdk.manifest import (
    EnvelopeRefused,
    KeyList,
    Seen,
    VerifiedPackage,
    WidgetManifest,
    refuse_rollback,
    verify_key_list,
    verify_package,
)

SOON = timedelta(days=14)
_log = logging.getLogger("aula.widgets")
_KEYS, _SEEN, _PACKAGES = "keys.json", "seen.json", "packages"


class StoredWidget(msgspec.Struct, frozen=True):
    """A verified widget, and until when the registry has vouched for it."""

    manifest: WidgetManifest
    expires: datetime


class Refusal(msgspec.Struct, frozen=True):
    """A stored file that is not loaded, and why: for the health page."""

    file: str
    reason: str
    text: str


class Contents(msgspec.Struct, frozen=True):
    """What the folder came to when it was last read."""

    packages: Mapping[str, VerifiedPackage]
    refusals: tuple[Refusal, ...]

    @property
    def widgets(self) -> dict[str, StoredWidget]:
        """The embedded widgets among the packages, by id."""
        return {
            name: StoredWidget(package.manifest, package.expires)
            for name, package in self.packages.items()
            if isinstance(package.manifest, WidgetManifest)
        }

    def expiring(self, now: datetime) -> tuple[str, ...]:
        """The packages that are not shown for much longer unless they are fetched again."""
        packages = self.packages.items()
        return tuple(name for name, package in packages if package.expires - now < SOON)


class Catalogue:
    """The folder, read again when something was added to it or taken away."""

    def __init__(self, folder: Path, root_key: str) -> None:
        """``root_key`` is the registry's pinned key; an empty one trusts nothing."""
        self._folder = folder
        self._root_key = root_key
        self._stamp: object = None
        self._contents = Contents({}, ())

    def read(self) -> Contents:
        """Return what is there and right, and what is there and refused."""
        stamp = _stamp(self._folder / _PACKAGES), _stamp(self._folder / _KEYS)
        if stamp != self._stamp:
            self._contents = read_folder(self._folder, self._root_key, datetime.now(UTC))
            self._stamp = stamp
            for refusal in self._contents.refusals:
                _log.error("stored package %s is not loaded: %s", refusal.file, refusal.text)
        return self._contents


def read_folder(folder: Path, root_key: str, now: datetime) -> Contents:
    """Read and verify everything in the folder; never raises for what is in it."""
    files = sorted((folder / _PACKAGES).glob("*.json"))
    if not files:
        return Contents({}, ())
    try:
        keys = _stored_keys(folder, root_key, now)
    except EnvelopeRefused as refused:
        told = [Refusal(file.name, refused.reason, str(refused)) for file in files]
        return Contents({}, (Refusal(_KEYS, refused.reason, str(refused)), *told))
    packages: dict[str, VerifiedPackage] = {}
    refusals = []
    for file in files:
        try:
            package = verify_package(file.read_bytes(), keys, now=now)
        except EnvelopeRefused as refused:
            refusals.append(Refusal(file.name, refused.reason, str(refused)))
            continue
        except OSError as error:
            refusals.append(Refusal(file.name, "unreadable", str(error.strerror)))
            continue
        if file.name == file_name(package.id):
            packages[package.id] = package
        else:
            refusals.append(Refusal(file.name, "malformed", f"this is {package.id}"))
    return Contents(packages, tuple(refusals))


def store(folder: Path, key_list: bytes, keys: KeyList, package: VerifiedPackage) -> None:
    """Keep a verified package and the list of keys that vouches for it, each file in one step."""
    (folder / _PACKAGES).mkdir(parents=True, exist_ok=True)
    _write(folder / _KEYS, key_list)
    _write(folder / _PACKAGES / file_name(package.id), package.data)
    memory = read_memory(folder)
    seen = {**memory.packages, package.id: Seen(package.version, package.sha256)}
    _write(folder / _SEEN, msgspec.json.encode(Memory(max(memory.keys, keys.version), seen)))


def remove(folder: Path, package_id: str) -> None:
    """Take a package out of the folder; what was seen of it stays remembered."""
    (folder / _PACKAGES / file_name(package_id)).unlink(missing_ok=True)


def is_stored(folder: Path, package_id: str) -> bool:
    """Whether there is a file of this package, right or not."""
    return (folder / _PACKAGES / file_name(package_id)).exists()


class Memory(msgspec.Struct, frozen=True):
    """What was seen before: the list of keys' version, and the newest version of each package."""

    keys: int = 0
    packages: dict[str, Seen] = {}


def read_memory(folder: Path) -> Memory:
    """Return what was seen before in this folder; raise `EnvelopeRefused` when it is spoilt."""
    try:
        return msgspec.json.decode((folder / _SEEN).read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory()
    except msgspec.DecodeError:
        text = f"{_SEEN} cannot be read, so nothing can be said about older versions"
        raise EnvelopeRefused("malformed", text) from None


def accept(
    data: bytes, keys: KeyList, memory: Memory, *, now: datetime, allow_older: bool
) -> VerifiedPackage:
    """Return the package if it is signed, current and not older than what was here (B1)."""
    package = verify_package(data, keys, now=now)
    seen = memory.packages.get(package.id)
    if not (allow_older and seen and seen.version != package.version):
        refuse_rollback(package, seen)
    return package


def file_name(package_id: str) -> str:
    """Return the name of a package's file; an id cannot reach out of the folder."""
    return package_id.replace("/", "__") + ".json"


def _stored_keys(folder: Path, root_key: str, now: datetime) -> KeyList:
    try:
        data = (folder / _KEYS).read_bytes()
        return verify_key_list(data, root_key, now=now, seen=read_memory(folder).keys)
    except FileNotFoundError:
        raise EnvelopeRefused("unknown-key", "the registry's keys are not stored here") from None
    except ValueError:
        text = "the configured root key of the registry is not a key"
        raise EnvelopeRefused("unknown-key", text) from None


def _stamp(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever reads half of it, and a power cut leaves the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
