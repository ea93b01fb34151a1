"""`aula check` and the start tell an operator where the wall or a look would not hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from importlib_metadata import EntryPoint

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.kernel import BYPASSED
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import GROUP, Installed, installed_plugins
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


PLUGIN = """\
from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("heavy")
plugin = Plugin("heavy", _("Heavy"), _("For a test"), __name__)
"""


def _check(
    folder: Path,
    database: str,
    *,
    mode: str = "production",
    accent: str = "#0b5d3b",
    more: Sequence[Installed] = (),
    config: str = CONFIG,
) -> Result:
    file = folder / "aula.toml"
    file.write_text(
        config.format(mode=mode, folder=folder, database=database, accent=accent), encoding="utf-8"
    )
    arguments = ["--config", str(file), "check"]
    host = start_host([*installed_plugins(), *more])
    return CliRunner().invoke(aula, arguments, obj=CommandContext(host))


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


BROKER = """
[login.brokers.unilogin]
profile = "uni-login"
issuer = "https://broker.example/auth/realms/broker"
client_id = "aula"
title = "UNI-Login"
scopes = ["openid", "profile"]
"""


def test_what_a_profile_gives_is_said(database: str, tmp_path: Path) -> None:
    """And what was written instead; a broker that cannot be used is told of before the start."""
    found = _check(tmp_path, database, config=CONFIG + BROKER)
    assert found.exit_code == 0
    assert found.output.splitlines() == [
        "login.brokers.unilogin: profile 'uni-login' (UNI-Login (STIL), OpenID Connect)",
        "  from the profile: subject_claim, assurance_claims, acr, step_up_acr",
        "  changed in this file: scopes",
        "everything fits",
    ]
    wrong = _check(tmp_path, database, config=CONFIG + BROKER.replace("https:", "http:"))
    assert wrong.exit_code == 1
    assert (
        "login.brokers.unilogin.issuer: plain http is for brokers on this machine" in wrong.output
    )


def test_a_plugin_with_a_file_that_is_not_sent_is_told_of(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R26, decision 0033: before anybody opens a page, by name and with what to do."""
    static = tmp_path / "heavy_plugin" / "static" / "heavy"
    static.mkdir(parents=True)
    (static / "film.mp4").write_bytes(b"0")
    (tmp_path / "heavy_plugin" / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "heavy_plugin" / "hooks.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = EntryPoint(name="heavy", value="heavy_plugin:plugin", group=GROUP)
    found = _check(tmp_path, database, more=[Installed("heavy", "acme-heavy", "1.0", entry)])
    assert found.exit_code == 1
    assert "heavy (acme-heavy) : static/film.mp4 is not of a kind that pages load" in found.output
    assert "install a version that works here" in found.output
