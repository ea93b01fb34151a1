"""Signed packages: B1, refused when changed, expired, older, or signed by somebody else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aula_sdk.manifest import (
    EnvelopeRefused,
    KeyList,
    Manifest,
    Seen,
    canonical_json,
    key_id,
    parse_manifest,
    plain_manifest,
    refuse_rollback,
    seal,
    sha256_of,
    sign_key_list,
    sign_package,
    verify_key_list,
    verify_package,
    write_public_key,
    write_time,
)

Build = Callable[..., dict[str, Any]]
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ROOT = Ed25519PrivateKey.generate()
KEY = Ed25519PrivateKey.generate()
ROOT_TEXT = write_public_key(ROOT.public_key())


@pytest.fixture
def manifest(widget: Build) -> Manifest:
    return parse_manifest(widget())


@pytest.fixture
def keys() -> KeyList:
    data = sign_key_list([KEY.public_key()], ROOT, version=3, now=NOW)
    return verify_key_list(data, ROOT_TEXT, now=NOW)


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(EnvelopeRefused) as caught:
        call()
    return caught.value.reason


def test_what_was_signed_comes_back(manifest: Manifest, keys: KeyList) -> None:
    """B1: root key → list of keys → package → manifest."""
    package = verify_package(sign_package(manifest, KEY, now=NOW), keys, now=NOW)
    assert package.manifest == manifest
    assert package.expires == NOW + timedelta(days=90)


def test_each_flipped_byte_is_refused(manifest: Manifest, keys: KeyList) -> None:
    """B1: no byte can change unnoticed, not even a blank or the case of a hex digit."""
    data = sign_package(manifest, KEY, now=NOW)
    for place in range(len(data)):
        for flip in (0x01, 0x20):
            changed = data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]
            assert reason(partial(verify_package, changed, keys, now=NOW))


@pytest.mark.parametrize("extra", [b" ", b"\n", b"{}"])
def test_bytes_around_it_are_refused(manifest: Manifest, keys: KeyList, extra: bytes) -> None:
    """B1: an envelope is its canonical bytes and nothing else."""
    data = sign_package(manifest, KEY, now=NOW)
    assert reason(lambda: verify_package(data + extra, keys, now=NOW)) == "malformed"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"signatures":[],"signed":{}}', b"[" * 9999])
def test_rubbish_is_refused(keys: KeyList, data: bytes) -> None:
    """B1: whatever comes, the answer is a refusal, never a crash."""
    assert reason(lambda: verify_package(data, keys, now=NOW)) in {"malformed", "unknown-key"}


def test_expired_is_refused(manifest: Manifest, keys: KeyList) -> None:
    """B1: a registry that went silent cannot be played back for ever."""
    data = sign_package(manifest, KEY, now=NOW, lifetime=timedelta(days=1))
    verify_package(data, keys, now=NOW + timedelta(hours=23))
    later = NOW + timedelta(days=1)
    assert reason(lambda: verify_package(data, keys, now=later)) == "expired"


def test_a_strangers_key_is_refused(manifest: Manifest, keys: KeyList) -> None:
    """B1: only keys that the pinned root key vouched for count."""
    stranger = Ed25519PrivateKey.generate()
    data = sign_package(manifest, stranger, now=NOW)
    assert reason(lambda: verify_package(data, keys, now=NOW)) == "unknown-key"
    listed = sign_key_list([stranger.public_key()], stranger, version=9, now=NOW)
    assert reason(lambda: verify_key_list(listed, ROOT_TEXT, now=NOW)) == "unknown-key"


def test_a_key_id_proves_nothing(manifest: Manifest, keys: KeyList) -> None:
    """B1: a signature under a borrowed key id is a bad signature."""
    data = sign_package(manifest, Ed25519PrivateKey.generate(), now=NOW)
    envelope = json.loads(data)
    envelope["signatures"][0]["keyid"] = key_id(KEY.public_key())
    borrowed = canonical_json(envelope)
    assert reason(lambda: verify_package(borrowed, keys, now=NOW)) == "bad-signature"


def test_one_type_is_not_taken_for_another(keys: KeyList) -> None:
    """B1: what was signed for one use is of no use elsewhere."""
    data = seal({"type": "aula-something", "expires": write_time(NOW + timedelta(1))}, KEY)
    assert reason(lambda: verify_package(data, keys, now=NOW)) == "wrong-type"


def test_the_envelope_must_name_its_manifest(manifest: Manifest, keys: KeyList) -> None:
    """B1: id and version outside and inside are the same."""
    plain = plain_manifest(manifest)
    signed = {
        "type": "aula-package",
        "id": "somebody/else",
        "version": "1.0.0",
        "expires": write_time(NOW + timedelta(1)),
        "manifest": plain,
        "sha256": sha256_of(plain),
    }
    assert reason(lambda: verify_package(seal(signed, KEY), keys, now=NOW)) == "malformed"


def test_going_back_is_refused(widget: Build, keys: KeyList) -> None:
    """B1: an older version, or another content under the same version, is refused."""

    def package(**changes: Any) -> Any:
        data = sign_package(parse_manifest(widget(**changes)), KEY, now=NOW)
        return verify_package(data, keys, now=NOW)

    newer = package(version="1.10.0")
    seen = Seen("1.10.0", newer.sha256)
    refuse_rollback(newer, seen)
    refuse_rollback(package(version="2.0.0"), seen)
    refuse_rollback(newer, None)
    assert reason(lambda: refuse_rollback(package(version="1.9.0"), seen)) == "rollback"
    swapped = package(version="1.10.0", entry="https://other.example/")
    assert reason(lambda: refuse_rollback(swapped, seen)) == "rollback"


def test_an_older_list_of_keys_is_refused() -> None:
    """B1: a key that was taken off the list does not come back with an older list."""
    data = sign_key_list([KEY.public_key()], ROOT, version=2, now=NOW)
    assert reason(lambda: verify_key_list(data, ROOT_TEXT, now=NOW, seen=3)) == "rollback"


def test_what_two_programs_could_write_differently_is_not_signed() -> None:
    """B1: floats and sets have no canonical form here."""
    with pytest.raises(TypeError):
        canonical_json({"share": 0.1})
    with pytest.raises(TypeError):
        canonical_json({"keys": {1, 2}})
