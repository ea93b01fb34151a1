"""R10: an id in the wrong hands opens nothing and changes nothing, at any address of the site."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from aula_platform.kernel import owners_of
from aula_platform.storage import EVERYWHERE
from tests.bad_input.bodies import describe
from tests.bad_input.test_api import with_real_ids
from tests.incidents.town import FOREIGNERS, STRANGERS, Town
from tests.incidents.walking import KINDS, WORDS, doors_of

pytestmark = [pytest.mark.xdist_group("incidents"), pytest.mark.timeout(300)]
EXAMPLES = 60 if os.environ.get("AULA_LONG") == "1" else 2
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
MADE_BY_PUT = {
    "/api/v1/messages/drafts/{draft_id:str}",
    "/api/v1/posts/drafts/{draft_id:str}",
    "/messages/drafts/{draft_id:str}/autosave",
    "/posts/drafts/{draft_id:str}/autosave",
}
"""Whoever writes a draft chooses its id; that nobody's is written over, the contents show."""


def test_every_name_in_an_address_is_known(town: Town) -> None:
    """A route with a new kind of id is not left out of the walk by silence."""
    doors = list(doors_of(town.running.app, "GET", *CHANGING))
    named = {name for door in doors for name in door.names}
    assert len(doors) > 150
    assert named - set(KINDS) - set(WORDS) - {"setting", "part_id", "name", "vendor"} == set()


@pytest.mark.parametrize("who", FOREIGNERS)
def test_what_is_shown_to_others_alone_cannot_be_read(town: Town, who: str) -> None:
    """R10: another municipality's people, staff of another institution, guardians and pupils.

    Whoever was never shown an id asks for it everywhere: 404, or 403 where the door is shut.
    """
    asked = [one for one in town.walk.seen if one.who == who and one.is_foreign]
    foreign = {kind for kind, ids in town.walk.foreign_to(who).items() if ids}
    doors = {door.path for door in town.walk.doors if foreign.intersection(door.kinds)}
    assert len(doors) > 30
    assert doors - {one.route for one in asked} == set()
    assert [str(one) for one in asked if one.answer.status_code not in {403, 404}] == []


def test_nobody_is_shown_an_id_of_the_neighbours(town: Town) -> None:
    """R10: in no list, no page and no link stands anything of the other municipality."""
    shown: dict[bool, set[str]] = {True: set(), False: set()}
    for who, own in town.walk.own.items():
        shown[who in STRANGERS].update(one for ids in own.values() for one in ids)
    assert len(shown[False]) > 100
    assert shown[True] & shown[False] == set()


def test_what_a_stranger_sends_changes_nothing(town: Town, subtests: pytest.Subtests) -> None:
    """R10: every address that changes something, with others' ids in it, page or program."""
    before = rows_elsewhere(town)
    chance = Random(10)  # The same ids in every run.
    for door in doors_of(town.running.app, *CHANGING):
        for kind in door.kinds:
            for who in STRANGERS:
                ids = town.walk.foreign_to(who).get(kind, [])
                if not ids:
                    continue
                given = {name: chance.choice(ids) for name in door.names if name in KINDS}
                given |= {"setting": "x", "part_id": chance.choice(ids)}
                answer = town.call(town.clients[who].request, door.method, door.address(**given))
                with subtests.test(f"{who}: {door.method} {door.path}"):
                    # A body that is missing is refused at the door, to whoever is let as far.
                    refused = {400, 403, 404, 422} | ({204} if door.path in MADE_BY_PUT else set())
                    assert answer.status_code in refused, answer.text[:300]
    assert rows_elsewhere(town) == before


def test_no_id_in_a_body_reaches_another_municipality(town: Town) -> None:
    """R10: nested and bulk: whatever fits the description, with real ids of others all through."""
    before = rows_elsewhere(town)
    document = describe(town.running.app)
    schema = schemathesis.openapi.from_dict(document)
    described = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    taking = [one for one in described if one.body]
    assert len(taking) > 25
    for operation in taking:
        _send_foreign(town, operation)
    assert rows_elsewhere(town) == before


def _send_foreign(town: Town, operation: APIOperation[Any, Any, Any, Any]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        st.sampled_from(STRANGERS),
        st.randoms(use_true_random=False),
    )
    def send(case: Case[Any], who: str, random: Random) -> None:
        ids = town.walk.foreign_to(who)
        case.path_parameters = with_real_ids(case.path_parameters, ids, random)
        case.body = with_real_ids(case.body, ids, random)
        sent = {key: value for key, value in case.as_transport_kwargs().items() if value}
        if "json" not in sent:
            return
        verb, address = sent["method"], sent["url"]
        answer = town.call(_request, town, who, verb, address, sent["json"])
        assert answer.status_code < 500, f"{who}: {verb} {address} {answer.text[:300]}"

    send()


async def _request(town: Town, who: str, verb: str, address: str, body: Any) -> Any:
    return await town.clients[who].request(verb, address, json=body)


def rows_elsewhere(town: Town) -> Mapping[str, Sequence[str]]:
    """Return every row of the municipality to which the strangers do not belong, by table.

    No table is left out: no worker runs behind the town, so whatever moves was moved by a request.
    """
    return town.call(_rows_of, town, town.people.teacher.municipality_id)  # type: ignore[no-any-return]


async def _rows_of(town: Town, municipality_id: UUID) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, Sequence[str]] = defaultdict(list)
    async with town.running.storage.read(EVERYWHERE) as read:
        for owner in owners_of(town.running.app.state.host):
            for table in owner.metadata.sorted_tables:
                if "municipality_id" in table.c:
                    here = sa.select(table).where(table.c.municipality_id == municipality_id)
                    found[table.name] = sorted(map(repr, await read.rows(here)))
    assert sum(map(len, found.values())) > 300
    return found
