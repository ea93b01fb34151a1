"""The administrator's commands, on both databases (WID-R4)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aula_registry.cli import main
from aula_registry.database import connect
from aula_registry.releases import publish
from aula_registry.vendors import find_vendor
from aula_sdk.manifest import parse_manifest

Build = Callable[..., dict[str, Any]]
ADDRESS = "fjordvang/ugeplan@1.0.0"
VENDOR = ["vendor", "add", "fjordvang", "--name", "Fjordvang", "--contact", "x@fjordvang.example"]


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Callable[..., Result]:
    """Run a command as an administrator does, over a fresh database."""
    environ = {
        "AULA_REGISTRY_DATABASE": database_url,
        "AULA_REGISTRY_FOLDER": str(tmp_path / "registry"),
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=environ)

    return run


def test_an_administrator_decides(
    command: Callable[..., Result], database_url: str, widget: Build
) -> None:
    """WID-R4: from an empty database to approved and suspended, each by somebody's name."""
    assert command("migrate").exit_code == 0
    assert command("migrate").exit_code == 0
    assert command(*VENDOR).exit_code == 0
    database = connect(database_url)

    async def send() -> None:
        manifest = parse_manifest(widget())
        await publish(database, await find_vendor("fjordvang"), manifest, submit=True)

    asyncio.run(send())
    assert ADDRESS in command("list").output
    assert command("approve", ADDRESS).exit_code == 2
    assert command("approve", ADDRESS, "--by", "Ida").output == f"{ADDRESS} is approved.\n"
    again = command("approve", ADDRESS, "--by", "Ida")
    assert (again.exit_code, "cannot become approved" in again.output) == (1, True)
    assert command("suspend", ADDRESS, "--by", "Ida", "--reason", "leak").exit_code == 0
    assert ADDRESS in command("list", "--state", "suspended").output
    unknown = command("approve", "nobody/nothing@1.0.0", "--by", "Ida")
    assert (unknown.exit_code, "There is no such package" in unknown.output) == (1, True)


def test_a_token_is_handed_over_once(command: Callable[..., Result], tmp_path: Path) -> None:
    """WID-R4: to a file that its owner alone reads; a vendor is added once."""
    command("migrate")
    file = tmp_path / "secrets" / "token"
    done = command(*VENDOR, "--token-file", str(file))
    assert (done.exit_code, done.output) == (0, "")
    assert file.read_text().startswith("aulareg_")
    assert file.stat().st_mode & 0o077 == 0
    assert command(*VENDOR).exit_code == 1
    assert command(*VENDOR, "--if-missing").exit_code == 0
    renewed = command("vendor", "token", "fjordvang")
    assert renewed.exit_code == 0
    assert file.read_text().strip() not in renewed.output


def test_production_starts_with_nothing_by_itself(command: Callable[..., Result]) -> None:
    """Settings: without keys, or with an old database, the service does not start."""
    behind = command("serve")
    assert (behind.exit_code, "run aula-registry migrate" in behind.output) == (1, True)
    command("migrate")
    keyless = command("serve")
    assert (keyless.exit_code, "no keys" in keyless.output) == (1, True)
    assert command("keys", "init").output.startswith("Root key")
    assert command("keys", "show").output.startswith("ed25519:")
