"""Publishing: who may, what is refused, what becomes of it (WID-R4)."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aula_registry import checking, vendors
from aula_registry.problems import CheckFailed, WrongState
from aula_registry.states import ALLOWED, history, move
from aula_registry.tables import PublishToken
from aula_sdk.manifest import verify_key_list, verify_package

Build = Callable[..., dict[str, Any]]
Registry = Any  # See conftest.py, which cannot be imported from.
ADDRESS = "fjordvang/ugeplan@1.0.0"


def test_from_a_vendor_to_a_verified_package(demo: Registry, widget: Build) -> None:
    """B1, WID-R4: published, approved, found, and handed out so that a client can verify it."""
    answer = demo.send(widget())
    assert answer.status_code == 201
    assert answer.json()["state"] == "approved"
    (found,) = demo.client.get("/api/v1/search", params={"q": "UGEPLAN paa"}).json()["results"]
    assert (found["id"], found["scopes"]) == ("fjordvang/ugeplan", ["children.ids"])
    assert demo.client.get("/api/v1/packages/fjordvang/ugeplan").json()["newest"] == "1.0.0"
    now = datetime.now(UTC)
    listed = verify_key_list(demo.client.get("/api/v1/keys").content, demo.keys.root_key, now=now)
    data = demo.client.get("/api/v1/packages/fjordvang/ugeplan/1.0.0").content
    assert verify_package(data, listed, now=now).manifest.title.da == "Ugeplan på tværs"


def test_production_waits_for_a_person(production: Registry, widget: Build) -> None:
    """WID-R4: what nobody has approved is neither found nor handed out."""
    assert production.send(widget()).json()["state"] == "submitted"
    path = "/api/v1/packages/fjordvang/ugeplan/1.0.0"
    assert production.client.get("/api/v1/search").json()["results"] == []
    assert production.client.get(path).status_code == 404
    production.call(move, production.database, ADDRESS, "approved", actor="administrator Ida")
    assert production.client.get(path).status_code == 200
    production.call(
        move, production.database, ADDRESS, "suspended", actor="administrator Ida", reason="leak"
    )
    gone = production.client.get(path)
    assert (gone.status_code, gone.json()["state"]) == (410, "suspended")
    assert production.client.get("/api/v1/search").json()["results"] == []


def test_every_change_is_written_down(production: Registry, widget: Build) -> None:
    """WID-R4: who, when, from what to what, and why; refused changes leave no row."""
    production.send(widget())
    production.call(
        move, production.database, ADDRESS, "draft", actor="administrator Ida", reason="say why"
    )
    with pytest.raises(WrongState):
        production.call(move, production.database, ADDRESS, "approved", actor="administrator Ida")
    production.send(widget())
    rows = production.call(history, ADDRESS)
    assert [(row.from_state, row.to_state, row.actor) for row in rows] == [
        ("", "draft", "vendor fjordvang"),
        ("draft", "submitted", "vendor fjordvang"),
        ("submitted", "draft", "administrator Ida"),
        ("draft", "submitted", "vendor fjordvang"),
    ]
    assert rows[2].reason == "say why"
    assert all(row.at.tzinfo is not None for row in rows)


def test_nothing_comes_back_from_retirement() -> None:
    """WID-R4: retired is the end."""
    assert not [pair for pair in ALLOWED if pair[0] == "retired"]


@pytest.mark.parametrize("wrong", ["", "aulareg_wrong", "a b"])
def test_nobody_publishes_without_a_token(demo: Registry, widget: Build, wrong: str) -> None:
    """WID-R4: no token, no publishing; the answer is a problem document."""
    answer = demo.send(widget(), token=wrong)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"].startswith("token.")


def test_a_token_is_never_stored(demo: Registry, widget: Build) -> None:
    """WID-R4: the database holds sums only, and a renewed token ends the old one."""
    rows = demo.call(_tokens)
    assert demo.token not in str(rows)
    fresh = demo.call(vendors.renew_token, demo.database, "fjordvang")
    assert demo.send(widget()).status_code == 401
    assert demo.send(widget(), token=fresh).status_code == 201


async def _tokens() -> Any:
    return await PublishToken.select()


def test_a_vendor_has_its_own_name_only(demo: Registry, widget: Build) -> None:
    """WID-R4: nobody publishes under another's name."""
    answer = demo.send(widget(id="nordlys/ugeplan"))
    assert (answer.status_code, answer.json()["code"]) == (403, "vendor.mismatch")


def test_findings_come_back(demo: Registry, widget: Build) -> None:
    """WID-R3: the refusal lists what the check found, with keys and nearest keys."""
    manifest = widget()
    manifest["plcements"] = manifest.pop("placements")
    answer = demo.send(manifest)
    assert (answer.status_code, answer.json()["code"]) == (422, "manifest.invalid")
    assert {found["key"] for found in answer.json()["findings"]} == {"placements", "plcements"}
    assert demo.send([]).status_code == 400


def test_http_is_for_demos(production: Registry, widget: Build) -> None:
    """WID-R1: a registry in production takes no widget on http."""
    answer = production.send(widget(entry="http://127.0.0.1:8020/"))
    found = [each for each in answer.json()["findings"] if each["level"] == "error"]
    assert [each["key"] for each in found] == ["entry"]


def test_http_on_loopback_is_taken_in_a_demo(demo: Registry, widget: Build) -> None:
    """WID-R1: a demo runs without certificates."""
    assert demo.send(widget(entry="http://127.0.0.1:8020/")).status_code == 201


def test_a_version_never_changes(demo: Registry, widget: Build) -> None:
    """B1: the same again is the same; another content needs another version."""
    assert demo.send(widget()).status_code == 201
    assert demo.send(widget()).status_code == 201
    answer = demo.send(widget(entry="https://other.example/"))
    assert (answer.status_code, answer.json()["code"]) == (409, "release.exists")
    assert demo.send(widget(version="1.0.1")).status_code == 201
    versions = demo.client.get("/api/v1/packages/fjordvang/ugeplan").json()["versions"]
    assert [version["version"] for version in versions] == ["1.0.1", "1.0.0"]


def test_a_draft_can_be_changed(production: Registry, widget: Build) -> None:
    """WID-R4: until it is submitted, a version is the vendor's own affair."""
    assert production.send(widget(), submit=False).json()["state"] == "draft"
    changed = widget(entry="https://other.example/")
    assert production.send(changed).json()["state"] == "submitted"
    headers = {"Authorization": f"Bearer {production.token}"}
    (mine,) = production.client.get("/api/v1/mine", headers=headers).json()["releases"]
    assert mine["state"] == "submitted"


def test_two_at_once_are_one(production: Registry, widget: Build) -> None:
    """Settled question 15: a double click publishes once, and neither click fails."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: production.send(widget()), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["state"] for answer in answers} == {"submitted"}


def test_a_huge_body_is_refused(demo: Registry, widget: Build) -> None:
    """WID-R4: a stranger cannot fill the registry."""
    answer = demo.send(widget(licence="x" * 300_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "request.refused")


def test_a_check_that_hangs_is_ended(
    widget: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settled question 6: the check is a process that can be ended."""
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(sleeper))
    with pytest.raises(CheckFailed):
        asyncio.run(checking.check_manifest(widget(), demo=True, seconds=1))
