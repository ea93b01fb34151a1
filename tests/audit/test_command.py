"""``aula audit`` as an operator uses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from aula_platform.audit import record
from aula_platform.audit.tables import entry
from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.plugin_host import Host
from aula_platform.stamdata.tables import municipality
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.i18n import use_locale
from tests.audit import intruder

CONFIGURATION = """
[site]
data = "{folder}/data"

[municipalities.fjord]
name = "Fjord Kommune"

[municipalities.aa]
name = "Aa Kommune"
"""


class Operator:
    """Somebody at the command line of a site with two municipalities."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "aula.toml"
        self._file.write_text(CONFIGURATION.format(folder=folder))
        self.url = f"sqlite:///{folder}/data/aula.db"

    def run(self, *words: str) -> Result:
        """Run a command in English; return how it ended."""
        arguments = ["--config", str(self._file), "--language", "en", *words]
        return CliRunner().invoke(aula, arguments, obj=CommandContext(Host()))

    def tamper(self) -> None:
        """Have the database's owner change what every entry says."""

        async def change() -> None:
            storage = Storage(self.url)
            await intruder.take_triggers_away(storage)
            await intruder.run(storage, sa.update(entry).values(role="pupil"))
            await storage.close()

        asyncio.run(change())

    def write(self, times: int) -> None:
        """Have something audited in the first municipality."""

        async def write_some() -> None:
            storage = Storage(self.url)
            storage.recorders.append(record)
            async with storage.write(EVERYWHERE) as write:
                found = sa.select(municipality.c.id).where(municipality.c.key == "fjord")
                place = await write.scalar(found)
                for _time in range(times):
                    write.audit("probe.do", municipality_id=place)
            await storage.close()

        asyncio.run(write_some())


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    found = Operator(tmp_path)
    assert found.run("migrate").exit_code == 0
    assert found.run("audit", "verify").exit_code == 0
    yield found
    use_locale("da")


def test_an_audit_is_sealed_anchored_and_verified(operator: Operator) -> None:
    """Whoever changes an entry in the database is found, and the command ends with 1."""
    operator.write(3)
    waiting = operator.run("audit", "verify", "fjord")
    assert "0 entries in the chain, 3 wait to be sealed, 0 anchors" in waiting.output
    sealed = operator.run("audit", "seal")
    (line,) = sealed.output.splitlines()
    assert line.split()[0] == "fjord"
    assert line.split()[2] == "3"
    whole = operator.run("audit", "verify")
    assert whole.exit_code == 0, whole.output
    assert "fjord: 3 entries in the chain, 0 wait to be sealed, 1 anchors" in whole.output
    operator.tamper()
    broken = operator.run("audit", "verify")
    assert broken.exit_code == 1
    assert broken.output.count("changed since it was sealed") == 3
    told = json.loads(operator.run("audit", "verify", "--json").output)
    assert [one["fault"] for one in told["fjord"]["findings"]] == ["changed"] * 3
    assert told["aa"]["findings"] == []


def test_an_unknown_municipality_is_named(operator: Operator) -> None:
    """A wrong key is a sentence that says which there are."""
    refused = operator.run("audit", "verify", "bjerg")
    assert refused.exit_code == 2
    assert "no municipality bjerg; known: aa, fjord" in refused.output
