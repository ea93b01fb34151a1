"""Publishing, finding and handing out releases."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

import msgspec
from piccolo.columns import Column

from aula_registry.database import ALREADY_THERE, Database, transaction
from aula_registry.problems import NotYours, ReleaseExists, ReleaseGone, ReleaseUnknown
from aula_registry.states import State, move, record
from aula_registry.tables import Release
from aula_registry.vendors import VendorRow
from aula_sdk.manifest import (
    Manifest,
    canonical_json,
    parse_manifest,
    plain_manifest,
    sha256_of,
    version_order,
)

MAX_WORDS = 8
MAX_RESULTS = 50
_WORD = re.compile(r"[^\W_]+")


class ReleaseRow(msgspec.Struct, frozen=True):
    """A release as it stands in the database."""

    id: int
    package: str
    version: str
    address: str
    manifest: str
    sha256: str
    state: State
    changed_at: datetime

    def read_manifest(self) -> Manifest:
        """Return what the vendor published."""
        return parse_manifest(json.loads(self.manifest))


async def publish(
    database: Database, vendor: VendorRow, manifest: Manifest, *, submit: bool
) -> ReleaseRow:
    """Take in a checked manifest, as a draft or submitted; afterwards it stands in the database.

    The same content again changes nothing, and lifts a draft to submitted if asked to. Raises
    `NotYours` for another vendor's package, `ReleaseExists` for another content under a version
    that has left the draft.
    """
    if manifest.vendor != vendor.slug:
        raise NotYours(f"{manifest.id} is not a package of {vendor.slug}")
    address = f"{manifest.id}@{manifest.version}"
    try:
        await _take_in(database, vendor, manifest, address, submit=submit)
    except ALREADY_THERE:
        # Somebody sent the same version at the same moment: now it is there to compare with.
        await _take_in(database, vendor, manifest, address, submit=submit)
    return await get_release(address)


async def _take_in(
    database: Database, vendor: VendorRow, manifest: Manifest, address: str, *, submit: bool
) -> None:
    actor = f"vendor {vendor.slug}"
    async with transaction(database):
        before = await _find(address)
        if before is None:
            await _insert(vendor, manifest, address, actor)
        elif before.sha256 != sha256_of(plain_manifest(manifest)):
            if before.state != "draft":
                raise ReleaseExists(address)
            values = {column._meta.name: value for column, value in _columns(manifest).items()}  # noqa: SLF001
            await Release.update(**values).where(Release.id == before.id)
        if submit and (before is None or before.state == "draft"):
            await move(database, address, "submitted", actor=actor)


async def get_release(address: str) -> ReleaseRow:
    """Return the release ``vendor/name@version``, whatever its state; raise `ReleaseUnknown`."""
    row = await _find(address)
    if row is None:
        raise ReleaseUnknown(address)
    return row


async def get_approved(package: str, version: str) -> ReleaseRow:
    """Return a release that is given out.

    Raises `ReleaseGone` for one that was, `ReleaseUnknown` for one that never was: who is not its
    vendor does not learn that it exists.
    """
    row = await get_release(f"{package}@{version}")
    if row.state in ("suspended", "retired"):
        raise ReleaseGone(f"{row.address} is {row.state}", state=row.state)
    if row.state != "approved":
        raise ReleaseUnknown(row.address)
    return row


async def list_versions(package: str) -> list[ReleaseRow]:
    """Return the versions that are or were given out, newest first; raise `ReleaseUnknown`."""
    public = Release.state.is_in(["approved", "suspended", "retired"])
    rows = await Release.select().where((Release.package == package) & public)
    if not rows:
        raise ReleaseUnknown(package)
    found = [msgspec.convert(row, ReleaseRow) for row in rows]
    return sorted(found, key=lambda row: version_order(row.version), reverse=True)


async def list_releases(state: State) -> list[ReleaseRow]:
    """Return all releases in a state, oldest change first: what waits to be looked at."""
    rows = await Release.select().where(Release.state == state).order_by(Release.changed_at)
    return [msgspec.convert(row, ReleaseRow) for row in rows]


async def list_of_vendor(vendor_id: int) -> list[ReleaseRow]:
    """Return all releases of a vendor, newest change first."""
    rows = (
        await Release.select()
        .where(Release.vendor == vendor_id)
        .order_by(Release.changed_at, ascending=False)
    )
    return [msgspec.convert(row, ReleaseRow) for row in rows[:MAX_RESULTS]]


async def search(query: str) -> list[ReleaseRow]:
    """Return the newest approved release of each package that holds all words of ``query``."""
    condition: Any = Release.state == "approved"
    for word in _WORD.findall(fold(query))[:MAX_WORDS]:
        condition &= Release.search.like(f"%{word}%")
    rows = await Release.select().where(condition).order_by(Release.package)
    newest: dict[str, ReleaseRow] = {}
    for row in (msgspec.convert(row, ReleaseRow) for row in rows):
        other = newest.get(row.package)
        if other is None or version_order(row.version) > version_order(other.version):
            newest[row.package] = row
    return list(newest.values())[:MAX_RESULTS]


def fold(text: str) -> str:
    """Return the text as it is searched: lower case, without accents, ``å`` as ``aa``."""
    text = text.casefold().replace("å", "aa").replace("æ", "ae").replace("ø", "oe")
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


async def _find(address: str) -> ReleaseRow | None:
    row = await Release.select().where(Release.address == address).first()
    return msgspec.convert(row, ReleaseRow) if row else None


async def _insert(vendor: VendorRow, manifest: Manifest, address: str, actor: str) -> None:
    now = datetime.now(UTC)
    fixed: dict[Column, Any] = {
        Release.vendor: vendor.id,
        Release.package: manifest.id,
        Release.version: manifest.version,
        Release.address: address,
        Release.state: "draft",
        Release.created_at: now,
        Release.changed_at: now,
    }
    release = Release(fixed | _columns(manifest))
    await release.save()
    await record(release.id, "", "draft", actor=actor, reason="", at=now)


def _columns(manifest: Manifest) -> dict[Column, Any]:
    plain = plain_manifest(manifest)
    words = [manifest.id, manifest.supplier.name]
    for text in (manifest.title, manifest.description):
        words += [text.da, text.en]
    return {
        Release.kind: plain["kind"],
        Release.manifest: canonical_json(plain).decode(),
        Release.sha256: sha256_of(plain),
        Release.search: fold(" ".join(words)),
    }
