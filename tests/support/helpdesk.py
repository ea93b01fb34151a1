"""Sees the site as somebody else, by the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from aula_platform.identity.csrf import HEADER
from aula_platform.permissions.tables import grant
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

REASON = "Anne kan ikke finde klassen"
JSON = {"accept": "application/json"}


def place_of(member: Member) -> str:
    """Return where the site is begun to be seen as somebody."""
    return f"/see-as/{PROFILE.format(member.profile_id)}"


def token_of(page: str) -> str:
    """Return the token that the page's forms are bound by."""
    return page.split('name="csrf-token" content="')[1].split('"', maxsplit=1)[0]


class Helpdesk:
    """The administrator of the municipality (the leader), and others who would like to help."""

    def __init__(self, running: Any, browser: Browser, people: People) -> None:
        self.running = running
        self._browser = browser
        self.people = people

    async def client(
        self, member: Member | None, assurance: Assurance = Assurance.SUBSTANTIAL
    ) -> httpx.AsyncClient:
        """Return a browser in which somebody is signed in."""
        return await self._browser(member, assurance)

    async def begin(
        self, client: httpx.AsyncClient, member: Member, reason: str = REASON, minutes: int = 15
    ) -> httpx.Response:
        """Ask to see the site as somebody; send what their pages say from then on."""
        typed = {"reason": reason, "minutes": str(minutes)}
        answer = await client.post(place_of(member), data=typed)
        if answer.status_code == 303:
            await self.take_token(client)
        return answer

    async def take_token(self, client: httpx.AsyncClient) -> None:
        """Send what the session's pages say from now on."""
        client.headers[HEADER] = token_of((await client.get("/profile")).text)

    async def as_other(self, member: Member, supporter: Member | None = None) -> httpx.AsyncClient:
        """Return a browser in which the administrator sees the site as somebody."""
        client = await self.client(supporter or self.people.leader)
        answer = await self.begin(client, member)
        assert answer.status_code == 303, answer.text
        return client

    async def rows(self, statement: sa.Select[Any]) -> list[Any]:
        """Return rows of the whole database."""
        async with self.running.storage.read(EVERYWHERE) as read:
            return list(await read.rows(statement))

    async def change(self, statement: Any) -> None:
        """Change rows behind everybody's back."""
        async with self.running.storage.write(EVERYWHERE) as write:
            await write.execute(statement)

    async def grant(
        self, role: str, action: str, relation: str, municipality_id: UUID, *, allowed: bool = True
    ) -> None:
        """Let the municipality decide something of a role."""
        row = {
            "id": new_id(), "municipality_id": municipality_id, "role": role, "action": action,
            "relation": relation, "allowed": allowed, "step_up": False,
        }  # fmt: skip
        async with self.running.storage.write(EVERYWHERE) as write:
            await write.execute(sa.insert(grant), row | {"created_at": write.now})
            write.audit("permissions.decided", municipality_id=municipality_id)
