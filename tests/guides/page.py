"""A page of the docs as its reader follows it: the files it shows, the commands it gives."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from workspace.places import ROOT

_BLOCK = re.compile(
    r"^ *```(?P<kind>\w+)(?: (?P<name>\S+))?\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE
)


class Block(NamedTuple):
    """A fenced part of a page; ``name`` is the word after its kind."""

    kind: str
    name: str
    text: str


def read_blocks(page: str) -> list[Block]:
    """Return the fenced parts of a page below ``docs``, in their order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["name"] or "", found["text"]) for found in _BLOCK.finditer(text)
    ]


def commands_of(blocks: Sequence[Block], name: str = "") -> list[str]:
    """Return the commands of the shell blocks with this name, each as it is written."""
    return list(_commands(blocks, name))


def _commands(blocks: Sequence[Block], name: str) -> Iterator[str]:
    for block in blocks:
        if block.kind == "sh" and block.name == name:
            joined = block.text.replace("\\\n", "")
            lines = (line.strip() for line in joined.splitlines())
            yield from (line for line in lines if line and not line.startswith("#"))


def run(command: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Run one command as a shell would; return what it says, fail with that when it fails."""
    done = subprocess.run(
        ["/bin/sh", "-ec", command],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
