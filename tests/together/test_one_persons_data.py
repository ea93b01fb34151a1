"""One pupil over all plugins: the export has everything, the erasure leaves nothing."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from aula_platform.audit.tables import entry
from aula_platform.data_map import list_personal_data
from aula_platform.files.tables import file
from aula_platform.privacy.person.erasing import (
    ERASED,
    REMAINS,
    StillBelongs,
    StillNamed,
    erase_person,
)
from aula_platform.privacy.person.exporting import (
    EXPORTED,
    PersonManifest,
    export_person,
    note_export,
)
from aula_platform.privacy.person.gathering import NotAll
from aula_platform.privacy.person.subject import UnknownPerson, find_subject
from aula_platform.privacy.requests.working import RequestWork
from aula_platform.privacy.tables import request
from aula_platform.stamdata.tables import contact
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.compacting import compact
from aula_platform.testing import RunningSite
from aula_sdk.contributions import SubjectData
from aula_sdk.protocols import ReadUnit
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.together.one_life import CANARY, OTHERS, PDF, WORDS, Life, PersonDesk, ask_as_if, canary

Rows = AsyncIterator[tuple[str, dict[str, Any]]]


@pytest.fixture
async def desk(
    running: RunningSite, browser: Browser, people: People, tmp_path: Path
) -> PersonDesk:
    """The privacy room, after the pupil has lived."""
    await Life(running, browser, people).live()
    return PersonDesk(running, tmp_path)


async def _export(desk: PersonDesk, member: Member, name: str = "ud.zip") -> PersonManifest:
    subject = await desk.subject(member)
    declared = [one for _owner, one in list_personal_data(desk.host)]
    to = desk.folder / name
    return await export_person(desk.installation, subject, desk.plugins, declared, to)


def _text_of(archive: Path) -> str:
    with zipfile.ZipFile(archive) as parcel:
        return "".join(parcel.read(name).decode(errors="replace") for name in parcel.namelist())


async def test_the_export_has_everything_and_nothing_of_others(
    desk: PersonDesk, people: People
) -> None:
    """R25: every word and file of the pupil; no address of others, no ids of who has custody."""
    manifest = await _export(desk, people.pupil)
    with zipfile.ZipFile(desk.folder / "ud.zip") as parcel:
        texts = {name: parcel.read(name) for name in parcel.namelist()}
    data = {name: json.loads(text) for name, text in texts.items() if name.startswith("data/")}
    page = texts["index.html"].decode()
    for word in WORDS:
        assert canary(word) in page, word
        assert any(canary(word) in json.dumps(rows) for rows in data.values()), word
    assert PDF in texts.values()
    assert f"{OTHERS}-svar" in page
    whole = "".join(text.decode(errors="replace") for text in texts.values())
    assert f"{OTHERS}-adresse" not in whole
    assert f"{OTHERS}-om" not in whole, "what others write about the pupil is not theirs to give"
    assert "<script" not in page
    ties = data["data/kernel.json"]["stamdata_guardianship"]
    assert len(ties) == 2
    assert all({"custody", "guardian_person_id"}.isdisjoint(tie) for tie in ties)
    sessions = data["data/kernel.json"]["identity_session"]
    assert sessions
    assert all("token_hash" not in one for one in sessions)
    for owner, tables in manifest.tables.items():
        for name, one in tables.items():
            assert one.given == len(data[f"data/{owner}.json"][name]) >= one.kept, name
    assert {owner for owner, tables in manifest.tables.items() if tables} == {
        "kernel", "contacts", "groups", "messages", "posts",
    }  # fmt: skip
    subject = await desk.subject(people.pupil)
    async with desk.site.storage.write(subject.place.wall) as write:
        note_export(write, subject, manifest)
    async with desk.site.storage.read(EVERYWHERE) as read:
        found = await read.rows(sa.select(entry).where(entry.c.action == EXPORTED))
    assert [(one.kind, one.object_id, one.details) for one in found] == [
        ("export", subject.person_id, {"rows": manifest.rows, "files": 1})
    ], "GDPR-7: who looks at who has looked finds the export, by its kind"


async def test_an_export_that_is_not_whole_fails_and_leaves_nothing(
    desk: PersonDesk, people: People
) -> None:
    """R25: a plugin that gives out fewer rows than it holds, or has no hook, is named."""
    subject, to = await desk.subject(people.pupil), desk.folder / "ud.zip"
    given = desk.plugins["posts"]
    assert given is not None

    async def forgetful(person_id: UUID, read: ReadUnit) -> Rows:
        async for name, row in given.export(person_id, read):
            if name != "posts_report":
                yield name, row

    async def nameless(person_id: UUID, read: ReadUnit) -> Rows:
        async for name, row in given.export(person_id, read):
            yield name, {key: value for key, value in row.items() if key != "id"}

    for broken, told in (
        (None, "posts gives out 0 of"),
        (SubjectData("posts", forgetful, given.erase), "0 of the 1 rows of posts_report"),
        (SubjectData("posts", nameless, given.erase), "without its primary key"),
    ):
        plugins = {**desk.plugins, "posts": broken}
        with pytest.raises(NotAll, match=told):
            await export_person(desk.installation, subject, plugins, (), to)
        assert not list(desk.folder.glob("*ud.zip*"))


@pytest.mark.expects_fault("request failed.*RuntimeError", reason="the plugin's export raises")
async def test_a_plugin_that_fails_holds_up_nobody_elses_request(
    running: RunningSite, people: People, tmp_path: Path
) -> None:
    """What it raises is no reason to leave the others waiting; its message is in no log."""
    desk = PersonDesk(running, tmp_path)
    given = desk.plugins["posts"]
    assert given is not None

    async def raising(person_id: UUID, read: ReadUnit) -> Rows:
        if person_id == people.guardian.person_id:
            raise RuntimeError(canary("grund"))
        async for row in given.export(person_id, read):
            yield row

    await ask_as_if(running, people.guardian, people.teacher)
    plugins = {**desk.plugins, "posts": SubjectData("posts", raising, given.erase)}
    declared = [one for _owner, one in list_personal_data(desk.host)]
    with capture_logs() as logs:
        await RequestWork(desk.installation, plugins, declared, tmp_path / "made", desk.kept).run()
    async with running.storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(request.c.asker_id, request.c.state))
    assert {row.asker_id: row.state for row in rows} == {
        people.guardian.profile_id: "failed",
        people.teacher.profile_id: "ready",
    }
    (told,) = [one for one in logs if one["event"] == "request failed"]
    assert "RuntimeError" in told["why"]
    assert CANARY not in str(logs)


async def test_the_command_hands_over_and_erases(
    running: RunningSite, people: People, tmp_path: Path
) -> None:
    """``aula person``: counts are told, who belongs stays, and nobody is erased by mistake."""
    desk = PersonDesk(running, tmp_path)
    to, key = tmp_path / "ud.zip", f"per_{people.pupil.person_id.hex}"
    async with running.storage.write(EVERYWHERE) as write:
        mine = contact.c.person_id == people.pupil.person_id
        hidden = {"address": canary("adresse"), "address_protected": True}
        await write.execute(sa.update(contact).where(mine).values(hidden))
    for receiver, expected in (("person", True), ("guardian", False)):
        there = tmp_path / f"{receiver}.zip"
        await desk.run("export", "north", key, "--to", str(there), "--for", receiver)
        assert (canary("adresse") in _text_of(there)) is expected, receiver
    done = await desk.run("export", "north", key, "--to", str(to))
    assert canary("adresse") not in _text_of(to), "somebody has custody of the pupil"
    assert done.exit_code == 0, done.output
    assert "kernel stamdata_person: 1 about the person, 1 given out" in done.output
    assert zipfile.is_zipfile(to)
    again = await desk.run("export", "north", key, "--to", str(to))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    refused = await desk.run("erase", "north", key, "--yes")
    assert (refused.exit_code, "still belongs" in refused.output) == (1, True)
    await desk.leave(people.pupil)
    assert (await desk.run("erase", "north", key, typed="n\n")).exit_code == 1
    assert (await desk.subject(people.pupil)).person_id == people.pupil.person_id
    gone = await desk.run("erase", "north", key, "--yes")
    assert gone.exit_code == 0, gone.output
    assert "stamdata_person: 1" in gone.output
    unknown = await desk.run("export", "north", key, "--to", str(tmp_path / "igen.zip"))
    assert (unknown.exit_code, "there is nobody" in unknown.output) == (1, True)


async def test_nobody_of_another_municipality_is_found(
    running: RunningSite, people: People, tmp_path: Path
) -> None:
    """The wall: an id of elsewhere is nobody's here."""
    desk = PersonDesk(running, tmp_path)
    north = (await desk.subject(people.pupil)).place
    for key in (f"per_{people.stranger.person_id.hex}", "stranger", f"pro_{'0' * 32}"):
        with pytest.raises(UnknownPerson):
            await find_subject(desk.site.storage, north, key)
    for key in ("pupil", f"pro_{people.pupil.profile_id.hex}"):
        found = await find_subject(desk.site.storage, north, key)
        assert found.person_id == people.pupil.person_id


async def _everything(storage: Storage, desk: PersonDesk) -> dict[str, list[str]]:
    """Return every row of every table, as text."""
    rows = {}
    async with storage.read(EVERYWHERE) as read:
        for _owner, table in desk.installation.tables():
            columns = [
                sa.type_coerce(one, sa.String()) if isinstance(one.type, sa.Enum) else one
                for one in table.c
            ]
            rows[table.name] = [str(tuple(row)) for row in await read.rows(sa.select(*columns))]
    return rows


async def test_the_erasure_leaves_nothing_of_the_pupil_and_all_of_the_others(
    desk: PersonDesk, people: People
) -> None:
    """Art. 17: no word, name, file or id is left in any table, index, or file of the database."""
    storage = desk.site.storage
    await desk.leave(people.pupil)
    subject = await desk.subject(people.pupil)
    before = await _everything(storage, desk)
    gone = await erase_person(desk.installation, subject, desk.plugins, desk.kept)
    assert {"messages", "posts", "contacts", "groups", "stamdata_person", "files_file"} <= set(gone)
    after = await _everything(storage, desk)
    for name, rows in after.items():
        assert not [row for row in rows if CANARY in row], name
        if name not in REMAINS:
            named = [row for row in rows for one in subject.ids if one.hex in row.replace("-", "")]
            assert not named, (name, named)
    others = [one for one in people.profiles if one.person_id != people.pupil.person_id]
    for name in ("stamdata_person", "stamdata_contact", "stamdata_profile", "identity_session"):
        lost = set(before[name]) - set(after[name])
        assert not [row for row in lost for one in others if str(one.person_id) in row], name
        assert len(lost) >= 1, name
    for table in ("messages_message", "posts_post", "stamdata_contact"):
        mine = [row for row in before[table] if OTHERS in row]
        assert mine
        assert [row for row in after[table] if OTHERS in row] == mine, table
    assert before["audit_entry"] == after["audit_entry"][: len(before["audit_entry"])]
    assert ERASED in after["audit_entry"][-1]
    with pytest.raises(UnknownPerson):
        await desk.subject(people.pupil)
    await compact(storage, [table for _owner, table in desk.installation.tables()])
    left = [
        path
        for path in await asyncio.to_thread(lambda: list(desk.folder.rglob("*")))
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
    assert not left
    if storage.is_sqlite:
        path = Path(sa.make_url(storage.url).database or "")
        for each in path.parent.glob(f"{path.name}*"):
            assert CANARY.encode() not in each.read_bytes(), each.name


async def test_an_erasure_that_would_not_be_whole_is_undone(
    desk: PersonDesk, people: People
) -> None:
    """Who still belongs stays; a plugin that forgets a table is named, and everything stays."""
    before = await _everything(desk.site.storage, desk)
    with pytest.raises(StillBelongs):
        await erase_person(
            desk.installation, await desk.subject(people.pupil), desk.plugins, desk.kept
        )
    assert await _everything(desk.site.storage, desk) == before
    await desk.leave(people.pupil)
    subject = await desk.subject(people.pupil)
    before = await _everything(desk.site.storage, desk)
    with pytest.raises(StillNamed, match="posts_comment"):
        await erase_person(desk.installation, subject, desk.without("posts"), desk.kept)
    assert await _everything(desk.site.storage, desk) == before
    async with desk.site.storage.read(EVERYWHERE) as read:
        assert await read.scalar(sa.select(sa.func.count()).select_from(file)) == 1
