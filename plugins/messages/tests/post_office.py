"""Short ways for the cast to write, read and be refused, by the API as programs use it."""

from typing import Any

import httpx

from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/messages"


def person(member: Member) -> str:
    """Return a member of the cast as a recipient."""
    return PROFILE.format(member.profile_id)


class PostOffice:
    """Lets the cast write by the API, as programs do; every answer must be a success."""

    def __init__(self, browser: Browser, people: People) -> None:
        self._browser = browser
        self._people = people
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def client(self, member: Member | None) -> httpx.AsyncClient:
        """Return the member's client, the same one each time."""
        key = f"{member.key}:{member.kind}" if member else ""
        if key not in self._clients:
            self._clients[key] = await self._browser(member)
        return self._clients[key]

    def group(self, name: str, role: str = "guardian") -> str:
        """Return a role in a group as a recipient."""
        return f"{GROUP.format(self._people.groups[name])}:{role}"

    async def ask(self, member: Member | None, verb: str, path: str, **body: Any) -> httpx.Response:
        """Send a request and return the answer, whatever it is."""
        client = await self.client(member)
        sent: dict[str, Any] = {"json": body} if verb in {"POST", "PUT", "PATCH"} else {}
        return await client.request(verb, f"{API}{path}", **sent)

    async def get(self, member: Member, path: str) -> Any:
        """Return what is there."""
        answer = await self.ask(member, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def start(self, member: Member, *recipients: str, **more: Any) -> str:
        """Start a conversation and return its id."""
        body = {"subject": "Tur på fredag", "html": "<p>Husk madpakke</p>"} | more
        answer = await self.ask(member, "POST", "/threads", recipients=list(recipients), **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["thread"])

    async def reply(self, member: Member, thread: str, **body: Any) -> dict[str, str]:
        """Answer and return where the answer has gone."""
        answer = await self.ask(
            member, "POST", f"/threads/{thread}/messages", **({"html": "<p>Ja</p>"} | body)
        )
        assert answer.status_code == 201, answer.text
        sent: dict[str, str] = answer.json()
        return sent

    async def inbox(self, member: Member, query: str = "") -> list[dict[str, Any]]:
        """Return the member's list."""
        found: list[dict[str, Any]] = (await self.get(member, f"/threads{query}"))["items"]
        return found

    async def thread(self, member: Member, thread: str) -> dict[str, Any]:
        """Return a conversation as the member sees it."""
        found: dict[str, Any] = await self.get(member, f"/threads/{thread}")
        return found

    async def words(self, member: Member, thread: str) -> list[str]:
        """Return the words of a conversation, the oldest first."""
        items = (await self.thread(member, thread))["messages"]["items"]
        return [item["html"] for item in reversed(items) if item["kind"] == "written"]

    async def refused(
        self, status: int, member: Member | None, verb: str, path: str, **body: Any
    ) -> dict[str, Any]:
        """Send a request that must be refused with this status; return the problem document."""
        answer = await self.ask(member, verb, path, **body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        problem: dict[str, Any] = answer.json()
        return problem
