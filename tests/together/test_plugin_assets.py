"""Stylesheets and scripts of plugins: on the pages of those for whom the plugin is on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from aula_platform.settings import PluginChoice
from aula_sdk.testing.plugin import Browser, People
from tests.together.two_places import open_site

FOREVER = "public, max-age=31536000, immutable"
_LOADED = re.compile(r'(?:href|src)="(/static/(\w+)/(?:style|script)-[0-9a-f]{10}\.(?:css|js))"')


def loaded(page: str) -> dict[str, str]:
    """Return the plugins whose files a page loads, each with the address of one."""
    return {plugin: address for address, plugin in _LOADED.findall(page)}


async def test_pages_load_what_plugins_bring_that_are_on_for_the_reader(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> None:
    """Rule 8: of a plugin that is off nothing is on the page; nobody's pages load none at all."""
    off = {"posts": PluginChoice("off")}
    async with (
        open_site(database, plugins, tmp_path, south={"plugins": off}) as site,
        AsyncExitStack() as stack,
    ):
        browser, people = Browser(site, stack), People(await site.members(), await site.groups())
        reader = await browser(people.guardian)
        found = loaded((await reader.get("/profile")).text)
        assert found.keys() >= {"posts", "contacts"}
        stranger = await browser(people.stranger_teacher)
        assert "posts" not in loaded((await stranger.get("/profile")).text)
        nobody = await browser()
        assert loaded((await nobody.get("/sign-in")).text) == {}
        style = await nobody.get(found["posts"])
        assert style.headers["cache-control"] == FOREVER
        assert style.headers["content-type"].startswith("text/css")
        assert style.text.startswith("@layer plugins{")
        other = found["posts"].replace("style-", "style-0")
        assert (await nobody.get(other)).status_code == 404


async def test_the_platforms_own_assets_are_kept_as_long(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> None:
    """Experience 8: a page's second visit fetches the page alone."""
    async with open_site(database, plugins, tmp_path) as site, AsyncExitStack() as stack:
        nobody = await Browser(site, stack)()
        page = (await nobody.get("/sign-in")).text
        addresses = re.findall(r'(?:href|src)="(/static/[^"/]+)"', page)
        assert len(addresses) > 4
        answers = [await nobody.get(address) for address in addresses]
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.headers["cache-control"] for answer in answers} == {FOREVER}
        for file in ("manifest.json", "built-from.txt", "../assets_map.py"):
            assert (await nobody.get(f"/static/{file}")).status_code == 404
