"""The demo's posts: they are written once, by the ordinary rules."""

from aula_plugins.posts.demo import fill_demo
from aula_plugins.posts.demo.scripts import read_scripts
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard


async def test_the_demo_is_filled_once_by_the_rules(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """Filling twice adds nothing; times are spread; ID-12: without access nothing is seen."""
    first = await fill_demo(platform)
    assert int(first.split()[0]) > 8
    assert await fill_demo(platform) == "0 posts"
    page = await board.get(people.guardian, "")
    assert len(page["pinned"]) == 2
    items = page["pinned"] + page["items"]
    assert len({item["publish_at"][:10] for item in items}) > 3
    assert {child["name"] for item in items for child in item["children"]} == {
        "Alma Skov",
        "Dagny Skov",
    }
    assert any(item["pictures"] for item in items)
    assert any(item["comment_count"] for item in items)
    assert await board.feed(people.without_access) == []
    for name in ("teacher", "pupil", "pedagogue"):
        assert len(await board.feed(getattr(people, name))) > 1, name


def test_every_script_is_whole() -> None:
    """What is posted in the demo is Danish, has words, and no place left unfilled."""
    scripts = read_scripts()
    assert {script.at for script in scripts} == {"school", "daycare"}
    for script in scripts:
        for text in (script.title, script.html, *(line.text for line in script.comments)):
            assert "{" not in text.replace("{group}", "").replace("{child}", "")
        assert script.html.startswith(("<p>", "<ol>"))
