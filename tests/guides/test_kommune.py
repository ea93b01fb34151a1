"""The municipalities' pages, followed word for word: what they say must be true."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.files.blobs import BlobStore
from aula_platform.plugin_host import Host, start_host
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import Storage
from aula_platform.testing import KINDS
from aula_sdk.i18n import Text, use_locale
from aula_sdk.ids import new_id
from aula_sdk.stamdata_source import Delivery, StamdataSource
from aula_sdk.testing.cast import NORTH, records_of
from aula_sdk.testing.databases import Databases
from tests.guides.page import commands_of, read_blocks, run
from workspace.machine import find_postgres
from workspace.places import ROOT

FOLDER = "guides/kommune"
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


class Operator:
    """Somebody at the command line, in the folder of ``aula.toml``."""

    def __init__(self, folder: Path, host: Host, variables: dict[str, str]) -> None:
        self.folder = folder
        self._host = host
        self._variables = variables

    async def follow(self, page: str, name: str = "") -> str:
        """Carry out the page's commands of this name; return what they said."""
        said = []
        commands = commands_of(read_blocks(f"{FOLDER}/{page}"), name)
        assert commands, f"{page} has no commands named {name!r}"
        for command in commands:
            if command.startswith("cd "):
                self.folder = self.folder / command.removeprefix("cd ")
            elif command.startswith("aula "):
                said.append(await self._aula(command))
            else:
                said.append(run(command, self.folder, self._variables))
        return "".join(said)

    async def _aula(self, command: str) -> str:
        """Run ``aula`` in this process, which spares its start; ``> file`` as a shell would."""
        command, _arrow, file = command.partition(" > ")
        words = [word for word in shlex.split(command)[1:] if word != "--help"]
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            done = await _in_thread(words, self._host)
        finally:
            os.chdir(before)
        assert done.exit_code == 0, f"$ {command}\n{done.output}\n{done.exception!r}"
        if file:
            (self.folder / file).write_text(done.stdout, encoding="utf-8")
        return str(done.output)


async def _in_thread(words: list[str], host: Host) -> Any:
    return await asyncio.to_thread(
        lambda: CliRunner().invoke(aula, words, obj=CommandContext(host), prog_name="aula")
    )


@pytest.fixture
def operator(empty_database: str, other_database: str, tmp_path: Path) -> Iterator[Operator]:
    """An operator with the configuration of the page, over an empty database."""
    (configuration,) = (
        block.text for block in read_blocks(f"{FOLDER}/konfigurer.md") if block.kind == "toml"
    )
    if empty_database.startswith("postgresql"):
        line = '# database = "postgresql://aula@db.fjordvang.example/aula"'
        assert line in configuration
        configuration = configuration.replace(line, f'database = "{empty_database}"')
    secret = tmp_path / "log-ind"
    secret.write_text("a secret of the test", encoding="utf-8")
    assert "/etc/aula/login-hemmelighed" in configuration
    configuration = configuration.replace("/etc/aula/login-hemmelighed", str(secret))
    (tmp_path / "aula.toml").write_text(configuration, encoding="utf-8")
    programs = find_postgres() or Path()
    path = f"{Path(sys.executable).parent}:{programs}:{os.environ['PATH']}"
    yield Operator(
        tmp_path,
        start_host(),
        {
            "PATH": path,
            "DATABASE": empty_database,
            "RESTORED": other_database,
        },
    )
    use_locale("da")


def _make_empty(url: str) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).touch()


@pytest.fixture
def other_database(databases: Databases) -> Iterator[str]:
    """A second empty database, into which the first one is restored."""
    url = databases.copy_of("other", _make_empty)
    yield url
    databases.drop(url)


async def _settle(url: str, folder: Path) -> None:
    """Let the test kit's people live in the municipality of the pages, with one file."""
    storage = Storage(url)
    source = StamdataSource(
        "cast",
        Text("sdk", "cast"),
        lambda _path: Delivery("cast", "bulk", frozenset(KINDS)),
        lambda _path: iter(records_of(NORTH)),
    )
    report = await run_import(storage, source, Path(), Wish("fjordvang", apply=True))
    assert report.state == "applied", report
    await storage.close()
    (folder / "blob").write_bytes(b"bytes")
    await BlobStore(f"file://{folder}/data/files").put(new_id(), "", folder / "blob")


def _sums(folder: Path) -> dict[str, str]:
    tables = json.loads((folder / "manifest.json").read_bytes())["tables"]
    # That the one was exported stands in its audit only.
    return {name: each["sha256"] for name, each in tables.items() if name != "audit_entry"}


async def test_backup_and_restore(operator: Operator, empty_database: str) -> None:
    """What is restored is what was backed up, row by row and file by file, as the page says."""
    await operator.follow("installer.md")
    url = _url_of(operator, empty_database)
    await _settle(url, operator.folder)
    home = operator.folder
    kind = "postgresql" if empty_database.startswith("postgresql") else "sqlite"
    await operator.follow("backup.md", kind)
    said = await operator.follow("backup.md", f"{kind}-gendan")
    assert "everything fits" in said
    assert "fjordvang: Fjordvang Kommune (in use, never exported)" in said
    await operator.follow("backup.md", "sammenlign")
    there, operator.folder = operator.folder, home
    await operator.follow("backup.md", "sammenlign")
    assert _sums(there / "proeve") == _sums(home / "proeve")
    rows = (there / "proeve" / "tables" / "stamdata" / "stamdata_person.jsonl").read_text()
    assert "Alma" in rows
    files = [sorted(p.name for p in (f / "data" / "files").rglob("*")) for f in (home, there)]
    assert files[0] == files[1] != []


def _url_of(operator: Operator, empty_database: str) -> str:
    is_postgres = empty_database.startswith("postgresql")
    return empty_database if is_postgres else f"sqlite:///{operator.folder}/data/aula.db"


async def test_from_installing_to_leaving(operator: Operator, empty_database: str) -> None:
    """Install, configure, run, upgrade, look for faults, and leave: every command of every page."""
    said = await operator.follow("installer.md")
    assert "everything fits" in said
    url = _url_of(operator, empty_database)
    await _settle(url, operator.folder)
    said = await operator.follow("konfigurer.md")
    for line in ("fjordvang: on  posts", "bakkedal: off messages", "nothing to change"):
        assert line in said
    said = await operator.follow("drift.md")
    assert "database: answers" in said
    assert "everything is up to date" in await operator.follow("opgrader.md")
    await operator.follow("fejlsoegning.md")
    said = await operator.follow("ophoer.md")
    assert "stamdata_person: 17" in said
    file = operator.folder / "aula.toml"
    kept, _mark, rest = file.read_text().partition("[municipalities.fjordvang]")
    file.write_text(f"{kept}{rest[rest.index('[municipalities.bakkedal]') :]}")
    assert "rows of fjordvang are erased" in await operator.follow("ophoer.md", "slet")
    storage = Storage(url)
    async with storage.engines.reading.connect() as connection:
        keys = await connection.execute(sa.text("SELECT key FROM stamdata_municipality"))
        assert keys.scalars().all() == ["bakkedal"]
    await storage.close()


def test_every_page_is_found_and_leads_somewhere() -> None:
    """The index names every page of the docs that is one, and no link is broken."""
    docs = ROOT / "docs"
    for page in docs.rglob("*.md"):
        for link in _LINK.findall(page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.relative_to(ROOT)}: {link}"
    text = "".join((docs / name).read_text() for name in ("README.md", "guides/brugere/README.md"))
    for page in docs.rglob("*.md"):
        is_listed = "decisions" not in page.parts and page.name != "README.md"
        if is_listed:
            assert page.name in text, f"docs/README.md does not lead to {page.name}"
