"""R8: who is protected is found nowhere: no address, no number, no place, whoever reads what."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from aula_platform.kernel import owners_of
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import GROUP, INSTITUTION
from tests.incidents.town import HIDING_GROUP, HIDING_PLACE, ROLES, Town
from tests.incidents.walking import texts

pytestmark = [pytest.mark.xdist_group("incidents"), pytest.mark.timeout(300)]
FAMILY = ("protected_pupil", "protected_guardian")
SECRETS = (*(f"-of-{key}" for key in FAMILY), HIDING_PLACE, HIDING_GROUP)
PLACES = (HIDING_PLACE, HIDING_GROUP)
ALIAS = "Ukendt Elev"
SOURCE = {"stamdata_contact", "stamdata_institution", "stamdata_group"}
"""The source's own tables, in which it stands because it was delivered."""
MUNICIPAL = "leader"
"""`appoint` lets the leader administer the municipality, with every institution and group."""


def _may_read(who: str, path: str, text: str) -> bool:
    # That the municipality has such an institution, and a group there, tells nothing of a family.
    # Whoever decides rights at all of its institutions is told what is held at each.
    decides = "/administration/" in path
    return who in FAMILY or (who == MUNICIPAL and (decides or ALIAS not in text))


@pytest.mark.parametrize("who", ROLES)
def test_no_answer_tells_where_a_protected_family_is(town: Town, who: str) -> None:
    """R8: every page and every answer that can be read, own and others' ids, body and headers."""
    mine = [one for one in town.walk.seen if one.who == who]
    assert len({one.route for one in mine if one.answer.status_code == 200}) > 10
    told = [
        f"{one}: {secret}"
        for one, text in texts(mine)
        for secret in SECRETS
        if secret in text and not (secret in PLACES and _may_read(who, one.path, text))
    ]
    assert told == []


def test_the_secrets_are_there_to_be_told(town: Town) -> None:
    """The walk would find them: others' are on pages, and the family sees its own second school."""
    shown = {one.who for one, text in texts(town.walk.seen) if HIDING_PLACE in text}
    assert {"protected_pupil", MUNICIPAL} <= shown
    assert any("-of-guardian" in text for _one, text in texts(town.walk.seen))


def test_no_search_finds_a_protected_family(town: Town) -> None:
    """R8: not by address, number, place or group, wherever people or groups are looked for."""
    class_3a = GROUP.format(town.people.groups["3.A"])
    school = INSTITUTION.format(town.people.teacher.institution_id)
    searches: Mapping[str, str] = {
        f"/contacts/{class_3a}/search": "words",
        "/messages/recipients": "q",
        "/posts/groups": "q",
        "/groups/all": "words",
        f"/groups/{class_3a}/people/find": "q",
        f"/administration/rights/{school}/people": "words",
    }
    found = set()
    for who in ("teacher", "leader", "admin", "guardian", "pupil", "pedagogue"):
        for path, name in searches.items():
            for words in ("mobile-of", "Skjule", "address-of-protected"):
                # Each field that any of these forms has, so that none is asked in vain.
                form = dict.fromkeys(("words", "q", "search", name), words)
                answer = town.call(_post, town, who, path, form)
                assert answer.status_code < 500
                is_theirs = _may_read(who, path, answer.text)
                found |= {
                    f"{who}: {path} {words}"
                    for secret in SECRETS
                    if secret in answer.text and not (secret in PLACES and is_theirs)
                }
    assert found == set()


async def _post(town: Town, who: str, path: str, form: Mapping[str, str]) -> object:
    return await town.clients[who].post(path, data=dict(form))


def test_nothing_that_is_kept_on_the_way_tells_it(town: Town) -> None:
    """R8: neither the audit nor events, drafts, sessions or caches in the database hold it."""
    assert town.call(_tables_with_secrets, town) == SOURCE


async def _tables_with_secrets(town: Town) -> set[str]:
    async with town.running.storage.read(EVERYWHERE) as read:
        return {
            table.name
            for owner in owners_of(town.running.app.state.host)
            for table in owner.metadata.sorted_tables
            for row in await read.rows(sa.select(table))
            if any(secret in repr(row) for secret in SECRETS)
        }
