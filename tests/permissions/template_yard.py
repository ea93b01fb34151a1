"""The cast with templates, and classes that begin with a new school year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from aula_sdk.ids import GROUP
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from plugins.groups.tests.test_rolling import begin_class, end_class
from tests.permissions.desk import Desk

API = "/api/v1/groups"
POSTS, MESSAGES = "posts.write_in_group", "messages.write_in_group"
WRITE, SEND = "posts.write_to_group", "messages.write_to_group"
RIGHTS = [
    {"kind": "guardian", "right": POSTS, "decided": "yes"},
    {"kind": "pupil", "right": MESSAGES, "decided": "yes"},
    {"kind": "employee", "right": POSTS, "decided": "no"},
]


class Yard:
    """The cast with templates, by the API as programs use it."""

    def __init__(self, browser: Browser, people: People) -> None:
        self._browser = browser
        self.people = people

    async def ask(self, by: Member | None, verb: str, path: str, **body: Any) -> httpx.Response:
        client = await self._browser(by)
        sent: dict[str, Any] = {"json": body} if verb == "POST" else {}
        return await client.request(verb, f"{API}{path}", **sent)

    async def does(self, by: Member, path: str, **body: Any) -> Any:
        answer = await self.ask(by, "POST", path, **body)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, by: Member, path: str, **body: Any) -> str:
        """Return the sentence with which something is refused."""
        answer = await self.ask(by, "POST", path, **body)
        assert answer.status_code == 422, answer.text
        (field,) = answer.json()["errors"]
        return f"{field['field']}: {field['reason']}"

    async def template(self, rights: list[dict[str, str]] | None = None) -> str:
        """Let the leader keep a template; return its id."""
        body = {"kinds": ["guardian", "pupil", "employee"], "rights": rights or RIGHTS}
        return str((await self.does(self.people.leader, "/templates", name="Åben", **body))["id"])

    async def take(self, by: Member, template: str, done: list[Any] | None = None) -> None:
        """Let the classes that begin take the template; tell in ``done`` what has happened."""
        taken = await self.does(by, "/roll/template", template=template, apply=True)
        if done is not None:
            done.append(taken)

    async def group(self, by: Member, template: str, **body: Any) -> Any:
        """Make a group from the template, with Alma's class in it."""
        made = await self.does(by, "/", name="Festudvalg", template=template, **body)
        chosen = [
            f"{GROUP.format(self.people.groups['3.A'])}:{kind}" for kind in ("guardian", "pupil")
        ]
        await self.does(by, f"/{made['id']}/members", people=chosen)
        return made


async def begin(desk: Desk, name: str, days: int) -> UUID:
    """Let Alma's next class begin so many days from now, when 3.A ends."""
    people, moment = desk.people, utc_now() + timedelta(days=days)
    async with desk.site.platform.write() as write:
        await end_class(write, people.groups["3.A"], moment)
        return await begin_class(write, people, name, moment, "pupil", "classmate")


async def count(desk: Desk, table: sa.Table) -> int:
    """Return how many rows there are."""
    async with desk.site.storage.read(EVERYWHERE) as read:
        return int(await read.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
