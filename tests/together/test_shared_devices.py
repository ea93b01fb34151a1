"""A tablet of the ward: paired, used by several with a PIN, ordinary content alone (ADM-8)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.identity.pins import COST, hash_pin, is_fit, is_right_pin
from aula_platform.identity.refusals import REFUSED
from aula_platform.identity.shared_devices import USE_SHARED
from aula_platform.identity.tables import (
    account,
    account_person,
    login_rate,
    pin,
    session,
    shared_device,
)
from aula_platform.permissions.tables import grant
from aula_platform.storage import EVERYWHERE
from aula_platform.widgets.room import WidgetBox, WidgetRoom
from aula_sdk import ids
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

PLACE, TABLET, PIN = "/shared-devices", "/tablet", "270915"
JSON = {"accept": "application/json"}
AT_TABLETS = sa.select(session).where(session.c.shared_device_id.is_not(None))


async def _read(running: Any, statement: sa.Select[Any]) -> list[Any]:
    async with running.storage.read(EVERYWHERE) as read:
        return list(await read.rows(statement))


async def _change(running: Any, statement: Any) -> None:
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(statement)


async def _code(browser: Browser, people: People) -> str:
    """Let the administrator make a code for their institution."""
    client = await browser(people.admin, Assurance.SUBSTANTIAL)
    place = ids.INSTITUTION.format(people.admin.institution_id)
    answer = await client.post(PLACE, data={"name": "Red room", "institution": place})
    found = re.search(r"(?<=>)[A-Z2-9]{5}-[A-Z2-9]{5}(?=<)", answer.text)
    assert found is not None, answer.text
    return found[0]


async def _pair(browser: Browser, people: People) -> httpx.AsyncClient:
    tablet, code = await browser(), await _code(browser, people)
    answer = await tablet.post(f"{TABLET}/pair", data={"code": code.lower()})
    assert answer.status_code == 303, answer.text
    return tablet


async def _choose_pin(browser: Browser, member: Member, text: str = PIN) -> None:
    client = await browser(member, Assurance.SUBSTANTIAL)
    assert (await client.post("/profile/pin", data={"pin": text})).status_code == 303


async def _enter(tablet: httpx.AsyncClient, member: Member, text: str = PIN) -> httpx.Response:
    return await tablet.post(
        f"{TABLET}/{ids.PROFILE.format(member.profile_id)}", data={"pin": text}
    )


async def _post(tablet: httpx.AsyncClient, path: str) -> httpx.Response:
    """Press a button of a page: with its token."""
    page = (await tablet.get("/")).text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    return await tablet.post(path, headers={"x-csrftoken": token})


async def test_employees_change_places_and_leave_nothing(
    browser: Browser, people: People, running: Any
) -> None:
    """In by name and PIN; out with all that the browser holds; in again as the next one."""
    await _choose_pin(browser, people.teacher)
    await _choose_pin(browser, people.colleague, "481516")
    tablet = await _pair(browser, people)
    names = (await tablet.get(TABLET)).text
    assert "Mette Holm" in names
    assert "Anne Skov" not in names
    assert (await _enter(tablet, people.teacher)).headers["location"] == "/"
    assert "Hello Mette" in (await tablet.get("/")).text
    left = await _post(tablet, f"{TABLET}/leave")
    assert left.headers["location"] == TABLET
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert "no-store" in left.headers["cache-control"]
    assert urlsplit((await tablet.get("/")).headers["location"]).path == "/sign-in"
    assert (await _enter(tablet, people.colleague, "481516")).status_code == 303
    assert "Hello Mette" not in (await tablet.get("/")).text
    actions = sa.select(entry.c.action).where(entry.c.action.like("identity.%")).distinct()
    assert {row.action for row in await _read(running, actions)} == {
        "identity.device_added",
        "identity.device_paired",
        "identity.pin_chosen",
        "identity.signed_in",
        "identity.signed_out",
    }


async def test_what_is_not_ordinary_is_not_there(
    browser: Browser, people: People, running: Any
) -> None:
    """The actor holds what says of itself that it is ordinary, at the lowest assurance."""
    await _choose_pin(browser, people.teacher)
    tablet = await _pair(browser, people)
    await _enter(tablet, people.teacher)
    for path in ("/posts", "/api/v1/posts"):
        assert (await tablet.get(path)).status_code == 200, path
    for path in ("/messages", "/contacts", "/profile/keys", "/profile/pin", PLACE):
        assert (await tablet.get(path)).status_code in {403, 404}, path
    own = ("devices", "looks", "data")
    for path in (*(f"/profile/{one}" for one in own), "/api/v1/profile/looks", "/step-up"):
        assert (await tablet.get(path)).status_code == 404, path
    profile = await tablet.get("/profile")
    assert profile.status_code == 200
    assert not [one for one in own if f"/profile/{one}" in profile.text]
    assert (await _post(tablet, "/profile/data")).status_code == 404
    assert (await tablet.get("/profile/requests")).status_code == 403
    assert (await _post(tablet, "/profile/devices/end-all")).status_code == 404
    (row,) = await _read(running, AT_TABLETS)
    assert row.assurance == Assurance.LOW
    assert (row.idle_expires_at - row.created_at).total_seconds() == 300
    assert (row.expires_at - row.created_at).total_seconds() == 3600


async def test_what_is_ones_own_or_a_vendors_waits_for_ones_own_device(
    browser: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a PIN nothing is uploaded or chosen for the account, and no vendor learns who it is."""
    box = WidgetBox(
        "v/w", "Weekly plan", "Vendor", "", "https://v.example/", "/widgets/v/w/token", {}
    )
    monkeypatch.setattr(WidgetRoom, "boxes", lambda *_asked: [box])
    await _choose_pin(browser, people.teacher)
    tablet, own = await _pair(browser, people), await browser(people.teacher)
    await _enter(tablet, people.teacher)
    for path in ("/profile/looks", "/api/v1/profile/looks"):
        assert (await tablet.get(path)).status_code == 404, path
    changes = ("/profile/language", "/profile/theme", "/files", "/api/v1/files", box.token_url)
    for path in changes:
        assert (await _post(tablet, path)).status_code == 404, path
        assert (await own.post(path, headers=JSON)).status_code != 404, path
    assert box.title in (await own.get("/")).text
    assert box.title not in (await tablet.get("/")).text
    profile = await tablet.get("/profile")
    assert profile.status_code == 200
    assert not [path for path in changes if path in profile.text]
    assert f'action="{TABLET}/leave"' in profile.text


async def test_five_wrong_tries_lock_the_pin_until_a_new_one(
    browser: Browser, people: People, running: Any
) -> None:
    """Guessing ends; the owner, who proves more, unlocks it by choosing anew."""
    await _choose_pin(browser, people.teacher)
    tablet = await _pair(browser, people)
    for _ in range(5):
        assert (await _enter(tablet, people.teacher, "000000")).status_code == 422
    assert (await _enter(tablet, people.teacher)).status_code == 422
    assert await _read(running, AT_TABLETS) == []
    owner = await browser(people.teacher, Assurance.SUBSTANTIAL)
    assert "Your PIN is locked" in (await owner.get("/profile/pin")).text
    await _choose_pin(browser, people.teacher, "314159")
    assert (await _enter(tablet, people.teacher, "314159")).status_code == 303
    (row,) = await _read(running, sa.select(pin))
    assert row.failures == 0
    assert b"314159" not in bytes(row.pin_hash) + bytes(row.salt)


async def test_a_pin_of_another_cost_is_hashed_anew(
    browser: Browser, people: People, running: Any
) -> None:
    """ASVS 11.2.2: when it is typed, and not when a wrong one is; it is the same PIN afterwards."""
    await _choose_pin(browser, people.teacher)
    earlier = await hash_pin(PIN, cost="1024:8:2")
    await _change(running, sa.update(pin).values(**earlier._asdict()))
    tablet = await _pair(browser, people)
    assert (await _enter(tablet, people.teacher, "000000")).status_code == 422
    (row,) = await _read(running, sa.select(pin))
    assert (row.cost, row.salt) == (earlier.cost, earlier.salt)
    assert (await _enter(tablet, people.teacher)).status_code == 303
    (row,) = await _read(running, sa.select(pin))
    assert (row.cost, row.failures) == (COST, 0)
    assert row.salt != earlier.salt
    assert await is_right_pin(running.storage, row.account_id, PIN)


async def test_wrong_pins_and_codes_are_in_the_audit(
    browser: Browser, people: People, running: Any
) -> None:
    """ASVS 16.3.1: whose PIN was tried, in the device's municipality; a code is nobody's."""
    await _choose_pin(browser, people.teacher)
    tablet, other = await _pair(browser, people), await browser()
    assert (await _enter(tablet, people.teacher, "000000")).status_code == 422
    wrong = await other.post(f"{TABLET}/pair", data={"code": "AAAAA-AAAAA"}, headers=JSON)
    assert wrong.status_code == 422
    refused = sa.select(entry).where(entry.c.action == REFUSED).order_by(entry.c.id)
    pin_row, *code_rows = await _read(running, refused)
    assert pin_row.municipality_id == people.teacher.municipality_id
    assert (pin_row.person_id, pin_row.role) == (people.teacher.person_id, "employee")
    assert pin_row.details["reason"] == "wrong-pin"
    assert {row.municipality_id for row in code_rows} >= {people.teacher.municipality_id}
    assert {(row.details["reason"], row.person_id) for row in code_rows} == {("wrong-code", None)}


async def test_a_pin_opens_nothing_but_its_own_institutions_devices(
    browser: Browser, people: People, running: Any
) -> None:
    """Without a paired device nobody is named or asked; elsewhere nobody is known."""
    await _choose_pin(browser, people.teacher)
    unpaired = await browser()
    assert "Mette Holm" not in (await unpaired.get(TABLET)).text
    assert (await _enter(unpaired, people.teacher)).status_code == 404
    tablet = await _pair(browser, people)
    for other in (people.guardian, people.stranger):
        assert (await _enter(tablet, other)).status_code == 404
    await _change(running, sa.update(account).values(closed_at=utc_now()))
    assert (await _enter(tablet, people.teacher)).status_code == 404


async def test_an_unpaired_device_is_out_at_once(
    browser: Browser, people: People, running: Any
) -> None:
    """R7: a stolen tablet shows nothing from its next request on; only administrators unpair."""
    await _choose_pin(browser, people.teacher)
    tablet = await _pair(browser, people)
    await _enter(tablet, people.teacher)
    (row,) = await _read(running, sa.select(shared_device))
    path = f"{PLACE}/{ids.SHARED_DEVICE.format(row.id)}/remove"
    for member in (people.teacher, people.guardian, people.pupil, people.stranger):
        assert (await (await browser(member)).post(path)).status_code == 403
    assert (await (await browser()).post(path, headers=JSON)).status_code == 401
    assert (await tablet.get("/")).status_code == 200
    admin = await browser(people.admin)
    assert "Red room" in (await admin.get(PLACE)).text
    assert (await admin.post(path)).headers["location"] == PLACE
    assert (await admin.post(path)).status_code == 404
    assert (await tablet.get("/")).status_code == 303
    assert "Mette Holm" not in (await tablet.get(TABLET)).text
    assert (await _enter(tablet, people.teacher)).status_code == 404


async def test_a_device_unpaired_while_the_pin_is_checked_lets_nobody_in(
    browser: Browser, people: People, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7: checking takes a while; no session begins at a device that is gone by then."""
    await _choose_pin(browser, people.teacher)
    tablet = await _pair(browser, people)

    async def check_slowly(*asked: Any) -> bool:
        await _change(running, sa.delete(shared_device))
        return await is_right_pin(*asked)

    monkeypatch.setattr("aula_platform.web.tablet.is_right_pin", check_slowly)
    assert (await _enter(tablet, people.teacher)).status_code == 404
    assert await _read(running, AT_TABLETS) == []


async def test_who_may_not_act_at_tablets_any_more_gets_no_session(
    browser: Browser, people: People, running: Any
) -> None:
    """The right is the switch: taken from a role it holds at the next PIN."""
    await _choose_pin(browser, people.teacher)
    tablet = await _pair(browser, people)
    row = {
        "id": new_id(), "municipality_id": people.teacher.municipality_id, "role": "employee",
        "action": USE_SHARED, "relation": "-", "allowed": False, "step_up": False,
        "created_at": utc_now(),
    }  # fmt: skip
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(grant), row)
        write.audit("permissions.decided", municipality_id=row["municipality_id"])
    assert (await _enter(tablet, people.teacher)).status_code == 404
    assert await _read(running, AT_TABLETS) == []


async def test_what_happens_at_a_tablet_is_its_own_municipalitys(
    browser: Browser, people: People, running: Any
) -> None:
    """In and out in one audit, and on the wall no word about the account's new devices (R13)."""
    await _choose_pin(browser, people.teacher)
    (row,) = await _read(running, sa.select(pin))
    stranger = people.stranger
    await _change(
        running, sa.delete(account_person).where(account_person.c.person_id == stranger.person_id)
    )
    link = sa.insert(account_person).values(
        account_id=row.account_id,
        person_id=stranger.person_id,
        municipality_id=stranger.municipality_id,
        linked_at=utc_now(),
    )
    await _change(running, link)
    await _change(running, sa.update(account).values(new_device_id=new_id()))
    tablet = await _pair(browser, people)
    await _enter(tablet, people.teacher)
    assert "/profile/devices" not in (await tablet.get("/")).text
    await _post(tablet, f"{TABLET}/leave")
    noted = sa.select(entry.c.action, entry.c.municipality_id).where(
        entry.c.action.in_(["identity.signed_in", "identity.signed_out"])
    )
    assert {(one.action, one.municipality_id) for one in await _read(running, noted)} == {
        ("identity.signed_in", people.teacher.municipality_id),
        ("identity.signed_out", people.teacher.municipality_id),
    }


@pytest.mark.parametrize("way", [f"{TABLET}/leave", "/sign-out"])
async def test_every_way_out_is_told_to_the_devices_municipality_alone(
    browser: Browser, people: People, running: Any, way: str
) -> None:
    """Whoever is somebody in two municipalities leaves a trace in that of the tablet."""
    await _choose_pin(browser, people.teacher)
    (row,) = await _read(running, sa.select(pin))
    there = account_person.c.person_id == people.stranger.person_id
    await _change(running, sa.update(account_person).where(there).values(account_id=row.account_id))
    tablet = await _pair(browser, people)
    await _enter(tablet, people.teacher)
    assert (await _post(tablet, way)).status_code == 303
    left = sa.select(entry.c.municipality_id).where(entry.c.action == "identity.signed_out")
    towns = [one.municipality_id for one in await _read(running, left)]
    assert towns == [people.teacher.municipality_id]


async def test_a_notice_is_its_own_persons(browser: Browser, people: People) -> None:
    """What somebody was told stands in a cookie until a page shows it: to nobody who comes next."""
    own = await browser(people.teacher, Assurance.SUBSTANTIAL)
    await own.post("/profile/pin", data={"pin": PIN})
    await _choose_pin(browser, people.colleague, "481516")
    tablet = await _pair(browser, people)
    (toast,) = (one for one in own.cookies.jar if one.name == "aula_toast")
    tablet.cookies.jar.set_cookie(toast)
    assert "Your PIN is chosen" not in (await tablet.get(TABLET)).text
    tablet.cookies.jar.set_cookie(toast)
    await _enter(tablet, people.colleague, "481516")
    page = (await tablet.get("/")).text
    assert "Hello" in page
    assert "Your PIN is chosen" not in page
    assert "Your PIN is chosen" in (await own.get("/profile")).text


async def test_who_walked_away_is_out_and_the_next_comes_in(
    browser: Browser, people: People, running: Any
) -> None:
    """After five minutes the tablet leads to the names, and takes the next PIN."""
    await _choose_pin(browser, people.teacher)
    tablet = await _pair(browser, people)
    await _enter(tablet, people.teacher)
    await _change(running, sa.update(session).values(idle_expires_at=utc_now()))
    door = await tablet.get("/")
    assert urlsplit(door.headers["location"]).path == "/sign-in"
    assert (await tablet.get("/sign-in")).headers["location"] == TABLET
    assert "Mette Holm" in (await tablet.get(TABLET)).text
    assert (await _enter(tablet, people.teacher)).status_code == 303
    assert "Hello Mette" in (await tablet.get("/")).text


async def test_a_code_counts_once_and_not_for_long(
    browser: Browser, people: People, running: Any
) -> None:
    """Neither twice, nor after a quarter of an hour, nor by guessing; nor for another's place."""
    code, pair = await _code(browser, people), f"{TABLET}/pair"
    first, second = await browser(), await browser()
    assert (await first.post(pair, data={"code": code})).status_code == 303
    assert (await second.post(pair, data={"code": code}, headers=JSON)).status_code == 422
    late = await _code(browser, people)
    await _change(running, sa.update(shared_device).values(code_expires_at=utc_now()))
    assert (await second.post(pair, data={"code": late}, headers=JSON)).status_code == 422
    low = await browser(people.admin)
    here = ids.INSTITUTION.format(people.admin.institution_id)
    assert (
        await low.post(PLACE, data={"name": "x", "institution": here}, headers=JSON)
    ).status_code == 401
    admin = await browser(people.admin, Assurance.SUBSTANTIAL)
    elsewhere = ids.INSTITUTION.format(people.stranger.institution_id)
    made = await admin.post(PLACE, data={"name": "x", "institution": elsewhere})
    assert made.status_code == 404
    await _change(running, sa.update(login_rate).values(paid_until=utc_now().timestamp() + 900))
    assert (await second.post(pair, data={"code": late}, headers=JSON)).status_code == 429


async def test_a_pin_takes_a_second_factor_and_is_not_the_first_guess(
    browser: Browser, people: People, running: Any
) -> None:
    """Whoever has a password alone chooses no PIN; guardians and pupils have none."""
    low = await browser(people.teacher)
    assert (await low.post("/profile/pin", data={"pin": PIN}, headers=JSON)).status_code == 401
    for member in (people.guardian, people.pupil):
        client = await browser(member, Assurance.SUBSTANTIAL)
        assert (await client.post("/profile/pin", data={"pin": PIN})).status_code == 403
    high = await browser(people.teacher, Assurance.SUBSTANTIAL)
    for weak in ("123456", "654321", "111111", "121212", "12345", "abcdef"):
        answer = await high.post("/profile/pin", data={"pin": weak}, headers=JSON)
        assert answer.status_code == 422, weak
    assert await _read(running, sa.select(pin.c.account_id)) == []
    assert is_fit(PIN)
