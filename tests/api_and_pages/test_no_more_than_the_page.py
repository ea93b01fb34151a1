"""R12: a program is never told more than the page shows the same person.

Every answer of the API that can be read is held against the pages that show the same, for people
of every kind, with the ids of all that there is: who is refused the page is refused the answer, and
every text of the answer (names, words, addresses, numbers of telephones) stands on the page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import unescape
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx
import pytest

from aula_platform.testing import RunningSite
from aula_sdk.contributions import DemoData
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import appoint
from tests.api_and_pages.shapes import Pair
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
WITHOUT_API = {"demo", "oneroster", "stil"}
_ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")
_NO_TEXT = re.compile(
    r"[a-z]{3}_[0-9a-f]{32}(:\w+)?|\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+00:00))?|/\S*|[0-9a-f]+-[0-9a-f]{32}"
)
"""Ids, moments, addresses of ours and places in lists: the page says them in its own way."""
_TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    return tuple(name for name in find_plugins() if name != "demo")


def _pairs_of(plugin: str) -> ModuleType:
    return import_module(f"tests.api_and_pages.pairs.{plugin}")


def _all_pairs() -> Iterator[tuple[Pair, set[str]]]:
    for plugin in (*find_plugins(), "shell"):
        if plugin not in WITHOUT_API:
            module = _pairs_of(plugin)
            for pair in module.PAIRS:
                yield pair, {*module.WORDS, *pair.unspoken}


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


def shown_on(*pages: httpx.Response) -> str:
    """Return all that pages show, and what their fields hold, as one line."""
    sources = [unescape(page.text) for page in pages if page.status_code == 200]
    return " ".join(" ".join((*sources, *(_TAGS.sub("", one) for one in sources))).split())


async def _compare(
    client: httpx.AsyncClient, pair: Pair, unspoken: set[str], ids: dict[str, str]
) -> tuple[int, list[str]]:
    """Return how many texts were held against the pages, and what is wrong."""
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
    return len(texts), [
        f"{pair.api}: {member} is on no page: {text[:60]!r}"
        for member, text in texts
        if text not in shown
    ]


async def _find_ids(clients: Sequence[httpx.AsyncClient]) -> dict[str, list[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for client in clients:
        for pair, _words in _all_pairs():
            if not pair.kinds:
                for path in (f"/api/v1{pair.api}", *pair.pages):
                    for match in _ID.finditer((await client.get(path)).text):
                        found[match[1]].add(match[0])
    return {kind: sorted(ids) for kind, ids in found.items()}


async def test_no_answer_tells_more_than_the_page(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """R12, for nine people, every list and every object of which anybody knows the id."""
    for _plugin, data in running.app.state.host.each(DemoData):
        await data.fill(running.platform)
    await appoint(running, people)
    clients = {role: await browser(getattr(people, role)) for role in ROLES}
    await _plant(clients)
    known = await _find_ids(list(clients.values()))
    compared: defaultdict[str, int] = defaultdict(int)
    wrong: list[str] = []
    for pair, unspoken in _all_pairs():
        names = list(pair.kinds)
        objects = known.get(pair.kinds[names[0]], []) if names else [""]
        for each in objects:
            for role, client in clients.items():
                ids = {names[0]: each} if names else {}
                count, more = await _compare(client, pair, unspoken, ids)
                compared[pair.api] += count
                wrong += [f"{role}: {one}" for one in more]
    assert wrong == []
    assert sum(compared.values()) > 500
    silent = {path for path, count in compared.items() if not count}
    assert silent <= NOTHING_IN_THE_DEMO


NOTHING_IN_THE_DEMO = {
    "/administration/attention",
    "/administration/health",
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
    assert (written.status_code, made.status_code) == (204, 201), written.text + made.text


async def test_every_answer_that_can_be_read_has_its_page(running: RunningSite) -> None:
    """An API that reads something new says which page shows it."""
    described = {
        path.removeprefix("/api/v1")
        for path, item in running.app.openapi_schema.to_schema()["paths"].items()
        if "get" in item and path.startswith("/api/v1/")
    }
    assert {pair.api for pair, _words in _all_pairs()} == described


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
