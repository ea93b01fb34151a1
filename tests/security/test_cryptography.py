"""The inventory of cryptography is what the code imports, and its rules hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from aula_platform.identity import shared_devices
from aula_platform.identity.oidc.id_token import ALGORITHMS
from tests.contracts.test_source_rules import list_imported, walk_shipped
from workspace.places import ROOT

PAGE = ROOT / "docs/security/cryptography.md"
LIBRARIES = {"authlib", "cryptography", "hashlib", "hmac", "joserfc", "jwt", "onelogin", "secrets"}
_ROW = re.compile(r"^\| `([\w.]+)` \| ([\w, ]+) \| [^|]+ \| [^|]* \|$", re.MULTILINE)
_TOP = ("aula_platform", "aula_sdk", "aula_plugins", "aula_registry")
_WEAK = {
    "md5", "sha1", "MD4", "MD5", "SHA1", "ECB", "TripleDES", "ARC4", "RC4", "Blowfish", "CAST5",
    "IDEA", "PKCS1v15", "RSA1_5",
}  # fmt: skip


@pytest.fixture(scope="module")
def code() -> list[Path]:
    """What is shipped."""
    folders = ("aula_platform", "sdk/aula_sdk", "plugins", "registry/aula_registry")
    found = [path for one in folders for path in (ROOT / one).rglob("*.py")]
    return [path for path in found if "node_modules" not in path.parts]


def _module(name: str) -> str:
    parts = list(Path(name).with_suffix("").parts)
    first = next(index for index, part in enumerate(parts) if part in _TOP)
    return ".".join(parts[first:])


def _imported(files: list[Path]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, node in walk_shipped(files):
        for one in list_imported(node):
            top = one.partition(".")[0]
            is_error = one.endswith(("Error", "Invalid", "InvalidTag", "InvalidSignature"))
            if top in LIBRARIES and not is_error:
                found.setdefault(_module(name), set()).add(top)
    return found


def test_the_inventory_is_the_codes(code: list[Path]) -> None:
    """ASVS 11.1.2: each module with each library that it uses, once; none that is gone."""
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    said = {module: set(libraries.split(", ")) for module, libraries in rows}
    assert len(rows) == len(said)
    assert said == _imported(code)


def test_nothing_weak_is_named(code: list[Path]) -> None:
    """ASVS 11.3.1, 11.4.1: no broken hash, mode or padding."""
    found = {
        f"{name}:{getattr(node, 'lineno', 0)}"
        for name, node in walk_shipped(code)
        if _named(node) & _WEAK
    }
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        "hashlib.md5(text)",
        "from hashlib import sha1",
        "hashlib.new('md5', text)",
        "from cryptography.hazmat.primitives.ciphers.modes import ECB as mode",
        "Cipher(AES(key), modes.ECB())",
        "OAEP(MGF1(SHA1()), SHA1(), None)",
        "key.decrypt(text, padding.PKCS1v15())",
        "jwe.decrypt(text, key, algorithms=['RSA1_5'])",
    ],
)
def test_a_weak_name_is_found(code: str) -> None:
    """However it comes in: by its library, by itself, or as a text."""
    assert any(_named(node) & _WEAK for node in ast.walk(ast.parse(code)))


def test_what_can_be_foreseen_decides_nothing_secret(code: list[Path]) -> None:
    """ASVS 6.5.3, 11.5.1: demos and the pauses between tries alone use guessable numbers."""
    users = {
        name
        for name, node in walk_shipped(code)
        if any(one.partition(".")[0] == "random" for one in list_imported(node))
    }
    assert {one for one in users if "/demo/" not in one} == {"aula_platform/events/failures.py"}


def _named(node: ast.AST) -> set[str]:
    """Return what a piece of code names: a variable, an attribute, an import, or a whole text."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return {name}
    return {one.rpartition(".")[2] for one in list_imported(node)}


def test_pairing_codes_are_drawn_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """ASVS 6.5.3: each letter of a code is one that `secrets` has drawn from all of them."""
    drawn: list[str] = []

    def draw(letters: str) -> str:
        drawn.append(letters)
        return letters[len(drawn) % len(letters)]

    monkeypatch.setattr("secrets.choice", draw)
    code = shared_devices.draw_code()
    letters, length = shared_devices._LETTERS, shared_devices._CODE_LENGTH
    assert drawn == [letters] * length
    assert code == "".join(letters[(turn + 1) % len(letters)] for turn in range(length))


def test_no_shared_secret_signs() -> None:
    """Signatures of others are made by a private key: neither ``none`` nor HS256."""
    assert not [one for one in ALGORITHMS if one == "none" or one.startswith("HS")]
