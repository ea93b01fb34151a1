"""What ends a stream: the session, or a change of who one is (R7)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from litestar import Request
from litestar.testing import RequestFactory

from aula_platform.identity.session_endings import end_all_sessions
from aula_platform.identity.tables import session
from aula_platform.permissions.tables import grant
from aula_platform.storage import EVERYWHERE
from aula_platform.web.live import is_still_same
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind


def _request(running: Any, cookies: dict[str, str], actor: Actor) -> Request[Any, Any, Any]:
    request = RequestFactory(app=running.app).get("/live", cookies=_as_text(cookies))
    request.scope["user"] = actor
    return request


def _as_text(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def test_stream_lives_as_long_as_its_session(running: Any, people: Any) -> None:
    """R7: signed out elsewhere, the open page is told nothing more."""
    cookies, _headers = await running.sign_in(people.guardian)
    actor = await running.actor(people.guardian)
    request = _request(running, cookies, actor)
    assert await is_still_same(request)
    assert not await is_still_same(_request(running, {}, actor))
    async with running.storage.write(EVERYWHERE) as write:
        await end_all_sessions(write, actor.account_id)
    assert not await is_still_same(request)


async def test_stream_ends_when_one_acts_as_somebody_else(running: Any, people: Any) -> None:
    """ID-6: what is told to the employee is not told to the guardian of the same account."""
    cookies, _headers = await running.sign_in(people.guardian)
    request = _request(running, cookies, await running.actor(people.guardian))
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(session).values(role=Kind.EMPLOYEE))
    assert not await is_still_same(request)


async def test_stream_ends_when_what_one_may_do_has_changed(running: Any, people: Any) -> None:
    """A right taken away holds in open streams too; the page opens another as one is now."""
    cookies, _headers = await running.sign_in(people.guardian)
    request = _request(running, cookies, await running.actor(people.guardian))
    assert await is_still_same(request)
    row = {
        "id": new_id(), "municipality_id": people.guardian.municipality_id, "role": "guardian",
        "action": "shell.use", "relation": "-", "allowed": False, "step_up": False,
    }  # fmt: skip
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(grant), row | {"created_at": write.now})
        write.audit("permissions.decided", municipality_id=row["municipality_id"])
    assert not await is_still_same(request)
