"""Sletteregler: the whole way by plain forms, and the same by the API."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aula_sdk.ids import PERSON
from aula_sdk.people import Assurance
from tests.retention.keeping import Keeping

PAGES, API = "/administration/retention", "/api/v1/administration/retention"


async def _client(keeping: Keeping, assurance: Assurance = Assurance.SUBSTANTIAL) -> Any:
    return await keeping.browser(keeping.people.leader, assurance)


async def test_a_deletion_by_forms(keeping: Keeping) -> None:
    """DEL-R2: counted, announced, carried out, with what came of it on the page."""
    await keeping.age()
    client = await _client(keeping)
    here = f"{PAGES}/{keeping.place_key}"
    assert (await client.get(PAGES)).headers["location"].endswith(here)
    page = await client.get(here)
    assert "5 years after the last message" in page.text
    assert "is archived first" in page.text
    planned = await client.post(f"{here}/runs")
    assert planned.status_code == 303
    run = planned.headers["location"].partition("#")[0].partition("?")[0]
    assert "It is being counted" in (await client.get(run)).text
    await keeping.work.run()
    counted = (await client.get(run)).text
    assert re.search(r"Conversations in which nobody writes any more.*?>3<", counted, re.DOTALL)
    assert "Nordskolen" in counted
    wrong = await client.post(f"{run}/announce", data={"days": "3"})
    assert wrong.status_code == 422
    assert "From 14 to 180 days" in wrong.text
    for typed in ("", "x", "-1", "9" * 30):
        assert (await client.post(f"{run}/announce", data={"days": typed})).status_code == 422
    assert (await client.post(f"{run}/announce", data={"days": "14"})).status_code == 303
    assert "have been told" in (await client.get(run)).text
    await keeping.let_the_day_come()
    await keeping.work.run()
    done = (await client.get(run)).text
    assert "Carried out" in done
    assert "3 deleted, 0 of them archived; 0 spared" in done


async def test_an_exemption_by_forms(keeping: Keeping) -> None:
    """By the address of what it is about, with a reason; lifted again on the same page."""
    client = await _client(keeping)
    here = f"{PAGES}/{keeping.place_key}"
    thread = (await keeping.ids("messages_thread"))[0]
    for typed in (
        {"target": "vrøvl", "reason": "Sag 17", "until": ""},
        {"target": f"/messages/thr_{thread.hex}", "reason": "", "until": ""},
        {"target": f"/messages/thr_{thread.hex}", "reason": "Sag 17", "until": "i går"},
        {"target": f"/messages/thr_{thread.hex}", "reason": "Sag 17", "until": "2001-01-01"},
        {"target": f"/messages/thr_{thread.hex}", "reason": "Sag 17", "until": "9999-12-31"},
    ):
        wrong = await client.post(f"{here}/freezes", data=typed)
        assert wrong.status_code == 422, typed
    typed = {"target": f"https://x/messages/thr_{thread.hex}#m", "reason": "Sag 17", "until": ""}
    assert (await client.post(f"{here}/freezes", data=typed)).status_code == 303
    page = (await client.get(here)).text
    assert "Sag 17" in page
    assert keeping.people.leader.name in page
    assert "until somebody lifts it" in page
    again = await client.post(f"{here}/freezes", data=typed)
    assert "exempt from deletion already" in again.text
    lift = re.search(rf"{PAGES}/freezes/rtf_[0-9a-f]+/lift", page)
    assert lift is not None
    assert (await client.post(lift[0])).status_code == 303
    assert (await client.post(lift[0])).status_code == 404
    assert "Sag 17" not in (await client.get(here)).text


async def test_a_period_by_forms(keeping: Keeping) -> None:
    """Changed within its bounds, explained, and taken back."""
    client = await _client(keeping)
    policy = f"{PAGES}/{keeping.place_key}/policies/posts.posts"
    for typed in ("0", "61", "", "to år", "1.5"):
        assert (await client.post(policy, data={"months": typed})).status_code == 422, typed
    assert (await client.post(policy, data={"months": "30"})).status_code == 303
    page = (await client.get(policy)).text
    assert "30 months after the school year" in page
    assert keeping.people.leader.name in page
    assert (await client.post(policy, data={"back": "1"})).status_code == 303
    assert "1 year after the school year" in (await client.get(policy)).text
    unknown = f"{PAGES}/{keeping.place_key}/policies/posts.nothing"
    assert (await client.get(unknown)).status_code == 404
    assert (await client.post(unknown, data={"months": "30"})).status_code == 404


async def test_the_whole_way_by_the_api(keeping: Keeping) -> None:
    """What the pages do, for programs."""
    await keeping.age()
    client = await _client(keeping)
    here = f"{API}/{keeping.place_key}"
    assert (await client.put(f"{here}/policies/posts.posts", json={"months": 24})).is_success
    policies = (await client.get(f"{here}/policies")).json()["items"]
    post = next(one for one in policies if one["subject"] == "posts.posts")
    assert (post["months"], post["default"], post["decision"]["by"]) == (24, 12, "municipality")
    pupil = PERSON.format(keeping.people.external.person_id)
    made = await client.post(f"{here}/freezes", json={"target": pupil, "reason": "Sag 17"})
    assert made.status_code == 201
    (frozen,) = (await client.get(f"{here}/freezes")).json()["items"]
    assert (frozen["kind"], frozen["name"]) == ("person", keeping.people.external.name)
    assert (await client.delete(f"{API}-freezes/{frozen['id']}")).status_code == 204
    run = (await client.post(f"{here}/runs")).json()["id"]
    assert (await client.post(f"{here}/runs")).status_code == 409
    await keeping.work.run()
    found = (await client.get(f"{API}-runs/{run}")).json()
    assert sum(one["found"] for one in found["counts"]) == 4
    announcement = f"{API}-runs/{run}/announcement"
    assert (await client.post(announcement, json={"days": 14})).status_code == 204
    assert (await client.post(announcement, json={"days": 14})).status_code == 409
    assert [one["state"] for one in (await client.get(f"{here}/runs")).json()["items"]] == [
        "announced"
    ]
    assert (await client.delete(f"{API}-runs/{run}")).status_code == 204
    assert (await client.delete(f"{API}-runs/{run}")).status_code == 409


async def test_deciding_takes_a_second_factor(keeping: Keeping) -> None:
    """LOG-15: a found password deletes nothing, and lifts nothing."""
    client = await _client(keeping, Assurance.LOW)
    here = f"{API}/{keeping.place_key}"
    for sent in (
        client.put(f"{here}/policies/posts.posts", json={"months": 1}),
        client.post(f"{here}/freezes", json={"target": keeping.place_key, "reason": "x"}),
        client.post(f"{here}/runs"),
        client.delete(f"{API}-runs/rtr_{'0' * 32}"),
        client.delete(f"{API}-freezes/rtf_{'0' * 32}"),
    ):
        answer = await sent
        assert answer.status_code == 401, answer.text
    assert await keeping.audited() == []


@pytest.mark.parametrize(
    "key", ["guardian", "pupil", "teacher", "admin", "external", "stranger", "stranger_teacher"]
)
async def test_others_meet_nothing(keeping: Keeping, key: str) -> None:
    """Nobody but the municipality's administrators; another municipality's get 404 (R10)."""
    found = await keeping.previewed()
    client = await keeping.browser(getattr(keeping.people, key), Assurance.SUBSTANTIAL)
    status = 404 if key == "stranger_teacher" else 403
    for path in (
        f"{API}/{keeping.place_key}/policies",
        f"{API}/{keeping.place_key}/freezes",
        f"{API}/{keeping.place_key}/runs",
        f"{API}-runs/rtr_{found.hex}",
        f"{PAGES}/{keeping.place_key}",
        f"{PAGES}/runs/rtr_{found.hex}",
    ):
        assert (await client.get(path)).status_code == status, path
    for verb, path, sent in (
        ("POST", f"{API}/{keeping.place_key}/runs", {}),
        ("POST", f"{API}-runs/rtr_{found.hex}/announcement", {"days": 30}),
        ("DELETE", f"{API}-runs/rtr_{found.hex}", None),
        ("PUT", f"{API}/{keeping.place_key}/policies/posts.posts", {"months": 1}),
        (
            "POST",
            f"{API}/{keeping.place_key}/freezes",
            {"target": keeping.place_key, "reason": "x"},
        ),
    ):
        answer = await client.request(verb, path, json=sent)
        assert answer.status_code == status, (verb, path, answer.text)
    assert await keeping.state(found) == "previewed"
