"""Whom to trust: a pinned root key vouches for the registry's keys, these for packages.

The root key lies in the operator's configuration and may stay off line; the registry's own keys
change without anybody touching that configuration.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aula_sdk.manifest.canonical import sha256_of
from aula_sdk.manifest.findings import ManifestInvalid
from aula_sdk.manifest.reading import parse_manifest
from aula_sdk.manifest.signing import (
    EnvelopeRefused,
    key_id,
    read_public_key,
    read_time,
    seal,
    unseal,
    write_public_key,
    write_time,
)
from aula_sdk.manifest.structs import Manifest
from aula_sdk.manifest.versions import version_order

KEY_LIST_TYPE = "aula-keys"
PACKAGE_TYPE = "aula-package"
PACKAGE_LIFETIME = timedelta(days=90)
KEY_LIST_LIFETIME = timedelta(days=365)


class KeyList(msgspec.Struct, frozen=True):
    """The keys with which a registry signs packages, as its root key vouched for them."""

    version: int
    keys: Mapping[str, Ed25519PublicKey]
    expires: datetime


class VerifiedPackage(msgspec.Struct, frozen=True):
    """A package that a trusted registry has signed: only `verify_package` makes one."""

    manifest: Manifest
    sha256: str
    expires: datetime
    data: bytes

    @property
    def id(self) -> str:
        """The package's id, vendor/name."""
        return self.manifest.id

    @property
    def version(self) -> str:
        """The package's version."""
        return self.manifest.version


class Seen(msgspec.Struct, frozen=True):
    """The newest version of a package that a client has met, and its content."""

    version: str
    sha256: str


def sign_key_list(
    keys: list[Ed25519PublicKey],
    root: Ed25519PrivateKey,
    *,
    version: int,
    now: datetime,
    lifetime: timedelta = KEY_LIST_LIFETIME,
) -> bytes:
    """Return the signed list of a registry's keys; each new list has a higher version."""
    listed = {key_id(key): write_public_key(key) for key in keys}
    expires = write_time(now + lifetime)
    signed = {"type": KEY_LIST_TYPE, "version": version, "expires": expires, "keys": listed}
    return seal(signed, root)


def verify_key_list(data: bytes, root_key: str, *, now: datetime, seen: int = 0) -> KeyList:
    """Return the keys that the pinned root key vouches for.

    Raises `EnvelopeRefused`, also when the list is older than the version ``seen`` before; a wrong
    ``root_key`` in the configuration is a ValueError.
    """
    root = read_public_key(root_key)
    signed = unseal(data, {key_id(root): root}, kind=KEY_LIST_TYPE, now=now)
    try:
        version = int(signed["version"])
        keys = [read_public_key(text) for text in signed["keys"].values()]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise EnvelopeRefused("malformed", "the list of keys cannot be read") from None
    if version < seen:
        raise EnvelopeRefused("rollback", f"list {version} of keys is older than list {seen}")
    return KeyList(version, {key_id(key): key for key in keys}, read_time(signed["expires"]))


def sign_package(
    manifest: Manifest,
    key: Ed25519PrivateKey,
    *,
    now: datetime,
    lifetime: timedelta = PACKAGE_LIFETIME,
) -> bytes:
    """Return the signed envelope of a manifest, as the registry gives it out."""
    plain = plain_manifest(manifest)
    signed = {
        "type": PACKAGE_TYPE,
        "id": manifest.id,
        "version": manifest.version,
        "expires": write_time(now + lifetime),
        "manifest": plain,
        "sha256": sha256_of(plain),
    }
    return seal(signed, key)


def verify_package(data: bytes, keys: KeyList, *, now: datetime) -> VerifiedPackage:
    """Return the package that a key of the list has signed; raise `EnvelopeRefused` otherwise."""
    signed = unseal(data, keys.keys, kind=PACKAGE_TYPE, now=now)
    plain = signed.get("manifest")
    if plain is None or signed.get("sha256") != sha256_of(plain):
        raise EnvelopeRefused("malformed", "the manifest is not the one that was approved")
    try:
        manifest = parse_manifest(plain)
    except ManifestInvalid as error:
        raise EnvelopeRefused("malformed", f"the manifest cannot be read: {error}") from None
    if (manifest.id, manifest.version) != (signed.get("id"), signed.get("version")):
        raise EnvelopeRefused("malformed", "the envelope names another package than its manifest")
    return VerifiedPackage(manifest, signed["sha256"], read_time(signed["expires"]), data)


def refuse_rollback(package: VerifiedPackage, seen: Seen | None) -> None:
    """Refuse what is older than what was seen, and another content under the same version."""
    if seen is None:
        return
    if version_order(package.version) < version_order(seen.version):
        text = f"version {package.version} is older than {seen.version}, which was here before"
        raise EnvelopeRefused("rollback", text)
    if package.version == seen.version and package.sha256 != seen.sha256:
        text = f"version {package.version} is not what was published under that version before"
        raise EnvelopeRefused("rollback", text)


def plain_manifest(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest as plain data: what is signed, summed and sent."""
    plain: dict[str, Any] = json.loads(msgspec.json.encode(manifest))
    return plain
