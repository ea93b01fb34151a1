"""Requests for one's own data: asked by oneself or with custody, decided at home, then done."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.data_map import list_personal_data
from aula_platform.files.blobs import BlobMissing
from aula_platform.files.tables import file
from aula_platform.identity.tables import account_person, session
from aula_platform.privacy.person.exporting import EXPORTED, export_person
from aula_platform.privacy.requests import working
from aula_platform.privacy.requests.working import RequestWork
from aula_platform.privacy.tables import request
from aula_platform.stamdata.tables import contact, guardianship, person, profile
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.db import utc_now
from aula_sdk.ids import FILE, PERSON
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.together.one_life import PersonDesk

OWN, DECIDE = "/profile/data", "/profile/requests"


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """None is needed: the workflow is the kernel's."""
    return ()


class Counter:
    """Where people ask, and administrators decide."""

    def __init__(self, site: RunningSite, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self.desk = PersonDesk(site, folder)
        self.declared = [one for _owner, one in list_personal_data(self.desk.host)]
        self.folder = folder / "made"
        self.work = RequestWork(
            self.desk.installation,
            self.desk.plugins,
            self.declared,
            self.folder,
            self.desk.kept,
        )
        self._site = site

    async def ask(
        self, member: Member | None, about: Member, what: str = "export", words: str = "Mine ord"
    ) -> int:
        """Send the form of the profile; return the status."""
        client = await self._browser(member, Assurance.SUBSTANTIAL)
        sent = {"person": PERSON.format(about.person_id), "what": what, "words": words}
        return (await client.post(OWN, data=sent)).status_code

    async def decide(self, member: Member | None, key: str, decision: str = "approve") -> int:
        """Send the form of an administrator; return the status."""
        client = await self._browser(member, Assurance.SUBSTANTIAL)
        sent = {"decision": decision, "answer": "Fordi"}
        return (await client.post(f"{DECIDE}/{key}", data=sent)).status_code

    async def see(self, member: Member, path: str) -> str:
        """Return a page."""
        answer = await (await self._browser(member)).get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def look(self, member: Member) -> int:
        """Open the administrators' page; return the status."""
        return (await (await self._browser(member)).get(DECIDE)).status_code

    async def fetch(
        self, member: Member, file_id: str, assurance: Assurance = Assurance.SUBSTANTIAL
    ) -> Any:
        """Ask for a prepared export."""
        return await (await self._browser(member, assurance)).get(f"/files/{file_id}")

    async def hand_over(self, member: Member, about: Member, admin: Member) -> dict[str, str]:
        """Go the whole way; return what is in the ZIP, by name."""
        assert await self.ask(member, about) == 303
        assert await self.decide(admin, await self.key()) == 303
        await self.work.run()
        row = (await self.rows())[-1]
        assert row.state == "ready"
        answer = await self.fetch(member, FILE.format(row.file_id))
        assert answer.status_code == 200
        await self.change(sa.update(request).where(request.c.id == row.id).values(state="done"))
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parcel:
            return {name: parcel.read(name).decode() for name in parcel.namelist()}

    async def own_rows(self, member: Member) -> dict[str, Any]:
        """Export what is kept about the member, for the member; return the kernel's rows."""
        to = self.desk.folder / f"{member.key}.zip"
        subject = await self.desk.subject(member)
        await export_person(self.desk.installation, subject, self.desk.plugins, self.declared, to)
        with zipfile.ZipFile(to) as parcel:
            found: dict[str, Any] = json.loads(parcel.read("data/kernel.json"))
        return found

    async def change(self, statement: sa.Update) -> None:
        """Let something be otherwise from now on."""
        async with self._site.storage.write(EVERYWHERE) as write:
            await write.execute(statement)

    async def rows(self) -> Sequence[Any]:
        """Return the requests, the oldest first."""
        async with self._site.storage.read(EVERYWHERE) as read:
            return await read.rows(sa.select(request).order_by(request.c.asked_at))

    async def key(self) -> str:
        """Return the newest request on the wire."""
        return f"prq_{(await self.rows())[-1].id.hex}"

    async def states(self) -> list[str]:
        """Return how far each is."""
        return [row.state for row in await self.rows()]


@pytest.fixture
async def counter(running: RunningSite, browser: Browser, tmp_path: Path) -> Counter:
    """The counter, before anybody has asked; the pupils are grown up."""
    made = Counter(running, browser, tmp_path)
    await made.change(sa.update(person).values(birth_date=date(2000, 1, 1)))
    return made


async def test_what_is_asked_for_is_decided_prepared_and_fetched(
    counter: Counter, people: People, running: RunningSite
) -> None:
    """Art. 15: the guardian asks for the child, the administrator decides, the guardian fetches."""
    assert await counter.ask(people.guardian, people.pupil) == 303
    assert await counter.ask(people.guardian, people.pupil) == 409
    assert "Mine ord" in await counter.see(people.admin, DECIDE)
    key = await counter.key()
    assert await counter.decide(people.admin, key) == 303
    assert await counter.decide(people.admin, key, "refuse") == 409
    assert await counter.work.run() == 1
    (row,) = await counter.rows()
    assert (row.state, row.person_id) == ("ready", people.pupil.person_id)
    assert f"/files/{FILE.format(row.file_id)}" in await counter.see(people.guardian, OWN)
    answer = await counter.fetch(people.guardian, FILE.format(row.file_id))
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parcel:
        assert "Alma Skov" in parcel.read("index.html").decode()
    for other in (people.admin, people.other_parent, people.pupil, people.stranger, people.leader):
        assert (await counter.fetch(other, FILE.format(row.file_id))).status_code == 404, other.key
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(request).values(expires_at=write.now))
    assert (await counter.fetch(people.guardian, FILE.format(row.file_id))).status_code == 404
    assert await counter.work.run() == 0
    assert await counter.states() == ["done"]
    async with running.storage.read(EVERYWHERE) as read:
        assert await read.scalar(sa.select(file.c.expires_at).where(file.c.id == row.file_id))


async def test_a_parent_is_not_told_where_the_child_hides(
    counter: Counter, people: People, browser: Browser
) -> None:
    """R8, decision 0017: the ZIP of a child tells the other parent no protected address or phone,
    nor from where the child logs in.
    """
    await browser(people.pupil)
    places = [
        (people.pupil, {"address": "Skjulvej 7", "phone": "55512345"}),
        (people.guardian, {"address": "Skjulvej 7"}),
    ]
    for member, ways in places:
        mine = contact.c.person_id == member.person_id
        await counter.change(sa.update(contact).where(mine).values(ways))
    account = sa.select(account_person.c.account_id).where(
        account_person.c.person_id == people.pupil.person_id
    )
    traces = {"network": "hidden-net", "device": "hidden-tab"}
    of_pupil = session.c.account_id.in_(account)
    await counter.change(sa.update(session).where(of_pupil).values(traces))
    peter = people.other_parent
    whole = "".join((await counter.hand_over(peter, people.pupil, people.admin)).values())
    assert "Skjulvej 7" in whole, "everybody may know it yet"
    assert "hidden-" not in whole
    assert "Asked by Peter Vang" in await counter.see(people.admin, DECIDE)
    marks = [
        sa.update(person).where(person.c.id == people.guardian.person_id).values(protected=True),
        sa.update(contact).values(address_protected=True),
        sa.update(person).where(person.c.id == people.pupil.person_id).values(protected=True),
    ]
    for mark in marks:
        await counter.change(mark)
        files = await counter.hand_over(peter, people.pupil, people.admin)
        whole = "".join(files.values())
        assert "Skjulvej" not in whole
        (row,) = json.loads(files["data/kernel.json"])["stamdata_contact"]
        assert not [name for name in row if name.endswith("_protected")]
        assert row["address"] == ""
    assert "55512345" not in whole


async def test_nobody_gets_anothers_request(counter: Counter, people: People) -> None:
    """A child's export tells not what the parents ask, an administrator's not what was decided."""
    child, parent, admin = people.pupil, people.guardian, people.admin
    assert await counter.ask(parent, child, "correction", "Hemmelige ord") == 303
    assert await counter.decide(admin, await counter.key(), "refuse") == 303
    assert await counter.ask(admin, admin, "correction", "Egne ord") == 303
    (decided, own) = await counter.rows()
    shown: dict[str, Any] = {}
    for member in (child, parent, admin, people.other_parent):
        rows = (await counter.own_rows(member)).get("privacy_request", ())
        found = {row["id"]: row for row in rows}
        shown[member.key] = found.get(str(decided.id))
        if member is admin:
            assert found[str(own.id)]["words"] == "Egne ord"
            assert found[str(own.id)]["asker_id"] == str(admin.profile_id)
    rest = {"id", "municipality_id", "state", "asked_at", "decided_at", "expires_at"}
    about = {"person_id", "institution_id", "what"}
    assert set(shown["pupil"]) == rest | about
    assert set(shown["admin"]) == rest | {"decider_id"}
    assert set(shown["guardian"]) == {one.name for one in request.c} - {"decider_id"}
    assert shown["guardian"]["words"] == "Hemmelige ord"
    assert shown["other_parent"] is None


async def test_everything_at_once_takes_a_second_factor(
    counter: Counter, people: People, browser: Browser
) -> None:
    """A password alone asks for and fetches nothing; who is too young reads why (LOG-14)."""
    sent = {"person": PERSON.format(people.guardian.person_id), "what": "export", "words": ""}
    weak = await browser(people.guardian)
    assert (await weak.post(OWN, data=sent)).status_code == 401
    assert await counter.rows() == []
    assert await counter.ask(people.guardian, people.guardian) == 303
    assert await counter.decide(people.admin, await counter.key()) == 303
    await counter.work.run()
    (row,) = await counter.rows()
    file_id = FILE.format(row.file_id)
    for member, status in ((people.guardian, 401), (people.other_parent, 404)):
        answer = await counter.fetch(member, file_id, Assurance.LOW)
        assert answer.status_code == status, member.key
    assert (await counter.fetch(people.guardian, file_id)).status_code == 200
    assert 'name="words"' in await counter.see(people.pupil, OWN)
    await counter.change(sa.update(person).values(birth_date=None))
    assert await counter.ask(people.classmate, people.classmate) == 403
    page = await counter.see(people.classmate, OWN)
    assert "Ask your parents" in page
    assert 'name="words"' not in page


async def test_an_export_is_handed_over_whole_or_not_at_all(
    counter: Counter, people: People, running: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDPR-7: no export without its entry in the audit; none for what is decided otherwise
    meanwhile; nothing lies about of a run that was killed.
    """
    told = sa.select(entry.c.kind).where(entry.c.action == EXPORTED)
    files = sa.select(file.c.id).where(file.c.action == "privacy.fetch")
    blobs = counter.desk.installation.blobs
    put, taken = blobs.put, list[UUID]()

    async def refuse_meanwhile(file_id: UUID, size: Any, source: Path) -> None:
        assert source.is_relative_to(counter.folder)
        assert not counter.folder.stat().st_mode & 0o077
        await put(file_id, size, source)
        taken.append(file_id)
        await counter.change(sa.update(request).values(state="refused"))

    assert await counter.ask(people.guardian, people.pupil) == 303
    assert await counter.decide(people.admin, await counter.key()) == 303
    left = counter.folder / "killed"
    left.mkdir(parents=True)
    (left / "mine-data.zip").write_text("Alma")
    with monkeypatch.context() as patched:
        patched.setattr(blobs, "put", refuse_meanwhile)
        await counter.work.run()
    assert await counter.states() == ["refused"]
    assert list(counter.folder.iterdir()) == []
    async with running.storage.read(EVERYWHERE) as read:
        assert not await read.rows(told)
        assert not await read.rows(files)
    with pytest.raises(BlobMissing):
        await blobs.open(taken[0], "")
    await counter.change(sa.update(request).values(state="approved"))
    (row,), place = await counter.rows(), (await counter.desk.subject(people.pupil)).place
    with monkeypatch.context() as patched:
        patched.setattr(working, "note_export", lambda *_said: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await counter.work._export(row, place)
    assert await counter.states() == ["approved"], "READY comes with the audit"
    await counter.work.run()
    assert await counter.states() == ["ready"]
    async with running.storage.read(EVERYWHERE) as read:
        assert [row.kind for row in await read.rows(told)] == ["export"]
        assert len(await read.rows(files)) == 1


async def test_whoever_reads_requests_leaves_a_trace(counter: Counter, people: People) -> None:
    """R19: the asker sees that the words were read; the other parent not that there are any."""
    looks = "/api/v1/profile/looks"
    assert await counter.ask(people.guardian, people.pupil) == 303
    assert json.loads(await counter.see(people.guardian, looks))["items"] == []
    await counter.see(people.admin, DECIDE)
    (look,) = json.loads(await counter.see(people.guardian, looks))["items"]
    assert (look["kind"], look["purpose"]) == ("look", "Decide requests for one's own data")
    for member in (people.other_parent, people.pupil):
        assert json.loads(await counter.see(member, looks))["items"] == [], member.key


async def test_who_loses_custody_gets_nothing(counter: Counter, people: People) -> None:
    """R1: neither what is ready already, nor what was approved; the other parent is as before."""
    tie = guardianship.c.guardian_person_id == people.other_parent.person_id
    assert await counter.ask(people.other_parent, people.pupil) == 303
    assert await counter.decide(people.admin, await counter.key()) == 303
    await counter.work.run()
    (row,) = await counter.rows()
    file_id = FILE.format(row.file_id)
    assert (await counter.fetch(people.other_parent, file_id)).status_code == 200
    await counter.change(sa.update(guardianship).where(tie).values(custody=False))
    assert (await counter.fetch(people.other_parent, file_id)).status_code == 404
    await counter.change(sa.update(guardianship).where(tie).values(custody=True))
    assert (await counter.fetch(people.other_parent, file_id)).status_code == 200
    await counter.change(sa.update(guardianship).where(tie).values(valid_to=utc_now()))
    assert (await counter.fetch(people.other_parent, file_id)).status_code == 404
    await counter.change(sa.update(request).values(state="approved", file_id=None))
    await counter.work.run()
    assert await counter.states() == ["failed"]
    await counter.hand_over(people.guardian, people.pupil, people.admin)


async def test_nobody_asks_for_others_or_fetches_theirs(counter: Counter, people: People) -> None:
    """As nobody, a stranger, without custody, staff: no request about somebody else is made."""
    for member in (
        people.stranger, people.without_access, people.other_guardian, people.teacher, people.admin,
        people.classmate,
    ):  # fmt: skip
        assert await counter.ask(member, people.pupil) == 404, member.key
    assert await counter.ask(people.without_access, people.classmate) == 404, "no custody"
    assert await counter.ask(None, people.pupil) in {303, 401, 403}
    assert await counter.ask(people.guardian, people.pupil, "everything") == 400
    assert await counter.rows() == []
    for member in (people.pupil, people.teacher, people.other_parent):
        about = people.pupil if member is people.other_parent else member
        assert await counter.ask(member, about) == 303, member.key
    page = await counter.see(people.guardian, OWN)
    assert "Mine ord" not in page, "the other parent's request is not shown"


async def test_only_administrators_of_the_place_decide(counter: Counter, people: People) -> None:
    """Nobody, strangers, guardian, pupil, teacher and leader do not; nor oneself."""
    assert await counter.ask(people.pupil, people.pupil, "correction") == 303
    key = await counter.key()
    for member in (people.guardian, people.pupil, people.teacher, people.leader, people.stranger):
        assert await counter.decide(member, key) in {403, 404}, member.key
        assert await counter.look(member) == 403, member.key
    assert await counter.decide(None, key) in {303, 401, 403}
    assert await counter.decide(people.admin, f"prq_{'0' * 32}") == 404
    assert await counter.ask(people.admin, people.admin) == 303
    own = await counter.key()
    assert await counter.decide(people.admin, own) == 404
    assert await counter.states() == ["asked", "asked"]
    assert await counter.decide(people.admin, key) == 303
    assert await counter.states() == ["done", "asked"]


async def test_nobody_decides_in_another_role_what_they_asked_for(
    counter: Counter, people: People
) -> None:
    """A parent who works there asks as a guardian, and finds nothing to decide as an employee."""
    parent, admin = people.guardian, people.admin
    assert await counter.ask(parent, people.pupil) == 303
    key = await counter.key()
    assert "Mine ord" in await counter.see(admin, DECIDE)
    both = profile.c.id == parent.profile_id
    await counter.change(sa.update(profile).where(both).values(person_id=admin.person_id))
    assert "Mine ord" not in await counter.see(admin, DECIDE)
    assert await counter.decide(admin, key) == 404
    await counter.change(sa.update(profile).where(both).values(person_id=parent.person_id))
    mine = sa.select(account_person.c.account_id).where(
        account_person.c.person_id == admin.person_id
    )
    await counter.change(sa.update(request).values(account_id=mine.scalar_subquery()))
    assert "Mine ord" not in await counter.see(admin, DECIDE)
    assert await counter.decide(admin, key) == 404
    assert await counter.states() == ["asked"]


async def test_an_erasure_is_done_when_the_person_has_left(
    counter: Counter, people: People
) -> None:
    """Art. 17: who still belongs is not erased, and that is said; later it can be."""
    assert await counter.ask(people.guardian, people.pupil, "erasure") == 303
    key = await counter.key()
    assert await counter.decide(people.admin, key) == 303
    await counter.work.run()
    assert await counter.states() == ["failed"]
    await counter.desk.leave(people.pupil)
    assert await counter.decide(people.admin, key) == 303
    await counter.work.run()
    assert await counter.rows() == [], "the request named the person too"
    with pytest.raises(Exception, match="there is nobody"):
        await counter.desk.subject(people.pupil)


async def test_a_refusal_says_why(counter: Counter, people: People, browser: Browser) -> None:
    """Art. 12(4): no refusal without a reason; the person reads it."""
    assert await counter.ask(people.pupil, people.pupil) == 303
    key = await counter.key()
    client = await browser(people.admin, Assurance.SUBSTANTIAL)
    bare = await client.post(f"{DECIDE}/{key}", data={"decision": "refuse"})
    assert bare.status_code == 422
    assert await counter.decide(people.admin, key, "refuse") == 303
    page = await counter.see(people.pupil, OWN)
    assert "Fordi" in page
    weak = await browser(people.admin)
    again = await weak.post(f"{DECIDE}/{key}", data={"decision": "approve"})
    assert again.status_code == 401, "deciding takes a second factor"
