"""`aula check` and the start tell an operator where the wall or a look would not hold."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.kernel import BYPASSED
from aula_platform.plugin_host import start_host
from workspace.postgres import SUPERUSER

CONFIG = """\
[site]
mode = "{mode}"
data = "{folder}"

[storage]
database = "{database}"

[municipalities.north]
name = "Nordby"
look = {{ accent = "{accent}", accent_dark = "#9fe0bf" }}
"""


def _check(
    folder: Path, database: str, *, mode: str = "production", accent: str = "#0b5d3b"
) -> Result:
    config = folder / "aula.toml"
    config.write_text(
        CONFIG.format(mode=mode, folder=folder, database=database, accent=accent), encoding="utf-8"
    )
    arguments = ["--config", str(config), "check"]
    return CliRunner().invoke(aula, arguments, obj=CommandContext(start_host()))


def test_an_ordinary_role_fits(database: str, tmp_path: Path) -> None:
    """W4: on both databases there is nothing to tell."""
    found = _check(tmp_path, database)
    assert (found.exit_code, found.output) == (0, "everything fits\n")


def test_a_role_that_sees_through_the_wall_is_told_of(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """W4: in production plainly, and at the start too; the embedded database has no roles."""
    url = sa.make_url(database)
    has_roles = url.get_backend_name() == "postgresql"
    if has_roles:
        url = url.set(username=SUPERUSER)
    with caplog.at_level(logging.WARNING, "aula.kernel"):
        found = _check(tmp_path, url.render_as_string(hide_password=False))
    assert found.exit_code == (1 if has_roles else 0)
    assert (BYPASSED in found.output) is has_roles
    assert (BYPASSED in caplog.messages) is has_roles
    demo = _check(tmp_path, url.render_as_string(hide_password=False), mode="demo")
    assert demo.exit_code == 0


def test_a_look_that_cannot_be_read_is_told_of(database: str, tmp_path: Path) -> None:
    """W7: by its key, with what would do."""
    found = _check(tmp_path, database, accent="#ffcb57")
    assert found.exit_code == 1
    assert "municipalities.north.look.accent is #ffcb57: on light pages" in found.output
