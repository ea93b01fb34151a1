"""Vendors, and the tokens with which they publish."""

import hashlib
import re
import secrets
from datetime import UTC, datetime

import msgspec

from aula_registry.database import Database, transaction
from aula_registry.problems import NoToken, Problem, TokenWrong, VendorExists, VendorUnknown
from aula_registry.tables import PublishToken, Vendor

_SLUG = re.compile(r"^[a-z][a-z0-9-]{1,39}$")
_BEARER = re.compile(r"^Bearer (\S+)$", re.IGNORECASE)
TOKEN_PREFIX = "aulareg_"  # noqa: S105 - the prefix lets scanners find a leaked token.


class VendorRow(msgspec.Struct, frozen=True):
    """A vendor as it stands in the database."""

    id: int
    slug: str
    name: str
    contact: str


async def add_vendor(database: Database, slug: str, name: str, contact: str) -> str:
    """Add a vendor and return its first publish token, which is shown this once."""
    if not _SLUG.match(slug):
        raise Problem("a vendor is named in lower-case letters, digits and hyphens")
    now = datetime.now(UTC)
    async with transaction(database):
        if await Vendor.exists().where(Vendor.slug == slug):
            raise VendorExists(slug)
        await Vendor(slug=slug, name=name, contact=contact, created_at=now).save()
        return await _give_token(slug)


async def renew_token(database: Database, slug: str) -> str:
    """Revoke all tokens of a vendor and return a new one."""
    async with transaction(database):
        vendor = await find_vendor(slug)
        mine = PublishToken.vendor == vendor.id
        await PublishToken.update({PublishToken.revoked_at: datetime.now(UTC)}).where(
            mine & PublishToken.revoked_at.is_null()
        )
        return await _give_token(slug)


async def find_vendor(slug: str) -> VendorRow:
    """Return the vendor; raise `VendorUnknown`."""
    row = await Vendor.select().where(Vendor.slug == slug).first()
    if row is None:
        raise VendorUnknown(slug)
    return msgspec.convert(row, VendorRow)


async def vendor_of(authorization: str | None) -> VendorRow:
    """Return the vendor whose token the header carries; raise `NoToken` or `TokenWrong`."""
    found = _BEARER.match(authorization or "")
    if not found:
        raise NoToken
    row = (
        await PublishToken.select(*PublishToken.vendor.all_columns())
        .where((PublishToken.hash == _hash(found[1])) & PublishToken.revoked_at.is_null())
        .output(nested=True)
        .first()
    )
    if row is None:
        raise TokenWrong
    return msgspec.convert(row["vendor"], VendorRow)


async def _give_token(slug: str) -> str:
    vendor = await find_vendor(slug)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    await PublishToken(vendor=vendor.id, hash=_hash(token), created_at=datetime.now(UTC)).save()
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
