"""How contacts are said to people."""

from aula_plugins.contacts import _
from aula_plugins.contacts.models import Audience
from aula_plugins.contacts.schemas import Contact, GroupItem, Relative, Show
from aula_sdk.i18n import Text
from aula_sdk.people import Kind

SHOWS = {
    Show.CHILDREN: _("Children"),
    Show.GUARDIANS: _("Guardians"),
    Show.EMPLOYEES: _("Employees"),
    Show.CONTACT_PARENTS: _("Contact parents"),
}
_KINDS = {
    Kind.EMPLOYEE: _("Employee"),
    Kind.GUARDIAN: _("Guardian"),
    Kind.PUPIL: _("Child"),
    Kind.EXTERNAL: _("External"),
}
_GROUP_KINDS = {
    "main": _("Class or room"),
    "year": _("Year"),
    "team": _("Team"),
    "sfo": _("After-school care"),
}
_GROUP = _("Group")
AUDIENCES = {
    Audience.NOBODY: _("Nobody"),
    Audience.CLASS: _("The class or room"),
    Audience.YEAR: _("The year and after-school care"),
    Audience.INSTITUTION: _("The whole institution"),
}
_MEANINGS = {
    Audience.NOBODY: _("Only the staff of the child's groups see it."),
    Audience.CLASS: _("Families and staff of the same class or room see it."),
    Audience.YEAR: _("Families of the same year and after-school care see it too."),
    Audience.INSTITUTION: _("All families and staff of the institution see it."),
}

_STAFF_OF_MINE = _("Only the staff of your groups see it.")


def kind(person: Contact) -> Text | str:
    """Return what somebody is: the title where there is one."""
    return person.title or (_KINDS[person.kind] if person.kind else "")


def relation(relative: Relative) -> Text | str:
    """Return how a guardian is related to a child, for who may know; else that it is a guardian."""
    return relative.relation or kind(relative)


def tie(child: Relative) -> Text | str:
    """Return how a guardian is related to a child, where the child stands beside the guardian."""
    if not child.relation:
        return ""
    return _("%(relation)s of the child") % {"relation": child.relation}


def group_kind(name: str) -> Text:
    """Return what kind of group it is."""
    return _GROUP_KINDS.get(name, _GROUP)


def group_detail(group: GroupItem) -> str:
    """Return what tells groups of the same name apart: own children, kind, institution."""
    said = [", ".join(group.children), str(group_kind(group.kind)), group.institution]
    return " · ".join(word for word in said if word)


def audience_options(*, is_pupil: bool = False) -> list[dict[str, object]]:
    """Return the choices of a form, each with what it means: to a pupil, or to a guardian."""
    meanings = _MEANINGS | ({Audience.NOBODY: _STAFF_OF_MINE} if is_pupil else {})
    return [
        {"value": one.value, "label": AUDIENCES[one], "hint": meanings[one]} for one in Audience
    ]


def dial(number: str) -> str:
    """Return a number as a telephone takes it."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")
