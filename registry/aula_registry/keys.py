"""The registry's keys: a root key that may lie off line, and a signing key beside the service."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from aula_sdk.manifest import sign_key_list, verify_key_list, write_public_key

ROOT, SIGNING, LIST, PUBLIC = "root.pem", "signing.pem", "keys.json", "root.pub"


class KeysWrong(Exception):
    """The keys are missing, or there already, or not what they should be."""


class Keys(msgspec.Struct, frozen=True):
    """What the running service needs: it signs with one key, and hands out the signed list."""

    signing: Ed25519PrivateKey
    key_list: bytes
    root_key: str


def create_keys(folder: Path) -> str:
    """Make a root key and a signing key in ``folder``; return the root key's public half.

    Afterwards ``root.pem`` can be taken away: it is needed again only to change signing keys.
    """
    if (folder / SIGNING).exists():
        raise KeysWrong(f"{folder} holds keys already")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root, signing = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = write_public_key(root.public_key())
    _write_private(folder / ROOT, root)
    (folder / PUBLIC).write_text(public + "\n", encoding="utf-8")
    now = datetime.now(UTC)
    (folder / LIST).write_bytes(sign_key_list([signing.public_key()], root, version=1, now=now))
    # Last, since its presence says that the keys are complete.
    _write_private(folder / SIGNING, signing)
    return public


def rotate_keys(folder: Path, root_file: Path | None = None) -> None:
    """Sign with a new key from now on; envelopes of the key before it stay valid.

    Keys older than that one fall off the list: what they signed has to be fetched again.
    """
    root = _read_private(root_file or folder / ROOT)
    before = load_keys(folder)
    now = datetime.now(UTC)
    listed = verify_key_list(before.key_list, before.root_key, now=now)
    signing = Ed25519PrivateKey.generate()
    both: list[Ed25519PublicKey] = [before.signing.public_key(), signing.public_key()]
    data = sign_key_list(both, root, version=listed.version + 1, now=now)
    verify_key_list(data, before.root_key, now=now)
    (folder / LIST).write_bytes(data)
    (folder / SIGNING).unlink()
    _write_private(folder / SIGNING, signing)


def load_keys(folder: Path) -> Keys:
    """Return the keys in ``folder``; raise `KeysWrong` when they are not all there."""
    try:
        key_list = (folder / LIST).read_bytes()
        root_key = (folder / PUBLIC).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise KeysWrong(f"no keys in {folder}: {error.strerror}") from None
    return Keys(_read_private(folder / SIGNING), key_list, root_key)


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeysWrong(f"{path} cannot be read: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysWrong(f"{path} is not an Ed25519 key")
    return key


def _write_private(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a key that nobody else on the machine can read, not even for a moment."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
