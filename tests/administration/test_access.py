"""Who gets in: every route of the plugin, tried by everybody; and what each page costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from aula_sdk.grants import HOLDER
from aula_sdk.health import STREAM
from aula_sdk.ids import GLASS, PROFILE
from aula_sdk.imports import IMPORT
from aula_sdk.log_samples import SAMPLE
from aula_sdk.people import Assurance
from aula_sdk.retention import FREEZE, RUN
from aula_sdk.testing.kernel import Member
from tests.administration.office import (
    Office,
    home,
    park,
    plant_import,
    plant_sample,
    routes,
    whole,
)

SECRETS = ("users.csv", "p-17", "posts.tell")
"""What imports and parked streams hold."""


class Tried:
    """Sends every request as somebody."""

    def __init__(self, office: Office, import_id: str, stream: str, sample_id: str) -> None:
        self._office = office
        self._ids = {
            "import_id": import_id, "feature": "posts", "setting": "important_days",
            "role": "guardian", "profile_id": PROFILE.format(office.people.teacher.profile_id),
            "glass_id": GLASS.format(UUID(int=8)),
            "given_id": HOLDER.format(UUID(int=7)), "municipality_id": whole(office.people.leader),
            "subject": "posts.posts", "run_id": RUN.format(UUID(int=7)),
            "freeze_id": FREEZE.format(UUID(int=7)),
            "sample_id": sample_id, "number": "1",
        }  # fmt: skip
        self._sent = {
            "state": "off", "values": {"important_days": 3}, "choice": "off-nobody",
            "subscriber": "posts.tell", "stream": stream, "set-important_days": "3",
            "name": "Kontaktforældre", "words": "Mette", "action": "posts.create",
            "relation": "-", "decided": "no", "right-posts.create:-": "no",
            "thing": PROFILE.format(office.people.pupil.profile_id),
            "sender": "guardian", "recipient": "pupil", "closed": True,
            "consent": 17, "secure_area": None,
            "role": "institution_admin", "deputy_for": None, "right": "posts.create:-",
            "given": HOLDER.format(UUID(int=7)), "months": 24, "days": 30,
            "target": PROFILE.format(office.people.pupil.profile_id), "reason": "Sag 17",
            "kind": "leaves", "successor": PROFILE.format(office.people.pupil.profile_id),
            "things": [HOLDER.format(UUID(int=7))],
            "municipality": whole(office.people.leader), "verdict": "justified",
            "address": f"/profile/{PROFILE.format(office.people.pupil.profile_id)}",
        }  # fmt: skip

    async def all(self, member: Member | None, place: str) -> list[tuple[str, str, int, str]]:
        """Return verb, path, status and body of each answer."""
        client = await self._office.client(member, Assurance.SUBSTANTIAL)
        ids = {**self._ids, "place_id": place}
        answers = []
        for verb, path in routes(self._office.site):
            if path.endswith(("/sign-off", "/decision", "/break-glass/people/{profile_id:str}")):
                continue  # It asks for a second factor first; tests/sampling and support have one.
            filled = re.sub(r"\{(\w+):\w+\}", lambda found: ids[found[1]], path)
            answer = await client.request(verb, filled, **self._body(verb, path))
            answers.append((verb, path, answer.status_code, answer.text))
        return answers

    def _body(self, verb: str, path: str) -> dict[str, Any]:
        if verb in {"GET", "DELETE"}:
            return {}
        if not path.startswith("/api/"):
            sent = {k: v for k, v in self._sent.items() if isinstance(v, str)}
            return {"data": sent | {"name": "Klasserådet"}}
        wanted = ["values"] if "settings" in path else ["state"]
        for part, names in (
            ("parked", ["subscriber", "stream"]),
            ("}/roles", ["name"]),
            ("{profile_id:str}/roles", ["role"]),
            ("/channels", ["sender", "recipient", "closed"]),
            ("/ages/{place_id:str}", ["consent", "secure_area"]),
            ("/preview", ["role"]),
            ("/moving/preview", ["kind"]),
            ("/hand-over/preview", ["successor", "things"]),
            ("/hand-over", ["successor", "things"]),
            ("/right", ["action", "relation", "decided"]),
            ("/rights", ["action", "relation", "decided"]),
            ("/why", ["action", "thing"]),
            ("/policies/{subject:str}", ["months"]),
            ("/freezes", ["target", "reason"]),
            ("/announcement", ["days"]),
            ("/samples", ["municipality"]),
            ("/entries/{number:int}", ["verdict"]),
        ):
            if path.endswith(part) or (part == "parked" and part in path):
                wanted = names
        return {"json": {name: self._sent[name] for name in wanted}}


@pytest.fixture
async def tried(office: Office) -> Tried:
    """Everything that there is to see and to release in the north."""
    north = office.people.leader.municipality_id
    import_id = await plant_import(office.site, north, "applied", errors=1)
    stream = await park(office.site, north)
    sample_id = SAMPLE.format(await plant_sample(office.site, north))
    return Tried(office, IMPORT.format(import_id), STREAM.format(stream), sample_id)


async def test_nobody_gets_in_anywhere(office: Office, tried: Tried) -> None:
    """Rule 23: nobody is answered 401 or sent to sign in, whether or not the object exists."""
    answers = await tried.all(None, home(office.people.admin))
    assert len(answers) > 20
    for verb, path, status, _text in answers:
        assert status == (401 if path.startswith("/api/") else 303), (verb, path)


async def test_who_administers_nothing_meets_nothing(office: Office, tried: Tried) -> None:
    """R9, R10: families and staff have no such place in the menu, and no route answers."""
    people = office.people
    for member in (people.stranger, people.guardian, people.pupil, people.teacher, people.external):
        for verb, path, status, text in await tried.all(member, home(people.admin)):
            assert status == 403, (member.key, verb, path)
            assert not any(secret in text for secret in SECRETS), (member.key, verb, path)
        overview = await (await office.client(member)).get("/")
        assert 'href="/administration"' not in overview.text


def _refusals(verb: str, path: str, *, is_home: bool) -> Iterator[int]:
    """Yield how an institution's administrator is refused what is sent, for other reasons than who
    they are.
    """
    if path.endswith("/settings"):
        yield 409
    if path.endswith("/drop") or (verb == "DELETE" and path.endswith("{role:str}")):
        yield 403  # It was not made here.
    if path.endswith(("/given/{given_id:str}", "/{profile_id:str}/take-back")):
        yield 404  # Nobody was given it.
    if path.endswith("{profile_id:str}/roles") and is_home:
        yield 409  # It was given in the round before.
    if "/hand-over" in path:
        yield 422  # A pupil succeeds nobody.
    if path.endswith("/why"):
        yield 404  # To begin a post is about no thing.


async def test_an_institutions_administrator_stays_at_home(office: Office, tried: Tried) -> None:
    """ADM-2: the own institution's features; no imports, no health, no other place."""
    people = office.people
    overview = await (await office.client(people.admin)).get("/")
    assert 'href="/administration"' in overview.text
    for place, is_home in ((home(people.pedagogue), False), (home(people.admin), True)):
        for verb, path, status, text in await tried.all(people.admin, place):
            assert not any(secret in text for secret in SECRETS), (verb, path)
            if any(
                part in path for part in ("import", "health", "retention", "samples", "break-glass")
            ):
                assert status == 403, (verb, path)
            elif "{place_id" in path and not is_home:
                assert status == 404, (verb, path)
            elif (refusal := next(_refusals(verb, path, is_home=is_home), None)) is not None:
                assert status == refusal, (verb, path)
            else:
                assert status < 400, (verb, path, text)
    home_page = await office.page(people.admin, "")
    for words in (
        "/administration/imports",
        "/administration/health",
        "/administration/samples",
        "Needs attention",
    ):
        assert words not in home_page


async def test_another_municipalitys_administrator_is_a_stranger(
    office: Office, tried: Tried
) -> None:
    """R10: with the right ids in hand, 404 where there is an object."""
    people = office.people
    for place in (home(people.admin), whole(people.admin)):
        for verb, path, status, text in await tried.all(people.stranger_teacher, place):
            assert not any(secret in text for secret in SECRETS), (verb, path)
            released = path.endswith(("/replay", "/skip"))
            released |= verb == "POST" and path.endswith("/samples")
            assert status == 404 if "{" in path or released else status < 400, (verb, path)


BUDGETS = {
    "/places": 3,
    "/places/{whole}": 4,
    "/places/{whole}/posts": 4,
    "/rights": 3,
    "/rights/{whole}": 6,
    "/rights/{whole}/guardian": 6,
    "/ages": 3,
    "/ages/{whole}": 4,
    "/people/{teacher}/moving": 18,
    "/retention/{whole}": 6,
    "/retention/{whole}/policies/posts.posts": 4,
    "/imports": 3,
    "/imports/{import}": 5,
    "/samples": 4,
    "/support": 4,
    "/break-glass": 4,
    "/samples/{sample}": 7,
    "/samples/{sample}/report": 8,
    # These ask every owner of tables whether it is migrated; little else.
    "": 40,
    "/health": 40,
}


async def test_pages_keep_to_their_budgets(
    office: Office, tried: Tried, count_statements: Any
) -> None:
    """Statements do not grow with what is there; the session's one is among them."""
    leader = office.people.leader
    teacher = PROFILE.format(office.people.teacher.profile_id)
    key = (await office.get(leader, "/imports"))["items"][0]["id"]
    sample = (await office.get(leader, "/samples"))["items"][0]["id"]
    counts = []
    for _round in range(2):
        for path, budget in BUDGETS.items():
            filled = path.replace("{whole}", whole(leader)).replace("{import}", key)
            filled = filled.replace("{sample}", sample).replace("{teacher}", teacher)
            await office.page(leader, filled)
            # Now and then, by the clock, an actor is loaded anew or a session's use is written.
            taken = []
            for _try in range(2):
                with count_statements() as counted:
                    await office.page(leader, filled)
                taken.append((counted.count, counted.statements))
            count, statements = min(taken)
            assert count <= budget, (path, count, statements)
            counts.append(count)
        for _number in range(25):
            await plant_import(office.site, leader.municipality_id, "preview", age=1)
            await park(office.site, leader.municipality_id, waiting=1)
    before, after = counts[: len(BUDGETS)], counts[len(BUDGETS) :]
    # The actor is loaded anew now and then, which costs a few more.
    assert sum(after) <= sum(before) + 5
