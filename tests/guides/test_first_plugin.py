"""``docs/vendor/first-plugin.md``, followed word for word by somebody who has nothing yet."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guides.page import commands_of, read_blocks, run

PAGE = "vendor/first-plugin.md"
_PIP = """\
#!/bin/sh
# What the page installs from the registry of packages is here already; a folder is installed.
case "$2" in
  --editable) exec {uv} pip install -q --python {python} --no-deps --no-build-isolation "$2" "$3" ;;
  aula-sdk*) exec {python} -c 'import aula_sdk.testing.plugin, aula_platform' ;;
esac
exit 2
"""


@pytest.fixture
def vendor(tmp_path: Path) -> dict[str, str]:
    """The variables of a shell in a fresh environment that finds the distributions of this one."""
    place, programs = tmp_path / "venv", Path(sys.executable).parent
    uv = programs / "uv"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, place], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "here.pth").write_text(
        f"import site; site.addsitedir({site.getsitepackages()[0]!r})\n"
    )
    pip = place / "bin" / "pip"
    pip.write_text(_PIP.format(uv=uv, python=place / "bin" / "python"))
    pip.chmod(0o755)
    for name, module in (("aula", "aula_platform.cli"), ("aula-sdk", "aula_sdk.tools.cli")):
        program = place / "bin" / name
        program.write_text(f"#!{place}/bin/python\nfrom {module} import main\nmain()\n")
        program.chmod(0o755)
    # On the second database the plugin's own tests run elsewhere: this is about the page.
    return {"PATH": f"{place}/bin:{os.environ['PATH']}", "AULA_TEST_POSTGRES": ""}


@pytest.mark.timeout(300)
def test_the_page_leads_to_a_plugin_that_is_on(tmp_path: Path, vendor: dict[str, str]) -> None:
    """B11: scaffold, install, test, migrate and switch on, by the page's own words."""
    blocks = read_blocks(PAGE)
    folder, said = tmp_path, ""
    for command in commands_of(blocks[:1]):
        if command.startswith("cd "):
            folder = folder / command.removeprefix("cd ")
        else:
            said = run(command, folder, vendor)
    assert " passed" in said
    assert "failed" not in said
    (configuration,) = (block for block in blocks if block.kind == "toml")
    beside = tmp_path / "site"
    beside.mkdir()
    (beside / "aula.toml").write_text(configuration.text)
    answers = [run(command, beside, vendor) for command in commands_of(blocks[2:3])]
    assert "lost_property" in answers[0]
    assert "fjordvang: on  lost_property" in answers[1]
    assert answers[2] == "everything fits\n"
    off = configuration.text.rpartition("[municipalities.fjordvang.plugins")[0]
    (beside / "aula.toml").write_text(off)
    assert "fjordvang: off lost_property" in run("aula plugins", beside, vendor)
    drafted = run(commands_of(blocks[3:])[0], folder, vendor)
    assert "0002_my_change.py" in drafted
