"""Access keys: never more than their owner, never for pages, gone at once (R7, R12)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from litestar.routes import HTTPRoute
from structlog.testing import capture_logs

from aula_platform.audit.tables import entry
from aula_platform.identity.access_keys import PREFIX, USE_KEYS
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.identity.tables import access_key, account, login_rate, session
from aula_platform.permissions.tables import grant
from aula_platform.privacy.requests.rights import FETCH
from aula_platform.settings import KeySettings
from aula_platform.stamdata.tables import person, profile
from aula_platform.storage import EVERYWHERE
from aula_sdk import ids
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from aula_sdk.operations import END_SESSIONS
from aula_sdk.people import Assurance
from aula_sdk.permissions import NO_RELATION
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

PLACE = "/profile/keys"
POSTS = "/api/v1/posts"
_KEY = re.compile(PREFIX + r"[\w-]{43}_[0-9a-f]{8}")


def _offered(text: str) -> list[str]:
    return re.findall(r'name="action" type="checkbox" value="([^"]+)"', text)


async def _make(
    browser: Browser, member: Member, actions: Sequence[str] | None = None, **fields: str
) -> str:
    """Make a key as the page does, for everything that is offered or for ``actions``."""
    client = await browser(member, Assurance.SUBSTANTIAL)
    chosen = _offered((await client.get(PLACE)).text) if actions is None else list(actions)
    answer = await client.post(
        PLACE, data={"name": "Home", "days": "30", "action": chosen, **fields}
    )
    assert answer.status_code == 200, answer.text
    found = _KEY.search(answer.text)
    assert found is not None
    return found[0]


async def _by(browser: Browser, key: str) -> httpx.AsyncClient:
    client = await browser()
    client.headers["authorization"] = f"Bearer {key}"
    return client


async def _read(running: Any, statement: sa.Select[Any]) -> list[Any]:
    async with running.storage.read(EVERYWHERE) as read:
        return list(await read.rows(statement))


async def _change(running: Any, *statements: Any) -> None:
    async with running.storage.write(EVERYWHERE) as write:
        for statement in statements:
            await write.execute(statement)
        await raise_rights_epoch(write)


def _readable(running: Any) -> list[str]:
    """Return every address of the API that can be read and names no id."""
    return sorted(
        {
            route.path
            for route in running.app.routes
            if isinstance(route, HTTPRoute)
            and route.path.startswith("/api/v1/")
            and "{" not in route.path
            and any("GET" in handler.http_methods for handler in route.route_handlers)
        }
    )


_ASKERS = {"is_open"}
"""What says whether the asker may do something, which a key may less often than its owner."""


def _is_no_more(told: Any, own: Any, name: str = "") -> bool:
    """Whether two documents are the same but for what the key may not do."""
    if isinstance(own, dict):
        return told.keys() == own.keys() and all(_is_no_more(told[k], own[k], k) for k in own)
    if isinstance(own, list):
        return len(told) == len(own) and all(map(_is_no_more, told, own))
    return bool(told <= own if name in _ASKERS else told == own)


async def test_a_key_is_never_told_more_than_its_owner(
    browser: Browser, people: People, running: Any
) -> None:
    """R12: with everything that is offered, an answer is the owner's own or a refusal."""
    for member in (people.guardian, people.teacher, people.leader):
        owner = await browser(member, Assurance.SUBSTANTIAL)
        program = await _by(browser, await _make(browser, member))
        told = 0
        for path in _readable(running):
            by_key = await program.get(path)
            if by_key.status_code == 200:
                told += 1
                assert _is_no_more(by_key.json(), (await owner.get(path)).json()), path
            else:
                assert by_key.status_code in {400, 401, 403, 404}, path
        assert told > 3


async def test_a_key_does_what_it_was_made_for_and_only_reads(
    browser: Browser, people: People
) -> None:
    """Least privilege: another action is refused, and so is every change unless it was chosen."""
    key = await _make(browser, people.teacher, ["posts.follow"])
    program = await _by(browser, key)
    assert (await program.get(POSTS)).status_code == 200
    assert (await program.get("/api/v1/messages/threads")).status_code == 403
    everything = await _by(browser, await _make(browser, people.teacher))
    assert (await everything.post(POSTS, json={})).status_code == 403


async def test_nothing_sensitive_is_done_by_a_key(
    browser: Browser, people: People, running: Any
) -> None:
    """LOG-15: what takes a second factor is not offered to who holds it, nor given to who asks."""
    actions = running.platform.permissions.catalogue.actions.values()
    sensitive = {one.name for one in actions if one.sensitive}
    client = await browser(people.leader, Assurance.SUBSTANTIAL)
    offered = _offered((await client.get(PLACE)).text)
    assert offered
    assert not sensitive & set(offered)
    for action in (END_SESSIONS, FETCH):
        assert action in sensitive
        asked = {"name": "Home", "days": "30", "action": [offered[0], action]}
        await client.post(PLACE, data=asked)
    kept = await _read(running, sa.select(access_key.c.actions))
    assert not sensitive & {one for row in kept for one in row.actions}


@pytest.mark.parametrize("who", ["guardian", "pupil"])
async def test_no_key_stands_for_the_second_factor(
    browser: Browser, people: People, running: Any, who: str
) -> None:
    """R12, LOG-15: no key changes with whom contact data is shared, though a pupil
    who is too young for a second factor does without (CNS-6).
    """
    member: Member = getattr(people, who)
    given = {
        "id": new_id(), "municipality_id": member.municipality_id, "role": "pupil",
        "action": USE_KEYS, "relation": NO_RELATION, "allowed": True, "step_up": False,
        "created_at": utc_now(),
    }  # fmt: skip
    born = sa.update(person).where(person.c.id == people.pupil.person_id)
    await _change(running, sa.insert(grant).values(given), born.values(birth_date=date(2000, 1, 1)))
    program = await _by(browser, await _make(browser, member, writes="1"))
    place = "/api/v1/contacts/sharing"
    listed = (await program.get(place)).json()["items"]
    assert listed[0]["is_me"] is True
    for one in listed:
        answer = await program.put(f"{place}/{one['id']}", json={"audience": "institution"})
        assert answer.status_code == 403
    assert (await program.get(place)).json()["items"] == listed


async def test_a_refused_key_is_found_by_its_mark(
    browser: Browser, people: People, running: Any
) -> None:
    """ASVS 16.3.2: the log's mark is the beginning of the hash that the database has of the key."""
    program = await _by(browser, await _make(browser, people.teacher))
    with capture_logs() as logs:
        assert (await program.post(POSTS, json={})).status_code == 403
    (line,) = (one for one in logs if one["event"] == "access_refused")
    (row,) = await _read(running, sa.select(access_key))
    assert line["whose"] == bytes(row.key_hash)[:8].hex()


async def test_a_key_that_may_write_is_held_by_the_api_alone(
    browser: Browser, people: People
) -> None:
    """The form's tick decides; then the API says what is wrong with what was sent."""
    client = await browser(people.teacher)
    offered = _offered((await client.get(PLACE)).text)
    assert "posts.create" in offered
    program = await _by(browser, await _make(browser, people.teacher, offered, writes="1"))
    answer = await program.post(POSTS, json={})
    assert answer.status_code in {400, 422}


async def test_no_page_and_no_key_is_got_by_a_key(browser: Browser, people: People) -> None:
    """Keys are for the API: pages, files and the making of keys do not know them."""
    program = await _by(browser, await _make(browser, people.guardian))
    for path in ("/", "/profile", PLACE, "/live", "/messages"):
        answer = await program.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    refused = await program.post(PLACE, headers={"accept": "application/json"})
    assert refused.status_code == 401


async def test_a_cookie_beside_a_key_counts_for_nothing(browser: Browser, people: People) -> None:
    """What a wrong key is refused, no session gives back."""
    client = await browser(people.guardian)
    assert (await client.get(POSTS)).status_code == 200
    answer = await client.get(POSTS, headers={"authorization": f"Bearer {PREFIX}wrong"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert answer.headers["content-type"] == "application/problem+json"


async def test_making_a_key_takes_a_second_factor_and_the_right(
    browser: Browser, people: People, running: Any
) -> None:
    """A stolen password makes no key; pupils and external people have none until it is granted."""
    low = await browser(people.guardian)
    asked = {"accept": "application/json"}
    form = {"name": "Home", "days": "30", "action": "posts.follow"}
    assert (await low.post(PLACE, data=form, headers=asked)).status_code == 401
    nobody = await browser()
    assert (await nobody.get(PLACE)).status_code == 303
    for member in (people.pupil, people.external):
        client = await browser(member, Assurance.SUBSTANTIAL)
        assert (await client.get(PLACE)).status_code == 403
        assert (await client.post(PLACE, data=form)).status_code == 403
    assert await _read(running, sa.select(access_key.c.id)) == []


async def test_what_cannot_be_chosen_is_refused(
    browser: Browser, people: People, running: Any
) -> None:
    """An action that is not offered is not given, however the form was sent."""
    client = await browser(people.leader, Assurance.SUBSTANTIAL)
    form = {"name": "Home", "days": "30", "action": "posts.follow"}
    wrong = (
        ("name", " "),
        ("days", "366"),
        ("days", "0"),
        ("days", "x"),
        ("action", "permissions.grant"),
    )
    for field, value in wrong:
        sent = form | {field: value}
        answer = await client.post(PLACE, data=sent, headers={"accept": "application/json"})
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert await _read(running, sa.select(access_key.c.id)) == []


async def test_a_revoked_key_is_refused_at_its_next_request(
    browser: Browser, people: People, running: Any
) -> None:
    """R7: at once; another's key is not there, and all of it is in the audit."""
    program = await _by(browser, await _make(browser, people.guardian))
    assert (await program.get(POSTS)).status_code == 200
    (row,) = await _read(running, sa.select(access_key))
    path = f"{PLACE}/{ids.ACCESS_KEY.format(row.id)}/revoke"
    stranger, owner = await browser(people.teacher), await browser(people.guardian)
    assert (await stranger.post(path)).status_code == 404
    assert (await program.get(POSTS)).status_code == 200
    assert (await owner.post(path)).headers["location"] == PLACE
    assert (await program.get(POSTS)).status_code == 401
    keys = sa.select(entry.c.action).where(entry.c.action.like("identity.key%"))
    noted = [one.action for one in await _read(running, keys.order_by(entry.c.id))]
    assert noted == ["identity.key_made", "identity.key_used", "identity.key_revoked"]


async def test_logging_out_everywhere_takes_the_keys_along(
    browser: Browser, people: People
) -> None:
    """R13: whoever was in could have made one."""
    program = await _by(browser, await _make(browser, people.guardian))
    owner = await browser(people.guardian)
    await owner.post("/profile/devices/end-others")
    assert (await program.get(POSTS)).status_code == 401


@pytest.mark.parametrize("end", ["profile", "account", "time"])
async def test_a_key_dies_with_what_its_owner_is(
    browser: Browser, people: People, running: Any, end: str
) -> None:
    """R7: whoever has left, whose account is closed, or whose key is old, is told nothing more."""
    program = await _by(browser, await _make(browser, people.guardian))
    assert (await program.get(POSTS)).status_code == 200
    long_ago = utc_now() - timedelta(days=1)
    person = people.guardian.person_id
    await _change(
        running,
        {
            "profile": sa.update(profile)
            .where(profile.c.person_id == person)
            .values(valid_to=long_ago),
            "account": sa.update(account).values(closed_at=long_ago),
            "time": sa.update(access_key).values(expires_at=long_ago),
        }[end],
    )
    assert (await program.get(POSTS)).status_code == 401


async def test_a_municipality_turns_keys_off_and_others_keep_theirs(
    browser: Browser, people: People, running: Any
) -> None:
    """R12: the kill switch is a grant, so that it acts on the next request."""
    program = await _by(browser, await _make(browser, people.guardian))
    other = await _by(browser, await _make(browser, people.stranger))
    assert [(await one.get(POSTS)).status_code for one in (program, other)] == [200, 200]
    north = people.guardian.municipality_id
    assert people.stranger.municipality_id != north
    off = {
        "id": new_id(),
        "municipality_id": north,
        "role": people.guardian.kind.value,
        "action": USE_KEYS,
        "relation": NO_RELATION,
        "allowed": False,
        "step_up": False,
        "created_at": utc_now(),
    }
    await _change(running, sa.insert(grant).values(off))
    assert [(await one.get(POSTS)).status_code for one in (program, other)] == [401, 200]
    owner = await browser(people.guardian)
    assert (await owner.get(POSTS)).status_code == 200
    assert (await owner.get(PLACE)).status_code == 403


async def test_a_key_is_slowed_down_by_itself(
    browser: Browser, people: People, running: Any
) -> None:
    """Sixty requests a minute; the owner's other key and pages go on."""
    program = await _by(browser, await _make(browser, people.guardian))
    other = await _by(browser, await _make(browser, people.guardian))
    assert (await program.get(POSTS)).status_code == 200
    full = utc_now().timestamp() + KeySettings().per_minute + 1
    await _change(running, sa.update(login_rate).values(paid_until=full))
    refused = await program.get(POSTS)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert (await other.get(POSTS)).status_code == 200
    await _change(running, sa.update(login_rate).values(paid_until=full - 3))
    assert (await program.get(POSTS)).status_code == 200


async def test_what_is_kept_and_shown_of_a_key_opens_nothing(
    browser: Browser, people: People, running: Any
) -> None:
    """A hash, and signs to know it by; the list shows when it was used last, and no more."""
    key = await _make(browser, people.guardian)
    client = await browser(people.guardian)
    assert "Never used" in (await client.get(PLACE)).text
    await (await _by(browser, key)).get(POSTS)
    text = (await client.get(PLACE)).text
    assert "Last used" in text
    assert key not in text
    assert key[:13] in text
    (row,) = await _read(running, sa.select(access_key))
    assert key.encode() not in bytes(row.key_hash)
    assert len(await _read(running, sa.select(session))) > 0
    broken = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert (await (await _by(browser, broken)).get(POSTS)).status_code == 401


async def test_nobody_has_more_keys_than_ten(browser: Browser, people: People) -> None:
    """What is forgotten must be found again."""
    client = await browser(people.guardian, Assurance.SUBSTANTIAL)
    form = {"name": "Home", "days": "30", "action": "posts.follow"}
    asked = {"accept": "application/json"}
    codes = [(await client.post(PLACE, data=form, headers=asked)).status_code for _ in range(11)]
    assert codes == [200] * 10 + [409]
