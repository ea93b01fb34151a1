"""How the values of settings are called: declared by plugins, complete in this repository."""

import importlib
from typing import Literal

import msgspec
import pytest

from aula_platform.plugin_host.choices.fields import fields_of
from aula_sdk.contributions import SettingsSchema
from aula_sdk.i18n import gettext_for
from aula_sdk.settings_values import values_to_choose
from workspace.places import ROOT

_ = gettext_for("notes")
Way = Literal["sea", "land"]


class Trips(msgspec.Struct, frozen=True):
    """One of a few, several of a few, a few by name, and none of these."""

    way: Way = "sea"
    ways: tuple[Way, ...] = ()
    by_name: dict[str, Way] = {}
    days: int = 1


def test_the_values_to_choose_are_read_off_the_struct() -> None:
    """A form lists one of a few, or ticks several; what goes by name is not for a form."""
    few = ("land", "sea")
    found = values_to_choose(Trips)
    assert {name: tuple(sorted(values)) for name, values in found.items()} == {
        "way": few,
        "ways": few,
        "by_name": few,
        "days": (),
    }
    kinds = {name: field.kind for name, field in fields_of(Trips).items()}
    assert kinds == {"way": "option", "ways": "options", "by_name": "other", "days": "number"}


@pytest.mark.parametrize(
    ("titles", "told"),
    [({"wey": {}}, "no field wey"), ({"ways": {"air": _("Quiet")}}, "no value of ways air")],
)
def test_a_title_of_what_there_is_not_is_refused(titles: dict[str, object], told: str) -> None:
    """A misspelt value would be shown raw for ever."""
    with pytest.raises(ValueError, match=told):
        SettingsSchema(Trips, value_titles=titles)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "plugins").iterdir()))
def test_every_value_of_our_plugins_has_a_title(name: str) -> None:
    """Administrators read words, not the keys of ``aula.toml``."""
    if not (ROOT / "plugins" / name / "aula_plugins" / name / "settings.py").exists():
        return
    hooks = importlib.import_module(f"aula_plugins.{name}.hooks")
    # A protocol of log-in has settings of a broker's, which nobody chooses on a page.
    for schema in hooks.aula_settings() if hasattr(hooks, "aula_settings") else ():
        for field, values in values_to_choose(schema.struct).items():
            assert field in schema.titles
            assert set(values) == set(schema.value_titles.get(field, {}))
