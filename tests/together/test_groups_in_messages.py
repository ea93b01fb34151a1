"""Groups that were made here as recipients: councils, and groups across institutions (GRP-1)."""

import random
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_plugins.groups.writer import WRITER, group_record, membership_record
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, PROFILE, new_id
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform
from aula_sdk.stamdata_source import GroupRecord, MembershipRecord
from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/messages"


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """The two that meet here."""
    return ("groups", "messages")


async def make(platform: Platform, at: Member, name: str, *members: Member) -> UUID:
    """Make a group at the institution of ``at``; return its id."""
    key = new_id()
    records: list[GroupRecord | MembershipRecord] = [
        group_record(key, at.institution_id, name),
        *(membership_record(key, member.profile_id) for member in members),
    ]
    async with platform.write() as write:
        await platform.stamdata.deliver(write, WRITER, at.municipality_id, records)
    return key


class Desk:
    """Lets members of the cast look for recipients, preview and send."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    async def post(self, member: Member, path: str, **body: Any) -> Any:
        """Send a request; return its status and what was answered."""
        client = await self._browser(member)
        sender = PROFILE.format(member.profile_id)
        answer = await client.post(f"{API}{path}", json={"sender": sender} | body)
        return answer.status_code, answer.json()

    async def found(self, member: Member, words: str = "") -> set[str]:
        """Return the recipients that a search offers."""
        status, answer = await self.post(member, "/recipients/search", words=words)
        assert status == 200, answer
        return {one["recipient"] for part in answer.values() for one in part}

    async def send(self, member: Member, *recipients: str) -> Any:
        """Try to send; return the status and the answer."""
        return await self.post(
            member, "/threads", subject="Møde", html="<p>x</p>", recipients=list(recipients)
        )


@pytest.fixture
def desk(browser: Browser) -> Desk:
    """Return where the cast writes from."""
    return Desk(browser)


def of_group(key: UUID, kind: str) -> str:
    """Return the people of a kind in a group, as a recipient."""
    return f"{GROUP.format(key)}:{kind}"


async def test_a_council_of_guardians_is_written_to_by_its_members(
    running: Running, people: People, desk: Desk
) -> None:
    """A guardian chosen into a group writes to it; the other guardians of the class do not."""
    council = await make(
        running.platform, people.teacher, "Råd", people.guardian, people.neighbour, people.leader
    )
    guardians, staff = of_group(council, "guardian"), of_group(council, "employee")
    for member in (people.guardian, people.neighbour, people.leader):
        assert {guardians, staff} <= await desk.found(member)
        assert {guardians, staff} <= await desk.found(member, "Råd")
        status, _answer = await desk.send(member, guardians)
        assert status == 201
    assert guardians not in await desk.found(people.other_guardian, "Råd")
    status, problem = await desk.send(people.other_guardian, guardians)
    assert (status, problem["errors"][0]["code"]) == (422, "out-of-reach")
    assert (await desk.send(people.pupil, guardians))[0] == 403


async def test_who_meets_in_the_council_can_be_chosen_one_by_one(
    running: Running, people: People, desk: Desk
) -> None:
    """The neighbour's child is in another class: it is the council in which they meet."""
    neighbour = PROFILE.format(people.neighbour.profile_id)
    assert (await desk.send(people.guardian, neighbour))[0] == 422
    await make(running.platform, people.teacher, "Råd", people.guardian, people.neighbour)
    assert (await desk.send(people.guardian, neighbour))[0] == 201


async def test_a_member_without_access_to_a_child_is_not_there(
    running: Running, people: People, desk: Desk
) -> None:
    """R7, ID-11: being a member is never access, neither to write nor to be written to."""
    council = await make(
        running.platform, people.teacher, "Råd", people.guardian, people.without_access
    )
    status, shown = await desk.post(
        people.teacher, "/recipients/preview", recipients=[of_group(council, "guardian")]
    )
    assert (status, [one["name"] for one in shown["people"]]) == (200, ["Anne Skov"])
    assert (await desk.send(people.without_access, of_group(council, "guardian")))[0] == 422


async def test_a_group_across_institutions_is_reached_from_both(
    running: Running, people: People, desk: Desk
) -> None:
    """GRP-1: all get the message, wherever they belong; who stands outside reaches nobody there."""
    team = await make(
        running.platform, people.teacher, "Overgang", people.teacher, people.pedagogue,
        people.sibling, people.classmate,
    )  # fmt: skip
    everybody = [of_group(team, kind) for kind in ("employee", "pupil", "guardian")]
    for member in (people.teacher, people.pedagogue):
        status, shown = await desk.post(member, "/recipients/preview", recipients=everybody)
        names = {one["name"] for one in shown["people"]}
        assert status == 200
        assert names >= {"Anne Skov", "Bo Berg", "Dagny Skov", "Line Berg"}
        assert shown["out_of_reach"] == []
        assert set(everybody) <= await desk.found(member)
    pedagogue, teacher = (
        PROFILE.format(one.profile_id) for one in (people.pedagogue, people.teacher)
    )
    assert (await desk.send(people.teacher, pedagogue))[0] == 201
    assert (await desk.send(people.pedagogue, teacher))[0] == 201
    assert (await desk.send(people.other_guardian, pedagogue))[0] == 201
    for outside in (people.colleague, people.neighbour):
        assert (await desk.send(outside, pedagogue))[0] == 422
        assert pedagogue not in await desk.found(outside, "Åse")
    status, answer = await desk.post(people.teacher, "/recipients/search", words="Åse")
    assert answer["people"][0]["details"] == ["Pædagog", "Solstrålen"]


async def test_whose_guardian_somebody_is_elsewhere_is_not_told(
    running: Running, people: People, desk: Desk
) -> None:
    """R8: who meets a protected guardian across institutions learns of no child and no class."""
    met = people.protected_guardian
    await make(running.platform, people.pedagogue, "Råd på tværs", people.pedagogue, met)
    words, here = (
        met.name.split()[0],
        await desk.post(people.teacher, "/recipients/search", words=met.name.split()[0]),
    )
    status, there = await desk.post(people.pedagogue, "/recipients/search", words=words)
    assert status == 200
    (at_home,), (abroad,) = (
        [one["details"] for one in answer["people"] if one["name"] == met.name]
        for answer in (here[1], there)
    )
    assert abroad == ["Nordskolen"]
    assert people.protected_pupil.name in at_home[0]


async def test_who_was_reached_at_another_place_can_read_it(
    running: Running, people: People, desk: Desk, browser: Browser
) -> None:
    """Of a guardian's two profiles the one counts by which the child is known (R7)."""
    team = await make(
        running.platform, people.pedagogue, "Overgang", people.pedagogue, people.pupil
    )
    status, sent = await desk.send(people.pedagogue, of_group(team, "guardian"))
    assert status == 201, sent
    for guardian in (people.guardian, people.other_parent):
        client = await browser(guardian)
        assert (await client.get(f"{API}/threads/{sent['thread']}")).status_code == 200
    client = await browser(people.without_access)
    assert (await client.get(f"{API}/threads/{sent['thread']}")).status_code == 404


async def test_a_search_takes_as_many_statements_for_many_groups(
    running: Running, people: People, browser: Browser, count_statements: Callable[[], Any]
) -> None:
    """Budget: at most 4 statements look into the stamdata, however much is found."""
    for number in range(12):
        await make(
            running.platform, people.teacher, f"Sk {number}", people.guardian, people.neighbour
        )
    client = await browser(people.guardian)
    # From here on it is known who the guardian is.
    await client.get(f"{API}/threads")
    for words, budget in (("", 2), ("sk", 4)):
        with count_statements() as counted:
            answer = await client.post(f"{API}/recipients/search", json={"words": words})
        assert len(answer.json()["groups"]) >= 12
        looked = [one for one in counted.statements if "stamdata_reach_v1" in one]
        assert 0 < len(looked) <= budget


class Oracle:
    """Who may write to whom, as one would say it, over all rows at once (appendix E)."""

    def __init__(self, rows: dict[str, Any], now: Any) -> None:
        self.now = now
        self.people = self._holding(rows["people"])
        self.groups = rows["groups"]
        self.seats = self._holding(rows["seats"])
        self.ties = [tie for tie in self._holding(rows["ties"]) if tie.access]

    def _holding(self, rows: Any) -> list[Any]:
        return [
            row
            for row in rows
            if row.valid_from <= self.now and (row.valid_to is None or row.valid_to > self.now)
        ]

    def in_group(self, group: UUID) -> set[UUID]:
        """Return whom a group reaches: members, guardians of members, guardians with a child."""
        with_child = {tie.guardian_id for tie in self.ties}
        kinds = {one.id: one.kind for one in self.people}
        seats = {seat.profile_id for seat in self.seats if seat.group_id == group}
        members = {
            one for one in seats if one in kinds and (kinds[one] != "guardian" or one in with_child)
        }
        return members | {tie.guardian_id for tie in self.ties if tie.child_id in seats}

    def may_write_to(self, actor: Actor) -> tuple[set[UUID], set[UUID]]:
        """Return the people and the groups that the actor may choose."""
        mine = {one.id for one in actor.profiles}
        places = {one.institution_id for one in actor.profiles}
        walls = set(actor.municipalities)
        reached = {one.id: self.in_group(one.id) for one in self.groups}
        met_in = {key for key, there in reached.items() if there & mine}
        met: set[UUID] = set().union(*(reached[key] for key in met_in))
        with_child = {tie.guardian_id for tie in self.ties}
        staff = actor.role is Kind.EMPLOYEE
        people, groups = set(), met_in if actor.role in {Kind.EMPLOYEE, Kind.GUARDIAN} else set()
        for one in self.people:
            here = one.institution_id in places
            if staff and here and (one.kind != "guardian" or one.id in with_child):
                people.add(one.id)
            if actor.role in {Kind.GUARDIAN, Kind.EXTERNAL} and here and one.kind == "employee":
                people.add(one.id)
            if one.id in met and (
                staff or (actor.role is Kind.GUARDIAN and one.kind != "external")
            ):
                people.add(one.id)
        if staff:
            groups = groups | {one.id for one in self.groups if one.institution_id in places}
        inside = {one.id for one in self.people if one.municipality_id in walls}
        return people & inside, groups


async def shuffle(platform: Platform, people: People, chance: random.Random) -> None:
    """Make groups at random places with random members of their municipality, some left again."""
    for number in range(6):
        at = chance.choice(people.profiles)
        near = [one for one in people.profiles if one.municipality_id == at.municipality_id]
        members = chance.sample(near, min(len(near), chance.randint(1, 5)))
        key = await make(platform, at, f"Tilfældig {number}", *members)
        async with platform.write() as write:
            left = [membership_record(key, members[0].profile_id, write.now)]
            await platform.stamdata.deliver(write, WRITER, at.municipality_id, left)


@pytest.mark.parametrize("seed", [1, 2])
async def test_whom_one_may_write_to_is_what_the_rules_say(
    running: Running, people: People, actor_of: Callable[..., Any], seed: int
) -> None:
    """``visible`` agrees with the oracle for everybody of the cast, ``may`` with ``visible``."""
    platform = running.platform
    await shuffle(platform, people, random.Random(seed))
    tables = {
        "people": stamdata.profile,
        "groups": stamdata.group,
        "seats": stamdata.membership,
        "ties": stamdata.guardianship,
    }
    async with platform.read() as read:
        rows = {name: await read.rows(sa.select(table)) for name, table in tables.items()}
        oracle = Oracle(rows, read.now)
        for member in people.profiles:
            actor = await actor_of(member)
            allowed = oracle.may_write_to(actor)
            for action, table, expected in zip(
                ("messages.write_to_person", "messages.write_to_group"),
                (stamdata.profile, stamdata.group),
                allowed,
                strict=True,
            ):
                right = platform.permissions.visible(actor, action)
                listed = await read.rows(sa.select(table.c.id).where(right.clause), right.params)
                assert {row.id for row in listed} == expected, (member.key, action)
                one = rows["people" if table is stamdata.profile else "groups"][-1].id
                may = await platform.permissions.may(read, actor, action, one)
                assert may == (one in expected)
