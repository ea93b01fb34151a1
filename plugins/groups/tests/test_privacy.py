"""What is given out about a person, and what is left when the person is erased."""

import sqlalchemy as sa

from aula_plugins.groups.models import metadata
from aula_plugins.groups.privacy import SUBJECT_DATA
from aula_sdk.protocols import Platform
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro


async def tables_of(platform: Platform, member: Member) -> set[str]:
    """Return the tables from which something is given out about a person."""
    async with platform.read() as read:
        return {name async for name, _row in SUBJECT_DATA.export(member.person_id, read)}


async def test_everything_is_given_out_and_erased(
    yard: SchoolYard, people: People, platform: Platform
) -> None:
    """R25, GDPR art. 15 and 17: every row that names the person; afterwards no id and no word."""
    group = await yard.make(people.teacher, access="application", kinds=["pupil", "guardian"])
    await yard.add(people.teacher, group, pro(people.guardian))
    await yard.does(
        people.guardian, "POST", f"/{group}/join", who=pro(people.pupil), words="Annes ord"
    )
    waiting = (await yard.does(people.teacher, "GET", "/applications"))["items"]
    path = f"/applications/{waiting[0]['id']}/decision"
    await yard.does(people.teacher, "POST", path, accept=False)
    assert await tables_of(platform, people.guardian) == {"groups_chosen", "groups_application"}
    assert await tables_of(platform, people.pupil) == {"groups_application"}
    assert await tables_of(platform, people.teacher) == {
        "groups_set_up",
        "groups_editor",
        "groups_application",
    }
    async with platform.read() as read:
        given = [row async for _name, row in SUBJECT_DATA.export(people.teacher.person_id, read)]
    assert not any("Annes ord" in str(row) for row in given)
    for member in (people.guardian, people.teacher):
        async with platform.write() as write:
            assert await SUBJECT_DATA.erase(member.person_id, write) > 0
        assert await tables_of(platform, member) == set()
    gone = {
        one.profile_id for one in people.profiles if one.key in {people.guardian.key, "teacher"}
    }
    async with platform.read() as read:
        for table in metadata.sorted_tables:
            for row in await read.rows(sa.select(table)):
                assert not gone & set(row), table.name
                assert "Annes ord" not in str(row), table.name
    client = await yard.client(people.colleague)
    assert (await client.get(f"/groups/{group}")).status_code == 200
