"""Roles that a log-in broker vouches for are seen by those who decide, and not theirs to end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.permissions.tables import holder
from aula_platform.storage import EVERYWHERE
from aula_sdk import ids
from aula_sdk.db import utc_now
from aula_sdk.grants import GRANT, RoleFromLogin
from aula_sdk.ids import new_id
from aula_sdk.people import Assurance
from aula_sdk.permissions import INSTITUTION_ADMIN
from aula_sdk.testing.plugin import Browser, People
from tests.permissions.desk import Desk


@pytest.fixture
async def vouched(running: Any, people: People) -> Any:
    """The teacher is an administrator by another log-in than that of the test."""
    row = {
        "id": new_id(),
        "municipality_id": people.teacher.municipality_id,
        "institution_id": people.teacher.institution_id,
        "profile_id": people.teacher.profile_id,
        "role": INSTITUTION_ADMIN,
        "broker": "adgangsstyring",
        "valid_from": utc_now(),
        "valid_to": utc_now() + timedelta(hours=10),
        "created_at": utc_now(),
    }
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(holder), row)
        write.audit("permissions.role_given", municipality_id=row["municipality_id"])
    return row["id"]


async def test_who_decides_sees_it_and_cannot_end_it(
    browser: Browser, people: People, desk: Desk, vouched: Any
) -> None:
    """It would be back at the next log-in: so it says where it comes from instead."""
    admin = await browser(people.admin, Assurance.SUBSTANTIAL)
    person = ids.PROFILE.format(people.teacher.profile_id)
    page = (await admin.get(f"/administration/people/{person}")).text
    assert "It comes with the log-in" in page
    assert "Take back" not in page
    api = f"/api/v1/administration/rights/people/{person}/given"
    given = (await admin.get(api)).json()
    assert [one["from_login"] for one in given["roles"]] == [True]
    with pytest.raises(RoleFromLogin):
        await desk.take_back(people.admin, vouched)
    # What people give is beside it: it counts in every session, and can be taken back.
    own = await desk.give(people.admin, people.teacher, INSTITUTION_ADMIN)
    await desk.take_back(people.admin, own)


async def test_it_counts_at_its_own_log_in_and_is_explained(
    browser: Browser, people: People, running: Any, vouched: Any
) -> None:
    """R7: another session of the person has nothing of it, and the explanation tells of it."""
    actor = await running.actor(people.teacher)
    assert vouched
    assert GRANT not in actor.holdings
    admin = await browser(people.admin, Assurance.SUBSTANTIAL)
    why = await admin.get(f"/administration/why/{ids.PROFILE.format(people.teacher.profile_id)}")
    assert "Administrators of the institution: given from the start" in why.text
