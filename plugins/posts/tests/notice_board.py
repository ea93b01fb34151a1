"""Short ways for the cast to write, read and be refused, by the API as programs use it."""

from typing import Any

import httpx

from aula_sdk.ids import GROUP
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/posts"


class NoticeBoard:
    """Lets the cast post by the API, as programs do; every answer must be a success."""

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
        """Return the people of one kind in a group as an audience."""
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

    async def do(self, member: Member, verb: str, path: str, **body: Any) -> Any:
        """Carry something out; return what it answers, if anything."""
        answer = await self.ask(member, verb, path, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def post(self, member: Member, *audience: str, **more: Any) -> str:
        """Write a post and return its id; without ``audience`` to the guardians of 3.A."""
        chosen = list(audience or (self.group("3.A"),))
        body = {"title": "Tur på fredag", "html": "<p>Husk madpakke</p>"} | more
        return str((await self.do(member, "POST", "", audience=chosen, **body))["post"])

    async def comment(self, member: Member, post: str, text: str = "Tak", **more: Any) -> str:
        """Comment on a post and return the comment's id."""
        written = await self.do(member, "POST", f"/{post}/comments", text=text, **more)
        return str(written["comment"])

    async def feed(self, member: Member, query: str = "") -> list[str]:
        """Return the ids in the member's list, those on top first."""
        page = await self.get(member, query)
        return [item["id"] for item in (*page["pinned"], *page["items"])]

    async def read(self, member: Member, post: str) -> dict[str, Any]:
        """Return a post as the member sees it."""
        found: dict[str, Any] = await self.get(member, f"/{post}")
        return found

    async def comments(self, member: Member, post: str) -> list[dict[str, Any]]:
        """Return the comments as the member sees them, the newest first."""
        found: list[dict[str, Any]] = (await self.get(member, f"/{post}/comments"))["items"]
        return found

    async def refused(
        self, status: int, member: Member | None, verb: str, path: str, **body: Any
    ) -> dict[str, Any]:
        """Send a request that must be refused with this status; return the problem document."""
        answer = await self.ask(member, verb, path, **body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        problem: dict[str, Any] = answer.json()
        return problem
