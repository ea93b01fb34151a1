"""`visible`, `may` and `explain` agree with each other, and with an oracle that asks no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aula_platform.permissions.tables import grant
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk import stamdata
from aula_sdk.ids import new_id
from aula_sdk.people import Kind
from aula_sdk.testing.cast import CAST, Role
from aula_sdk.testing.kernel import Member, find_kernel

ACTION = "posts.write_to_group"
RELATIONS = ("institution", "childs_group", "own_group")
MEMBERS = ("teacher", "leader", "admin", "guardian", "neighbour", "without_access", "pupil",
           "sibling", "stranger", "external")  # fmt: skip
GROUPS = ("3.A", "3.B", "Stjernerne", "1.X")
CHILDREN = {"guardian": ("pupil", "sibling"), "neighbour": ("other_pupil",),
            "stranger": ("stranger_pupil",)}  # fmt: skip
"""Whose children somebody has access to, as the cast says it."""
ROLES = ("employee", "guardian", "pupil", "leader", "institution_admin")
KEYS = {"3.A": "3a", "3.B": "3b", "Stjernerne": "stars", "1.X": "1x"}
PLACE_OF = {"3.A": "school", "3.B": "school", "Stjernerne": "daycare", "1.X": "southschool"}


class Given(NamedTuple):
    """A grant as a table on paper would hold it."""

    holder: str
    """A role, or ``@`` and a member of the cast."""
    place: str | None
    """An institution; None: the whole municipality of the north."""
    group: str | None
    relation: str
    allowed: bool
    step_up: bool


HOLDERS = st.sampled_from([*ROLES, *(f"@{member}" for member in MEMBERS)])
GIVEN = st.builds(
    Given,
    HOLDERS,
    st.sampled_from([None, "school", "daycare"]),
    st.sampled_from([None, None, "3.A", "3.B", "Stjernerne"]),
    st.sampled_from(RELATIONS),
    st.booleans(),
    st.booleans(),
)


def unique(grants: Iterable[Given]) -> list[Given]:
    """Leave one grant in each slot, as the service does."""
    return list({one[:4]: one for one in grants}.values())


def cast_of(key: str) -> Role:
    """Return who somebody is in the cast."""
    return next(role for role in CAST if role.key == key)


@dataclass
class Oracle:
    """The rules of decision 0027, said of one profile and one group at a time."""

    grants: Sequence[Given]
    proved: bool

    def holds(self, member: Member, place: str, group: str) -> bool:
        """Whether the member may write to the group with the profile at this place."""
        if PLACE_OF[group] == "southschool" and member.key != "stranger":
            return False
        return any(
            self.is_related(member, place, group, relation)
            and self._effective(member, place, group, relation)
            for relation in RELATIONS
        )

    def is_related(self, member: Member, place: str, group: str, relation: str) -> bool:
        """Whether the relation is there, whatever it gives."""
        if relation == "institution":
            return PLACE_OF[group] == place
        if relation == "own_group":
            return KEYS[group] in cast_of(member.key).groups
        children = CHILDREN.get(member.key, ())
        return any(
            KEYS[group] in cast_of(child).groups and cast_of(child).org == place
            for child in children
        )

    def _effective(self, member: Member, place: str, group: str, relation: str) -> bool:
        by_holder = [
            self._last(name, member, place, group, relation)
            for name in {member.kind.value, *cast_of(member.key).roles}
        ]
        said = [one for one in by_holder if one is not None]
        own = self._last(f"@{member.key}", member, place, group, relation)
        # Of several profiles a grant to a person concerns one: that of the cast's first place.
        if own is not None and cast_of(member.key).org == place:
            said = [own]
        # The cast's pupils are too young for what takes a second factor, proved or not (LOG-14).
        proved = self.proved and member.kind is not Kind.PUPIL
        return any(allowed and (proved or not step_up) for allowed, step_up in said)

    def _last(
        self, holder: str, member: Member, place: str, group: str, relation: str
    ) -> tuple[bool, bool] | None:
        found: tuple[bool, bool] | None = None
        if holder == Kind.EMPLOYEE.value and relation == "institution":
            found = (True, False)
        north = PLACE_OF[group] != "southschool" and member.key != "stranger"
        for level in ((False, False), (True, False), (False, True), (True, True)):
            for one in self.grants:
                at = (one.place is not None, one.group is not None)
                fits = one.place in {None, place} and one.group in {None, group}
                if north and (one.holder, one.relation) == (holder, relation) and fits:
                    found = (one.allowed, one.step_up) if at == level else found
        return found


class Town:
    """The site, with the ids of what the oracle knows by name."""

    def __init__(self, site: RunningSite, members: list[Member], groups: dict[str, UUID]) -> None:
        self.site = site
        self.members = [member for member in members if member.key in MEMBERS]
        self.groups = {name: groups[name] for name in GROUPS}
        orgs = {role.key: role.org for role in CAST}
        self.place = {
            member.institution_id: orgs[member.key]
            for member in members
            if member.key != "guardian"
        }
        self.places = {name: key for key, name in self.place.items()}
        self.north = next(m.municipality_id for m in members if m.key == "teacher")

    async def grant(self, grants: Sequence[Given]) -> None:
        """Let these grants be all that there are."""
        by_key = {
            member.key: member.profile_id
            for member in self.members
            if self.place[member.institution_id] == cast_of(member.key).org
        }
        async with self.site.storage.write(EVERYWHERE) as write:
            await write.execute(sa.delete(grant))
            for one in grants:
                is_person = one.holder.startswith("@")
                row = {
                    "id": new_id(), "municipality_id": self.north,
                    "institution_id": self.places[one.place] if one.place else None,
                    "group_id": self.groups[one.group] if one.group else None,
                    "role": None if is_person else one.holder,
                    "profile_id": by_key[one.holder[1:]] if is_person else None,
                    "action": ACTION, "relation": one.relation, "allowed": one.allowed,
                    "step_up": one.step_up, "created_at": write.now,
                }  # fmt: skip
                await write.execute(sa.insert(grant), row)

    async def check(self, grants: Sequence[Given], proved: bool) -> tuple[int, int]:
        """Compare all four for everybody and every group; return how many yes and no there were."""
        await self.grant(grants)
        oracle, counts = Oracle(grants, proved), [0, 0]
        rights = self.site.platform.permissions
        for member in self.members:
            # A guardian has a profile at each place of a child; the actor has them all.
            mine = [one for one in self.members if one.key == member.key]
            if member is not mine[0]:
                continue
            actor = await self.site.platform.actor_for(member.profile_id)
            actor = msgspec.structs.replace(actor, stepped_up=proved)
            expected = {
                self.groups[group]
                for group in GROUPS
                if any(oracle.holds(one, self.place[one.institution_id], group) for one in mine)
            }
            async with self.site.storage.read(EVERYWHERE) as read:
                shown = rights.visible(actor, ACTION)
                statement = sa.select(stamdata.group.c.id).where(shown.clause)
                found = {row[0] for row in await read.rows(statement, shown.params)}
                assert found == expected, (member.key, grants)
                for group in self.groups.values():
                    counts[group in expected] += 1
                asked = self.groups[GROUPS[len(expected) % len(GROUPS)]]
                assert await rights.may(read, actor, ACTION, asked) is (asked in expected)
                why = await rights.explain(read, actor, ACTION, asked)
                assert why.allowed is (asked in expected), (member.key, grants, why.reasons)
                assert why.reasons
        return counts[True], counts[False]


def test_the_three_answers_agree_with_the_oracle(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> None:
    """Issue 4: over random grants at every level, for roles and persons, with and without proof."""
    seen = {True: 0, False: 0}
    started = find_kernel().start(database, plugins, tmp_path, {})
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(started) as site:
        assert isinstance(site, RunningSite)
        town = Town(site, portal.call(site.members), portal.call(site.groups))

        @settings(
            max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
        )
        @given(grants=st.lists(GIVEN, max_size=8).map(unique), proved=st.booleans())
        def agree(grants: list[Given], proved: bool) -> None:
            yes, no = portal.call(town.check, grants, proved)
            seen[True] += yes
            seen[False] += no

        agree()
    assert min(seen.values()) > 20, "both answers are met"
