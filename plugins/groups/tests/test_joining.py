"""Joining, asking to join, deciding, leaving."""

from datetime import timedelta

import sqlalchemy as sa

from aula_plugins.groups.models import application
from aula_plugins.groups.service.joining import drop_old_applications
from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro


async def test_an_open_group_is_joined_for_oneself_or_a_child(
    yard: SchoolYard, people: People
) -> None:
    """GRP-1: a pupil joins; a guardian lets a child join; nobody joins for somebody else."""
    group = await yard.make(people.teacher, access="open", kinds=["pupil"])
    for member in (people.pupil, people.guardian, people.classmate):
        assert "Brætspil" in await yard.listed(member)
    assert "Brætspil" not in await yard.listed(people.without_access)
    assert "Brætspil" not in await yard.listed(people.stranger_pupil)
    path = f"/{group}/join"
    done = await yard.does(people.guardian, "POST", path, who=pro(people.pupil))
    assert done == {"application": None}
    assert await yard.names(people.teacher, group) == {"Alma Skov"}
    problem = await yard.refused(409, people.pupil, "POST", path, who=pro(people.pupil))
    assert problem["code"] == "groups.already-member"
    for who in (people.classmate, people.guardian, people.teacher):
        await yard.refused(422, people.guardian, "POST", path, who=pro(who))
    await yard.refused(404, people.without_access, "POST", path, who=pro(people.classmate))
    await yard.refused(404, people.stranger_pupil, "POST", path, who=pro(people.stranger_pupil))
    assert await yard.names(people.teacher, group) == {"Alma Skov"}


async def test_an_application_is_decided(yard: SchoolYard, people: People) -> None:
    """GRP-2: applied, accepted, rejected; once at a time, decided once, by those who may."""
    group = await yard.make(people.teacher, access="application", kinds=["pupil", "guardian"])
    path = f"/{group}/join"
    for member, who in (
        (people.guardian, people.pupil),
        (people.other_guardian, people.other_guardian),
    ):
        asked = await yard.does(member, "POST", path, who=pro(who), words=" Gerne!  ")
        assert asked["application"].startswith("gap_")
    problem = await yard.refused(409, people.pupil, "POST", path, who=pro(people.pupil))
    assert problem["code"] == "groups.already-asked"
    assert (await yard.read(people.pupil, group))["waiting"] == [pro(people.pupil)]
    assert await yard.names(people.teacher, group) == set()
    assert (await yard.does(people.colleague, "GET", "/applications"))["items"] == []
    await yard.refused(403, people.guardian, "GET", "/applications")
    waiting = (await yard.does(people.teacher, "GET", "/applications"))["items"]
    assert [(one["name"], one["applicant_name"], one["words"]) for one in waiting] == [
        ("Alma Skov", "Anne Skov", "Gerne!"),
        ("Line Berg", "Line Berg", "Gerne!"),
    ]
    decide = [f"/applications/{one['id']}/decision" for one in waiting]
    await yard.refused(403, people.colleague, "POST", decide[0], accept=True)
    await yard.refused(404, people.stranger_teacher, "POST", decide[0], accept=True)
    await yard.does(people.teacher, "POST", decide[0], accept=True)
    await yard.does(people.leader, "POST", decide[1], accept=False)
    problem = await yard.refused(409, people.teacher, "POST", decide[1], accept=True)
    assert problem["code"] == "groups.already-decided"
    assert await yard.names(people.teacher, group) == {"Alma Skov"}
    again = await yard.does(people.other_guardian, "POST", path, who=pro(people.other_guardian))
    assert again["application"]


async def test_an_application_can_be_taken_back(
    yard: SchoolYard, people: People, running: Running
) -> None:
    """GRP-2: what is withdrawn waits for nobody, and is removed when its time is over."""
    group = await yard.make(people.teacher, access="application", kinds=["pupil"])
    await yard.does(people.pupil, "POST", f"/{group}/join", who=pro(people.pupil))
    back = f"/{group}/withdraw"
    await yard.refused(404, people.classmate, "POST", back, who=pro(people.pupil))
    await yard.does(people.guardian, "POST", back, who=pro(people.pupil))
    await yard.refused(404, people.pupil, "POST", back, who=pro(people.pupil))
    assert (await yard.does(people.teacher, "GET", "/applications"))["items"] == []
    await drop_old_applications(running.platform)
    async with running.platform.write() as write:
        assert len(await write.rows(sa.select(application))) == 1
        long_ago = write.now - timedelta(days=400)
        await write.execute(sa.update(application).values(decided_at=long_ago))
    await drop_old_applications(running.platform)
    async with running.platform.read() as read:
        assert await read.rows(sa.select(application)) == []


async def test_leaving(yard: SchoolYard, people: People) -> None:
    """GRP-2: one leaves, or takes a child out; who comes with a class leaves with it only."""
    group = await yard.make(people.teacher, kinds=["pupil"])
    await yard.add(people.teacher, group, pro(people.pupil), yard.part("3.A", "pupil"))
    path = f"/{group}/leave"
    await yard.refused(409, people.guardian, "POST", path, who=pro(people.classmate))
    problem = await yard.refused(409, people.guardian, "POST", path, who=pro(people.pupil))
    assert problem["code"] == "groups.through-another-group"
    await yard.does(people.teacher, "DELETE", f"/{group}/parts/{yard.part('3.A', 'pupil')}")
    await yard.does(people.guardian, "POST", path, who=pro(people.pupil))
    assert await yard.reached(group) == set()
    await yard.refused(404, people.guardian, "POST", path, who=pro(people.pupil))
    await yard.refused(
        403, people.pupil, "POST", f"/{yard.group('3.A')}/leave", who=pro(people.pupil)
    )
