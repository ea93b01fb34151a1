"""Property: whose contact data is seen is what the rules say, told slowly in plain Python."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_plugins.contacts.models import Audience, sharing
from aula_plugins.contacts.permissions import GROUPS, PEOPLE
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People


def _table(name: str, /, *ids: str, **columns: Any) -> Any:
    given = dict.fromkeys(("id", "municipality_id", *ids), Id) | columns
    given |= {"valid_from": Instant, "source": sa.String}
    return sa.table(name, *(sa.column(column, kind) for column, kind in given.items()))


_ties = _table(
    "stamdata_guardianship",
    "guardian_person_id",
    "child_person_id",
    relation=sa.String,
    custody=sa.Boolean,
    extended_access=sa.Boolean,
)
_person = sa.table("stamdata_person", sa.column("id", Id), sa.column("birth_date", sa.Date))
_groups = _table(
    "stamdata_group",
    "institution_id",
    source_id=sa.String,
    name=sa.String,
    sort_key=sa.String,
    kind=sa.String,
)
_seats = _table("stamdata_membership", "group_id", "profile_id", role=sa.String)


async def mix_up(write: WriteUnit, chance: random.Random, cast: list[Member]) -> None:
    """Write groups, seats, ties and answers that no administrative system would send."""
    common = {"source": "cast", "valid_from": write.now}
    places = {member.institution_id: member.municipality_id for member in cast}
    for place, wall in places.items():
        for kind in ("main", "year", "team"):
            group = new_id()
            row: dict[str, Any] = {
                "id": group,
                "institution_id": place,
                "source_id": str(group),
                "name": kind,
            }
            row |= {"sort_key": kind, "kind": kind, "municipality_id": wall}
            await write.execute(sa.insert(_groups), common | row)
            here = [
                one for one in cast if one.institution_id == place and one.kind != Kind.GUARDIAN
            ]
            for member in chance.sample(here, min(3, len(here))):
                seat: dict[str, Any] = {
                    "id": new_id(),
                    "group_id": group,
                    "profile_id": member.profile_id,
                }
                seat |= {"role": "member", "municipality_id": wall}
                await write.execute(sa.insert(_seats), common | seat)
    adults = [one for one in cast if one.kind is Kind.GUARDIAN]
    children = [one for one in cast if one.kind is Kind.PUPIL]
    for _number in range(8):
        adult, child = chance.choice(adults), chance.choice(children)
        if adult.municipality_id == child.municipality_id:
            tie: dict[str, Any] = {"id": new_id(), "guardian_person_id": adult.person_id}
            tie |= {"child_person_id": child.person_id, "relation": "Andet"}
            tie |= {"custody": chance.random() < 0.5, "extended_access": chance.random() < 0.5}
            tie["municipality_id"] = adult.municipality_id
            await write.execute(sa.insert(_ties), common | tie)
    for child in children:
        born = chance.choice((None, date(2001, 2, 28), date(2001, 3, 1), write.now.date()))
        await write.execute(
            sa.update(_person).where(_person.c.id == child.person_id).values(birth_date=born)
        )
    answers = {}
    for _number in range(80):
        whose = chance.choice(adults if chance.random() < 0.3 else children)
        adult = whose if chance.random() < 0.3 else chance.choice(adults)
        answers[whose.person_id, adult.person_id] = {
            "person_id": whose.person_id,
            "chooser_id": adult.person_id,
            "width": chance.randrange(len(Audience)),
            "chosen_at": write.now,
            "municipality_id": whose.municipality_id,
        }
    await write.execute(sa.insert(sharing), list(answers.values()))


class Oracle:
    """The rules as one would say them, over all rows at once."""

    def __init__(self, rows: dict[str, Any], staff_in_charge: set[UUID]) -> None:
        self.profiles = {row.id: row for row in rows["profiles"]}
        self.ties, self.answers = rows["ties"], rows["answers"]
        # Everybody of the cast was born in 2001 or just now, on whichever side of sixteen years.
        self.grown = {
            row.id for row in rows["born"] if row.birth_date and row.birth_date.year == 2001
        }
        self.kinds = {row.id: row.kind for row in rows["groups"]}
        self.in_charge = staff_in_charge
        self.groups: dict[UUID, set[UUID]] = {key: set() for key in self.profiles}
        for seat in rows["seats"]:
            self.groups[seat.profile_id].add(seat.group_id)
        for tie in self.ties:
            if tie.access:
                self.groups[tie.guardian_id] |= {
                    seat.group_id for seat in rows["seats"] if seat.profile_id == tie.child_id
                }

    def width(self, whose: Any) -> int:
        """How widely somebody's data is shared: the narrowest answer that counts, or nobody."""
        givers = {whose.person_id} if whose.kind == "guardian" else set()
        if whose.kind == "pupil":
            own = {one.person_id for one in self.answers if one.person_id == one.chooser_id}
            if whose.person_id in own & self.grown:
                return self._narrowest(whose, {whose.person_id})
            givers = {
                self.profiles[tie.guardian_id].person_id
                for tie in self.ties
                if tie.child_id == whose.id and tie.custody
            }
        return self._narrowest(whose, givers)

    def _narrowest(self, whose: Any, givers: set[UUID]) -> int:
        answers = [
            one.width
            for one in self.answers
            if one.person_id == whose.person_id and one.chooser_id in givers
        ]
        return min(answers, default=0)

    def is_mine(self, mine: set[UUID], whose: Any) -> bool:
        return whose.id in mine or any(
            tie.child_id == whose.id and tie.guardian_id in mine and tie.access for tie in self.ties
        )

    def is_shared(self, actor: Actor, met: set[UUID], mine: set[UUID], whose: Any) -> bool:
        """Whether the person's own choice covers the reader."""
        if whose.kind not in {"guardian", "pupil"} or not self.groups[whose.id]:
            return False
        width, kinds = self.width(whose), {self.kinds[group] for group in met}
        if actor.role is Kind.EMPLOYEE:
            places = {self.profiles[one].institution_id for one in mine}
            return width == 3 and whose.institution_id in places
        places = {self.profiles[one].institution_id for one in mine if self.groups[one]}
        return (
            (width >= 1 and "main" in kinds)
            or (width >= 2 and bool(kinds & {"main", "year", "sfo"}))
            or (width >= 3 and whose.institution_id in places)
        )

    def sees(self, actor: Actor, whose: Any) -> bool:
        """Whether the actor is told how to reach somebody."""
        mine = {profile.id for profile in actor.profiles}
        met = self.groups[whose.id] & {group for one in mine for group in self.groups[one]}
        if whose.municipality_id not in actor.municipalities or actor.role is Kind.EXTERNAL:
            return False
        if self.is_mine(mine, whose) or self.is_shared(actor, met, mine, whose):
            return True
        if actor.role is not Kind.EMPLOYEE:
            return whose.kind == "employee" and bool(met)
        same_place = whose.institution_id in {profile.institution_id for profile in actor.profiles}
        if mine & self.in_charge and same_place:
            return whose.kind != "guardian" or bool(self.groups[whose.id])
        if whose.kind == "employee":
            return same_place
        return whose.kind in {"guardian", "pupil"} and bool(met)


async def _everything(read: ReadUnit) -> dict[str, Any]:
    return {
        "profiles": await read.rows(sa.select(stamdata.profile)),
        "ties": await read.rows(sa.select(stamdata.guardianship)),
        "groups": await read.rows(sa.select(stamdata.group)),
        "seats": await read.rows(sa.select(stamdata.membership)),
        "born": await read.rows(sa.select(_person)),
        "answers": await read.rows(sa.select(sharing)),
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_visible_is_what_the_rules_say(
    platform: Platform, people: People, actor_of: Callable[..., Any], seed: int
) -> None:
    """CON-2, CNS-4, CNS-5, CNS-9, R9: for everybody and everybody else; ``may`` agrees."""
    async with platform.write() as write:
        await mix_up(write, random.Random(seed), people.profiles)
    async with platform.read() as read:
        in_charge = {people.leader.profile_id, people.admin.profile_id}
        oracle = Oracle(await _everything(read), in_charge)
        pairs = 0
        for member in people.profiles:
            actor = await actor_of(member)
            visible = platform.permissions.visible(actor, "contacts.see_contact_data")
            statement = sa.select(PEOPLE.id).where(visible.clause)
            found = {row[0] for row in await read.rows(statement, visible.params)}
            expected = {one.id for one in oracle.profiles.values() if oracle.sees(actor, one)}
            assert found == expected, member.key
            pairs += len(found)
            groups = platform.permissions.visible(actor, "contacts.see_group")
            rows = await read.rows(sa.select(GROUPS.id).where(groups.clause), groups.params)
            own = {group for one in actor.profiles for group in oracle.groups[one.id]}
            if actor.role in {Kind.GUARDIAN, Kind.PUPIL}:
                assert {row[0] for row in rows} == own, member.key
            for one in list(oracle.profiles)[:3]:
                may = await platform.permissions.may(read, actor, "contacts.see_contact_data", one)
                assert may == (one in expected)
        assert pairs > 60
