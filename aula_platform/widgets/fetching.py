"""Asking the registry: search, add, refresh. The only part of the room that needs the network."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from aula_platform.widgets.catalogue import accept, is_stored, read_memory, remove, store
from aula_sdk.manifest import EnvelopeRefused, VerifiedPackage, is_loopback, verify_key_list

TIMEOUT_SECONDS = 20
MAX_BYTES = 500_000
_GONE = 410
T = TypeVar("T")


class RegistryFailed(Exception):
    """The registry did not give what was asked for; the text says why."""


class Found(msgspec.Struct, frozen=True):
    """A package that a search found."""

    id: str
    version: str
    kind: str
    title: dict[str, str]
    supplier: str


class Refreshed(msgspec.Struct, frozen=True):
    """What became of one stored package when the registry was asked again."""

    id: str
    outcome: Literal["renewed", "removed", "kept"]
    text: str


class _Results(msgspec.Struct):
    results: list[Found]


class _Versions(msgspec.Struct):
    newest: str | None


class Registry:
    """The registry at an address, trusted as far as its pinned root key reaches."""

    def __init__(
        self, url: str, root_key: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Raise `RegistryFailed` for an address that is neither https nor on this machine."""
        if not url.startswith("https://") and not is_loopback(url):
            raise RegistryFailed(f"{url or 'the empty address'} is not an https address")
        self._root_key = root_key
        self._client = httpx.Client(
            base_url=url.rstrip("/") + "/api/v1/", timeout=TIMEOUT_SECONDS, transport=transport
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def search(self, query: str) -> list[Found]:
        """Return the approved packages that hold the words."""
        return _decode(self._get("search", {"q": query}), _Results).results

    def add(self, folder: Path, address: str, *, allow_older: bool = False) -> VerifiedPackage:
        """Fetch ``vendor/name`` or ``vendor/name@version``, verify it and store it in ``folder``.

        Raises `RegistryFailed`, or `EnvelopeRefused` when it is not to be trusted; then the folder
        is as it was. ``allow_older`` is for an operator who goes back on purpose.
        """
        package_id, _at, version = address.partition("@")
        if package_id.count("/") != 1:
            raise RegistryFailed(f"{address} is not an address such as fjordvang/ugeplan@1.0.0")
        version = version or self._newest(package_id)
        now = datetime.now(UTC)
        memory = read_memory(folder)
        key_list = self._get("keys")
        try:
            keys = verify_key_list(key_list, self._root_key, now=now, seen=memory.keys)
        except ValueError:
            raise RegistryFailed("the configured root key of the registry is not a key") from None
        data = self._get(f"packages/{quote(package_id)}/{quote(version)}")
        package = accept(data, keys, memory, now=now, allow_older=allow_older)
        if (package.id, package.version) != (package_id, version):
            raise EnvelopeRefused("malformed", f"the registry sent {package.id} {package.version}")
        store(folder, key_list, keys, package)
        return package

    def refresh(self, folder: Path) -> list[Refreshed]:
        """Fetch every stored package again in its version, so that it does not expire.

        One that the registry has suspended or retired is removed; one that could not be fetched is
        kept until it expires.
        """
        # By what is remembered, not by what can be read: an expired package is fetched again too.
        return [
            self._refresh_one(folder, package_id, seen.version)
            for package_id, seen in sorted(read_memory(folder).packages.items())
            if is_stored(folder, package_id)
        ]

    def _refresh_one(self, folder: Path, package_id: str, version: str) -> Refreshed:
        try:
            self.add(folder, f"{package_id}@{version}")
        except _Gone as gone:
            remove(folder, package_id)
            return Refreshed(package_id, "removed", str(gone))
        except (RegistryFailed, EnvelopeRefused) as error:
            return Refreshed(package_id, "kept", str(error))
        return Refreshed(package_id, "renewed", version)

    def _newest(self, package_id: str) -> str:
        newest = _decode(self._get(f"packages/{quote(package_id)}"), _Versions).newest
        if newest is None:
            raise RegistryFailed(f"no version of {package_id} is given out")
        return newest

    def _get(self, path: str, query: dict[str, str] | None = None) -> bytes:
        try:
            answer = self._client.get(path, params=query)
        except httpx.HTTPError as error:
            raise RegistryFailed(f"the registry does not answer: {error}") from None
        if answer.status_code == _GONE:
            raise _Gone(_told(answer))
        if not answer.is_success:
            raise RegistryFailed(_told(answer))
        if len(answer.content) > MAX_BYTES:
            raise RegistryFailed("the registry's answer is too large")
        return answer.content


class _Gone(RegistryFailed):
    """The registry does not give this out any more."""


def _decode(data: bytes, into: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=into)
    except msgspec.DecodeError:
        raise RegistryFailed("the registry's answer cannot be read") from None


def _told(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, AttributeError):
        return f"the registry answered {answer.status_code}"
