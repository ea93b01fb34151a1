"""R2: a canary in everything that is confidential; all pages are walked as somebody else."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from aula_platform.data_map import list_personal_data
from aula_platform.kernel import owners_of
from aula_platform.storage import EVERYWHERE
from aula_sdk.contributions import DataClass, DemoData
from aula_sdk.ids import PERSON
from plugins.contacts.tests.school import register_contact_data
from tests.incidents.walking import Walk, texts
from tests.support.helpdesk import Helpdesk

pytestmark = pytest.mark.timeout(300)
CANARY = "Kanariefugl"
_SHORTEST = 100
"""Shorter columns hold words of the program's own."""
UNPLANTED = {"audit", "identity", "events"}
"""Whose rows cannot be changed, or are hashes and sealed."""
WHOM = ("guardian", "teacher", *(("pupil", "admin") if os.environ.get("AULA_LONG") == "1" else ()))


def _confidential(desk: Helpdesk) -> Mapping[str, list[sa.Column[str]]]:
    """Return by table the columns of words that are confidential or sensitive, of every owner."""
    host = desk.running.app.state.host
    tables = {table.name: table for one in owners_of(host) for table in one.metadata.sorted_tables}
    found: dict[str, list[sa.Column[str]]] = {}
    for owner, declared in list_personal_data(host):
        for name, field in declared.fields.items():
            column = tables[declared.table].c[name]
            is_text = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
            is_long = is_text and (getattr(column.type, "length", 0) or _SHORTEST) >= _SHORTEST
            if field.data_class is not DataClass.ORDINARY and is_long and owner not in UNPLANTED:
                found.setdefault(declared.table, []).append(column)
    return found


@pytest.fixture
async def planted(desk: Helpdesk) -> set[str]:
    """The canaries, each by the column in which it sits in every row."""
    people = desk.people
    for _plugin, data in desk.running.app.state.host.each(DemoData):
        await data.fill(desk.running.platform)
    await register_contact_data(desk.running, people)
    for member in (people.guardian, people.pupil):
        own = await desk.client(member)
        asked = {"person": PERSON.format(member.person_id), "what": "correction", "words": "Nyt"}
        await own.post("/profile/data", data=asked)
    names = set()
    async with desk.running.storage.write(EVERYWHERE) as write:
        for table, columns in _confidential(desk).items():
            values = {one.name: f"{CANARY}-{table}-{one.name}." for one in columns}
            await write.execute(sa.update(columns[0].table).values(values))
            names |= set(values.values())
    return names


@pytest.mark.parametrize("key", WHOM)
async def test_no_page_shows_anything_confidential(
    desk: Helpdesk, planted: set[str], key: str
) -> None:
    """Whatever the person reads of it on the same pages themselves."""
    whom = getattr(desk.people, key)
    assert {"messages_message", "posts_post", "posts_comment", "stamdata_contact", "files_file",
            "groups_application", "messages_draft"} <= set(_confidential(desk))  # fmt: skip
    app = desk.running.app
    own = Walk(app, {"own": await desk.client(whom)}, frozenset(), ())
    await own.walk()
    met = {name for _one, text in texts(own.seen) for name in planted if name in text}
    assert len(met) >= 5, "the person meets canaries, or there would be nothing to withhold"
    seen = Walk(app, {"seen": await desk.as_other(whom)}, frozenset(), ())
    await seen.walk()
    told = [str(one) for one, text in texts(seen.seen) if CANARY in text]
    assert told == []
    assert len({one.route for one in seen.seen if one.answer.status_code == 200}) >= 8
    # What others were shown, the supporter does not get by asking for it either.
    for kind, ids in own.own["own"].items():
        for door in own.doors:
            if ids and kind in door.kinds:
                address = door.address(**dict.fromkeys(door.names[:1], min(ids)))
                answer = await seen._clients["seen"].get(address)  # The walker's own.
                assert CANARY not in answer.text, address
