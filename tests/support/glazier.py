"""Two administrators who break glass together, and what there is to read behind it."""

from __future__ import annotations

import httpx
import sqlalchemy as sa

from aula_platform.identity.sessions import Seeing
from aula_platform.identity.tables import session
from aula_platform.permissions.support.seeing import SeeingAs
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import PROFILE
from aula_sdk.people import Actor, Assurance
from aula_sdk.testing.kernel import Member
from tests.administration.office import appoint_to_municipality
from tests.support.helpdesk import Helpdesk

API, PAGE = "/api/v1/administration/break-glass", "/administration/break-glass"
WHY = "Barnet er væk, og beskederne kan sige hvorfor"
SECRET = "Hemmelige ord til Anne alene"
OTHERS = "Ord til naboen alene"


def people_path(member: Member) -> str:
    """Return where it is asked to read what the member reads."""
    return f"{API}/people/{PROFILE.format(member.profile_id)}"


async def ask(
    client: httpx.AsyncClient, member: Member, area: str = "messages", hours: int = 2
) -> httpx.Response:
    """Ask to read what the member reads."""
    wish = {"area": area, "reason": WHY, "hours": hours}
    return await client.post(people_path(member), json=wish)


async def decide(client: httpx.AsyncClient, key: str, *, approved: bool = True) -> httpx.Response:
    """Approve or refuse."""
    return await client.put(f"{API}/{key}/decision", json={"approved": approved})


class Glazier:
    """Two administrators of the municipality, and what others have written to each other."""

    def __init__(self, desk: Helpdesk) -> None:
        self.desk = desk
        self.people = desk.people
        self.threads: dict[str, str] = {}

    async def prepare(self) -> None:
        """Let there be a second administrator and two conversations."""
        await appoint_to_municipality(self.desk.running, self.people.colleague)
        teacher = await self.desk.client(self.people.teacher)
        for member, words in ((self.people.guardian, SECRET), (self.people.neighbour, OTHERS)):
            letter = {"subject": words, "html": f"<p>{words}</p>"}
            to = {"recipients": [PROFILE.format(member.profile_id)]}
            sent = await teacher.post("/api/v1/messages/threads", json=letter | to)
            assert sent.status_code == 201, sent.text
            self.threads[member.key] = sent.json()["thread"]
        self.asker = await self.desk.client(self.people.leader)
        self.second = await self.desk.client(self.people.colleague)

    async def approved(self, member: Member, area: str = "messages") -> str:
        """Return what the leader has asked for and the colleague has approved."""
        asked = await ask(self.asker, member, area)
        assert asked.status_code == 201, asked.text
        key: str = asked.json()["id"]
        decided = await decide(self.second, key)
        assert decided.status_code == 204, decided.text
        return key

    async def opened(self, member: Member, area: str = "messages") -> httpx.AsyncClient:
        """Return the leader's browser, which reads what the member reads."""
        key = await self.approved(member, area)
        answer = await self.asker.post(f"/break-glass/{key}")
        assert answer.headers["location"] == f"/{area}", answer.text
        await self.desk.take_token(self.asker)
        return self.asker

    async def actor(self) -> Actor:
        """Return as whom the leader reads now."""
        seeing: SeeingAs = self.desk.running.app.state.seeing
        where = session.c.impersonation_id.is_not(None)
        (row,) = await self.desk.rows(sa.select(session).where(where))
        leader = await self.desk.running.actor(self.people.leader, Assurance.SUBSTANTIAL)
        async with self.desk.running.storage.read(EVERYWHERE) as read:
            found = await seeing.as_other(
                read, leader, Seeing(row.impersonation_id, row.seen_until)
            )
        assert found is not None
        return found
