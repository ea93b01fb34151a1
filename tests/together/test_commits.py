"""What a handler's transaction meets when it commits, which is after the handler."""

from __future__ import annotations

from typing import Any

import pytest

from aula_platform.testing import RunningSite
from aula_sdk.errors import Conflict
from aula_sdk.testing.plugin import Browser, People


@pytest.mark.parametrize("is_a_program", [True, False], ids=["program", "page"])
async def test_what_stops_a_commit_is_told_as_what_it_is(
    running: RunningSite, browser: Browser, people: People, *, is_a_program: bool
) -> None:
    """By its status and code, and not as a fault of ours, whatever else the handler was given."""
    client = await browser(people.teacher)
    group = (await client.post("/api/v1/groups", json={"name": "Kor"})).json()["id"]

    async def refuse(_unit: Any) -> None:
        raise Conflict

    running.storage.recorders.append(refuse)
    if is_a_program:
        answer = await client.post(f"/api/v1/groups/{group}/end")
        assert answer.json()["code"] == Conflict.code
    else:
        answer = await client.post(f"/groups/{group}/end", headers={"accept": "text/html"})
    assert answer.status_code == Conflict.status
    running.storage.recorders.remove(refuse)
    assert (await client.get(f"/api/v1/groups/{group}")).status_code == 200
