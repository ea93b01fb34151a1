"""How groups, people and rights are called on pages."""

from collections.abc import Sequence

from aula_plugins.groups import _
from aula_plugins.groups.models import Access
from aula_plugins.groups.queries.groups import Head
from aula_plugins.groups.queries.templates import TemplateRow
from aula_plugins.groups.service.set_ups import MANY
from aula_plugins.groups.service.template_rights import Cell, Line, TemplateRight
from aula_sdk.group_grants import GroupCell
from aula_sdk.i18n import Text, ngettext_for
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import GroupKind

_n = ngettext_for("groups")

GROUP_KINDS: dict[str, Text] = {
    GroupKind.MAIN: _("Class or room"),
    GroupKind.YEAR: _("Year"),
    GroupKind.TEAM: _("Team"),
    GroupKind.SFO: _("After-school care"),
    GroupKind.OTHER: _("Other group"),
}
KINDS: dict[str, Text] = {
    Kind.EMPLOYEE: _("Employee"),
    Kind.PUPIL: _("Pupil"),
    Kind.GUARDIAN: _("Guardian"),
    Kind.EXTERNAL: _("External"),
}
ACCESS: dict[Access, Text] = {
    Access.CLOSED: _("Closed: those who look after it add people"),
    Access.OPEN: _("Open: people join by themselves"),
    Access.APPLICATION: _("On application: people ask, and those who look after it decide"),
}
SHORT_ACCESS: dict[Access, Text] = {
    Access.OPEN: _("Open"),
    Access.APPLICATION: _("On application"),
}
_IN_GROUP: dict[str, Text] = {
    Kind.EMPLOYEE: _("Employees of %(group)s"),
    Kind.PUPIL: _("Pupils of %(group)s"),
    Kind.GUARDIAN: _("Guardians of %(group)s"),
    Kind.EXTERNAL: _("Externals of %(group)s"),
}


def people(count: int) -> Text:
    """Return "44 people"."""
    return _n("%(count)s person", "%(count)s people", count)


def part_name(kind: str, name: str | None) -> Text:
    """Return "Guardians of 3.A"."""
    return _IN_GROUP[kind] % {"group": name or _("a group that is gone")}


def origin(*, made_here: bool, kind: str) -> Text:
    """Return what sort of group it is: as it comes, or made here."""
    return _("Made here") if made_here else GROUP_KINDS[kind]


def options_of_access() -> list[dict[str, str]]:
    """Return the ways to become a member, for radio buttons."""
    return [{"value": one.value, "label": str(text)} for one, text in ACCESS.items()]


def options_of_kinds() -> list[dict[str, str]]:
    """Return the kinds of people, for check boxes."""
    return [{"value": kind.value, "label": str(MANY[kind])} for kind in Kind]


def who_can(head: Head) -> str:
    """Return "Employees, Pupils"."""
    return ", ".join(str(MANY[kind]) for kind in head.kinds)


def keys_of(rights: Sequence[TemplateRight]) -> str:
    """Return how rights are called whose features are off, so that nothing else names them."""
    return ", ".join(dict.fromkeys(one.right for one in rights))


def title_of(right: TemplateRight, lines: Sequence[Line]) -> Text | str:
    """Return what the right is called, or its key where nothing names it."""
    return next((line.title for line in lines if line.right == right.right), right.right)


def name_among(row: TemplateRow, others: Sequence[TemplateRow]) -> str:
    """Return what a template is called, with its institution where there are those of others."""
    if all(one.institution_id == row.institution_id for one in others):
        return row.name
    return f"{row.name} ({row.institution_name})"


def template_options(cell: Cell) -> list[dict[str, str]]:
    """Return what a template can say of a right, for a list."""
    elsewhere = _("As elsewhere: yes") if cell.elsewhere else _("As elsewhere: no")
    return [
        {"value": "", "label": str(elsewhere)},
        {"value": "yes", "label": str(_("Yes"))},
        {"value": "no", "label": str(_("No"))},
    ]


def cell_options(cell: GroupCell) -> list[dict[str, str]]:
    """Return what can be chosen of a right in a group, for a list."""
    elsewhere = _("As elsewhere")
    if cell.chosen is None:
        elsewhere = _("As elsewhere: yes") if cell.is_given else _("As elsewhere: no")
    return [
        {"value": "", "label": str(elsewhere)},
        {"value": "yes", "label": str(_("Yes, in this group"))},
        {"value": "no", "label": str(_("No, not in this group"))},
    ]
