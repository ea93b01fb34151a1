"""Reports of imports: whose are listed, what one tells, and what stopped it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aula_platform.stamdata.importing.run import Wish, run_import
from aula_sdk.i18n import Text
from aula_sdk.ids import new_id
from aula_sdk.imports import IMPORT
from aula_sdk.stamdata_source import Delivery, OrgKind, OrgRecord, StamdataSource
from aula_sdk.testing.cast import NORTH
from tests.administration.office import Office, plant_import


async def test_the_list_is_of_the_own_municipality_newest_first(office: Office) -> None:
    """R10: 20 at a time, filtered in SQL; of the neighbours' imports nothing."""
    people, north = office.people, office.people.leader.municipality_id
    beyond = await plant_import(office.site, people.stranger.municipality_id, "failed", errors=2)
    planted = [await plant_import(office.site, north, "preview", age=age) for age in range(25)]
    first = await office.get(people.leader, "/imports")
    second = await office.get(people.leader, f"/imports?after={first['next']}")
    listed = [one["id"] for one in (*first["items"], *second["items"])]
    assert len(first["items"]) == 20
    assert second["next"] is None
    # The cast itself was imported a moment ago.
    assert [listed[0], *listed[2:]] == [IMPORT.format(one) for one in planted]
    key = IMPORT.format(beyond)
    for path in (f"/imports/{key}", f"/imports/{key}/rows", f"/imports/{IMPORT.format(new_id())}"):
        assert (await office.ask(people.leader, "GET", path)).status_code == 404
    await office.page(people.leader, f"/imports/{key}", 404)
    assert (await office.ask(people.stranger_teacher, "GET", f"/imports/{key}")).status_code == 200


async def test_a_report_tells_counts_and_rows_in_pages(office: Office) -> None:
    """Rows come 20 at a time in the order of the files, in the reader's language."""
    leader = office.people.leader
    key = IMPORT.format(
        await plant_import(office.site, leader.municipality_id, "applied", errors=23)
    )
    page = await office.page(leader, f"/imports/{key}")
    for words in ("3 new", "Nordskolen", "23 rows left out", "users.csv, line 2, role"):
        assert words in page
    assert "line 23" not in page
    rest = await office.page(leader, f"/imports/{key}?after=19")
    assert "users.csv, line 24, role" in rest
    rows = await office.get(leader, f"/imports/{key}/rows?after=19")
    assert [row["number"] for row in rows["items"]] == [20, 21, 22]
    assert (rows["items"][0]["reason"], rows["next"]) == ("The row about p-17", None)


@pytest.mark.parametrize("confirmed", [False, True])
async def test_what_stops_an_import_is_kept(office: Office, *, confirmed: bool) -> None:
    """STM-5: a delivery in which everybody leaves waits, and its report says for whom."""
    leader = office.people.leader

    def read(_path: Path) -> list[OrgRecord]:
        return [OrgRecord("school", OrgKind.SCHOOL, "Nordskolen", "999001")]

    def inspect(_path: Path) -> Delivery:
        return Delivery("cast", "bulk", frozenset({"org", "person", "profile"}))

    source = StamdataSource("cast", Text("sdk", "cast"), inspect, lambda path: iter(read(path)))
    wish = Wish(NORTH, apply=confirmed, confirmed=False)
    report = await run_import(office.site.storage, source, Path(), wish)
    assert report.state == ("stopped" if confirmed else "preview")
    found = await office.get(leader, f"/imports/{IMPORT.format(report.id)}")
    lost = {(one["institution"], one["what"]) for one in found["stops"]}
    assert ("Nordskolen", "people") in lost
    page = await office.page(leader, f"/imports/{IMPORT.format(report.id)}")
    assert "Nordskolen would lose" in page
    home = await office.page(leader, "")
    assert ("The import from cast waits" in home) is confirmed


async def test_only_the_last_import_that_was_meant_needs_somebody(office: Office) -> None:
    """What was mended since is no trouble any more; a preview mends nothing."""
    leader = office.people.leader
    place = leader.municipality_id

    async def concerns() -> list[str]:
        found = await office.get(leader, "/attention")
        return [one["text"] for one in found["items"] if one["code"] == "import"]

    await plant_import(office.site, place, "failed", age=3)
    await plant_import(office.site, place, "preview", age=2)
    await plant_import(office.site, office.people.stranger.municipality_id, "refused")
    assert await concerns() == ["The import from stil broke off"]
    await plant_import(office.site, place, "applied", age=1, errors=1)
    assert await concerns() == ["The import from stil left 1 row out"]
    await plant_import(office.site, place, "applied")
    assert await concerns() == []


async def test_the_overview_says_what_needs_somebody(office: Office) -> None:
    """The municipality's administrator meets it first; others have no such box."""
    people = office.people
    await plant_import(office.site, people.leader.municipality_id, "refused")
    overview = await (await office.client(people.leader)).get("/")
    assert "The import from stil was refused as a whole" in overview.text
    for other in (people.admin, people.teacher, people.guardian, people.stranger_teacher):
        overview = await (await office.client(other)).get("/")
        assert "from stil" not in overview.text, other.key
