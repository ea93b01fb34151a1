"""How a group is set up: what a form, a template and a new group have in common."""

from typing import Any

import msgspec

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.models import MAX_DESCRIPTION, MAX_NAME, Access
from aula_sdk.i18n import Text
from aula_sdk.people import Kind

MANY: dict[Kind, Text] = {
    Kind.EMPLOYEE: _("Employees"),
    Kind.PUPIL: _("Pupils"),
    Kind.GUARDIAN: _("Guardians"),
    Kind.EXTERNAL: _("Externals"),
}
"""How the kinds of people are called of whom a group can have several."""


class SetUp(msgspec.Struct, frozen=True):
    """What can be chosen about a group; the defaults are the narrowest that are of use."""

    description: str = ""
    access: Access = Access.CLOSED
    show_members: bool = False
    kinds: tuple[Kind, ...] = (Kind.EMPLOYEE, Kind.PUPIL)

    @property
    def columns(self) -> dict[str, Any]:
        """The same as columns of `models.set_up` and `models.template`."""
        return {
            "description": self.description,
            "access": self.access,
            "show_members": self.show_members,
            **{f"for_{kind.value}": kind in self.kinds for kind in Kind},
        }


def clean_name(text: str) -> str:
    """Return the name without needless blanks; raise `Invalid` when it is none."""
    name = " ".join(text.split())
    if not name:
        raise wrong_field("name", _("Give it a name"), "missing")
    if len(name) > MAX_NAME:
        raise wrong_field("name", _("The name is too long"), "too-long")
    return name


def check_set_up(set_up: SetUp) -> SetUp:
    """Return the set-up with a clean description; raise `Invalid` when nobody could be a member."""
    description = set_up.description.replace("\r\n", "\n").strip()
    if len(description) > MAX_DESCRIPTION:
        raise wrong_field("description", _("The description is too long"), "too-long")
    if not set_up.kinds:
        raise wrong_field("kinds", _("Choose who can be a member"), "missing")
    return msgspec.structs.replace(set_up, description=description)
