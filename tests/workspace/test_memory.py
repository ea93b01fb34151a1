"""Where a run's temporary files are: in memory where that can be, else where they always are."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from workspace import memory
from workspace.memory import temporary_files_in_memory


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any folder have room enough."""
    monkeypatch.setattr(memory, "ROOM", 1)


def _asked_child() -> Path:
    told = subprocess.run(
        ["python3", "-c", "import tempfile; print(tempfile.gettempdir())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Path(told.stdout.strip())


def test_this_process_and_its_children_use_the_folder(tmp_path: Path) -> None:
    """Afterwards it is gone, and everything as it was."""
    before = os.environ.get("TMPDIR"), tempfile.gettempdir()
    with temporary_files_in_memory(tmp_path) as folder:
        assert folder is not None
        assert folder.parent == tmp_path
        assert Path(tempfile.mkdtemp()).parent == folder == _asked_child()
        assert folder.stat().st_mode & 0o777 == 0o711
    assert not folder.exists()
    assert (os.environ.get("TMPDIR"), tempfile.gettempdir()) == before


@pytest.mark.parametrize("lacks", ["the place", "room", "programs"])
def test_a_machine_without_is_left_alone(
    lacks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No such folder, too little memory, or one from which no program starts."""
    before = os.environ.get("TMPDIR"), tempfile.gettempdir()
    folder = tmp_path / "nowhere" if lacks == "the place" else tmp_path
    if lacks == "room":
        monkeypatch.setattr(memory, "ROOM", 1 << 60)
    if lacks == "programs":
        monkeypatch.setattr(memory, "_starts_programs", lambda _folder: False)
    with temporary_files_in_memory(folder) as made:
        assert made is None
        assert (os.environ.get("TMPDIR"), tempfile.gettempdir()) == before
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_goes(tmp_path: Path) -> None:
    """Memory is not given back by itself; what runs now is left alone."""
    (tmp_path / "aula-tests-999999999").mkdir()
    lives, other = tmp_path / f"aula-tests-{os.getppid()}", tmp_path / "aula-tests-kept"
    for folder in (lives, other):
        folder.mkdir()
    with temporary_files_in_memory(tmp_path) as made:
        assert made is not None
        assert {one.name for one in tmp_path.iterdir()} == {lives.name, other.name, made.name}
