"""What the repository's files may not hold, and how long they may be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workspace.checks import SOURCE_LINES_LIMIT
from workspace.places import LOCK, ROOT

# Built from parts, so that this file does not hold what it forbids.
HOSTS = (
    "pypi" + ".org",
    "files.python" + "hosted.org",
    "registry.npm" + "js.org",
    "registry.yarn" + "pkg.com",
    "deb.debian" + ".org",
)
MACHINE_PATHS = re.compile("|".join(("/" + "work/", "/" + "root/", re.escape(str(ROOT) + "/"))))
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
# A licence is somebody else's words.
OTHERS_WORDS = {"LICENSE", "LICENSES", "THIRD_PARTY_LICENSES.txt"}


def read_texts(files: list[Path]) -> dict[Path, str]:
    """Return the files that hold text, with it."""
    contents = {path: path.read_bytes() for path in files if path.name not in OTHERS_WORDS}
    return {
        path.relative_to(ROOT): content.decode(errors="replace")
        for path, content in contents.items()
        if b"\0" not in content
    }


def test_no_file_names_a_registry_host(repository_files: list[Path]) -> None:
    """Settled question 29: which registry serves a package is the operator's choice."""
    texts = read_texts(repository_files)
    assert len(texts) > 50
    named = [(str(path), host) for path, text in texts.items() for host in HOSTS if host in text]
    assert named == []


def test_no_file_holds_a_path_of_one_machine(repository_files: list[Path]) -> None:
    """Settled question 29: the repository works wherever it is cloned."""
    texts = read_texts(repository_files)
    found = [
        (str(path), match[0])
        for path, text in texts.items()
        if (match := MACHINE_PATHS.search(text))
    ]
    assert found == []


def test_the_python_lock_has_hashes_and_no_addresses() -> None:
    """Settled question 29: every package is pinned with its hashes, wherever it comes from."""
    lines = LOCK.read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(pins) > 50
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []
    assert [line for line in lines if ":/" in line or line.startswith("-")] == []


def test_npm_locks_have_hashes_and_no_addresses(repository_files: list[Path]) -> None:
    """Settled question 29: npm's locks say what, never from where."""
    locks = [path for path in repository_files if path.name == "package-lock.json"]
    assert locks, "the front-end has a lock"
    for path in locks:
        packages = json.loads(path.read_text())["packages"]
        installed = {name: entry for name, entry in packages.items() if name}
        assert [name for name, entry in installed.items() if "resolved" in entry] == []
        assert [name for name, entry in installed.items() if "integrity" not in entry] == []


def test_nothing_is_left_to_be_done_later(repository_files: list[Path]) -> None:
    """What is open is an issue, where somebody finds it."""
    texts = read_texts(repository_files)
    ours = {path: text for path, text in texts.items() if path.suffix not in {".lock", ".json"}}
    left = [
        (str(path), match[0]) for path, text in ours.items() if (match := UNFINISHED.search(text))
    ]
    assert left == []


def test_no_python_file_is_too_long(python_files: list[Path]) -> None:
    """A file that nobody can hold in mind is split; `workspace sizes` lists long ones."""
    # Migrations are written by the machine, and never changed again.
    written = [path for path in python_files if "migrations" not in path.as_posix()]
    lengths = {path: len(path.read_text().splitlines()) for path in written}
    long = {
        str(path.relative_to(ROOT)): count
        for path, count in lengths.items()
        if count > SOURCE_LINES_LIMIT
    }
    assert long == {}
