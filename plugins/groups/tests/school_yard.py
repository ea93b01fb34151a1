"""Short ways for the cast to make groups, join and be refused, by the API as programs use it."""

from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.db import Instant
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/groups"


def pro(member: Member) -> str:
    """Return a member of the cast on the wire."""
    return PROFILE.format(member.profile_id)


class SchoolYard:
    """Lets the cast act by the API, as programs do."""

    def __init__(self, browser: Browser, people: People, running: Running) -> None:
        self._browser = browser
        self._people = people
        self._running = running
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def client(self, member: Member | None) -> httpx.AsyncClient:
        """Return the member's client, the same one each time."""
        key = f"{member.key}:{member.kind}" if member else ""
        if key not in self._clients:
            self._clients[key] = await self._browser(member)
        return self._clients[key]

    def group(self, name: str) -> str:
        """Return a group of the cast on the wire."""
        return GROUP.format(self._people.groups[name])

    def part(self, name: str, kind: str) -> str:
        """Return the people of one kind in a group of the cast."""
        return f"{self.group(name)}:{kind}"

    async def ask(self, member: Member | None, verb: str, path: str, **body: Any) -> httpx.Response:
        """Send a request and return the answer, whatever it is."""
        client = await self.client(member)
        sent: dict[str, Any] = {"json": body} if verb in {"POST", "PUT"} else {}
        return await client.request(verb, f"{API}{path}", **sent)

    async def does(self, member: Member, verb: str, path: str, **body: Any) -> Any:
        """Send a request that must succeed; return what is answered."""
        answer = await self.ask(member, verb, path, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(
        self, status: int, member: Member | None, verb: str, path: str, **body: Any
    ) -> dict[str, Any]:
        """Send a request that must be refused with this status; return the problem document."""
        answer = await self.ask(member, verb, path, **body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        problem: dict[str, Any] = answer.json()
        return problem

    async def make(self, member: Member, name: str = "Brætspil", **more: Any) -> str:
        """Make a group and return its id."""
        made = await self.does(member, "POST", "/", name=name, **more)
        return str(made["id"])

    async def add(self, member: Member, group: str, *people: str) -> dict[str, int]:
        """Add people to a group."""
        done: dict[str, int] = await self.does(
            member, "POST", f"/{group}/members", people=list(people)
        )
        return done

    async def read(self, member: Member, group: str) -> dict[str, Any]:
        """Return a group as the member sees it."""
        found: dict[str, Any] = await self.does(member, "GET", f"/{group}")
        return found

    async def names(self, member: Member, group: str) -> set[str]:
        """Return the names of the group's members as the member sees them."""
        return {one["name"] for one in (await self.read(member, group))["members"]["items"]}

    async def listed(self, member: Member, query: str = "") -> set[str]:
        """Return the names of the groups in the member's list."""
        return {one["name"] for one in (await self.does(member, "GET", f"/{query}"))["items"]}

    async def reached(self, group: str) -> set[tuple[str, UUID | None]]:
        """Return whom the group reaches in stamdata: names, and on account of which child."""
        reach, person = stamdata.reach, stamdata.profile
        async with self._running.platform.read() as read:
            now = sa.literal(read.now, Instant)
            rows = await read.rows(
                sa.select(person.c.name, reach.c.child_id)
                .join(person, person.c.id == reach.c.profile_id)
                .where(reach.c.group_id == GROUP.parse(group), stamdata.valid(reach, now))
            )
        return {tuple(row) for row in rows}
