"""The site with all plugins, the demo's content, and a protected family's secrets in the source."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from anyio.from_thread import BlockingPortal, start_blocking_portal

from aula_platform.stamdata import tables
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import SITE, RunningSite, kernel
from aula_sdk.contributions import DemoData
from aula_sdk.ids import GROUP, MUNICIPALITY, PROFILE, new_id
from aula_sdk.people import Assurance
from aula_sdk.testing.plugin import People
from plugins.contacts.tests.school import register_contact_data
from tests.administration.office import appoint
from tests.incidents.walking import Walk

LONG = os.environ.get("AULA_LONG") == "1"
STRANGERS = ("stranger", "stranger_teacher", *(("stranger_pupil",) if LONG else ()))
FOREIGNERS = (
    *STRANGERS, "pedagogue", "neighbour", "other_pupil", *(("without_access",) if LONG else ()),
)  # fmt: skip
"""Who asks for others' things: of another municipality and institution, guardians and pupils."""
ROLES = (
    "teacher", "leader", "admin", "guardian", "pupil", "protected_guardian", "protected_pupil",
    *FOREIGNERS, *(("external",) if LONG else ()),
)  # fmt: skip
"""One of each kind; `appoint` lets the leader and a stranger administer their municipalities."""
PATIENCE = 900 if LONG else 280
PDF = b"%PDF-1.7\n0123456789"
HIDING_PLACE, HIDING_GROUP = "Skjulestedets Skole", "Skjulehulen"


class Town:
    """The site, everybody's browser, and what they were answered."""

    def __init__(self, portal: BlockingPortal, running: RunningSite) -> None:
        self._portal = portal
        self.running = running
        self.people: People
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.sessions: dict[str, tuple[str, ...]] = {}
        """What opens each one's session: cookie, and the token that forms are bound by."""
        self.walk: Walk

    def call(self, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """Carry out some work where the site runs."""
        return self._portal.call(_within, work, *arguments)

    def prepare(self) -> None:
        """Fill the site, sign everybody in, and let them walk."""
        self.call(self._fill)
        self.call(self._sign_in)
        self.call(self._say_something)
        hidden = (self.people.protected_pupil, self.people.protected_guardian)
        first = frozenset(PROFILE.format(one.profile_id) for one in hidden)
        self.walk = Walk(self.running.app, self.clients, first, FOREIGNERS)
        self.call(self.walk.walk)

    async def _fill(self) -> None:
        for _plugin, data in self.running.app.state.host.each(DemoData):
            await data.fill(self.running.platform)
        self.people = People(await self.running.members(), await self.running.groups())
        await register_contact_data(self.running, self.people)
        await appoint(self.running, self.people)
        await self._hide()

    async def _hide(self) -> None:
        """Let the protected pupil belong to a second institution, which nobody else knows of."""
        pupil = self.people.protected_pupil
        ids = [new_id() for _each in range(4)]
        async with self.running.storage.write(EVERYWHERE) as write:
            row = {
                "municipality_id": pupil.municipality_id, "source": "cast",
                "valid_from": write.now,
            }  # fmt: skip
            place = {"source_id": "hiding", "name": HIDING_PLACE, "sort_key": "skjulestedet"}
            await write.execute(
                sa.insert(tables.institution), row | place | {"id": ids[0], "kind": "school"}
            )
            at = row | {"institution_id": ids[0]}
            profile = {"id": ids[1], "person_id": pupil.person_id, "kind": "pupil"}
            await write.execute(sa.insert(tables.profile), at | profile)
            group = {"source_id": "hiding", "name": HIDING_GROUP, "sort_key": "skjulehulen"}
            await write.execute(
                sa.insert(tables.group), at | group | {"id": ids[2], "kind": "main"}
            )
            member = {"id": ids[3], "group_id": ids[2], "profile_id": ids[1], "role": "member"}
            await write.execute(sa.insert(tables.membership), row | member)
            write.audit("stamdata.appointed", municipality_id=pupil.municipality_id)

    async def _sign_in(self) -> None:
        for who in ROLES:
            cookies, headers = await self.running.sign_in(
                getattr(self.people, who), Assurance.SUBSTANTIAL
            )
            self.sessions[who] = (*cookies.values(), *headers.values())
            transport = httpx.ASGITransport(self.running.app, raise_app_exceptions=False)  # type: ignore[arg-type]
            self.clients[who] = httpx.AsyncClient(
                transport=transport, base_url=SITE, cookies=cookies,
                headers={"Accept-Language": "en"} | headers,
            )  # fmt: skip

    async def _say_something(self) -> None:
        """Let there be a file, a draft, and words by those who hide."""
        teacher, mother = self.clients["teacher"], self.clients["protected_guardian"]
        for read in ("/messages/threads", "/posts"):
            # What the teacher reads here is in the log, of which a sample is drawn.
            assert (await teacher.get(f"/api/v1{read}")).is_success
        town = {"municipality": MUNICIPALITY.format(self.people.leader.municipality_id)}
        drawn = await self.clients["leader"].post("/api/v1/administration/samples", json=town)
        assert drawn.status_code == 201, drawn.text
        sent = await teacher.post("/api/v1/files", files={"file": ("brev.pdf", PDF)})
        class_3a = GROUP.format(self.people.groups["3.A"])
        letter = {"subject": "Brev", "html": "<p>Se her</p>", "attachments": [sent.json()["id"]]}
        written = await teacher.post(
            "/api/v1/messages/threads", json=letter | {"recipients": [f"{class_3a}:guardian"]}
        )
        assert written.status_code == 201, written.text
        draft = await teacher.put(
            f"/api/v1/messages/drafts/dft_{'7' * 32}", json={"subject": "E", "html": "<p>x</p>"}
        )
        assert draft.status_code == 204, draft.text
        answered = await mother.post(
            f"/api/v1/messages/threads/{written.json()['thread']}/messages",
            json={"html": "<p>Tak</p>", "to": "all"},
        )
        assert answered.status_code == 201, answered.text


async def _within(work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Carry out some work; fail rather than wait where a test's own limit cannot reach."""
    async with asyncio.timeout(PATIENCE):
        return await work(*arguments)


@contextmanager
def open_town(url: str, plugins: Sequence[str], folder: Path) -> Iterator[Town]:
    """Run the site in a thread of its own over a database that is prepared."""
    settings: Mapping[str, Mapping[str, Any]] = {}
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(kernel.start(url, plugins, folder, settings)) as running,
    ):
        town = Town(portal, running)
        town.prepare()
        yield town
