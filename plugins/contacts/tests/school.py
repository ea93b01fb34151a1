"""The cast with contact data, and short ways to choose, list and be refused, by the API."""

from typing import Any

import httpx
import sqlalchemy as sa

from aula_sdk.db import Id
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/contacts"
WAYS = ("email", "phone", "mobile", "address")
_contact = sa.table(
    "stamdata_contact",
    sa.column("person_id", Id),
    *(sa.column(way, sa.String) for way in WAYS),
    *(sa.column(f"{way}_protected", sa.Boolean) for way in WAYS),
)
_ties = sa.table(
    "stamdata_guardianship",
    sa.column("guardian_person_id", Id),
    sa.column("child_person_id", Id),
    sa.column("custody", sa.Boolean),
    sa.column("extended_access", sa.Boolean),
)


def way(member: Member, name: str) -> str:
    """Return how a member of the cast is reached, told apart from everybody else."""
    return f"{name}-of-{member.key}"


def key(member: Member) -> str:
    """Return the member's id on the wire."""
    return PROFILE.format(member.profile_id)


async def register_contact_data(running: Running, people: People) -> None:
    """Let the source know how everybody is reached, the protected ones too."""
    async with running.platform.write() as write:
        for member in {one.person_id: one for one in people.profiles}.values():
            values = {name: way(member, name) for name in WAYS}
            await write.execute(
                sa.update(_contact).where(_contact.c.person_id == member.person_id).values(values)
            )


class School:
    """Lets the cast use the API, as programs do."""

    def __init__(self, running: Running, browser: Browser, people: People) -> None:
        self.running = running
        self.people = people
        self._browser = browser
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def client(self, member: Member | None) -> httpx.AsyncClient:
        """Return the member's client, the same one each time, signed in with two factors."""
        name = f"{member.key}:{member.kind}" if member else ""
        if name not in self._clients:
            self._clients[name] = await self._browser(member, Assurance.SUBSTANTIAL)
        return self._clients[name]

    def group(self, name: str = "3.A") -> str:
        """Return a group's id on the wire."""
        return GROUP.format(self.people.groups[name])

    async def ask(self, member: Member | None, verb: str, path: str, **body: Any) -> httpx.Response:
        """Send a request and return the answer, whatever it is."""
        client = await self.client(member)
        sent: dict[str, Any] = {"json": body} if verb in {"POST", "PUT"} else {}
        return await client.request(verb, f"{API}{path}", **sent)

    async def get(self, member: Member, path: str) -> Any:
        """Return what is there."""
        answer = await self.ask(member, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def choose(self, member: Member, audience: str, person: Member | None = None) -> None:
        """Let a guardian answer, for somebody or for themselves."""
        path = f"/sharing/{key(person or member)}"
        answer = await self.ask(member, "PUT", path, audience=audience)
        assert answer.status_code == 200, answer.text

    async def listed(
        self, member: Member, show: str = "children", group: str = "3.A"
    ) -> dict[str, dict[str, Any]]:
        """Return everybody in a list by name, those beside others too."""
        page = await self.get(member, f"/groups/{self.group(group)}?show={show}")
        found: dict[str, dict[str, Any]] = {}
        for item in page["items"]:
            found |= {one["name"]: one for one in (*item["relatives"], item)}
        return found

    async def ways(self, member: Member, of: Member, show: str = "children") -> set[str]:
        """Return the names of the ways to reach somebody that a member is told in 3.A."""
        one = (await self.listed(member, show))[of.name]
        return {name for name in WAYS if one[name]}

    async def refused(
        self, status: int, member: Member | None, verb: str, path: str, **body: Any
    ) -> dict[str, Any]:
        """Send a request that must be refused with this status; return the problem document."""
        answer = await self.ask(member, verb, path, **body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        problem: dict[str, Any] = answer.json()
        return problem

    async def protect(self, member: Member, way: str) -> None:
        """Let the source protect one way of reaching somebody (STM-14)."""
        async with self.running.platform.write() as write:
            await write.execute(
                sa.update(_contact)
                .where(_contact.c.person_id == member.person_id)
                .values({f"{way}_protected": True})
            )

    async def set_tie(
        self, guardian: Member, child: Member, *, custody: bool, access: bool
    ) -> None:
        """Let the administrative system say what a guardian has with a child."""
        async with self.running.platform.write() as write:
            await write.execute(
                sa.update(_ties)
                .where(
                    _ties.c.guardian_person_id == guardian.person_id,
                    _ties.c.child_person_id == child.person_id,
                )
                .values(custody=custody, extended_access=access)
            )
