"""Field by role, made from the schemas: a new field is seen by nobody until it has a class."""

from typing import Any

import msgspec
import pytest

from aula_plugins.contacts.fields import CLASSES, FieldClass, show
from aula_plugins.contacts.schemas import Card, Contact, Entry, Relative
from plugins.contacts.tests.school import School, key

STRUCTS = (Contact, Relative, Entry, Card)
FIELDS = {field.name for struct in STRUCTS for field in msgspec.structs.fields(struct)}
SEEN_BY = {
    FieldClass.LISTED: {"teacher", "leader", "colleague", "guardian", "pupil", "other_guardian"},
    FieldClass.REACHABLE: {"teacher", "leader", "other_guardian"},
    FieldClass.RELATION: {"teacher", "leader"},
}
"""Who sees a field of such a class of Line Berg, who shares with nobody."""
NOT_OF_A_GUARDIAN = {"title"}
WITHOUT: tuple[Any, ...] = ([], "", False, None)


def test_every_field_has_a_class() -> None:
    """R1: whoever adds a field says who sees it; nothing is classed that is no field."""
    assert set(CLASSES) == FIELDS
    assert not {"custody", "access", "protected"} & FIELDS


@pytest.mark.parametrize("struct", STRUCTS)
def test_a_field_without_a_class_is_shown_to_nobody(struct: type[Contact]) -> None:
    """R1: whatever the service knows, and whatever the reader may see."""
    grown: Any = msgspec.defstruct("Grown", [("custody", bool, False)], bases=(struct,))
    everything = frozenset(FieldClass)
    found = show(grown, {"id": "pro_1", "name": "Line", "custody": True}, everything)
    assert (found.name, found.custody) == ("Line", False)


@pytest.mark.parametrize("kind", list(FieldClass))
@pytest.mark.parametrize("struct", STRUCTS)
def test_a_class_that_is_not_seen_leaves_nothing(struct: type[Contact], kind: FieldClass) -> None:
    """R1: without a class its fields have the value that says nothing."""
    values = {name: f"value of {name}" for name in FIELDS}
    found = show(struct, values, frozenset(FieldClass) - {kind})
    empty = struct()
    for field in msgspec.structs.fields(struct):
        hidden = CLASSES[field.name] is kind
        nothing = getattr(found, field.name) == getattr(empty, field.name)
        assert nothing is hidden, field.name


async def test_who_sees_which_field(school: School) -> None:
    """R1, R12: each field of the card and of the rows, by each role, on API and page."""
    people = school.people
    line = people.other_guardian
    answer = await school.ask(
        people.teacher, "PUT", f"/groups/{school.group()}/contact-parents", parents=[key(line)]
    )
    assert answer.status_code == 204, answer.text
    for role in sorted(SEEN_BY[FieldClass.LISTED]):
        reader = getattr(people, role)
        card = await school.get(reader, f"/people/{key(line)}")
        rows = await school.get(reader, f"/groups/{school.group()}?show=children")
        row = next(
            one for item in rows["items"] for one in item["relatives"] if one["name"] == line.name
        )
        page = await (await school.client(reader)).get(f"/contacts/people/{key(line)}")
        for name in FIELDS - NOT_OF_A_GUARDIAN:
            told = [one[name] for one in (card, row) if name in one]
            assert told, name
            expected = role in SEEN_BY[CLASSES[name]]
            for value in told:
                assert (value not in WITHOUT) is expected, (role, name)
            if CLASSES[name] is FieldClass.REACHABLE:
                assert (f"{name}-of-other_guardian" in page.text) is expected, (role, name)
        assert "custody" not in page.text.lower()
