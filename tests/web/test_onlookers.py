"""Who has looked: told to the person and to parents with custody, of nobody's place (R8, R19)."""

from __future__ import annotations

import pytest
from litestar import Litestar

from aula_platform.audit.tables import entry
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.audit.intruder import rows_of

API, PAGE = "/api/v1/profile/looks", "/profile/looks"
ACTION = "stamdata.read_imports"
"""A right that is there without any plugin: what matters here is its title."""
PURPOSE = "Read what imports have found"


async def _look(running: RunningSite, looker: Member, *about: Member, times: int = 1) -> None:
    """Let somebody read something about these people, as a handler would have it audited."""
    actor = await running.actor(looker)
    for _time in range(times):
        async with running.storage.read(EVERYWHERE, actor) as read:
            read.looked(
                ACTION,
                municipality_id=looker.municipality_id,
                subjects=[one.profile_id for one in about],
            )


async def _told(browser: Browser, reader: Member) -> list[tuple[str, str, str, list[str]]]:
    answer = await (await browser(reader)).get(API)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert {one["purpose"] for one in items} <= {PURPOSE}
    return [(one["role"], one["institution"], one["name"], one["about"]) for one in items]


async def test_a_person_and_the_parents_see_who_has_looked(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """Role, institution, time and purpose; no name, and nothing of one's own readings."""
    await _look(running, people.teacher, people.pupil, people.classmate)
    await _look(running, people.other_parent, people.pupil)
    await _look(running, people.guardian, people.pupil)
    teacher = ("Employee", "Nordskolen", "", ["Alma Skov"])
    parent = ("Parent or guardian", "Nordskolen", "", ["Alma Skov"])
    own = ("Parent or guardian", "Nordskolen", "", ["Alma Skov"])
    assert await _told(browser, people.guardian) == [parent, teacher]
    assert await _told(browser, people.other_parent) == [own, teacher]
    assert await _told(browser, people.pupil) == [own, parent, teacher]
    assert await _told(browser, people.other_guardian) == [
        ("Employee", "Nordskolen", "", ["Bo Berg"])
    ]
    page = (await (await browser(people.guardian)).get(PAGE)).text
    assert "Employee" in page
    assert "About Alma Skov" in page
    assert "Mette Holm" not in page


async def test_strangers_and_those_without_custody_see_nothing(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """As nobody, a stranger, a colleague, a contact person without access or without custody."""
    await _look(running, people.teacher, people.classmate, people.other_pupil)
    for member in (
        people.stranger, people.stranger_teacher, people.colleague, people.guardian,
        people.without_access, people.neighbour,
    ):  # fmt: skip
        assert await _told(browser, member) == [], member.key
    nobody = await browser()
    assert (await nobody.get(API, headers={"accept": "application/json"})).status_code == 401
    assert (await nobody.get(PAGE)).headers["location"].startswith("/sign-in")


async def test_names_are_told_where_the_municipality_chooses_so(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """Employees' names, and never another family's."""
    app: Litestar = running.app
    app.state.names_told = frozenset({people.teacher.municipality_id})
    await _look(running, people.teacher, people.pupil)
    await _look(running, people.neighbour, people.pupil)
    assert [name for _role, _place, name, _about in await _told(browser, people.guardian)] == [
        "",
        "Mette Holm",
    ]
    app.state.names_told = frozenset({people.stranger.municipality_id})
    assert {name for _role, _place, name, _about in await _told(browser, people.guardian)} == {""}


async def test_nothing_tells_where_a_protected_family_is(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """R8: of a protected child no place beyond the reader's own, and no name, whoever looks."""
    running.app.state.names_told = frozenset({people.pedagogue.municipality_id})
    await _look(running, people.pedagogue, people.protected_pupil)
    await _look(running, people.pedagogue, people.classmate)
    await _look(running, people.teacher, people.protected_pupil)
    (_name, at_school), (_other, elsewhere) = (
        (name, place)
        for _role, place, name, _about in await _told(browser, people.protected_guardian)
    )
    assert (at_school, elsewhere) == ("Nordskolen", "")
    assert {name for _r, _p, name, _a in await _told(browser, people.protected_guardian)} == {""}
    assert [place for _r, place, _n, _a in await _told(browser, people.other_guardian)] == [
        "Solstrålen"
    ]
    # Somebody protected who looks at another's child is not placed either.
    await _look(running, people.protected_guardian, people.sibling)
    assert (await _told(browser, people.guardian))[0][2] == ""
    assert (await _told(browser, people.guardian))[0][0] == "Parent or guardian"


async def test_the_list_comes_in_pages(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """25 at a time, the latest first; a wrong id is a clear error."""
    await _look(running, people.teacher, people.pupil, times=30)
    client = await browser(people.pupil)
    first = (await client.get(API)).json()
    rest = (await client.get(f"{API}?after={first['next']}")).json()
    ids = [one["id"] for one in (*first["items"], *rest["items"])]
    assert (len(first["items"]), len(set(ids)), rest["next"]) == (25, 30, None)
    assert ids == sorted(ids, reverse=True)
    assert (await client.get(f"{API}?after=per_1")).json()["code"] == "id.wrong-kind"


@pytest.mark.parametrize("path", [API, PAGE])
async def test_looking_at_the_list_itself_is_not_a_reading_of_others(
    running: RunningSite, browser: Browser, people: People, path: str
) -> None:
    """The list is the person's own: nothing is added by opening it."""
    await _look(running, people.teacher, people.pupil)
    before = len(await rows_of(running.storage, entry))
    assert (await (await browser(people.pupil)).get(path)).status_code == 200
    assert len(await rows_of(running.storage, entry)) == before
