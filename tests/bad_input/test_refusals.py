"""What is refused is refused in words that programs and people understand, and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.files.tables import file
from aula_platform.storage import EVERYWHERE
from aula_sdk import ids
from aula_sdk.ids import new_id
from tests.bad_input.bodies import parts_of, structs_of
from tests.bad_input.wild_site import WildSite

pytestmark = pytest.mark.xdist_group("bad_input")

JSON = {"Content-Type": "application/json"}
MEGABYTE = 1024 * 1024
NOT_JSON = {
    "nothing": b"",
    "half": b'{"a": ',
    "no UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": "b"}'.encode("utf-16"),
    "half a character": b'{"a": "\\ud800"}',
    "half a character as UTF-8": b'{"a": "\xed\xa0\x80"}',
    "NUL": b'{"a": "\\u0000"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "bare NUL": b'{"a": "\0"}',
    "no number": b'{"a": NaN}',
    "a huge number": b'{"a": ' + b"9" * 5_000 + b"}",
    "a number out of range": b'{"a": 1e400}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "another kind": b"[]",
    "a word": b'"a"',
    "null": b"null",
    "unknown": b'{"no_such_field": 1}',
}
MADE_BY_PUT = {"/api/v1/messages/drafts/{draft_id}", "/api/v1/posts/{post_id}"}
"""Whoever writes chooses the id of a draft, so one that is not there yet is none the less right."""


_ONE_ID = re.compile(r"\^([a-z]{3})_\[0-9a-f\]\{32\}\$")


class Operation(NamedTuple):
    """One operation of the API, as its description has it."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def takes_json(self) -> bool:
        """Whether it takes a body."""
        return "application/json" in self.described.get("requestBody", {}).get("content", {})

    @property
    def kinds(self) -> dict[str, str]:
        """The kinds of ids in its address, by name."""
        return {
            one["name"]: match[1]
            for one in self.described.get("parameters", ())
            if one["in"] == "path"
            and (match := _ONE_ID.fullmatch(one["schema"].get("pattern", "")))
        }

    @property
    def names_objects(self) -> bool:
        """Whether its address holds ids, and nothing else that varies."""
        return bool(self.kinds) and len(self.kinds) == self.path.count("{")

    def address(self, **given: str) -> str:
        """Return its address with these ids, of right kinds and of nothing where none is given."""
        absent = {name: f"{kind}_{'0' * 32}" for name, kind in self.kinds.items()}
        named = re.findall(r"{(\w+)}", self.path)
        numbers = {
            one["name"]: "1"
            for one in self.described.get("parameters", ())
            if one["in"] == "path" and one["schema"].get("type") == "integer"
        }
        return self.path.format(**dict.fromkeys(named, "x") | numbers | absent | given)


@pytest.fixture(scope="session")
def operations(wild: WildSite) -> list[Operation]:
    """Everything that the API can do."""
    return [
        Operation(method.upper(), path, described)
        for path, item in wild.document["paths"].items()
        for method, described in item.items()
        if path.startswith("/api/")
    ]


@pytest.fixture
def unchanged(wild: WildSite) -> Iterator[None]:
    """Whatever the test sends leaves every row of every table as it was."""
    before = wild.contents()
    yield
    after = wild.contents()
    assert sum(map(len, before.values())) > 100
    for table, rows in before.items():
        assert after[table] == rows, table


def problem_of(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """Return the document of a refusal; fail when it lacks what RFC 9457 and programs need."""
    told = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text:.300}"
    assert answer.status_code in statuses, told
    assert answer.headers["content-type"] == "application/problem+json", told
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code, told
    assert found["type"] == f"urn:aula:problem:{found['code']}", told
    assert found["title"], told
    assert found["instance"], told
    return found


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("what", NOT_JSON)
def test_what_cannot_be_read_is_said(
    wild: WildSite, operations: list[Operation], what: str
) -> None:
    """Malformed JSON, malformed text, numbers without end: 400, and the reason beside it."""
    taking = [each for each in operations if each.takes_json]
    assert len(taking) > 30
    for each in taking:
        answer = wild.send(
            "teacher", each.method, each.address(), content=NOT_JSON[what], headers=JSON
        )
        problem = problem_of(answer, 400, 403, 404)
        if answer.status_code == 400:
            assert problem.get("detail") or problem.get("errors"), answer.text


@pytest.mark.usefixtures("unchanged")
def test_an_unknown_field_is_named(wild: WildSite) -> None:
    """A misspelt field would otherwise be a setting that is not there, without a word."""
    sent = {"subject": "Tur", "html": "<p>x</p>", "recipients": [], "atachments": []}
    answer = wild.send("teacher", "POST", "/api/v1/messages/threads", json=sent)
    assert "atachments" in answer.text
    problem_of(answer, 400)


@pytest.mark.usefixtures("unchanged")
def test_an_id_of_another_kind_is_named(wild: WildSite, operations: list[Operation]) -> None:
    """ID-2: whoever takes a person for a conversation is told so, by every operation."""
    with_ids = [each for each in operations if each.names_objects]
    assert len(with_ids) > 40
    for each in with_ids:
        for name, kind in each.kinds.items():
            wrong = ids.PROFILE if kind != ids.PROFILE.prefix else ids.GROUP
            address = each.address(**{name: wild.ids[wrong.prefix][0]})
            body: dict[str, Any] = {"json": {}} if each.takes_json else {}
            answer = wild.send("teacher", each.method, address, **body)
            problem = problem_of(answer, 400, 403)
            if not each.takes_json and answer.status_code == 400:
                assert problem["code"] == "id.wrong-kind", answer.text
                assert problem["expected"] == kind
                assert wrong.prefix in problem["detail"]


@pytest.mark.usefixtures("unchanged")
def test_an_id_of_nothing_is_not_found(wild: WildSite, operations: list[Operation]) -> None:
    """R10: nothing is behind it, so nothing is done, whoever asks."""
    for each in operations:
        if each.names_objects and not each.takes_json and each.path not in MADE_BY_PUT:
            for role in ("teacher", "admin", "pupil"):
                problem = problem_of(wild.send(role, each.method, each.address()), 401, 403, 404)
                assert problem["status"] != 401 or problem["code"] == "step-up-required"


@pytest.mark.usefixtures("unchanged")
def test_what_is_too_large_is_not_taken(wild: WildSite, operations: list[Operation]) -> None:
    """More than 30 MB: 413, from what is announced as from what comes."""
    announced = JSON | {"Content-Length": str(31 * MEGABYTE)}
    for each in operations:
        if each.takes_json:
            answer = wild.send(
                "teacher", each.method, each.address(), content=b"{}", headers=announced
            )
            assert problem_of(answer, 413, 403)["code"] in {"too-large", "forbidden"}
    content = b'{"subject": "' + b"x" * (31 * MEGABYTE) + b'"}'
    sent = {"content": content, "headers": JSON}
    problem_of(wild.send("teacher", "POST", "/api/v1/messages/threads", **sent), 413)
    files = {"file": ("large.txt", b"x" * (31 * MEGABYTE))}
    problem_of(wild.send("teacher", "POST", "/api/v1/files", files=files), 413)


_BOUNDS = {"string": {"maxLength", "pattern", "enum", "format", "const"}, "array": {"maxItems"}}


def test_everything_that_is_taken_has_a_bound(wild: WildSite) -> None:
    """Too long and too many are refused at the door: each text and list says how much it may be."""
    unbounded = set()
    seen = 0
    for struct in structs_of(wild.running.app):
        for way, part in parts_of(struct):
            bounds = _BOUNDS.get(str(part.get("type")))
            seen += bounds is not None
            if bounds and not bounds & set(part):
                unbounded.add(way)
    assert seen > 60
    assert unbounded == set()


def test_every_body_refuses_what_it_does_not_know(wild: WildSite) -> None:
    """A misspelt field would otherwise be a setting that is not there, without a word."""
    lenient = {
        struct.__name__
        for struct in structs_of(wild.running.app)
        if not struct.__struct_config__.forbid_unknown_fields
    }
    assert lenient == set()


@pytest.mark.usefixtures("unchanged")
def test_too_many_are_refused(wild: WildSite, operations: list[Operation]) -> None:
    """One more than a list may hold: 400, and which list it is."""
    tried = 0
    lists: dict[str, set[tuple[str, int]]] = {}
    for struct, path in structs_of(wild.running.app).items():
        for way, part in parts_of(struct):
            if "maxItems" in part and way.count(".") == 1:
                name = way.partition(".")[2]
                lists.setdefault(path, set()).add((name, part["maxItems"] + 1))
    for each in (each for each in operations if each.takes_json):
        for name, count in lists.get(each.path, ()):
            answer = wild.send("teacher", each.method, each.address(), json={name: [None] * count})
            problem_of(answer, 400, 403)
            assert answer.status_code == 403 or name in answer.text
            tried += 1
    assert tried > 8


_FIELD = b'--a\r\nContent-Disposition: form-data; name="a"\r\n'


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=" + "x" * 300, b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\n"),
        ("multipart/form-data; boundary=a", b"no such boundary"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: x\r\n\r\nx\r\n--a--"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--a--\r\n',
        ),
        (
            "multipart/form-data; boundary=a",
            _FIELD + b"Content-Type: text/plain; charset=no-such\r\n\r\nx\r\n--a--\r\n",
        ),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 1_001 + b"--a--\r\n",
        ),
        ("application/x-www-form-urlencoded", b"%"),
        ("application/json", b"{}"),
        (b"text/plain; charset=\xff", b"x"),
        ("", b""),
    ],
)
def test_a_form_that_is_none_is_refused(
    wild: WildSite, content_type: str | bytes, content: bytes
) -> None:
    """A broken form is no upload, whatever breaks it."""
    headers = {"Content-Type": content_type} if content_type else {}
    answer = wild.send("teacher", "POST", "/api/v1/files", content=content, headers=headers)
    problem_of(answer, 400, 413, 422)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("query", ["after=%00", "after=%FF", "after=" + "x" * 5_000, "after=-"])
def test_a_place_in_a_list_that_is_none_is_refused(wild: WildSite, query: str) -> None:
    """A cursor is what a list gave out, and nothing else."""
    lists = ("messages/threads", "posts", "contacts/groups", "groups", "messages/drafts")
    for name in lists:
        problem_of(wild.send("teacher", "GET", f"/api/v1/{name}?{query}"), 400)


def test_an_expired_upload_is_not_attached(wild: WildSite) -> None:
    """Whoever waited longer than a day is told to attach it again; no half message is sent."""
    files = {"file": ("letter.txt", b"Hello")}
    waiting = wild.send("teacher", "POST", "/api/v1/files", files=files).json()["id"]

    async def let_it_expire() -> None:
        async with wild.running.storage.write(EVERYWHERE) as write:
            old = sa.update(file).where(file.c.id == ids.FILE.parse(waiting))
            await write.execute(old.values(expires_at=write.now - timedelta(hours=1)))

    wild.call(let_it_expire)
    group = next(one for one in wild.ids["grp"])
    sent: dict[str, Any] = {"subject": "Tur", "html": "<p>x</p>", "attachments": [waiting]}
    before = wild.contents()
    thread = {**sent, "recipients": [f"{group}:guardian"]}
    problem_of(wild.send("teacher", "POST", "/api/v1/messages/threads", json=thread), 422)
    nowhere = {**sent, "attachments": [ids.FILE.format(new_id())]}
    problem_of(
        wild.send(
            "teacher",
            "POST",
            "/api/v1/messages/threads",
            json={**nowhere, "recipients": [f"{group}:guardian"]},
        ),
        422,
    )
    assert wild.contents() == before
