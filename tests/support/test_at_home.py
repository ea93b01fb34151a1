"""R2, ADM-2: who may ask or approve at their own institution finds, decides and ends it there."""

from __future__ import annotations

from html import unescape

import httpx
import pytest

from aula_sdk.operations import APPROVE_GLASS, BREAK_GLASS, READ_GLASSES
from aula_sdk.people import Assurance
from tests.support.glazier import API, PAGE, SECRET, Glazier, ask, decide


async def _admin(glazier: Glazier, *actions: str) -> httpx.AsyncClient:
    """Return the browser of an institution's administrator who is given these for their own."""
    people = glazier.people
    for action in actions:
        await glazier.desk.grant("institution_admin", action, "own", people.admin.municipality_id)
    return await glazier.desk.client(people.admin)


@pytest.mark.parametrize("way", ["page", "api"])
async def test_who_asks_at_home_finds_it_reads_and_ends_it(glazier: Glazier, way: str) -> None:
    """With the right to ask alone: the list has what they have asked for, and nothing else."""
    people = glazier.people
    others = (await ask(glazier.asker, people.guardian)).json()["id"]
    admin = await _admin(glazier, BREAK_GLASS)
    assert (await ask(admin, people.pedagogue)).status_code == 404, "of another institution"
    key = (await ask(admin, people.guardian)).json()["id"]
    assert (await decide(admin, key)).status_code == 403
    assert (await decide(glazier.second, key)).status_code == 204
    assert f'href="{PAGE}"' in (await admin.get("/administration")).text
    (item,) = (await admin.get(API)).json()["items"]
    assert (item["id"], item["is_mine"], item["state"]) == (key, True, "open")
    page = unescape((await admin.get(PAGE)).text)
    assert f"{PAGE}/{key}/end" in page
    assert others not in page
    assert (await admin.post(f"{API}/{others}/end")).status_code == 404
    assert (await admin.post(f"/break-glass/{key}")).headers["location"] == "/messages"
    assert SECRET in (await admin.get("/messages")).text
    low = await glazier.desk.client(people.admin, Assurance.LOW)
    if way == "api":
        assert (await low.post(f"{API}/{key}/end")).status_code == 204
    else:
        assert (await low.post(f"{PAGE}/{key}/end")).headers["location"] == PAGE
    assert SECRET not in (await admin.get("/messages")).text
    (item,) = (await low.get(API)).json()["items"]
    assert item["state"] == "over"


async def test_who_approves_and_reviews_at_home_does_so_there_alone(glazier: Glazier) -> None:
    """What others ask of the own institution; not what they ask themselves, nor of elsewhere."""
    people = glazier.people
    here = (await ask(glazier.asker, people.guardian)).json()["id"]
    elsewhere = (await ask(glazier.asker, people.pedagogue)).json()["id"]
    admin = await _admin(glazier, BREAK_GLASS, APPROVE_GLASS, READ_GLASSES)
    mine = (await ask(admin, people.neighbour)).json()["id"]
    items = {one["id"]: one for one in (await admin.get(API)).json()["items"]}
    assert {key: one["may_decide"] for key, one in items.items()} == {here: True, mine: False}
    assert (await decide(admin, elsewhere)).status_code == 404
    assert (await decide(admin, mine)).status_code == 404
    assert (await decide(admin, here)).status_code == 204
    assert (await admin.post(f"{API}/{elsewhere}/end")).status_code == 404
    assert (await admin.post(f"{API}/{here}/end")).status_code == 204
