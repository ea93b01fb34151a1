"""The demo's groups: made once, by the ordinary rules."""

from aula_plugins.groups.demo import fill_demo
from aula_plugins.groups.demo.scripts import read_scripts
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard


async def test_the_demo_is_filled_once(
    yard: SchoolYard, people: People, platform: Platform
) -> None:
    """Filling twice adds nothing; who has no access to a child is in no group (ID-11)."""
    made = len(read_scripts())
    first = await fill_demo(platform)
    assert int(first.split()[0]) >= made
    assert await fill_demo(platform) == "0 groups"
    names = {script.name for script in read_scripts()}
    assert await yard.listed(people.admin, "?kind=other") == names
    waiting = (await yard.does(people.teacher, "GET", "/applications"))["items"]
    assert waiting
    assert "Forældrerådet" in await yard.listed(people.guardian, "?mine=true")
    assert await yard.listed(people.without_access) == set()
