"""``visible`` and ``may`` against a slow oracle in plain Python, over random groups."""

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_plugins.groups.models import Access, chosen, editor, set_up
from aula_plugins.groups.permissions import ACTIONS, GROUPS, role_defaults
from aula_plugins.groups.service.settling import settle
from aula_plugins.groups.writer import group_record
from aula_sdk import stamdata
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, WriteUnit
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People

GROUP_COUNT = 14


async def make_at_random(
    write: WriteUnit, platform: Platform, chance: random.Random, cast: list[Member]
) -> None:
    """Make groups of every make, with members of every kind, some of them of elsewhere."""
    staff = [member for member in cast if member.kind is Kind.EMPLOYEE]
    for number in range(GROUP_COUNT):
        maker, group_id = chance.choice(staff), new_id()
        wall = maker.municipality_id
        row = {
            "id": group_id,
            "municipality_id": wall,
            "institution_id": maker.institution_id,
            "made_here": True,
            "across": chance.random() < 0.3,
            "description": "",
            "access": chance.choice(list(Access)),
            "show_members": chance.random() < 0.5,
            **{f"for_{kind.value}": chance.random() < 0.5 for kind in Kind},
            "maker_id": maker.profile_id,
            "made_at": write.now,
        }
        await write.execute(sa.insert(set_up), row)
        here = [member for member in cast if member.municipality_id == wall]
        for table, key, people in (
            (chosen, "chosen_at", chance.sample(here, min(4, len(here)))),
            (editor, "added_at", [chance.choice(staff)]),
        ):
            common = {"group_id": group_id, "municipality_id": wall, key: write.now}
            rows = [common | {"profile_id": profile} for profile in {m.profile_id for m in people}]
            await write.execute(sa.insert(table), rows)
        record = group_record(group_id, maker.institution_id, f"Gruppe {number}")
        await settle(write, platform, wall, [group_id], groups=[record])


class Oracle:
    """The rules as one would say them, over all rows at once."""

    def __init__(self, rows: dict[str, Any], now: Any) -> None:
        self.rows = rows
        self.now = now
        self.set_ups = {row.id: row for row in rows["set_ups"]}

    def _holds(self, row: Any) -> bool:
        return bool(row.valid_from <= self.now and (not row.valid_to or row.valid_to > self.now))

    def children(self, mine: set[UUID]) -> set[UUID]:
        return {
            tie.child_id
            for tie in self.rows["ties"]
            if tie.guardian_id in mine and tie.access and self._holds(tie)
        }

    def _is_in(self, group: UUID, profiles: set[UUID]) -> bool:
        return any(
            row.group_id == group and row.profile_id in profiles and self._holds(row)
            for row in self.rows["members"]
        )

    def _counting(self, mine: set[UUID]) -> set[UUID]:
        guardians = {row.id for row in self.rows["people"] if row.kind == "guardian"}
        return {one for one in mine if one not in guardians or self.children({one})}

    def _joinable(self, group: Any, mine: set[UUID]) -> bool:
        how = self.set_ups.get(group.id)
        if how is None or how.access is Access.CLOSED or not self._holds(group):
            return False
        possible = self._counting(mine) | self.children(mine)
        return any(
            person.id in possible
            and getattr(how, f"for_{person.kind}")
            and person.municipality_id == how.municipality_id
            and (how.across or person.institution_id == how.institution_id)
            for person in self.rows["people"]
        )

    def related(self, group: Any, actor: Actor) -> set[str]:
        """Return the relations that an actor has to a group."""
        mine = {profile.id for profile in actor.profiles}
        places = {profile.institution_id for profile in actor.profiles}
        how = self.set_ups.get(group.id)
        member = self._is_in(group.id, self._counting(mine))
        guardian = self._is_in(group.id, self.children(mine))
        here = group.institution_id in places
        editors = {row.profile_id for row in self.rows["editors"] if row.group_id == group.id}
        facts = {
            "member": member,
            "guardian": guardian,
            "editor": bool(editors & mine),
            "institution": here,
            "joinable": self._joinable(group, mine),
            "shown_to_members": (member or guardian) and how is not None and how.show_members,
            "leavable": (member or guardian) and how is not None,
            "made_here": here and how is not None,
        }
        return {name for name, is_so in facts.items() if is_so}


ROLES = {"leader": "leader", "admin": "institution_admin"}


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_is_visible_is_what_the_rules_say(
    platform: Platform, people: People, actor_of: Callable[..., Any], seed: int
) -> None:
    """``visible`` agrees with the oracle for everybody, and ``may`` with ``visible``."""
    async with platform.write() as write:
        await make_at_random(write, platform, random.Random(seed), people.profiles)
    async with platform.read() as read:
        rows = {
            "groups": await read.rows(sa.select(stamdata.group)),
            "members": await read.rows(sa.select(stamdata.membership)),
            "people": await read.rows(sa.select(stamdata.profile)),
            "ties": await read.rows(sa.select(stamdata.guardianship)),
            "set_ups": await read.rows(sa.select(set_up)),
            "editors": await read.rows(sa.select(editor)),
        }
        oracle = Oracle(rows, read.now)
        actions = [action.name for action in ACTIONS if action.resource == GROUPS.name]
        seen_by_somebody: set[tuple[str, UUID]] = set()
        for member in people.profiles:
            actor = await actor_of(member)
            roles = {actor.role.value, ROLES.get(member.key, "")}
            for action in actions:
                given = {
                    default.relation
                    for default in role_defaults()
                    if default.role in roles and default.action == action
                }
                expected = {
                    group.id
                    for group in rows["groups"]
                    if group.municipality_id in actor.municipalities
                    and oracle.related(group, actor) & given
                }
                visible = platform.permissions.visible(actor, action)
                statement = sa.select(stamdata.group.c.id).where(visible.clause)
                found = {row[0] for row in await read.rows(statement, visible.params)}
                assert found == expected, (member.key, action)
                seen_by_somebody |= {(action, one) for one in found}
            one = rows["groups"][0].id
            may = await platform.permissions.may(read, actor, "groups.see", one)
            assert may == (one in _seen(platform, actor, oracle, rows))
        assert {action for action, _group in seen_by_somebody} == set(actions)


def _seen(platform: Platform, actor: Actor, oracle: Oracle, rows: dict[str, Any]) -> set[UUID]:
    given = {
        default.relation
        for default in role_defaults()
        if default.role == actor.role.value and default.action == "groups.see"
    }
    assert platform.permissions.resource("groups.group") is GROUPS
    return {
        group.id
        for group in rows["groups"]
        if group.municipality_id in actor.municipalities and oracle.related(group, actor) & given
    }
