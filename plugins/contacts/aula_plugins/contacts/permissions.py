"""Who may do what: groups and people, the relations to them, and what roles start with.

`docs/decisions/0017-who-sees-whose-contact-data.md` tells the rule: relation to the reader, the
person's own choice, permissions.
"""

from collections.abc import Iterable

from aula_plugins.contacts import _, relations
from aula_sdk import stamdata
from aula_sdk.contributions import DataClass
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind
from aula_sdk.permissions import Action, Relation, Resource, RoleDefault

ORDINARY = DataClass.ORDINARY
GROUPS = Resource(
    "contacts.group",
    GROUP,
    _("Group with contacts"),
    stamdata.group,
    (
        Relation(
            "member",
            _("is in the group or has a child in it"),
            relations.in_my_group,
        ),
        Relation(
            "institution",
            _("works at the group's institution"),
            relations.at_my_institution,
        ),
    ),
)

PEOPLE = Resource(
    "contacts.person",
    PROFILE,
    _("Contact"),
    stamdata.profile,
    (
        Relation("own", _("is this person or a guardian with access"), relations.is_mine),
        Relation("myself", _("is this person"), relations.is_me),
        Relation(
            "of_age",
            _("is this pupil, and old enough to decide alone"),
            relations.is_me_of_age,
        ),
        Relation(
            "custody",
            _("has custody of this child, who does not decide alone yet"),
            relations.is_my_child_by_custody,
        ),
        Relation("group", _("is in a group with this person"), relations.shares_a_group),
        Relation(
            "works_with",
            _("works with a group of this pupil, or of this guardian's child"),
            relations.works_with,
        ),
        Relation(
            "institution",
            _("works at this person's institution"),
            relations.is_at_my_institution,
        ),
        Relation("colleague", _("is a colleague of this employee"), relations.is_colleague),
        Relation(
            "staff",
            _("is or has a child in a group of this employee"),
            relations.is_staff_of_my_group,
        ),
        Relation(
            "shared",
            _("is where this person shares contact data: in the class, year or institution"),
            relations.shares_where_we_meet,
        ),
    ),
)

ACTIONS = (
    Action(
        "contacts.see_group",
        _("See who is in a group"),
        GROUPS.name,
        reads=ORDINARY,
        only_reads=True,
    ),
    Action("contacts.set_contact_parents", _("Choose contact parents"), GROUPS.name),
    Action(
        "contacts.see_person",
        _("See that somebody is there"),
        PEOPLE.name,
        reads=ORDINARY,
        only_reads=True,
    ),
    Action(
        "contacts.see_contact_data",
        _("See how to reach somebody"),
        PEOPLE.name,
        only_reads=True,
    ),
    Action("contacts.see_relation", _("See how a guardian is related to a child"), PEOPLE.name),
    Action("contacts.choose_sharing", _("Choose with whom contact data is shared"), PEOPLE.name),
)

_PARENTS_AND_PUPILS = (
    ("contacts.see_group", "member"),
    ("contacts.see_person", "group"),
    ("contacts.see_contact_data", "own"),
    ("contacts.see_contact_data", "staff"),
    ("contacts.see_contact_data", "shared"),
)
_HELD: dict[str, tuple[tuple[str, str], ...]] = {
    Kind.EMPLOYEE.value: (
        ("contacts.see_group", "member"),
        ("contacts.see_group", "institution"),
        ("contacts.see_person", "group"),
        ("contacts.see_person", "institution"),
        ("contacts.see_contact_data", "own"),
        ("contacts.see_contact_data", "works_with"),
        ("contacts.see_contact_data", "colleague"),
        ("contacts.see_contact_data", "shared"),
        ("contacts.see_relation", "works_with"),
        ("contacts.set_contact_parents", "member"),
    ),
    Kind.GUARDIAN.value: (
        *_PARENTS_AND_PUPILS,
        ("contacts.choose_sharing", "myself"),
        ("contacts.choose_sharing", "custody"),
    ),
    Kind.PUPIL.value: (*_PARENTS_AND_PUPILS, ("contacts.choose_sharing", "of_age")),
}
_BY_POST = (
    ("contacts.see_contact_data", "institution"),
    ("contacts.see_relation", "institution"),
    ("contacts.set_contact_parents", "institution"),
)
_POSTS = ("leader", "institution_admin")


def role_defaults() -> Iterable[RoleDefault]:
    """Yield what each role holds until a municipality decides otherwise.

    Employees see how to reach the pupils and guardians of their own groups (R9), whoever leads or
    administers an institution those of all its groups. Externals hold nothing (appendix E).
    """
    for role, held in _HELD.items():
        for action, relation in held:
            yield RoleDefault(role, action, relation)
    for role in _POSTS:
        for action, relation in _BY_POST:
            yield RoleDefault(role, action, relation)
