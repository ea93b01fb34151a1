"""The demo's conversations: they are written once, by the ordinary rules."""

import sqlalchemy as sa

from aula_plugins.messages.demo import fill_demo
from aula_plugins.messages.demo.scripts import read_scripts
from aula_plugins.messages.models import thread
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice


async def test_the_demo_is_filled_once(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """Filling twice adds nothing; times lie in the past and are spread."""
    first = await fill_demo(platform)
    assert int(first.split()[0]) > 5
    assert await fill_demo(platform) == "0 conversations"
    items = await post.inbox(people.guardian)
    assert len(items) > 2
    async with platform.everywhere().read() as read:
        subjects = [row.subject for row in await read.rows(sa.select(thread.c.subject))]
    assert "En god uge i 3.A" in subjects
    assert [one for one in subjects if "{" in one] == []
    assert len({item["activity_at"][:10] for item in items}) > 1
    assert {child["name"] for item in items for child in item["children"]} == {
        "Alma Skov",
        "Dagny Skov",
    }


async def test_the_demo_obeys_the_rules(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """ID-11: who has no access to a child is written to by nobody, in the demo either."""
    await fill_demo(platform)
    assert await post.inbox(people.without_access) == []
    assert await post.inbox(people.teacher) != []


def test_every_script_is_whole() -> None:
    """What is said in the demo is Danish, has subject and words, and no place left unfilled."""
    scripts = read_scripts()
    assert len(scripts) > 10
    for script in scripts:
        for text in (script.subject, script.html, *(answer.html for answer in script.answers)):
            rest = text.replace("{group}", "").replace("{child}", "")
            assert "{" not in rest
            assert text is script.subject or text.startswith("<p>")
