"""R7: who loses access to a child has lost it at the next request, wherever it was open."""

from __future__ import annotations

import re

import httpx
import pytest
from litestar.testing import RequestFactory

from aula_platform.identity.access_keys import PREFIX
from aula_platform.stamdata.changes import deliver
from aula_platform.storage import EVERYWHERE, around
from aula_platform.testing import RunningSite
from aula_platform.web.live import is_still_same
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Assurance
from aula_sdk.stamdata_source import GuardianshipRecord, Record, Removed
from aula_sdk.testing.plugin import Browser, People
from plugins.messages.tests.test_access import cut_access

PDF = b"%PDF-1.7\n0123456789"


async def _write(client: httpx.AsyncClient, group: str) -> tuple[str, str]:
    """Write to the guardians of a class with a file; return both addresses' ids."""
    sent = (await client.post("/api/v1/files", files={"file": ("brev.pdf", PDF)})).json()
    letter = {"subject": "Alma", "html": "<p>x</p>", "attachments": [sent["id"]]}
    answer = await client.post(
        "/api/v1/messages/threads", json=letter | {"recipients": [f"{group}:guardian"]}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["thread"], sent["href"]


async def test_lost_access_is_lost_everywhere_at_once(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """API, page, search, file, contact list and the open stream, without signing in anew."""
    class_3a = GROUP.format(people.groups["3.A"])
    thread, href = await _write(await browser(people.teacher), class_3a)
    parent = await browser(people.other_parent)
    pupil = PROFILE.format(people.pupil.profile_id)
    surfaces = [
        f"/api/v1/messages/threads/{thread}",
        f"/messages/{thread}",
        href,
        f"/api/v1/contacts/groups/{class_3a}",
        f"/contacts/people/{pupil}",
    ]
    stream = RequestFactory(app=running.app).get("/live", cookies=_cookies(parent))
    stream.scope["user"] = await running.actor(people.other_parent)
    assert [(await parent.get(path)).status_code for path in surfaces] == [200] * len(surfaces)
    assert "Alma" in (await parent.get("/api/v1/messages/threads")).text
    assert await is_still_same(stream)
    # Whom one meets on account of the child: another family of the class.
    search = {"q": "Line"}
    assert "Line Berg" in (await parent.post("/messages/recipients", data=search)).text
    await cut_access(running, people.other_parent, people.pupil)
    async with running.storage.write(EVERYWHERE) as write:
        # As every delivery does, so that each process reads anew who people are.
        write.audit("stamdata.imported", municipality_id=people.pupil.municipality_id)
    for path in surfaces:
        answer = await parent.get(path)
        assert answer.status_code in {403, 404}, f"{path}: {answer.status_code}"
    assert "Alma" not in (await parent.get("/api/v1/messages/threads")).text
    assert "Line Berg" not in (await parent.post("/messages/recipients", data=search)).text
    assert not await is_still_same(stream)


_LOST: tuple[Record, ...] = (
    Removed("guardianship", ("other_parent", "pupil")),
    GuardianshipRecord("other_parent", "pupil", "Far"),
)
"""The two ways in which a source says it: no contact person any more, or one without access."""


@pytest.mark.parametrize("said", _LOST, ids=["gone", "without access"])
async def test_custody_is_lost_with_the_delivery_that_says_so(
    running: RunningSite, browser: Browser, people: People, said: Record
) -> None:
    """What `aula_sdk.moving` says beforehand: sessions, kept actors, streams and access keys."""
    thread, href = await _write(await browser(people.teacher), GROUP.format(people.groups["3.A"]))
    parent = await browser(people.other_parent, Assurance.SUBSTANTIAL)
    wanted = {"name": "Home", "days": "30", "action": ["messages.read"]}
    made = await parent.post("/profile/keys", data=wanted)
    key = re.search(rf"{PREFIX}[\w-]{{43}}_[0-9a-f]{{8}}", made.text)
    assert key is not None
    program = await browser()
    program.headers["authorization"] = f"Bearer {key[0]}"
    path = f"/api/v1/messages/threads/{thread}"
    stream = RequestFactory(app=running.app).get("/live", cookies=_cookies(parent))
    stream.scope["user"] = await running.actor(people.other_parent, Assurance.SUBSTANTIAL)
    before = [
        (await client.get(one)).status_code
        for client, one in ((parent, path), (parent, href), (program, path))
    ]
    assert before == [200, 200, 200]
    place = people.pupil.municipality_id
    async with running.storage.write(around([place])) as write:
        await deliver(write, place, "cast", [said])
    for client, one in ((program, path), (parent, path), (parent, href)):
        assert (await client.get(one)).status_code in {403, 404}, one
    assert thread not in (await program.get("/api/v1/messages/threads")).text
    assert not await is_still_same(stream)


def _cookies(client: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())
