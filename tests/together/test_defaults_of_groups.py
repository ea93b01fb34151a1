"""What kinds of people may do in a group of which nobody has said anything, over all plugins."""

from __future__ import annotations

import pytest

from aula_platform.kernel import make_catalogue
from aula_platform.plugin_host import start_host
from aula_platform.storage import around
from aula_platform.testing import RunningSite
from aula_sdk.ids import GROUP
from aula_sdk.operations import Place
from aula_sdk.people import Kind
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People

E, G, P, X = Kind.EMPLOYEE, Kind.GUARDIAN, Kind.PUPIL, Kind.EXTERNAL
MATRIX = {
    "messages.write_in_group": {E: True, G: True, P: False, X: False},
    "posts.write_in_group": {E: True, G: False, P: False, X: False},
    # As long as members are shown, which they are not in a new group.
    "groups.see_members_of_group": {G: True, P: True},
}
"""Appendix E; a plugin that adds a line says here what it is from the start."""
_LOOKING = {"groups.see", "groups.see_members", "contacts.see_group"}
_MOVING = {"groups.join", "groups.leave"}
ABOUT_GROUPS = {
    P: _LOOKING | _MOVING,
    G: _LOOKING | _MOVING | {"messages.write_to_group"},
    X: {"groups.see"} | _MOVING,
}
"""Every action about groups that these kinds of people hold from the start, through whatever
relation: children look, and join what is open to them; nobody but employees and guardians sends.
"""
DOING = ("messages.write_to_group", "posts.write_to_group", "groups.see_members")


async def test_rgt_4_a_new_group_has_the_rights_of_appendix_e(
    running: RunningSite, people: People
) -> None:
    """RGT-4: the same in the matrix of a class and of a group that would be made now."""
    admin = people.admin
    actor = await running.actor(admin)
    place = Place(admin.municipality_id, admin.institution_id)
    grants = running.platform.grants
    async with running.storage.read(around(actor.municipalities)) as read:
        for lines in (
            await grants.group_rights(read, actor, people.groups["3.A"]),
            await grants.new_group_rights(read, actor, place),
        ):
            found = {line.right: {one.kind: one.is_given for one in line.cells} for line in lines}
            assert found == MATRIX
            assert all(cell.chosen is None for line in lines for cell in line.cells)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("teacher", (True, True, True)),
        ("guardian", (True, False, False)),
        ("pupil", (False, False, False)),
        ("external", (False, False, False)),
        ("without_access", (False, False, False)),
        ("stranger", (False, False, False)),
    ],
)
async def test_rgt_4_children_none_guardians_messages_employees_all(
    running: RunningSite, people: People, name: str, expected: tuple[bool, ...]
) -> None:
    """RGT-4, RGT-5: what each person of a new class can really do there."""
    member: Member = getattr(people, name)
    actor, group = await running.actor(member), people.groups["3.A"]
    async with running.storage.read(around(actor.municipalities)) as read:
        may = running.platform.permissions.may
        assert tuple([await may(read, actor, action, group) for action in DOING]) == expected


def test_rgt_4_no_plugin_gives_children_more_in_groups() -> None:
    """RGT-4: over every action of every plugin that is about groups."""
    catalogue = make_catalogue(start_host())
    about = {
        name
        for name, action in catalogue.actions.items()
        if action.resource and catalogue.resources[action.resource].kind == GROUP
    }
    for kind, expected in ABOUT_GROUPS.items():
        held = {one.action for one in catalogue.defaults[kind.value]}
        assert held & about == expected, kind
    in_groups = {
        action
        for right in catalogue.group_rights.values()
        for action, _relation in right.parts.get(E, ())
    }
    assert in_groups <= {one.action for one in catalogue.defaults[E.value]}
