"""The cast at the administration, by the API and by its pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from aula_platform.events.tables import delivery, lane, outbox
from aula_platform.sampling.tables import sample
from aula_platform.stamdata.tables import import_error, imported, profile_role
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.db import utc_now
from aula_sdk.ids import INSTITUTION, MUNICIPALITY, new_id
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

API = "/api/v1/administration"
PAGES = "/administration"
REASON = {"domain": "aula", "message": "The row about %(whom)s", "values": {"whom": "p-17"}}


async def appoint(site: RunningSite, people: People) -> None:
    """Let the leader and the southern teacher administer their municipalities."""
    for member in (people.leader, people.stranger_teacher):
        await appoint_to_municipality(site, member)


async def appoint_to_municipality(site: RunningSite, member: Member) -> None:
    """Let somebody administer their municipality."""
    async with site.storage.write(EVERYWHERE) as write:
        row = {
            "id": new_id(), "municipality_id": member.municipality_id, "source": "cast",
            "profile_id": member.profile_id, "role": "municipality_admin",
            "valid_from": write.now,
        }  # fmt: skip
        await write.execute(sa.insert(profile_role), row)
        # Whoever has been somebody before is loaded anew.
        write.audit("stamdata.appointed", municipality_id=member.municipality_id)


def whole(member: Member) -> str:
    """Return a member's municipality on the wire."""
    return MUNICIPALITY.format(member.municipality_id)


def home(member: Member) -> str:
    """Return a member's institution on the wire."""
    return INSTITUTION.format(member.institution_id)


def routes(site: RunningSite) -> Iterator[tuple[str, str]]:
    """Yield verb and path of every route of the plugin, as the application knows them."""
    for route in site.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.opt.get("plugin") == "administration":
                for verb in sorted(set(handler.http_methods) - {"OPTIONS", "HEAD"}):
                    yield verb, route.path


async def plant_import(
    site: RunningSite,
    municipality_id: UUID,
    state: str,
    *,
    errors: int = 0,
    age: float = 0,
    **more: Any,
) -> UUID:
    """Keep a report, as an import would have so many hours ago; return its id."""
    import_id = new_id()
    began = utc_now() - timedelta(hours=age)
    count = {"institution_id": None, "institution": "Nordskolen", "kind": "pupil", "added": 3}
    row = {
        "id": import_id, "municipality_id": municipality_id, "source": "stil", "format": "stil",
        "mode": "bulk", "state": state, "started_at": began, "finished_at": began,
        "errors": errors, "counts": [count], "stops": [], **more,
    }  # fmt: skip
    wrong = [
        {
            "import_id": import_id, "number": number, "municipality_id": municipality_id,
            "file": "users.csv", "line": number + 2, "field": "role", "code": "unknown",
            "reason": REASON, "fatal": False,
        }
        for number in range(errors)
    ]  # fmt: skip
    async with site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(imported), row)
        if wrong:
            await write.execute(sa.insert(import_error), wrong)
    return import_id


async def park(site: RunningSite, municipality_id: UUID, *, waiting: int = 2) -> UUID:
    """Park a stream of the municipality, in which so many events wait; return the stream."""
    stream, now = new_id(), utc_now()
    async with site.storage.write(EVERYWHERE) as write:
        for _number in range(waiting):
            event = {
                "id": new_id(), "municipality_id": municipality_id, "stream": stream,
                "name": "posts.post_published.v1", "payload": {}, "created_at": now,
            }  # fmt: skip
            made = await write.execute(sa.insert(outbox).values(event).returning(outbox.c.sequence))
            waits = {"subscriber": "posts.tell", "stream": stream}
            place = {"sequence": made.scalar(), "municipality_id": municipality_id}
            await write.execute(sa.insert(delivery), {**place, **waits})
        row = {
            "subscriber": "posts.tell", "stream": stream, "leased_until": now, "retry_at": now,
            "failures": 9, "parked_at": now, "error": "ValueError at aula_plugins/posts/x.py:1",
        }  # fmt: skip
        await write.execute(sa.insert(lane), row)
    return stream


async def plant_sample(site: RunningSite, municipality_id: UUID) -> UUID:
    """Keep a sample of the log without entries, as if it had been drawn now; return its id."""
    sample_id, now = new_id(), utc_now()
    row = {
        "id": sample_id, "municipality_id": municipality_id, "place_id": municipality_id,
        "first_month": "2026-01", "last_month": "2026-01", "round": 0, "drawn_at": now,
        "due_at": now + timedelta(days=30), "method": "aula-sample/1", "seed": "0" * 64,
        "sealed": {}, "strata": [], "size": 1,
    }  # fmt: skip
    async with site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(sample), row)
    return sample_id


class Office:
    """Lets the cast use the API and the pages."""

    def __init__(self, site: RunningSite, browser: Browser, people: People) -> None:
        self.site = site
        self.people = people
        self._browser = browser
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def client(
        self, member: Member | None, assurance: Assurance = Assurance.LOW
    ) -> httpx.AsyncClient:
        """Return the member's client, the same one each time."""
        name = f"{member.key if member else ''} {assurance}"
        if name not in self._clients:
            self._clients[name] = await self._browser(member, assurance)
        return self._clients[name]

    async def ask(self, member: Member | None, verb: str, path: str, **body: Any) -> httpx.Response:
        """Send a request to the API; return the answer, whatever it is."""
        sent: dict[str, Any] = {"json": body} if verb not in {"GET", "DELETE"} else {}
        return await (await self.client(member)).request(verb, f"{API}{path}", **sent)

    async def get(self, member: Member, path: str) -> Any:
        """Return what the API has there."""
        answer = await self.ask(member, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def feature(self, member: Member, place: str, name: str) -> dict[str, Any]:
        """Return one feature at a place."""
        found = await self.get(member, f"/places/{place}/features")
        return next(one for one in found["items"] if one["name"] == name)

    async def setting(self, member: Member, place: str, name: str, setting: str) -> dict[str, Any]:
        """Return one setting of a feature at a place."""
        feature = await self.feature(member, place, name)
        return next(one for one in feature["settings"] if one["name"] == setting)

    async def page(self, member: Member, path: str, status: int = 200) -> str:
        """Return a page's words."""
        answer = await (await self.client(member)).get(f"{PAGES}{path}")
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    async def press(self, member: Member, path: str, **form: str) -> httpx.Response:
        """Send a form; return the answer, whatever it is."""
        return await (await self.client(member)).post(f"{PAGES}{path}", data=form)
