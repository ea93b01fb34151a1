"""Recipients where an institution has messages switched off (rule 9): not found, not counted."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.settings import PluginChoice
from aula_platform.stamdata import tables
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_plugins.groups.writer import WRITER, group_record, membership_record
from aula_sdk.ids import GROUP, PROFILE, new_id
from aula_sdk.names import natural_sort_key, search_key
from aula_sdk.operations import Place
from aula_sdk.stamdata_source import GroupRecord, MembershipRecord
from aula_sdk.testing.cast import NORTH
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/messages/recipients"
FOUND_AT_ONCE = 20


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Those that make the group, and write to it."""
    return ("groups", "messages")


@pytest.fixture
async def running(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> AsyncIterator[RunningSite]:
    """The site in which institutions decide whether they have messages."""
    settings = settings_for(database, plugins, tmp_path)
    settings.municipalities[NORTH].plugins["messages"] = PluginChoice("on", "institution")
    host = start_host([plugin for plugin in installed_plugins() if plugin.name in plugins])
    async with run_site(settings, host) as site:
        yield site


async def _make_group(running: RunningSite, at: Member, there: Member, *members: Member) -> str:
    """Make a group across institutions, ``there`` with many pupils who come first by name."""
    key = new_id()
    async with running.storage.write(EVERYWHERE) as write:
        records: list[GroupRecord | MembershipRecord] = [
            group_record(key, at.institution_id, "Overgang"),
            *(membership_record(key, one.profile_id) for one in (at, there, *members)),
        ]
        for number in range(FOUND_AT_ONCE):
            name = f"Ask Skov {number:02}"
            row = {
                "municipality_id": at.municipality_id, "source": "cast", "valid_from": write.now,
            }  # fmt: skip
            person, profile = new_id(), new_id()
            called = {"name": name, "sort_key": natural_sort_key(name)}
            known = {"search_key": search_key(name), "source_id": person.hex, "id": person}
            await write.execute(sa.insert(tables.person), row | called | known)
            place = {"institution_id": there.institution_id, "kind": "pupil"}
            await write.execute(
                sa.insert(tables.profile), row | place | {"id": profile, "person_id": person}
            )
            records.append(membership_record(key, profile))
    async with running.platform.write() as write:
        await running.platform.stamdata.deliver(write, WRITER, at.municipality_id, records)
    return GROUP.format(key)


async def _ask(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.post(f"{API}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _counted(client: httpx.AsyncClient, part: str) -> tuple[int, int]:
    """Return how many a search promises, and how many a preview lists."""
    groups = (await _ask(client, "search", words=""))["groups"]
    promised = {one["recipient"]: one["people"] for one in groups}
    shown = await _ask(client, "preview", recipients=[part])
    return promised.get(part, 0), shown["total"]


async def test_who_has_no_messages_is_neither_found_nor_counted(
    running: RunningSite, people: People, browser: Browser
) -> None:
    """Rule 9: nor do those who cannot be written to take the places of those who can."""
    group = await _make_group(running, people.pedagogue, people.teacher, people.sibling)
    pupils, client = f"{group}:pupil", await browser(people.pedagogue)

    async def named(words: str) -> set[str]:
        return {one["name"] for one in (await _ask(client, "search", words=words))["people"]}

    assert await _counted(client, pupils) == (FOUND_AT_ONCE + 1, FOUND_AT_ONCE + 1)
    assert await named("mette") == {"Mette Holm"}
    assert "Ask Skov 00" in await named("skov")
    admin = await running.actor(people.admin)
    school = Place(people.admin.municipality_id, people.admin.institution_id)
    async with running.storage.write(EVERYWHERE, admin) as write:
        await running.platform.choices.switch(write, admin, school, "messages", "off")
    assert await _counted(client, pupils) == (1, 1)
    assert await named("mette") == set()
    assert await named("skov") == {"Anne Skov", "Dagny Skov"}
    teacher = PROFILE.format(people.teacher.profile_id)
    assert (await _ask(client, "preview", recipients=[teacher]))["people"] == []
