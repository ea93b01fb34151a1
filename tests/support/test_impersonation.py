"""R2, ADM-7: who sees the site as whom; what is closed meanwhile; how it ends; who is told."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import msgspec
import pytest
import sqlalchemy as sa
from litestar.routes import HTTPRoute

from aula_platform.audit.tables import entry, subject
from aula_platform.events.tables import outbox
from aula_platform.identity.sessions import Seeing
from aula_platform.identity.tables import account, device, impersonation, session
from aula_platform.permissions.support.seeing import SeeingAs
from aula_platform.stamdata.tables import person, profile
from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from aula_sdk.events import Event
from aula_sdk.ids import new_id
from aula_sdk.operations import SEE_AS
from aula_sdk.people import Actor, Assurance
from aula_sdk.testing.kernel import Member
from tests.support.helpdesk import JSON, REASON, Helpdesk, place_of, token_of


class Happened(Event, frozen=True, kw_only=True):
    """Something that a page sets off."""

    name = "support.tried.v1"


BANNER = "You see the site as"
OUTSIDE_OF_SUPPORT = {"audit_entry", "audit_subject", "identity_session"}


async def _all_rows(desk: Helpdesk) -> dict[str, int]:
    """Return how many rows each table has but those that say who looked."""
    host = desk.running.app.state.host
    metas = {table.metadata for table in (account, outbox)}
    metas |= {owner.metadata for owner in host.owners() if owner.metadata is not None}
    tables = [table for meta in metas for table in meta.sorted_tables]
    found = {}
    for table in tables:
        if table.name not in OUTSIDE_OF_SUPPORT:
            counted = sa.select(sa.func.count()).select_from(table)
            found[table.name] = (await desk.rows(counted))[0][0]
    return found


async def test_the_site_is_seen_as_the_person_and_left_by_one_button(desk: Helpdesk) -> None:
    """Asked for with a reason; a banner on each page says as whom and until when, and ends it."""
    client = await desk.client(desk.people.leader)
    form = unescape((await client.get(place_of(desk.people.guardian))).text)
    assert "Why?" in form
    assert "withheld" in form
    assert (await desk.begin(client, desk.people.guardian)).headers["location"] == "/"
    for path in ("/", "/profile", "/contacts", "/groups", "/messages", "/no/such/page"):
        page = unescape((await client.get(path)).text)
        assert f"{BANNER} Anne Skov" in page, path
        assert 'action="/see-as/end"' in page, path
    assert "Hello Anne" in (await client.get("/")).text
    left = await client.post("/see-as/end")
    assert left.headers["location"] == "/"
    own = (await client.get("/")).text
    assert BANNER not in own
    assert "Hello Kirsten" in own
    (row,) = await desk.rows(sa.select(impersonation))
    assert (row.reason, row.profile_id) == (REASON, desk.people.guardian.profile_id)
    assert row.ended_at is not None
    assert row.ends_at - row.began_at == timedelta(minutes=15)


async def test_who_may_see_as_whom(desk: Helpdesk) -> None:
    """As nobody, a stranger, guardian, pupil, staff, an institution's administrator: nobody but the
    municipality's administrator, and not of another municipality.
    """
    people = desk.people
    whom = people.guardian
    for member in (people.guardian, people.pupil, people.teacher, people.external, people.admin,
                   people.stranger, people.stranger_teacher):  # fmt: skip
        client = await desk.client(member)
        expected = 404 if member is people.stranger_teacher else 403
        target = people.neighbour if member is whom else whom
        assert (await client.get(place_of(target))).status_code == expected, member.key
        assert (await desk.begin(client, target)).status_code == expected, member.key
    nobody = await desk.client(None)
    assert (await nobody.post(place_of(whom), headers=JSON)).status_code == 401
    assert await desk.rows(sa.select(impersonation)) == []
    leader = await desk.client(people.leader)
    for member in (people.guardian, people.pupil, people.teacher, people.admin):
        assert (await leader.get(place_of(member))).status_code == 200, member.key


async def test_it_takes_a_second_factor_a_reason_and_one_of_the_times(desk: Helpdesk) -> None:
    """LOG-15; without a reason nothing begins, and nothing lasts longer than the setting says."""
    whom = desk.people.guardian
    low = await desk.client(desk.people.leader, Assurance.LOW)
    assert (await low.post(place_of(whom), headers=JSON)).json()["code"] == "step-up-required"
    client = await desk.client(desk.people.leader)
    refused = await desk.begin(client, whom, reason="   ")
    assert refused.status_code == 422
    assert "Say why. The person reads it." in refused.text
    for minutes in (0, 16, 30, 10_000):
        assert (await desk.begin(client, whom, minutes=minutes)).status_code == 422, minutes
    assert (await desk.begin(client, whom, reason="x" * 501)).status_code == 422
    assert await desk.rows(sa.select(impersonation)) == []


async def test_nobody_protected_is_seen_nor_who_sees_them(desk: Helpdesk) -> None:
    """R8: neither the child nor the parent who would see the child; nor oneself (ID-3)."""
    leader = await desk.client(desk.people.leader)
    protected = (desk.people.protected_pupil, desk.people.protected_guardian)
    for member in (*protected, desk.people.leader):
        assert (await leader.get(place_of(member))).status_code == 404, member.key
        assert (await desk.begin(leader, member)).status_code == 404, member.key
    await desk.change(
        sa.update(person).where(person.c.id == desk.people.pupil.person_id).values(protected=True)
    )
    assert (await leader.get(place_of(desk.people.guardian))).status_code == 404


async def test_a_given_right_reaches_ones_own_institution_and_nobody_who_holds_more(
    desk: Helpdesk,
) -> None:
    """The municipality gives it to institutions' administrators: for theirs, never over its own."""
    people = desk.people
    north = people.admin.municipality_id
    await desk.grant("institution_admin", SEE_AS, "own", north)
    admin = await desk.client(people.admin)
    assert (await admin.get(place_of(people.teacher))).status_code == 200
    assert (await admin.get(place_of(people.pedagogue))).status_code == 404
    refused = await desk.begin(admin, people.leader)
    assert refused.status_code == 403
    assert "somebody who may do more than you" in unescape(refused.text)
    client = await desk.as_other(people.guardian, people.admin)
    # Of the guardian's two places the administrator's own is seen, and its child alone.
    page = (await client.get("/profile")).text
    assert "Nordskolen" in page
    assert "Solstrålen" not in page
    assert "Dagny" not in (await client.get("/")).text


async def test_nothing_can_be_changed(desk: Helpdesk) -> None:
    """Every address that takes more than reading refuses it, plugins' and the kernel's alike."""
    client = await desk.as_other(desk.people.teacher)
    before = await _all_rows(desk)
    tried = 0
    for route in desk.running.app.routes:
        if not isinstance(route, HTTPRoute) or route.path in {"/see-as/end", "/sign-out"}:
            continue
        for method in route.methods - {"GET", "HEAD", "OPTIONS"}:
            path = route.path
            for component in route.path_components:
                if not isinstance(component, str):
                    path = path.replace(f"{{{component.full}}}", f"pro_{'0' * 32}")
            answer = await client.request(method, path, headers=JSON)
            if "{" in path:
                continue
            tried += 1
            code = answer.json().get("code", "")
            assert (answer.status_code, code) in {
                (403, "support.reading-only"), (404, "not-found"), (405, "method-not-allowed"),
            }, (method, path, answer.text)  # fmt: skip
    assert tried > 80
    assert await _all_rows(desk) == before


async def test_what_pages_do_by_the_way_has_no_effect(desk: Helpdesk) -> None:
    """A unit of work of such an actor is never kept: no row, no event, nothing that was told."""
    await desk.client(desk.people.guardian)  # Who has never signed in has no account.
    actor = await _seen_actor(desk, desk.people.guardian)
    row = {"id": new_id(), "account_id": actor.account_id, "token_hash": b"0" * 32, "kind": "x"}
    platform = desk.running.platform
    town = actor.profiles[0].municipality_id
    async with platform.write(actor) as write:
        times = {"created_at": write.now, "last_used_at": write.now}
        await write.execute(sa.insert(device), row | times)
        write.emit(Happened(municipality_id=town))
        write.changed("posts", [actor.profiles[0].id])
        write.audit("posts.read_marked", municipality_id=town)
    assert await desk.rows(sa.select(device.c.id).where(device.c.id == row["id"])) == []
    assert await desk.rows(sa.select(outbox.c.id)) == []
    marked = sa.select(entry.c.id).where(entry.c.action == "posts.read_marked")
    assert await desk.rows(marked) == []
    own = msgspec.structs.replace(actor, seen_by=None)
    async with platform.write(own) as write:
        write.audit("posts.read_marked", municipality_id=town)
    assert len(await desk.rows(marked)) == 1


async def _seen_actor(desk: Helpdesk, member: Member) -> Actor:
    """Return the actor as whom the leader sees the site."""
    await desk.as_other(member)
    seeing: SeeingAs = desk.running.app.state.seeing
    supporter = await desk.running.actor(desk.people.leader, Assurance.SUBSTANTIAL)
    (row,) = await desk.rows(sa.select(session).where(session.c.impersonation_id.is_not(None)))
    async with desk.running.storage.read(EVERYWHERE) as read:
        found = await seeing.as_other(read, supporter, Seeing(row.impersonation_id, row.seen_until))
    assert found is not None
    return found


async def test_what_is_the_persons_alone_is_not_there(desk: Helpdesk) -> None:
    """Files, streams, one's own pages, keys, ways in: not there, or withheld; and vendors' frames
    are not shown, nor is anybody told that a page could be fetched again.
    """
    whom = desk.people.teacher
    own = await desk.client(whom)
    sent = await own.post("/api/v1/files", files={"file": ("a.pdf", b"%PDF-1.7\n0123456789")})
    kept = sent.json()["href"]
    assert (await own.get(kept)).status_code == 200
    client = await desk.as_other(whom)
    closed = (kept, "/live", "/profile/devices", "/profile/data", "/profile/looks",
              "/api/v1/profile/looks", "/api/v1/profile/seen-as", "/step-up", "/role", "/sign-in",
              "/tablet")  # fmt: skip
    for path in closed:
        assert (await client.get(path, headers=JSON)).status_code == 404, path
    assert (await client.head(kept)).status_code == 404
    for path in ("/messages", "/posts", "/api/v1/posts", "/api/v1/messages/threads",
                 "/profile/keys", "/profile/pin"):  # fmt: skip
        answer = await client.get(path, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (403, "support.withheld"), path
    page = unescape((await client.get("/")).text)
    assert "Withheld: what is confidential is not shown" in page
    assert 'href="/messages"' in page
    assert "<aula-live" not in page
    assert "<aula-session" not in page


async def test_it_ends_by_itself_and_no_form_outlives_it(desk: Helpdesk) -> None:
    """At its time the supporter is who they are; a page of before or after it sends nothing."""
    people = desk.people
    client = await desk.client(people.leader)
    before = token_of((await client.get("/profile")).text)
    await desk.begin(client, people.guardian)
    meanwhile = token_of((await client.get("/profile")).text)
    answer = await client.post("/see-as/end", headers={"x-csrftoken": before, **JSON})
    assert answer.json()["code"] == "request-forged"
    await desk.change(sa.update(session).values(seen_until=utc_now()))
    page = await client.get("/")
    assert "Hello Kirsten" in page.text
    theme = {"theme": "dark"}
    stale_form = {"x-csrftoken": meanwhile, **JSON}
    answer = await client.post("/profile/theme", data=theme, headers=stale_form)
    assert answer.json()["code"] == "request-forged"
    fresh = {"x-csrftoken": token_of(page.text)}
    assert (await client.post("/profile/theme", data=theme, headers=fresh)).status_code == 303
    assert (await client.post("/see-as/end", headers=fresh | JSON)).status_code == 404


@pytest.mark.parametrize("lost", ["right", "profile", "protection"])
async def test_it_ends_with_the_right_to_it(desk: Helpdesk, lost: str) -> None:
    """R7: taken from the role, or the person gone or protected: from the next request on."""
    people = desk.people
    client = await desk.as_other(people.guardian)
    assert "Hello Anne" in (await client.get("/")).text
    north = people.leader.municipality_id
    if lost == "right":
        await desk.grant("municipality_admin", SEE_AS, "municipality", north, allowed=False)
    elif lost == "profile":
        whose = profile.c.person_id == people.guardian.person_id
        await desk.change(sa.update(profile).where(whose).values(valid_to=utc_now()))
    else:
        whose = person.c.id == people.guardian.person_id
        await desk.change(sa.update(person).where(whose).values(protected=True))
    page = (await client.get("/")).text
    assert "Hello Kirsten" in page
    (row,) = await desk.rows(sa.select(impersonation))
    assert row.ended_at is not None
    (own,) = await desk.rows(sa.select(session.c.impersonation_id))
    assert own.impersonation_id is None


async def test_signing_out_ends_it(desk: Helpdesk) -> None:
    """Whoever leaves leaves it too."""
    client = await desk.as_other(desk.people.guardian)
    assert (await client.post("/sign-out")).status_code == 303
    assert await desk.rows(sa.select(session)) == []
    (row,) = await desk.rows(sa.select(impersonation))
    assert row.ended_at is not None


async def test_the_person_is_told_at_once_who_it_was_and_why(desk: Helpdesk) -> None:
    """A word on every page until they say they know, and the reason on theirs; nobody else is."""
    people = desk.people
    pupil, mother = await desk.client(people.pupil), await desk.client(people.guardian)
    word = "Somebody from support has had access"
    assert word not in (await pupil.get("/")).text
    await desk.as_other(people.pupil)
    page = unescape((await pupil.get("/")).text)
    assert word in page
    shown = unescape((await pupil.get("/profile/looks")).text)
    assert REASON in shown
    assert "Kirsten Bang" not in shown
    (item,) = (await mother.get("/api/v1/profile/seen-as")).json()["items"]
    assert (item["about"], item["reason"]) == ("Alma Skov", REASON)
    assert (item["institution"], item["name"]) == ("Nordskolen", "")
    for other in (people.neighbour, people.teacher, people.without_access, people.stranger,
                  people.classmate):  # fmt: skip
        client = await desk.client(other)
        assert (await client.get("/api/v1/profile/seen-as")).json()["items"] == [], other.key
    known = shown.split('name="seen" value="')[1].split('"')[0]
    assert (await pupil.post("/profile/looks/known", data={"seen": known})).status_code == 303
    assert word not in (await pupil.get("/")).text
    assert REASON in unescape((await pupil.get("/profile/looks")).text)
    for wrong in ("", "yesterday", "2026-01-01"):
        answer = await pupil.post("/profile/looks/known", data={"seen": wrong}, headers=JSON)
        assert answer.status_code == 422, wrong
    # What comes after the page was shown is told anew, whatever that page says.
    await desk.as_other(people.pupil)
    await pupil.post("/profile/looks/known", data={"seen": known})
    assert word in (await pupil.get("/")).text


async def test_names_are_told_where_the_municipality_chooses_so(desk: Helpdesk) -> None:
    """As of readings: the name of who it was, where it says so."""
    people = desk.people
    desk.running.app.state.names_told = frozenset({people.leader.municipality_id})
    await desk.as_other(people.guardian)
    own = await desk.client(people.guardian)
    (item,) = (await own.get("/api/v1/profile/seen-as")).json()["items"]
    assert item["name"] == "Kirsten Bang"
    assert "Kirsten Bang" in (await own.get("/profile/looks")).text


async def test_each_request_is_in_the_audit_as_both(desk: Helpdesk) -> None:
    """ADM-7, R19: who it was, as whom, what was asked for; refused or not, under one basis."""
    people = desk.people
    client = await desk.as_other(people.guardian)
    await client.get("/groups")
    await client.get("/messages")
    await client.post("/profile/theme", data={"theme": "dark"})
    await client.post("/see-as/end")
    noted = sa.select(entry).where(entry.c.action.like("identity.see_as%")).order_by(entry.c.id)
    rows = await desk.rows(noted)
    assert {row.person_id for row in rows} == {people.leader.person_id}
    assert {tuple(row.profiles) for row in rows} == {(people.leader.profile_id.hex,)}
    assert {row.details["as"] for row in rows} == {people.guardian.profile_id.hex}
    assert {row.object_id for row in rows} == {rows[0].object_id}
    asked = [row.details["asked"].rpartition(".")[2] for row in rows if "asked" in row.details]
    assert asked == ["show", "show_mine", "show_inbox", "choose_theme", "end"]
    assert {row.allowed_by for row in rows if "asked" in row.details} == {SEE_AS}
    about = sa.select(subject.c.profile_id).where(subject.c.entry_id == rows[0].id)
    assert [row.profile_id for row in await desk.rows(about)] == [people.guardian.profile_id]


async def test_what_is_withheld_is_nowhere_in_the_rights(desk: Helpdesk) -> None:
    """`visible`, `may` and `explain` agree: nothing but what says of itself that it is ordinary."""
    own = await desk.running.actor(desk.people.teacher)
    actor = await _seen_actor(desk, desk.people.teacher)
    rights = desk.running.platform.permissions
    catalogue = rights.catalogue
    assert actor.withheld == frozenset(own.holdings) - frozenset(actor.holdings)
    assert {"messages.read", "posts.read", "contacts.see_contact_data"} <= actor.withheld
    assert {"groups.see", "contacts.see_person", "shell.use"} <= frozenset(actor.holdings)
    assert {catalogue.actions[one].reads.value for one in actor.holdings} == {"ordinary"}
    some = new_id()
    async with desk.running.storage.read(EVERYWHERE) as read:
        for action in sorted(own.holdings):
            why = await rights.explain(read, actor, action)
            assert why.allowed is (action in actor.holdings), action
            assert why.reasons
            if action in actor.withheld and catalogue.actions[action].resource:
                clause = rights.visible(actor, action).clause
                assert clause.compare(sa.false()), action
                assert not await rights.may(read, actor, action, some)


async def test_who_sees_as_another_sees_no_further_than_one_municipality(desk: Helpdesk) -> None:
    """W1: whoever is somebody in two municipalities is seen in the supporter's alone."""
    actor = await _seen_actor(desk, desk.people.guardian)
    assert set(actor.municipalities) == {desk.people.leader.municipality_id}
