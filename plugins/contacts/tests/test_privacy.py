"""What is kept: given out, erased, forgotten; and the choices of the demo."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from aula_plugins.contacts.demo import fill_demo
from aula_plugins.contacts.models import parent, sharing
from aula_plugins.contacts.privacy import SUBJECT_DATA
from aula_plugins.contacts.service.keeping import KEPT_FOR, drop_left
from aula_sdk.db import Id, Instant
from plugins.contacts.tests.school import School, key


async def test_what_is_kept_is_given_out_and_erased(school: School) -> None:
    """R25, GDPR art. 17; CON-6: who else has answered for a child is not told."""
    people, platform = school.people, school.running.platform
    await school.choose(people.guardian, "class")
    await school.choose(people.guardian, "year", people.pupil)
    path = f"/groups/{school.group()}/contact-parents"
    await school.ask(people.teacher, "PUT", path, parents=[key(people.guardian)])

    async def export(person_id: Any) -> list[tuple[str, dict[str, Any]]]:
        async with platform.read() as read:
            return [row async for row in SUBJECT_DATA.export(person_id, read)]

    found = await export(people.guardian.person_id)
    assert [name for name, _row in found] == [sharing.name, sharing.name, parent.name]
    of_child = await export(people.pupil.person_id)
    assert [name for name, _row in of_child] == [sharing.name]
    assert people.guardian.person_id not in of_child[0][1].values()
    assert [name for name, _row in await export(people.teacher.person_id)] == [parent.name]
    async with platform.write() as write:
        assert await SUBJECT_DATA.erase(people.teacher.person_id, write) == 1
        assert await SUBJECT_DATA.erase(people.guardian.person_id, write) == 3
    for member in (people.guardian, people.pupil, people.teacher):
        assert await export(member.person_id) == []


async def test_who_has_left_is_forgotten_after_a_while(school: School) -> None:
    """GRP-6: who comes back within 30 days finds everything as it was."""
    people, platform = school.people, school.running.platform
    await school.choose(people.other_guardian, "class")
    await school.choose(people.guardian, "class")
    path = f"/groups/{school.group()}/contact-parents"
    await school.ask(people.teacher, "PUT", path, parents=[key(people.other_guardian)])
    profiles = sa.table(
        "stamdata_profile", sa.column("person_id", Id), sa.column("valid_to", Instant)
    )

    async def left(ago: timedelta) -> tuple[int, int]:
        family = (people.other_guardian.person_id, people.classmate.person_id)
        async with platform.write() as write:
            gone = sa.update(profiles).where(profiles.c.person_id.in_(family))
            await write.execute(gone.values(valid_to=write.now - ago))
        await drop_left(platform)
        async with platform.read() as read:
            answers = await read.rows(sa.select(sharing.c.width))
            return len(answers), len(await read.rows(sa.select(parent.c.profile_id)))

    assert await left(KEPT_FOR - timedelta(days=1)) == (2, 1)
    assert await left(KEPT_FOR + timedelta(days=1)) == (1, 0)


async def test_the_demo_is_filled_once(school: School) -> None:
    """Filling twice adds nothing; choices and contact parents are there to be seen."""
    platform = school.running.platform
    first = await fill_demo(platform)
    assert int(first.split()[0]) > 2
    assert (await fill_demo(platform)).startswith("0 ")
    assert await school.listed(school.people.teacher, "contact_parents") != {}
