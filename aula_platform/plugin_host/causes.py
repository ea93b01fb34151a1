"""Why a plugin is on or off, as people read it."""

from enum import StrEnum

from aula_platform.plugin_host.choices.lattice import Settled
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.operations import DecidedBy

_ = gettext_for("aula")


class Cause(StrEnum):
    """Why a plugin is off before anybody's choice is asked."""

    NOT_NAMED = "not-named"
    NOT_THERE = "not-there"
    WRONG_SETTINGS = "wrong-settings"

    @property
    def is_platforms(self) -> bool:
        """Whether the configuration has nothing to do with it."""
        return self is Cause.NOT_THERE


OBSTACLES: dict[Cause, Text] = {
    Cause.NOT_NAMED: _("Hidden because the municipality's configuration does not name it"),
    Cause.NOT_THERE: _("Hidden because it is not installed, or could not be started"),
    Cause.WRONG_SETTINGS: _("Hidden because its settings in the configuration cannot be used"),
}

_LOCKED = {
    "on": _("Shown because the municipality's configuration locks it"),
    "off": _("Hidden because the municipality's configuration locks it"),
}
_TO_BEGIN_WITH = {
    "on": _("Shown as the configuration proposes; nobody has chosen yet"),
    "off": _("Hidden as the configuration proposes; nobody has chosen yet"),
}
_MUNICIPALITY = {
    "on": _("Shown because the municipality has chosen so"),
    "off": _("Hidden because the municipality has chosen so"),
}
_PROPOSED = {
    "on": _("Shown as the municipality proposes; the institution can choose otherwise"),
    "off": _("Hidden as the municipality proposes; the institution can choose otherwise"),
}
_INSTITUTION = {
    "on": _("Shown because the institution has chosen so"),
    "off": _("Hidden because the institution has chosen so"),
}


def say_state(settled: Settled) -> Text:
    """Return why it is on or off, and who says so."""
    is_left = settled.word.left_to != "nobody"
    if settled.by is DecidedBy.CONFIGURATION:
        return (_TO_BEGIN_WITH if is_left else _LOCKED)[settled.word.state]
    if settled.by is DecidedBy.MUNICIPALITY:
        return (_PROPOSED if is_left else _MUNICIPALITY)[settled.word.state]
    return _INSTITUTION[settled.word.state]


_SET_BY = {
    DecidedBy.CONFIGURATION: _("Set by the municipality's configuration, which locks it"),
    DecidedBy.MUNICIPALITY: _("Set by the municipality"),
    DecidedBy.INSTITUTION: _("Set by the institution"),
    DecidedBy.PLUGIN: _("Nobody has set it; this is what the feature begins with"),
}


def say_setting(by: DecidedBy) -> Text:
    """Return who has set a setting."""
    return _SET_BY[by]
