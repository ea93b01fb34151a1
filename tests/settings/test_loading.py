"""Settings: what is wrong is named by file, line and key, with what was expected."""

from pathlib import Path

import pytest

from aula_platform.settings import WrongSettings, load_settings

GOOD = """\
[site]
mode = "demo"

[municipalities.fjord]
name = "Fjordvang"

[municipalities.fjord.plugins.messages]
state = "on"
settings = { max_recipients = 100 }
"""


def _load(tmp_path: Path, text: str) -> WrongSettings:
    path = tmp_path / "aula.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings) as caught:
        load_settings(path)
    assert str(caught.value).startswith(str(path))
    return caught.value


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "aula.toml"
    path.write_text(GOOD, encoding="utf-8")
    settings = load_settings(path)
    choice = settings.municipalities["fjord"].plugins["messages"]
    assert (choice.state, choice.settings) == ("on", {"max_recipients": 100})
    assert settings.database_url == "sqlite:///var/aula.db"
    assert settings.site.default_locale == "da"


@pytest.mark.parametrize(
    ("wrong", "instead", "key", "line", "says"),
    [
        ("mode", "mod", "site.mod", 2, "did you mean 'mode'?"),
        ("state", "stat", "municipalities.fjord.plugins.messages.stat", 8, "did you mean 'state'?"),
        ("[site]", "[sites]", "sites", 1, "did you mean 'site'?"),
        ('"demo"', '"demmo"', "site.mode", 2, "expected one of 'demo', 'production'"),
        ('"on"', '"of"', "municipalities.fjord.plugins.messages.state", 8, "did you mean 'off'?"),
        ('"demo"', "3", "site.mode", 2, "expected one of 'demo', 'production'"),
        ('name = "Fjordvang"', "", "municipalities.fjord", 4, "missing required field `name`"),
        ('"Fjordvang"', "7", "municipalities.fjord.name", 5, "Expected `str`, got `int`"),
    ],
)
def test_a_wrong_key_is_named_with_its_line_and_the_nearest_known(
    tmp_path: Path, wrong: str, instead: str, key: str, line: int, says: str
) -> None:
    error = _load(tmp_path, GOOD.replace(wrong, instead))
    assert (error.key, error.line) == (key, line)
    assert says in str(error)


@pytest.mark.parametrize(
    ("section", "key", "refused", "least"),
    [
        ("municipalities.fjord.audit", "keep_months", (-1, 0, 5), 6),
        ("audit", "anchor_minutes", (-1, 0), 1),
    ],
)
def test_the_audit_is_kept_and_anchored_however_it_is_set(
    tmp_path: Path, section: str, key: str, refused: tuple[int, ...], least: int
) -> None:
    """No setting lets the month that runs expire, or the job that anchors never rest."""
    for number in refused:
        error = _load(tmp_path, f"{GOOD}\n[{section}]\n{key} = {number}\n")
        assert error.key == f"{section}.{key}"
        assert f">= {least}" in str(error)
    path = tmp_path / "aula.toml"
    path.write_text(f"{GOOD}\n[{section}]\n{key} = {least}\n", encoding="utf-8")
    settings = load_settings(path)
    numbers = settings.audit.anchor_minutes, settings.municipalities["fjord"].audit.keep_months
    assert least in numbers


def test_two_municipalities_are_not_one_in_a_log_in(tmp_path: Path) -> None:
    """Privileges are known by a CVR number: the last of two would get what is the first one's."""
    town = '[municipalities.{0}]\nname = "{0}"\ncvr = "{1}"\n'
    same = town.format("skovby", "12345678") + town.format("bakkeby", "12345678")
    error = _load(tmp_path, same)
    assert (error.key, error.line) == ("municipalities.bakkeby.cvr", 6)
    assert "'12345678' is already the number of 'skovby'" in str(error)
    path = tmp_path / "aula.toml"
    path.write_text(town.format("skovby", "") + town.format("bakkeby", ""), encoding="utf-8")
    assert set(load_settings(path).municipalities) == {"skovby", "bakkeby"}


def test_a_key_that_resembles_nothing_lists_what_is_known(tmp_path: Path) -> None:
    error = _load(tmp_path, GOOD + "\n[zebra]\n")
    known = "known keys: audit, budgets, files, login, municipalities, quarantine, registry, "
    assert known in str(error)


def test_a_missing_file_and_bad_toml_are_said(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="cannot be read"):
        load_settings(tmp_path / "nowhere.toml")
    assert "is not TOML" in str(_load(tmp_path, "[site\n"))
