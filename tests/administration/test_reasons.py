"""R8: who asks why somebody may do something learns of no other place where that person is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import Browser, People

ELSEWHERE = "Solstrålen"


async def _move_in(running: Running, people: People) -> None:
    """Let the protected pupil belong to the day-care too, of which the school knows nothing."""
    pupil, place = people.protected_pupil, people.pedagogue.institution_id
    async with running.storage.write(EVERYWHERE) as write:  # type: ignore[attr-defined]
        row = {
            "id": new_id(), "municipality_id": pupil.municipality_id, "source": "cast",
            "person_id": pupil.person_id, "institution_id": place, "kind": "pupil",
            "valid_from": write.now,
        }  # fmt: skip
        await write.execute(sa.insert(tables.profile), row)
        write.audit("stamdata.appointed", municipality_id=pupil.municipality_id)


@pytest.mark.parametrize("path", ["/administration/why/", "/api/v1/administration/rights/people/"])
async def test_reasons_of_other_places_are_not_told(
    running: Running, browser: Browser, people: People, path: str
) -> None:
    """The school's administrator sees what is held there; where else a child is stays untold."""
    await _move_in(running, people)
    client = await browser(people.admin)
    answer = await client.get(path + PROFILE.format(people.protected_pupil.profile_id))
    assert answer.status_code == 200, answer.text
    assert "Nordskolen" in answer.text
    assert ELSEWHERE not in answer.text


async def test_a_thing_elsewhere_is_not_told_of_either(
    running: Running, browser: Browser, people: People
) -> None:
    """Nor is the other place the reason when one asks about a thing there."""
    await _move_in(running, people)
    client = await browser(people.admin)
    pupil = PROFILE.format(people.protected_pupil.profile_id)
    pedagogue = PROFILE.format(people.pedagogue.profile_id)
    answer = await client.post(
        f"/api/v1/administration/rights/people/{pupil}/why",
        json={"action": "contacts.see_person", "thing": pedagogue},
    )
    assert answer.status_code == 200, answer.text
    assert ELSEWHERE not in answer.text
