"""Which elements and attributes are read, and where they may stand.

Only what is named here is ever turned into text; everything else, CPR numbers above all, is passed
over by the parser. A field may be an attribute or an element of its own, in any order and with a
small or a large first letter: the real schema is not known, and the order tells nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ROOT = "UNILoginExport"
CONTAINERS = frozenset({ROOT, "Institution"})
"""Elements too large to be kept whole: they are told of when they begin and when they end."""
RECORDS = frozenset({"ImportSource", "Filter", "Group", "InstitutionPerson"})
"""Elements that are told of once, when they end."""


@dataclass(frozen=True)
class Rule:
    """One kind of element: its fields and the elements with fields of their own, by lower case."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, "Rule"] = field(default_factory=dict)
    content: str = ""
    """The field that the element's own text is (a telephone number, beside its protection)."""


def _rule(name: str, fields: str, *parts: Rule, content: str = "") -> Rule:
    return Rule(
        name,
        {each.lower(): each for each in fields.split()},
        {part.name.lower(): part for part in parts},
        content,
    )


def _person(fields: str, parts: Iterable[Rule] = ()) -> Rule:
    return _rule("Person", fields, *parts)


def _export(institution: Rule) -> Rule:
    return _rule(
        ROOT,
        "exportDateTime accessLevel",
        _rule("ImportSource", "source sourceDateTime schoolYear"),
        _rule("Filter", "Actor Level"),
        institution,
    )


_PHONES = ("HomePhoneNumber", "WorkPhoneNumber", "MobilePhoneNumber")
_IDENTITY = "UserId protected AliasFirstName AliasFamilyName"
_PERSON = _person(
    f"{_IDENTITY} FirstName FamilyName EmailAddress BirthDate",
    (
        _rule("Address", "StreetAddress PostalCode PostalDistrict protected"),
        *(_rule(name, "number protected", content="number") for name in _PHONES),
    ),
)
_WHO = _person(_IDENTITY)

SURVEY = _export(
    _rule(
        "Institution",
        "InstitutionNumber InstitutionName InstitutionType",
        _rule("Group", "GroupId GroupName GroupType GroupLevel FromDate ToDate"),
        _rule(
            "InstitutionPerson",
            "",
            _WHO,
            _rule("Student", "", _rule("ContactPerson", "", _WHO)),
        ),
    )
)
"""What must be known of the whole delivery before its people are read."""

PEOPLE = _export(
    _rule(
        "Institution",
        "",
        _rule(
            "InstitutionPerson",
            "",
            _PERSON,
            _rule(
                "Student",
                "Role Level MainGroupId GroupId",
                _rule("ContactPerson", "relation childCustody accessLevel", _PERSON),
            ),
            _rule("Employee", "Role Occupation GroupId"),
            _rule("Extern", "Role GroupId"),
        ),
    )
)
"""What is read of the people themselves."""
