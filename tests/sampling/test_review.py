"""GDPR-3: going through a sample, signing it off, and what stands in the report."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.audit.tables import entry, subject
from aula_platform.sampling.period import Period
from aula_platform.sampling.tables import drawn, sample
from aula_platform.stamdata.tables import guardianship, person
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import INSTITUTION, new_id
from aula_sdk.log_samples import SAMPLE, SamplePlan, Verdict
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser
from tests.administration.office import PAGES, Office
from tests.audit.intruder import rows_of
from tests.sampling.log import Log

FORMULA = '=HYPERLINK("http://x","tell")'


@pytest.fixture
async def reviewed(office: Office, period: Period) -> str:
    """A sample of three entries: one of them is the leader's own, one about a protected child."""
    people, log = office.people, Log(office.site, period)
    await log.add(people.teacher, [people.pupil])
    await log.add(people.teacher, [people.protected_pupil])
    await log.add(people.leader, [people.pupil])
    await log.add(people.stranger_teacher, [people.stranger_pupil])
    await log.close()
    town = people.leader.municipality_id
    assert await office.site.platform.log_samples.draw_due(town, SamplePlan()) == 1
    return str((await office.get(people.leader, "/samples"))["items"][0]["id"])


async def judge(
    office: Office, who: Member, key: str, number: int, verdict: str, note: str = ""
) -> Any:
    """Judge an entry; return the answer, whatever it is."""
    path = f"/samples/{key}/entries/{number}"
    return await office.ask(who, "PUT", path, verdict=verdict, note=note)


async def numbers(office: Office, key: str) -> dict[str, int]:
    """Return the entries' numbers by what they are in the sample of `reviewed`."""
    found = await office.get(office.people.leader, f"/samples/{key}/entries")
    return {
        "own" if one["is_own"] else "protected" if not one["about"][0]["name"] else "plain":
            one["number"]
        for one in found["items"]
    }  # fmt: skip


async def second(office: Office) -> Member:
    """Let the institution's administrator go through the municipality's samples too."""
    leader, admin = office.people.leader, office.people.admin
    from aula_platform.stamdata.tables import profile_role

    async with office.site.storage.write(EVERYWHERE) as write:
        row = {
            "id": new_id(), "municipality_id": leader.municipality_id, "source": "cast",
            "profile_id": admin.profile_id, "role": "municipality_admin", "valid_from": write.now,
        }  # fmt: skip
        await write.execute(sa.insert(profile_role), row)
        write.audit("stamdata.appointed", municipality_id=leader.municipality_id)
    return admin


async def sign(browser: Browser, who: Member, key: str) -> int:
    """Sign off with a fresh second factor; return the answer's status."""
    client = await browser(who, Assurance.HIGH)
    answer = await client.post(f"/api/v1/administration/samples/{key}/sign-off")
    return answer.status_code


async def test_whoever_judges_sees_who_did_it_but_nothing_of_a_protected_family(
    office: Office, reviewed: str
) -> None:
    """R8: no name, no place, nor the place of whoever looked; in the API as on the page."""
    leader = office.people.leader
    found = await office.get(leader, f"/samples/{reviewed}/entries")
    assert len(found["items"]) == 3
    by_name = {one["about"][0]["name"]: one for one in found["items"] if not one["is_own"]}
    plain, hidden = by_name["Alma Skov"], by_name[""]
    assert (plain["name"], plain["institution"], plain["role"]) == (
        "Mette Holm", "Nordskolen", "employee",
    )  # fmt: skip
    assert plain["about"] == [{"name": "Alma Skov", "kind": "pupil", "institution": "Nordskolen"}]
    assert (hidden["name"], hidden["institution"]) == ("Mette Holm", "")
    assert hidden["about"] == [{"name": "", "kind": "pupil", "institution": ""}]
    assert "protected" in hidden["signals"]
    page = await office.page(leader, f"/samples/{reviewed}")
    assert "Protected person, pupil" in page
    assert "Ukendt" not in page


async def test_of_a_protected_guardian_who_looked_there_is_no_name_either(
    office: Office, period: Period
) -> None:
    """R8: in the municipality's sample, also where the entry names no profile; no institution has
    what was read as a guardian.
    """
    people, log = office.people, Log(office.site, period)
    await log.add(people.protected_guardian, [people.classmate])
    await log.add(people.protected_guardian, [people.classmate], acting=())
    await log.add(people.teacher, [people.classmate])
    await log.close()
    town, plan = people.leader.municipality_id, SamplePlan(entries_of_institution=5)
    assert await office.site.platform.log_samples.draw_due(town, plan) == 2
    samples = {
        one["institution"]: one for one in (await office.get(people.leader, "/samples"))["items"]
    }
    whole = await office.get(people.leader, f"/samples/{samples['']['id']}/entries")
    told = sorted(
        (one["name"], one["is_protected"], one["role"], one["institution"])
        for one in whole["items"]
    )
    assert told == [("", True, "guardian", "")] * 2 + [
        ("Mette Holm", False, "employee", "Nordskolen")
    ]  # fmt: skip
    page = await office.page(people.leader, f"/samples/{samples['']['id']}")
    assert "<strong>Protected person</strong>, Parent or guardian ·" in page
    assert "Ukendt" not in page
    own = await office.get(people.leader, f"/samples/{samples['Nordskolen']['id']}/entries")
    assert [one["name"] for one in own["items"]] == ["Mette Holm"]


async def test_a_protected_employee_is_judged_by_role_alone(office: Office, period: Period) -> None:
    """R8: an institution's sample says where; whoever is protected, or has a protected child, has
    no name in it.
    """
    people, log = office.people, Log(office.site, period)
    await log.add(people.teacher, [people.pupil])
    await log.add(people.external, [people.pupil])
    await log.close()
    async with office.site.storage.write(EVERYWHERE) as write:
        whom = person.c.id == people.teacher.person_id
        await write.execute(sa.update(person).where(whom).values(protected=True))
        row = {
            "id": new_id(), "municipality_id": people.leader.municipality_id, "source": "cast",
            "guardian_person_id": people.external.person_id, "valid_from": period.start,
            "child_person_id": people.protected_pupil.person_id, "custody": True,
        }  # fmt: skip
        await write.execute(sa.insert(guardianship), row)
    town, plan = people.leader.municipality_id, SamplePlan(entries_of_institution=5)
    assert await office.site.platform.log_samples.draw_due(town, plan) == 2
    for sample_ in (await office.get(people.leader, "/samples"))["items"]:
        path = f"/samples/{sample_['id']}"
        found = (await office.get(people.leader, f"{path}/entries"))["items"]
        assert sorted((one["name"], one["role"], one["institution"]) for one in found) == [
            ("", "employee", ""), ("", "external", ""),
        ]  # fmt: skip
        number = found[0]["number"]
        kept = await judge(office, people.leader, sample_["id"], number, "ask_further", "Hvorfor?")
        assert kept.is_success
        page = await office.page(people.leader, path)
        assert "Mette" not in page
        assert "Viggo" not in page


async def test_looking_at_a_sample_is_itself_in_the_log(office: Office, reviewed: str) -> None:
    """R19: of whose data it told, by the right to go through samples."""
    people = office.people
    await office.get(people.leader, f"/samples/{reviewed}/entries")
    looks = [
        one for one in await rows_of(office.site.storage, entry)
        if one["action"] == "audit.review_log"
    ]  # fmt: skip
    assert [(one["kind"], one["person_id"]) for one in looks] == [("look", people.leader.person_id)]
    about = {
        one["profile_id"] for one in await rows_of(office.site.storage, subject)
        if one["entry_id"] == looks[0]["id"]
    }  # fmt: skip
    assert about == {people.pupil.profile_id, people.protected_pupil.profile_id}


async def test_nobody_judges_what_they_did_and_all_is_signed_off_for_good(
    office: Office, browser: Browser, reviewed: str
) -> None:
    """A second person judges the leader's deed; then nothing changes any more."""
    leader, place = office.people.leader, await numbers(office, reviewed)
    own = await judge(office, leader, reviewed, place["own"], "justified")
    assert (own.status_code, own.json()["code"]) == (403, "audit.own-deed")
    for verdict in ("ask_further", "breach"):
        answer = await judge(office, leader, reviewed, place["plain"], verdict, " ")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "note")
    assert (await judge(office, leader, reviewed, place["plain"], "breach", "Hvorfor?")).is_success
    assert (await judge(office, leader, reviewed, place["plain"], "justified")).is_success
    note = await judge(office, leader, reviewed, place["protected"], "ask_further", FORMULA)
    assert note.is_success
    early = await (await browser(leader, Assurance.HIGH)).post(
        f"/api/v1/administration/samples/{reviewed}/sign-off"
    )
    assert (early.status_code, early.json()["code"]) == (409, "audit.not-judged")
    other = await second(office)
    assert (await judge(office, other, reviewed, place["own"], "justified")).is_success
    unproved = await office.ask(leader, "POST", f"/samples/{reviewed}/sign-off")
    assert unproved.json()["code"] == "step-up-required"
    assert await sign(browser, leader, reviewed) == 204
    assert await sign(browser, leader, reviewed) == 409
    late = await judge(office, leader, reviewed, place["plain"], "breach", "Alligevel")
    assert (late.status_code, late.json()["code"]) == (409, "audit.signed-off")
    head = (await office.get(leader, "/samples"))["items"][0]
    assert (head["state"], head["signed_by"], head["judged"]) == ("signed", "Kirsten Bang", 3)
    await _is_kept(office, reviewed)
    await _is_told(office, reviewed)


async def _is_kept(office: Office, key: str) -> None:
    """The database itself refuses to change what was signed off, or what was drawn."""
    changes = (
        sa.update(drawn).values(verdict="justified"),
        sa.update(drawn).values(note="Andet"),
        sa.update(drawn).values(entry_id=UUID(int=1)),
        sa.update(sample).values(digest=""),
        sa.update(sample).values(seed="0"),
        sa.update(sample).values(signed_at=None),
    )
    for change in changes:
        with pytest.raises(DBAPIError, match="sampling_"):
            async with office.site.storage.write(EVERYWHERE) as write:
                await write.execute(change)
    report = await office.get(office.people.leader, f"/samples/{key}/report")
    assert report["is_intact"]


async def _is_told(office: Office, key: str) -> None:
    """Each step stands in the audit, the last one with the sum of what was signed off."""
    leader = office.people.leader
    report = await office.get(leader, f"/samples/{key}/report")
    assert report["verdicts"] == {"justified": 2, "ask_further": 1, "breach": 0, "open": 0}
    assert sum(one["drawn"] for one in report["strata"]) == 3
    assert {one["judged_by"] for one in report["lines"]} == {"Kirsten Bang", "Søren Lund"}
    rows = [
        one for one in await rows_of(office.site.storage, entry)
        if one["object_id"] == SAMPLE.parse(key) and one["kind"] == "write"
    ]  # fmt: skip
    actions = [one["action"] for one in sorted(rows, key=lambda one: str(one["id"]))]
    assert actions == [
        "audit.sample_drawn", *["audit.sample_judged"] * 4, "audit.sample_signed",
    ]  # fmt: skip
    signed = next(one for one in rows if one["action"] == "audit.sample_signed")
    assert signed["details"] == {"digest": report["digest"], "entries": 3}
    page = await office.page(leader, f"/samples/{key}/report")
    for words in (report["seed"], report["digest"], "Kirsten Bang", "To be asked about"):
        assert words in page
    for name in ("Alma", "Mette Holm", "Ukendt"):
        assert name not in page


async def test_a_spreadsheet_takes_nothing_for_a_formula(office: Office, reviewed: str) -> None:
    """What somebody typed begins with a mark in front of which no program calculates."""
    leader, place = office.people.leader, await numbers(office, reviewed)
    for number, note in ((place["plain"], FORMULA), (place["protected"], "\t@SUM(1)")):
        assert (await judge(office, leader, reviewed, number, "breach", note)).is_success
    answer = await (await office.client(leader)).get(f"{PAGES}/samples/{reviewed}/report.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f"attachment; filename={reviewed}.csv"
    lines = answer.text.splitlines()
    assert lines[0].startswith('\ufeff"number";"entry"')
    assert '"\'=HYPERLINK(""http://x"",""tell"")"' in answer.text
    assert '"\'@SUM(1)"' in answer.text


async def test_a_note_with_a_separator_stays_one_cell(office: Office, reviewed: str) -> None:
    """In a Danish spreadsheet, which splits at semicolons; split at commas there is no formula."""
    leader, place = office.people.leader, await numbers(office, reviewed)
    note = 'Se selv;=1+1, -2 "her"\n=3; ;\t@SUM(1)'
    assert (await judge(office, leader, reviewed, place["plain"], "breach", note)).is_success
    answer = await (await office.client(leader)).get(f"{PAGES}/samples/{reviewed}/report.csv")
    lines = list(csv.reader(io.StringIO(answer.text, newline=""), delimiter=";"))
    assert {len(one) for one in lines} == {len(lines[0])}
    assert len(lines) == 4
    (kept,) = [one for line in lines for one in line if "Se selv" in one]
    assert kept == "Se selv;'=1+1,' -2 \"her\"\n'=3; ;'\t'@SUM(1)"
    for split in (";", ",", "\n", "\t"):
        for cell in answer.text.split(split):
            assert not cell.strip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("name", ["guardian", "pupil", "teacher", "external", "admin"])
async def test_who_goes_through_no_samples_meets_none(
    office: Office, reviewed: str, name: str
) -> None:
    """R10: families and staff, an institution's administrator too, until it is given to them."""
    who = getattr(office.people, name)
    for verb, path in ROUTES:
        answer = await office.ask(who, verb, path.format(reviewed), **_body(path, office))
        assert answer.status_code == 403, (verb, path)
        assert "Mette" not in answer.text
    for path in ("", f"/{reviewed}", f"/{reviewed}/report", f"/{reviewed}/report.csv"):
        assert "Alma" not in await office.page(who, f"/samples{path}", 403)


ROUTES = (
    ("GET", "/samples"), ("POST", "/samples"), ("GET", "/samples/{}"),
    ("GET", "/samples/{}/entries"), ("PUT", "/samples/{}/entries/1"),
    ("POST", "/samples/{}/sign-off"), ("GET", "/samples/{}/report"),
)  # fmt: skip


def _body(path: str, office: Office) -> dict[str, str]:
    if path == "/samples":
        return {"municipality": f"mun_{office.people.leader.municipality_id.hex}"}
    return {"verdict": "justified"} if path.endswith("/1") else {}


async def test_the_neighbours_administrator_and_nobody_meet_nothing(
    office: Office, browser: Browser, reviewed: str
) -> None:
    """R10: 404 for whoever has the right elsewhere, 401 for nobody."""
    stranger = office.people.stranger_teacher
    assert (await office.get(stranger, "/samples"))["items"] == []
    for verb, path in ROUTES[1:]:
        body = _body(path, office)
        client = await browser(stranger, Assurance.HIGH)
        sent: dict[str, Any] = {"json": body} if verb != "GET" else {}
        filled = f"/api/v1/administration{path.format(reviewed)}"
        answer = await client.request(verb, filled, **sent)
        assert answer.status_code == 404, (verb, path)
        assert (await office.ask(None, verb, path.format(reviewed), **body)).status_code == 401
    for path in ("", "/report", "/report.csv"):
        assert await office.page(stranger, f"/samples/{reviewed}{path}", 404)


async def test_an_institution_goes_through_its_own_when_it_is_given_to_it(
    office: Office, period: Period
) -> None:
    """ADM-2: what its own people did, and no sample of the municipality or of another one."""
    people, log = office.people, Log(office.site, period)
    await log.add(people.teacher, [people.pupil], times=8)
    await log.add(people.pedagogue, times=8)
    await log.close()
    plan = SamplePlan(entries=5, entries_of_institution=5)
    samples = office.site.platform.log_samples
    assert await samples.draw_due(people.leader.municipality_id, plan) == 3
    place = INSTITUTION.format(people.admin.institution_id)
    right = {"action": "audit.review_log", "relation": "own", "decided": "yes"}
    path = f"/rights/{place}/roles/institution_admin/right"
    assert (await office.ask(people.leader, "PUT", path, **right)).is_success
    found = (await office.get(people.admin, "/samples"))["items"]
    assert [one["institution"] for one in found] == ["Nordskolen"]
    entries = await office.get(people.admin, f"/samples/{found[0]['id']}/entries")
    assert {one["name"] for one in entries["items"]} == {"Mette Holm"}
    others = [one["id"] for one in (await office.get(people.leader, "/samples"))["items"]]
    for key in set(others) - {found[0]["id"]}:
        assert (await office.ask(people.admin, "GET", f"/samples/{key}")).status_code == 404
    town = f"mun_{people.leader.municipality_id.hex}"
    extra = await office.ask(people.admin, "POST", "/samples", municipality=town)
    assert extra.status_code == 404


async def test_a_sample_that_is_late_needs_somebody(office: Office, period: Period) -> None:
    """It is on the way in and on the overview, until it is signed off."""
    people, log = office.people, Log(office.site, period)
    await log.add(people.teacher, times=2)
    await log.close()
    leader, told = people.leader, "should have been signed off by now"
    assert await office.site.platform.log_samples.draw_due(
        leader.municipality_id, SamplePlan(days=0)
    )
    assert told in await office.page(leader, "")
    overview = await (await office.client(leader)).get("/")
    assert told in overview.text
    assert told not in await office.page(people.stranger_teacher, "")


async def test_one_extra_sample_at_a_time(office: Office, browser: Browser) -> None:
    """Of this month so far, this very moment included."""
    leader = office.people.leader
    town = f"mun_{leader.municipality_id.hex}"
    nothing = await office.ask(leader, "POST", "/samples", municipality=town)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "audit.nothing-to-draw")
    teacher = await office.site.actor(office.people.teacher)
    async with office.site.storage.read(EVERYWHERE, teacher) as read:
        read.looked("posts.read", municipality_id=leader.municipality_id)
    made = await office.ask(leader, "POST", "/samples", municipality=town)
    assert made.status_code == 201, made.text
    again = await office.ask(leader, "POST", "/samples", municipality=town)
    assert (again.status_code, again.json()["code"]) == (409, "audit.sample-waits")
    key = made.json()["id"]
    assert (await office.get(leader, f"/samples/{key}"))["is_extra"]
    for one in (await office.get(leader, f"/samples/{key}/entries"))["items"]:
        assert (await judge(office, leader, key, one["number"], "justified")).is_success
    assert await sign(browser, leader, key) == 204
    more = await office.press(leader, "/samples", municipality=town)
    assert more.status_code == 303


async def test_what_cannot_be_kept_comes_back_with_what_was_typed(
    office: Office, reviewed: str
) -> None:
    """By the page: a verdict without its note, none at all, and a note too long."""
    leader, place = office.people.leader, await numbers(office, reviewed)
    path = f"/samples/{reviewed}/entries/{place['plain']}"
    for form, words in (
        ({"verdict": "breach", "note": ""}, "Say what is to be found out"),
        ({"verdict": "", "note": "Spørg Mette"}, "Spørg Mette"),
        ({"verdict": "breach", "note": "x" * 1001}, "That is too long"),
    ):
        answer = await office.press(leader, path, **form)
        assert answer.status_code == 422
        assert words in answer.text
    kept = await office.press(leader, path, verdict=Verdict.BREACH, note="Uden for arbejdet")
    assert kept.status_code == 303
    assert "Uden for arbejdet" in await office.page(leader, f"/samples/{reviewed}")
