"""R12: a program is never told more than the page shows the same person.

Every answer of the API that can be read is held against the pages that show the same, for people
of every kind, with the ids of all that there is: who is refused the page is refused the answer, and
every text of the answer (names, words, addresses, numbers of telephones) stands on the page, every
number, moment and date too; and of what is true or false each plugin's pairs say how pages show it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx
import pytest

from aula_platform.testing import RunningSite
from aula_sdk.contributions import DemoData
from aula_sdk.ids import PROFILE
from aula_sdk.people import Assurance
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import appoint
from tests.api_and_pages.shapes import Flag, Pair
from workspace.places import find_plugins

ROLES = (
    "teacher",
    "colleague",
    "leader",
    "admin",
    "external",
    "pupil",
    "guardian",
    "without_access",
    "stranger",
)
WITHOUT_API = {"demo", "oneroster", "saml", "stil"}
_ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")
_NO_TEXT = re.compile(
    r"[a-z]{3}_[0-9a-f]{32}(:\w+)?|\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+00:00))?|/\S*|[0-9a-f]+-[0-9a-f]{32}"
)
"""Ids, moments, addresses of ours and places in lists: the page says them in its own way."""
_TAGS = re.compile(r"<[^>]+>")
_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1>", re.DOTALL)
_READ_OUT = re.compile(r' (?:value|aria-label|title|alt)="([^"]*)"')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+00:00))?")


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    return tuple(name for name in find_plugins() if name != "demo")


def _pairs_of(plugin: str) -> ModuleType:
    return import_module(f"tests.api_and_pages.pairs.{plugin}")


def _all_pairs() -> Iterator[tuple[Pair, set[str], Mapping[str, Flag]]]:
    for plugin in (*find_plugins(), "shell"):
        if plugin not in WITHOUT_API:
            module = _pairs_of(plugin)
            for pair in module.PAIRS:
                yield pair, {*module.WORDS, *pair.unspoken}, module.FLAGS


def texts_of(answer: Any, unspoken: set[str], member: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of an answer with the name of its member."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name not in unspoken:
                yield from texts_of(value, unspoken, name)
    elif isinstance(answer, list):
        for value in answer:
            yield from texts_of(value, unspoken, member)
    elif isinstance(answer, str) and not _NO_TEXT.fullmatch(answer):
        for part in _TAGS.split(answer):
            if part.strip():
                yield member, " ".join(unescape(part).split())


def values_of(answer: Any, unspoken: set[str], member: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every number, moment and truth of an answer with the name of its member."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name not in unspoken:
                yield from values_of(value, unspoken, name)
    elif isinstance(answer, list):
        for value in answer:
            yield from values_of(value, unspoken, member)
    elif isinstance(answer, bool | int | float) or _MOMENT.fullmatch(str(answer)):
        yield member, answer


def find_unshown(
    told: Sequence[tuple[str, Any]], source: str, flags: Mapping[str, Flag]
) -> list[str]:
    """Return what pages with this source neither show in any of its forms nor imply.

    Nothing is shown of a zero. A moment is looked for in the elements that machines read it from,
    to the minute; a number among what people read.
    """
    visible = _TAGS.sub(" ", _UNSEEN.sub(" ", source)) + " ".join(_READ_OUT.findall(source))
    missing = []
    truths: defaultdict[str, set[bool]] = defaultdict(set)
    for member, value in told:
        if isinstance(value, bool):
            truths[member].add(value)
        elif isinstance(value, str):
            if f'datetime="{value[:16]}' not in source:
                missing.append(f"{member} is on no page: {value}")
        elif value and not re.search(rf"(?<![\d.,]){value}(?![\d.,]*\d)", visible):
            missing.append(f"{member} is on no page: {value}")
    for member, found in truths.items():
        missing += _unshown_truths(member, found, source, flags.get(member))
    return missing


def _unshown_truths(member: str, found: set[bool], source: str, flag: Flag | None) -> list[str]:
    if flag is None:
        return [f"{member} is true or false, and nobody has said how a page shows it"]
    wrong = []
    is_marked = re.search(flag.yes, source) is not None
    if True in found and not is_marked:
        wrong.append(f"{member} is true, and no page says so")
    if flag.no and False in found and re.search(flag.no, source) is None:
        wrong.append(f"{member} is false, and no page says so")
    if not flag.no and True not in found and is_marked:
        wrong.append(f"{member} is false, and a page says that it is true")
    return wrong


def shown_on(*pages: httpx.Response) -> str:
    """Return all that pages show, and what their fields hold, as one line."""
    sources = [unescape(page.text) for page in pages if page.status_code == 200]
    return " ".join(" ".join((*sources, *(_TAGS.sub("", one) for one in sources))).split())


async def _compare(
    client: httpx.AsyncClient,
    pair: Pair,
    unspoken: set[str],
    flags: Mapping[str, Flag],
    ids: dict[str, str],
) -> tuple[int, list[str]]:
    """Return how many texts and values were held against the pages, and what is wrong."""
    answer = await client.get("/api/v1" + pair.api.format(**ids))
    pages = [await client.get(page.format(**ids)) for page in pair.pages]
    if answer.status_code != 200:
        return 0, []
    if all(page.status_code != 200 for page in pages):
        return 0, [f"{pair.api} answers who is refused {pair.pages}"]
    told = answer.json()
    if pair.opens:
        pages += [await client.get(pair.opens.format(id=item["id"])) for item in told["items"]]
    shown = shown_on(*pages)
    texts = list(texts_of(told, unspoken))
    values = list(values_of(told, unspoken))
    source = " ".join(page.text for page in pages if page.status_code == 200)
    return len(texts) + len(values), [
        *(
            f"{pair.api}: {member} is on no page: {text[:60]!r}"
            for member, text in texts
            if text not in shown
        ),
        *(f"{pair.api}: {one}" for one in find_unshown(values, source, flags)),
    ]


async def _find_ids(clients: Sequence[httpx.AsyncClient]) -> dict[str, list[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for client in clients:
        for pair, _words, _flags in _all_pairs():
            if not pair.kinds:
                for path in (f"/api/v1{pair.api}", *pair.pages):
                    for match in _ID.finditer((await client.get(path)).text):
                        found[match[1]].add(match[0])
    return {kind: sorted(ids) for kind, ids in found.items()}


@pytest.mark.timeout(300)  # It grows with every page, and machines are shared.
async def test_no_answer_tells_more_than_the_page(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """R12, for nine people, every list and every object of which anybody knows the id."""
    for _plugin, data in running.app.state.host.each(DemoData):
        await data.fill(running.platform)
    await appoint(running, people)
    clients = {role: await browser(getattr(people, role)) for role in ROLES}
    await _plant(clients)
    supporter = await browser(people.leader, Assurance.SUBSTANTIAL)
    seen = f"/see-as/{PROFILE.format(people.guardian.profile_id)}"
    why = {"reason": "Kan ikke finde klassen", "minutes": "15"}
    assert (await supporter.post(seen, data=why)).status_code == 303
    asker = await browser(people.leader, Assurance.SUBSTANTIAL)
    wish = {"area": "messages", "reason": "Barnet er væk", "hours": 2}
    path = f"/api/v1/administration/break-glass/people/{PROFILE.format(people.pupil.profile_id)}"
    assert (await asker.post(path, json=wish)).status_code == 201
    known = await _find_ids(list(clients.values()))
    compared: defaultdict[str, int] = defaultdict(int)
    wrong: list[str] = []
    for pair, unspoken, flags in _all_pairs():
        names = list(pair.kinds)
        objects = known.get(pair.kinds[names[0]], []) if names else [""]
        for each in objects:
            for role, client in clients.items():
                ids = {**pair.fixed, names[0]: each} if names else {}
                count, more = await _compare(client, pair, unspoken, flags, ids)
                compared[pair.api] += count
                wrong += [f"{role}: {one}" for one in more]
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert sum(compared.values()) > 500
    silent = {path for path, count in compared.items() if not count}
    assert silent <= NOTHING_IN_THE_DEMO


NOTHING_IN_THE_DEMO = {
    "/administration/attention",
    "/administration/imports/{import_id}/rows",
    "/groups/roll",
    "/posts/comments/{comment_id}/answers",
}
"""What is empty for all of them, so that only who is refused can be compared."""


async def _plant(clients: dict[str, httpx.AsyncClient]) -> None:
    """Add what the demo has none of: a draft, and a template for groups."""
    draft = {"subject": "Hemmeligt emne", "html": "<p>Hemmelige ord</p>"}
    path = f"/api/v1/messages/drafts/dft_{'7' * 32}"
    written = await clients["teacher"].put(path, json=draft)
    template = {
        "name": "Klub",
        "description": "Om klubben",
        "access": "closed",
        "show_members": True,
        "kinds": ["pupil"],
    }
    made = await clients["leader"].post("/api/v1/groups/templates", json=template)
    await clients["teacher"].get("/api/v1/messages/threads")  # Something that is in the log.
    (town, *_institutions) = (await clients["leader"].get("/api/v1/administration/places")).json()[
        "items"
    ]
    sample = {"municipality": town["id"]}
    drawn = await clients["leader"].post("/api/v1/administration/samples", json=sample)
    assert drawn.status_code == 201, drawn.text
    assert (written.status_code, made.status_code) == (204, 201), written.text + made.text


async def test_every_answer_that_can_be_read_has_its_page(running: RunningSite) -> None:
    """An API that reads something new says which page shows it."""
    described = {
        path.removeprefix("/api/v1")
        for path, item in running.app.openapi_schema.to_schema()["paths"].items()
        if "get" in item and path.startswith("/api/v1/")
    }
    assert {pair.api for pair, _words, _flags in _all_pairs()} == described


def test_a_text_too_many_is_found() -> None:
    """The comparison would fail: names, words between tags, values of nested lists."""
    page = httpx.Response(200, text="<p>Alma &amp; Bo</p><input value='a@b.example'>")
    answer = {
        "id": "pro_" + "0" * 32,
        "at": "2026-01-01T00:00:00Z",
        "items": [{"name": "Alma & Bo", "html": "<p>Secret <b>words</b></p>", "kind": "x"}],
        "email": "a@b.example",
    }
    found = list(texts_of(answer, {"kind"}))
    missing = [text for _member, text in found if text not in shown_on(page)]
    assert missing == ["Secret", "words"]
    assert len(found) == 4


def test_a_value_too_many_is_found() -> None:
    """So would that of values: a number in an address is not shown, nor a missing mark."""
    page = (
        "<head><title>7</title></head><p>3 people, "
        '<time datetime="2026-01-01T00:00:09Z">1 January</time></p>'
        '<a href="/8">x</a><input value="9"><b>Muted</b><i>Open</i><u>Whole</u>'
    )
    answer = {
        "people": 3, "field": 9, "none": 0, "in_title": 7, "in_address": 8, "part": 1.5,
        "at": "2026-01-01T00:00:01Z", "until": "2026-01-02T00:00:00Z", "day": "2025-12-31",
        "items": [{"muted": True, "open": True, "shut": False, "whole": False, "other": True}],
    }  # fmt: skip
    flags = {
        "muted": Flag("Muted"), "open": Flag("Open", "Shut"), "shut": Flag("Gone", "Still there"),
        "whole": Flag("Whole"),
    }  # fmt: skip
    found = find_unshown(list(values_of(answer, set())), page, flags)
    named = [text.split()[0] for text in found]
    assert named == ["in_title", "in_address", "part", "until", "day", "shut", "whole", "other"]
